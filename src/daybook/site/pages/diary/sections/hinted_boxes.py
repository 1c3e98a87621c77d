"""Boxes to tick with an explanation under each: for the tables of facts."""

from collections.abc import Sequence
from typing import Any

from django import forms

from daybook.kernel.facts import Fact


class HintedBoxes(forms.CheckboxSelectMultiple):
    """Boxes made from rows of facts; each row's hint stands beneath its label, its badge beside it."""

    option_template_name = "diary/hinted_box.html"

    def __init__(self, rows: Sequence[Fact]) -> None:
        super().__init__(choices=[(row.code, row.label) for row in rows])
        self._rows = {row.code: row for row in rows}

    def create_option(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """As Django's, with the row the option stands for."""
        option: dict[str, Any] = super().create_option(*args, **kwargs)
        row = self._rows.get(str(option["value"]))
        option["hint"], option["badge"] = (row.hint, row.badge) if row else ("", "")
        return option


def boxes(label: str, rows: Sequence[Fact], hint: str = "") -> forms.Field:
    """A control to tick any number of facts."""
    return forms.Field(required=False, label=label, help_text=hint, widget=HintedBoxes(rows))
