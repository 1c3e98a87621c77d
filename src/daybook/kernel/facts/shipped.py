"""The facts that come with Daybook.

The kernel reads no files of anybody's; these are part of the program, like its code, and are read once.
"""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import TypeVar

from .fact import Fact
from .reading import read_table
from .tables import Behaviour, Change, Checklist, ContactMeans, IdentifierKind, ToldWhom

Row = TypeVar("Row", bound=Fact)


@cache
def behaviours() -> tuple[Behaviour, ...]:
    """Kinds of behaviour, the seven examples of the Act first."""
    return _read("behaviours", Behaviour, "behaviour")


@cache
def contact_means() -> tuple[ContactMeans, ...]:
    """Ways somebody may have made contact."""
    return _read("contact_means", ContactMeans, "contact")


@cache
def changes() -> tuple[Change, ...]:
    """What may have changed in daily life."""
    return _read("changes", Change, "change")


@cache
def told_whom() -> tuple[ToldWhom, ...]:
    """Who may have been told."""
    return _read("told_whom", ToldWhom, "told")


@cache
def identifier_kinds() -> tuple[IdentifierKind, ...]:
    """Kinds of number, name or address a sender or car shows."""
    return _read("identifier_kinds", IdentifierKind, "identifier")


@cache
def checklists() -> tuple[Checklist, ...]:
    """What to do before blocking or deleting, one list per medium."""
    return _read("checklists", Checklist, "checklist")


def codes_of(rows: tuple[Fact, ...]) -> tuple[str, ...]:
    """The codes of a table, in its order."""
    return tuple(row.code for row in rows)


def label_of(rows: tuple[Fact, ...], code: str) -> str:
    """The label of a code; the code itself when a newer Daybook wrote one this table does not have."""
    return next((row.label for row in rows if row.code == code), code)


def _read(name: str, row_type: type[Row], key: str) -> tuple[Row, ...]:
    text = files(__package__).joinpath("data", f"{name}.toml").read_text(encoding="utf-8")
    return read_table(text, name, row_type, key=key)
