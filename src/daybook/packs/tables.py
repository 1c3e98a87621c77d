"""The tables of a pack, for people with a spreadsheet: one row per incident, witness and address.

A cell that a spreadsheet would run as a formula gets an apostrophe in front: the words in it may be the
stalker's. The exact text is in chronology.json.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Sequence
from typing import Any

from daybook.packs.disclosed import Disclosed
from daybook.packs.telling import Telling, current_fields

JSON = Any
_CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f\u202a-\u202e\u2066-\u2069]")
"""Control characters and direction overrides, which can make a cell read other than it is."""
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"  # without it Excel reads UTF-8 as something else

CHRONOLOGY_COLUMNS = (
    "number",
    "when",
    "when kind",
    "when start",
    "when end",
    "when zone",
    "recorded at (UTC)",
    "written",
    "times changed",
    "last changed (UTC)",
    "place",
    "what happened (own words)",
    "kind of behaviour",
    "contact by",
    "identifiers",
    "words used",
    "who",
    "witnesses",
    "effect",
    "changes in daily life",
    "who was told",
    "order breached",
    "feelings",
    "exhibits",
    "withheld",
    "entry id",
)


def chronology_csv(document: JSON) -> bytes:
    """The incidents of a chronology.json document, in its order, newest version of each."""
    telling = Telling.of(document)
    rows = []
    for number, entry in enumerate(document["entries"], 1):
        version, fields = entry["versions"][-1], current_fields(entry)
        when, changed = version["reading"]["when"], len(entry["versions"]) - 1
        rows.append(
            [
                number,
                when["words"],
                when["kind"],
                when["start"],
                when["end"],
                when["zone"],
                entry["versions"][0]["recorded_at"],
                entry["reading"]["written"],
                changed,
                version["recorded_at"] if changed else "",
                telling.place(fields),
                fields.get("words", ""),
                telling.codes(fields, "behaviours"),
                telling.codes(fields, "contact"),
                telling.identifiers(fields.get("identifiers")),
                fields.get("said", ""),
                telling.suspects(fields),
                telling.witnesses(fields),
                fields.get("effect", ""),
                telling.codes(fields, "changes"),
                telling.told(fields),
                telling.order(fields),
                fields.get("feelings", ""),
                telling.exhibits(entry),
                version["withheld"],
                entry["id"],
            ]
        )
    return table(CHRONOLOGY_COLUMNS, rows)


def witnesses_csv(disclosed: Disclosed) -> bytes:
    """Witnesses with how to reach them: for the police only."""
    rows = []
    for item in disclosed.witnesses.values():
        held = {**item.current.fields, **item.current.police_fields}
        rows.append([item.id, held.get("name", ""), held.get("contact", ""), held.get("notes", "")])
    return table(("witness id", "name", "contact", "notes"), rows)


def addresses_csv(disclosed: Disclosed) -> bytes:
    """The person's own places with their addresses: for the police only."""
    rows = []
    for item in disclosed.places.values():
        held = {**item.current.fields, **item.current.police_fields}
        rows.append(
            [
                item.id,
                *(held.get(name, "") for name in ("label", "address", "latitude", "longitude", "radius_m")),
            ]
        )
    return table(("place id", "label", "address", "latitude", "longitude", "radius (m)"), rows)


def table(columns: Sequence[str], rows: Iterable[Sequence[JSON]]) -> bytes:
    """Columns and rows as CSV that a spreadsheet opens without running anything in it."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(columns)
    for row in rows:
        writer.writerow([_cell(value) for value in row])
    return _BYTE_ORDER_MARK + text.getvalue().encode()


def _cell(value: JSON) -> str:
    if isinstance(value, list):
        value = "\n".join(str(one) for one in value)
    if isinstance(value, int | float):
        return str(value)
    text = _CONTROLS.sub("�", str(value).replace("\r\n", "\n"))
    return "'" + text if text.startswith(_FORMULA) else text
