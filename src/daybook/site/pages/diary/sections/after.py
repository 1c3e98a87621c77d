"""What came of it: the effect on her, whom she told, and whether an order was broken."""

from typing import Any

from django import forms

from daybook.diary.drafts import Typed
from daybook.kernel.facts import changes, told_whom
from daybook.site.pages.diary.sections.around import Around
from daybook.site.pages.diary.sections.hinted_boxes import boxes
from daybook.site.pages.diary.sections.rows import filled_rows, row_groups
from daybook.site.pages.diary.sections.section import (
    Fault,
    Group,
    Reading,
    Section,
    Values,
    choice,
    line,
    lines,
    radios,
    said,
    text_of,
)

TOLD = "told"
ANSWERS = (
    ("yes", "Yes, I think it broke an order"),
    ("no", "No"),
    ("unsure", "I am not sure"),
)


class Effect(Section):
    """The effect on her and on daily life."""

    slug = "effect"
    title = "What it changed for you"
    question = "What did it change for you?"
    why = (
        "What this does to your days counts too, not only what was done. Small changes count. Write what is true "
        "for you, or nothing."
    )

    def groups(self, typed: Typed, around: Around) -> list[Group]:
        """A box to write in, and the boxes to tick."""
        return [
            Group({"effect": lines("In your own words", rows=6)}),
            Group({"changes": boxes("Things that changed", changes(), "Tick all that fit, or none.")}),
        ]

    def read(self, typed: Typed, around: Around) -> Reading:
        """The words and the codes."""
        effect, codes = text_of(typed, "effect"), list(typed.get("changes", ()))
        values: dict[str, Any] = {"effect": effect} if said(effect) else {}
        return Reading(
            values | ({"changes": codes} if codes else {}), {"/effect": "effect", "/changes": "changes"}
        )

    def typed(self, values: Values) -> dict[str, list[str]]:
        """The words and the codes kept."""
        effect = {"effect": [values["effect"]]} if values.get("effect") else {}
        return effect | ({"changes": list(values["changes"])} if values.get("changes") else {})


class Told(Section):
    """Who was told about it."""

    slug = "told"
    title = "Who you told"
    question = "Who have you told about it?"
    why = "It keeps the names and numbers in one place for you. Daybook never contacts anyone. Nobody is also fine."
    adds_rows = "Save and add another"

    def groups(self, typed: Typed, around: Around) -> list[Group]:
        """A row for each, and one to add."""
        return row_groups(typed, TOLD, "Somebody you told", _telling_fields)

    def read(self, typed: Typed, around: Around) -> Reading:
        """The rows that hold anything."""
        reading = Reading()
        found: list[dict[str, str]] = []
        for number in filled_rows(typed, TOLD):
            names = ("who", "force", "officer", "reference", "when")
            row = {name: text_of(typed, f"{TOLD}-{number}-{name}") for name in names}
            for name in names:
                reading.controls[f"/told/{len(found)}/{name}"] = f"{TOLD}-{number}-{name}"
            if not row["who"]:
                reading.faults.append(Fault(f"{TOLD}-{number}-who", "Choose who it was, or “Somebody else”."))
                row["who"] = "other"
            found.append(row)
        reading.controls["/told"] = f"{TOLD}-0-who"
        reading.values = {"told": found} if found else {}
        return reading

    def typed(self, values: Values) -> dict[str, list[str]]:
        """A row for each."""
        return {
            f"{TOLD}-{number}-{name}": [text]
            for number, telling in enumerate(values.get("told", []))
            for name, text in telling.items()
        }


class Order(Section):
    """Whether an order was broken."""

    slug = "order"
    title = "A court order"
    question = "Is there a court order, and did this break it?"
    why = (
        "An order can be a non-molestation, restraining or stalking order, or bail. No order? Skip this page."
    )
    note = (
        "You do not need to be sure, and you do not need proof. If you think it may have been broken, tell police "
        "anyway: 101, or 999 if you are in danger."
    )

    def groups(self, typed: Typed, around: Around) -> list[Group]:
        """The answer, and what she wants to say of it."""
        hint = "Such as the kind of order, its date, or what it says."
        return [
            Group({"answer": radios("Did this break an order?", ANSWERS)}),
            Group({"detail": lines("Anything about the order", hint, rows=4)}),
        ]

    def read(self, typed: Typed, around: Around) -> Reading:
        """The answer; words without one mean that she is not sure."""
        answer, detail = text_of(typed, "answer"), text_of(typed, "detail")
        controls = {"/order_breached": "answer", "/order_breached/detail": "detail"}
        if not answer and not said(detail):
            return Reading({}, controls)
        return Reading({"order_breached": {"answer": answer or "unsure", "detail": detail}}, controls)

    def typed(self, values: Values) -> dict[str, list[str]]:
        """The answer and the words kept."""
        return {name: [text] for name, text in values.get("order_breached", {}).items()}


def _telling_fields() -> dict[str, forms.Field]:
    return {
        "who": choice("Who?", [("", "Choose"), *((row.code, row.label) for row in told_whom())]),
        "when": line("When?", "In your words, such as “the next morning”.", dir="auto"),
        "force": line("Police force or place", dir="auto"),
        "officer": line("Name or number of the person", dir="auto"),
        "reference": line("Reference they gave you", dir="auto"),
    }
