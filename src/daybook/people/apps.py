"""Django's entry for this room."""

from django.apps import AppConfig


class PeopleConfig(AppConfig):
    """Accounts and unlocking."""

    name = "daybook.people"
    default_auto_field = "django.db.models.BigAutoField"
