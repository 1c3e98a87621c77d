"""Rows of controls that can be added to without a script: the filled ones, and empty ones beneath."""

import re
from collections.abc import Callable, Sequence

from django import forms

from daybook.diary.drafts import Typed
from daybook.kernel.facts import identifier_kinds
from daybook.site.pages.diary.sections.section import Fault, Group, Reading, choice, line, said, text_of

MOST_ROWS = 200


def filled_rows(typed: Typed, prefix: str) -> list[int]:
    """The numbers of the rows that hold anything, in order."""
    pattern = re.compile(re.escape(prefix) + r"-(\d{1,4})-.+")
    found = {
        int(match[1])
        for name, values in typed.items()
        if (match := pattern.fullmatch(name)) and any(said(value) for value in values)
    }
    return sorted(found)


def rows_shown(typed: Typed, prefix: str, *, empty: int = 1) -> list[int]:
    """The numbers of the rows to show: every filled one and all before it, then ``empty`` more."""
    filled = [number for number in filled_rows(typed, prefix) if number < MOST_ROWS]
    last = filled[-1] if filled else -1
    return list(range(min(last + 1 + empty, MOST_ROWS)))


def row_groups(
    typed: Typed, prefix: str, legend: str, make: Callable[[], dict[str, forms.Field]], *, empty: int = 1
) -> list[Group]:
    """A group of controls for each row."""
    shown = rows_shown(typed, prefix, empty=empty)
    return [
        Group(
            {f"{prefix}-{number}-{name}": field for name, field in make().items()},
            legend=f"{legend} {number + 1}" if len(shown) > 1 else legend,
            side_by_side=True,
        )
        for number in shown
    ]


def identifier_fields() -> dict[str, forms.Field]:
    """The controls of one number or name."""
    kinds = [("", "Choose"), *((row.code, row.label) for row in identifier_kinds())]
    return {
        "kind": choice("What is it?", kinds),
        "value": line("The number, name or address", dir="auto"),
    }


def read_identifiers(typed: Typed, prefix: str, pointer: str) -> Reading:
    """The rows of numbers and names under ``values["identifiers"]``, with the pointers that lead to them."""
    reading = Reading()
    found: list[dict[str, str]] = []
    for number in filled_rows(typed, prefix):
        name = f"{prefix}-{number}"
        kind, value = text_of(typed, f"{name}-kind"), text_of(typed, f"{name}-value")
        reading.controls[f"{pointer}/{len(found)}"] = f"{name}-value"
        reading.controls[f"{pointer}/{len(found)}/kind"] = f"{name}-kind"
        if not said(value):
            reading.faults.append(
                Fault(f"{name}-value", "Give the number, name or address, or choose “Choose”.")
            )
        found.append({"kind": kind or "other", "value": value})
    if found:
        reading.values = {"identifiers": found}
    return reading


def typed_identifiers(identifiers: Sequence[dict[str, str]], prefix: str) -> dict[str, list[str]]:
    """What one would have typed for kept numbers and names."""
    return {
        f"{prefix}-{number}-{name}": [text]
        for number, identifier in enumerate(identifiers)
        for name, text in identifier.items()
    }
