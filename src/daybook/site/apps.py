"""Django's entry for this room."""

from django.apps import AppConfig


class SiteConfig(AppConfig):
    """Pages, templates and system checks."""

    name = "daybook.site"
    label = "daybook_site"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register the numbered system checks."""
        from daybook.site import checks

        checks.register_all()
