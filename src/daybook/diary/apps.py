"""Django's entry for this room."""

from django.apps import AppConfig


class DiaryConfig(AppConfig):
    """Entries and the people in them."""

    name = "daybook.diary"
    default_auto_field = "django.db.models.BigAutoField"
