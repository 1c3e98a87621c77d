"""Django's entry for this room."""

from django.apps import AppConfig


class EvidenceConfig(AppConfig):
    """Exhibits and their derived copies."""

    name = "daybook.evidence"
    default_auto_field = "django.db.models.BigAutoField"
