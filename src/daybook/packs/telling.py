"""The fields of an entry as short texts for people; used alike by the table and the printed chronology.

It reads chronology.json documents, also those a stranger wrote: a shape it does not know raises KeyError,
TypeError, ValueError or AttributeError, which callers translate.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

JSON = Any
WITNESS_FIELD = "witness/"
WITHHELD = "name not disclosed"
_CERTAINTY = {"known": "", "think": " (thinks so, not certain)", "unknown": " (not known if it was them)"}
_ANSWERS = {"yes": "Yes", "no": "No", "unsure": "Not sure"}


@dataclass(frozen=True, slots=True)
class Telling:
    """Looks up the names and labels of one document."""

    labels: Mapping[str, str]
    suspect_names: Mapping[str, str]
    witness_names: Mapping[str, str]
    place_names: Mapping[str, str]
    references: Mapping[str, str]

    @classmethod
    def of(cls, document: JSON) -> Telling:
        """Take the names out of a chronology.json document."""
        return cls(
            labels=document["labels"],
            suspect_names=_names(document["suspects"], "name"),
            witness_names=_names(document["witnesses"], "name"),
            place_names=_names(document["places"], "label"),
            references=_names(document["exhibits"], "reference"),
        )

    def label(self, code: str, table: str) -> str:
        """The words for a code of a table such as ``behaviours``; a code without words is shown as it is.

        Tables share codes ("other", "email", "money"), so labels are kept as "behaviours/other"; a label
        without a table is for that code in every table.
        """
        words = self.labels.get(f"{table}/{code}") or self.labels.get(code)
        return str(words or code.replace("-", " ").replace("_", " ").capitalize())

    def codes(self, fields: JSON, name: str) -> list[str]:
        """The words for a list of codes such as ``behaviours``."""
        return [self.label(code, name) for code in fields.get(name) or ()]

    def place(self, fields: JSON) -> str:
        """Where it was; a place of her own is named by its label only, and only once when that is also what
        she wrote.
        """
        place = fields.get("place")
        if not place:
            return ""
        mine, text = self.place_names.get(place.get("mine") or "", ""), place.get("text") or ""
        same = " ".join(mine.split()).casefold() == " ".join(text.split()).casefold()
        where = mine if same else " – ".join(part for part in (mine, text) if part)
        kind = "Online" if place.get("kind") == "online" else ""
        return ": ".join(part for part in (kind, where) if part)

    def identifiers(self, held: Iterable[JSON] | None) -> list[str]:
        """Like "Phone: 07700 900123"."""
        return [f"{self.label(one['kind'], 'identifiers')}: {one['value']}" for one in held or ()]

    def suspects(self, fields: JSON) -> list[str]:
        """Who did it, with how sure the person is."""
        return [
            self.suspect_names.get(one["suspect"], WITHHELD)
            + _CERTAINTY.get(one.get("certainty", "known"), "")
            if one.get("suspect")
            else "Not known"
            for one in fields.get("suspects") or ()
        ]

    def witnesses(self, fields: JSON) -> list[str]:
        """Who saw it and what, by name only."""
        told = []
        for name, value in fields.items():
            if name.startswith(WITNESS_FIELD):
                saw = value.get("saw") if isinstance(value, dict) else value
                who = self.witness_names.get(name.removeprefix(WITNESS_FIELD), WITHHELD)
                told.append(f"{who}: {saw}" if saw else who)
        return told

    def told(self, fields: JSON) -> list[str]:
        """Whom the person told, with force, officer, reference and time."""
        lines = []
        for one in fields.get("told") or ():
            parts = [
                self.label(one.get("who") or "someone", "told"),
                one.get("force") or "",
                one.get("officer") or "",
                f"reference {one['reference']}" if one.get("reference") else "",
                one.get("when") or "",
            ]
            lines.append(", ".join(part for part in parts if part))
        return lines

    def order(self, fields: JSON) -> str:
        """Whether the person thinks an order was breached."""
        order = fields.get("order_breached")
        if not order:
            return ""
        answer = _ANSWERS.get(order["answer"], order["answer"])
        return f"{answer}: {order['detail']}" if order.get("detail") else answer

    def exhibits(self, entry: JSON) -> list[str]:
        """References of the exhibits attached now."""
        return [
            self.references.get(one["exhibit"], "reference not disclosed")
            for one in entry["attachments"]
            if one["detached_at"] is None
        ]


def current_fields(item: JSON) -> JSON:
    """The open fields of an item's newest version."""
    return item["versions"][-1]["fields"]


def _names(items: Iterable[JSON], field: str) -> dict[str, str]:
    return {item["id"]: str(current_fields(item).get(field) or WITHHELD) for item in items}
