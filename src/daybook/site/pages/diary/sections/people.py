"""Who did it, and who saw it: people of the record, and new ones."""

from collections.abc import Callable
from typing import Any

from django import forms

from daybook.diary.drafts import Typed
from daybook.site.pages.diary.sections.around import Around
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
    said,
    text_of,
    tick,
)

CERTAINTY = (
    ("known", "I know it was them"),
    ("think", "I think it was them"),
    ("unknown", "It may have been them. I do not know"),
)
NOT_SAID = ("", "Not said")


class Who(Section):
    """Who did it, and how sure she is."""

    slug = "who"
    title = "Who did it"
    question = "Who did it?"
    why = (
        "You may know, or think so, or not know. All three are good answers. Say no more than you are sure of: "
        "it makes your diary stronger."
    )
    adds_rows = "Save and add another person"

    def groups(self, typed: Typed, around: Around) -> list[Group]:
        """A choice for each person of the record, and rows for new ones."""
        groups = []
        if around.suspects:
            known = {
                f"suspect-{one.id}": choice(one.label, [NOT_SAID, *CERTAINTY], one.relationship)
                for one in around.suspects
            }
            groups.append(Group(known, legend="People in your diary"))
        return [*groups, *_somebody_new(typed, _suspect_fields, beside_a_list=bool(around.suspects))]

    def read(self, typed: Typed, around: Around) -> Reading:
        """Links to people of the record, then new people by name."""
        reading = Reading()
        found: list[dict[str, Any]] = []
        for one in around.suspects:
            name = f"suspect-{one.id}"
            if certainty := text_of(typed, name):
                reading.controls[f"/suspects/{len(found)}"] = name
                found.append({"suspect": str(one.id), "certainty": certainty})
        kept = {one.name.strip().casefold() for one in around.suspects if one.name}
        for number in filled_rows(typed, "new"):
            row = {
                name: text_of(typed, f"new-{number}-{name}")
                for name in ("name", "relationship", "description")
            }
            row["name"] = row["name"].strip()
            row["certainty"] = text_of(typed, f"new-{number}-certainty") or "think"
            reading.controls[f"/suspects/{len(found)}"] = f"new-{number}-name"
            for name in row:
                reading.controls[f"/suspects/{len(found)}/{name}"] = f"new-{number}-{name}"
            if row["name"].casefold() in kept:
                words = "There is somebody of this name in your diary. Choose them in the list, or write the name differently."
                reading.faults.append(Fault(f"new-{number}-name", words))
            found.append(row)
        reading.controls["/suspects"] = next(iter(reading.controls.values()), "")
        reading.values = {"suspects": found} if found else {}
        return reading

    def typed(self, values: Values) -> dict[str, list[str]]:
        """The certainty of each."""
        return {f"suspect-{link['suspect']}": [link["certainty"]] for link in values.get("suspects", [])}


class Saw(Section):
    """Who saw or heard it."""

    slug = "saw"
    title = "Who saw or heard it"
    question = "Did anyone else see or hear it?"
    why = (
        "Somebody who saw or heard it may be able to confirm it later. You do not have to ask them now, and "
        "Daybook never contacts anyone."
    )
    note = "How to reach them is put only into the part of a pack that is for police."
    adds_rows = "Save and add another person"

    def groups(self, typed: Typed, around: Around) -> list[Group]:
        """A box for each witness of the record, and rows for new ones."""
        groups = [
            Group(
                {
                    f"witness-{one.id}": tick(one.name),
                    f"saw-{one.id}": line("What they saw or heard", dir="auto"),
                }
            )
            for one in around.witnesses
        ]
        return [*groups, *_somebody_new(typed, _witness_fields, beside_a_list=bool(around.witnesses))]

    def read(self, typed: Typed, around: Around) -> Reading:
        """Links to witnesses of the record, then new ones by name."""
        reading = Reading()
        found: list[dict[str, Any]] = []
        for one in around.witnesses:
            ticked, saw = text_of(typed, f"witness-{one.id}"), text_of(typed, f"saw-{one.id}")
            if ticked or said(saw):
                reading.controls[f"/witnesses/{len(found)}"] = f"witness-{one.id}"
                reading.controls[f"/witnesses/{len(found)}/saw"] = f"saw-{one.id}"
                found.append({"witness": str(one.id), "saw": saw})
        kept = {one.name.strip().casefold() for one in around.witnesses}
        for number in filled_rows(typed, "new"):
            row = {name: text_of(typed, f"new-{number}-{name}") for name in ("name", "contact", "saw")}
            row["name"] = row["name"].strip()
            for name in row:
                reading.controls[f"/witnesses/{len(found)}/{name}"] = f"new-{number}-{name}"
            if not said(row["name"]):
                words = "Give a name, or say who they are, such as “man with a white dog”."
                reading.faults.append(Fault(f"new-{number}-name", words))
            elif row["name"].casefold() in kept:
                words = "There is somebody of this name in your diary. Tick them above, or write the name differently."
                reading.faults.append(Fault(f"new-{number}-name", words))
            found.append(row)
        reading.controls["/witnesses"] = next(iter(reading.controls.values()), "")
        reading.values = {"witnesses": found} if found else {}
        return reading

    def typed(self, values: Values) -> dict[str, list[str]]:
        """A tick and what they saw, for each."""
        typed: dict[str, list[str]] = {}
        for name, link in values.items():
            if name.startswith("witness/"):
                typed[f"witness-{link['witness']}"] = ["on"]
                if link.get("saw"):
                    typed[f"saw-{link['witness']}"] = [link["saw"]]
        return typed


def _somebody_new(
    typed: Typed, make: Callable[[], dict[str, forms.Field]], *, beside_a_list: bool
) -> list[Group]:
    """Rows for new people; folded away beside a list of those she has, until one is filled in."""
    new = row_groups(typed, "new", "Somebody new", make)
    if beside_a_list and not filled_rows(typed, "new"):
        new[0].fold = "Add somebody who is not in the list"
    return new


def _suspect_fields() -> dict[str, forms.Field]:
    return {
        "name": line("Name, if you know it", "A nickname is fine.", dir="auto"),
        "certainty": choice("How sure are you?", [NOT_SAID, *CERTAINTY]),
        "relationship": line(
            "Who they are to you", "Such as “ex-partner”, “neighbour” or “stranger”.", dir="auto"
        ),
        "description": lines("What they look like, or anything to know them by", rows=3),
    }


def _witness_fields() -> dict[str, forms.Field]:
    return {
        "name": line("Their name", "Or who they are, such as “man with a white dog”.", dir="auto"),
        "contact": line("How police could reach them", "Goes only into the part for police.", dir="auto"),
        "saw": lines("What they saw or heard", rows=3),
    }
