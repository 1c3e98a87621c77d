"""Django's entry for this room."""

from django.apps import AppConfig


class LedgerConfig(AppConfig):
    """The custody chain and the access chain."""

    name = "daybook.ledger"
    default_auto_field = "django.db.models.BigAutoField"
