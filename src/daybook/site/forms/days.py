"""A control for a day that may be left empty: the browser's own picker, or typed as people here write days."""

from django import forms


def optional_day(label: str, *, help_text: str = "", invalid: str | None = None) -> forms.DateField:
    """A day that may be left empty, read as 2026-03-20 (what a picker sends) or 20/3/2026 (what people type).

    ``invalid`` is what is said of anything else (default: Django's words).
    """
    return forms.DateField(
        required=False,
        label=label,
        help_text=help_text,
        widget=forms.DateInput(attrs={"type": "date"}),
        input_formats=["%Y-%m-%d", "%d/%m/%Y"],
        error_messages={"invalid": invalid} if invalid else None,
    )
