"""Reading a table of facts from TOML, strictly: rows that break the schema are refused, with every fault."""

from __future__ import annotations

import dataclasses
import re
import tomllib
import types
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, Literal, TypeVar, Union, get_args, get_origin, get_type_hints

from .errors import InvalidFacts
from .fact import Fact

Row = TypeVar("Row", bound=Fact)

_CODE = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
_LETTERS = frozenset("abcdefg")
_MAY_BE_EMPTY = frozenset({"ask", "territory", "letter"})


def read_table(text: str, name: str, row_type: type[Row], *, key: str) -> tuple[Row, ...]:
    """The rows `[[key]]` of a table, in order. Values under `[every]` stand in rows that give none.

    `name` is the table's name for messages. Raises InvalidFacts listing every fault.
    """
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise InvalidFacts(name, [f"not TOML: {error}"]) from error
    every = table.pop("every", {})
    rows = table.pop(key, None)
    faults = [f"unknown part [{extra}]" for extra in table]
    if not isinstance(rows, list) or not rows or not isinstance(every, dict):
        raise InvalidFacts(name, [*faults, f"has no [[{key}]] rows"])
    read = [_read_row(row, row_type, every, f"{key} {number}", faults) for number, row in enumerate(rows, 1)]
    kept = [row for row in read if row is not None]
    _check_codes(kept, faults)
    if faults:
        raise InvalidFacts(name, faults)
    return tuple(kept)


def _read_row(
    given: object, row_type: type[Row], every: Mapping[str, Any], place: str, faults: list[str]
) -> Row | None:
    if not isinstance(given, dict):
        faults.append(f"{place}: is not a table")
        return None
    before = len(faults)
    row = {**every, **given}
    place = f"{place} ({row.get('code')})"
    steps = row.pop("step", None)
    hints = get_type_hints(row_type)
    fields = {field.name: field for field in dataclasses.fields(row_type)}
    if "steps" in fields:
        step_type: type[Fact] = get_args(hints["steps"])[0]
        inherited = {key: every[key] for key in ("checked",) if key in every}
        row["steps"] = tuple(
            _read_row(step, step_type, inherited, f"{place} step {number}", faults)
            for number, step in enumerate(steps if isinstance(steps, list) else [], 1)
        )
        if not row["steps"]:
            faults.append(f"{place}: has no steps")
    elif steps is not None:
        faults.append(f"{place}: may have no steps")
    faults += [f"{place}: unknown key {key}" for key in row if key not in fields]
    for key, field in fields.items():
        if key not in row:
            if field.default is dataclasses.MISSING:
                faults.append(f"{place}: {key} is missing")
        elif key != "steps" and not _fits(row[key], hints[key]):
            faults.append(f"{place}: {key} may not be {row[key]!r}")
        elif row[key] == "" and key not in _MAY_BE_EMPTY:
            faults.append(f"{place}: {key} is empty")
    if len(faults) > before:
        return None
    made = row_type(**row)
    _check_row(made, place, faults)
    return made


def _fits(value: object, hint: Any) -> bool:
    """Whether a TOML value is of the type a row's field has."""
    if get_origin(hint) is Literal:
        return value in get_args(hint)
    if get_origin(hint) in (Union, types.UnionType):
        return any(_fits(value, choice) for choice in get_args(hint))
    if hint is date:
        return isinstance(value, date) and not isinstance(value, datetime)
    return type(value) is hint


def _check_row(row: Fact, place: str, faults: list[str]) -> None:
    """The rules one row must keep beyond the types of its fields."""
    if not _CODE.fullmatch(row.code):
        faults.append(f"{place}: a code is small letters, digits and single hyphens")
    if (row.confidence == "L") != bool(row.ask):
        faults.append(f"{place}: ask is given when the confidence is L, and only then")
    if bool(row.territory) != (row.in_force_from is not None):
        faults.append(f"{place}: a row of law has both territory and in_force_from")
    if row.in_force_to is not None and (row.in_force_from is None or row.in_force_to < row.in_force_from):
        faults.append(f"{place}: in_force_to is before in_force_from")
    letter = getattr(row, "letter", "")
    if letter and (letter not in _LETTERS or not row.territory):
        faults.append(f"{place}: letter is a to g, and such a row is law")


def _check_codes(rows: list[Row], faults: list[str]) -> None:
    """Codes are unique in a table, and so are the codes of all its steps."""
    steps = [step.code for row in rows for step in getattr(row, "steps", ())]
    for codes in ([row.code for row in rows], steps):
        faults += [
            f"code {code} is there twice"
            for code in sorted({code for code in codes if codes.count(code) > 1})
        ]
