"""A filter over entries: what is asked for, and whether an entry answers to it."""

import uuid
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from daybook.diary.versions import ReadVersion


@dataclass(frozen=True, slots=True)
class Wanted:
    """A filter over entries. Every part that is set has to match; ``words`` is searched for in every field, without regard
    to capitals, each word by itself.
    """

    first_day: date | None = None
    last_day: date | None = None
    behaviours: frozenset[str] = frozenset()
    contact: frozenset[str] = frozenset()
    suspect: uuid.UUID | None = None
    witness: uuid.UUID | None = None
    breached: bool = False
    with_files: frozenset[uuid.UUID] | None = None
    words: str = ""

    @property
    def by_day(self) -> bool:
        """Whether it asks for days: what `answers` leaves to whoever knows when an entry was first written."""
        return bool(self.first_day or self.last_day)


def may_hold(words: str) -> Callable[[str], bool] | None:
    """A quick look at a version's JSON text: False means that `answers` would be too. None where no look can tell.

    The text also holds names of fields, and some characters are escaped in it, so what it lets through is looked at again.
    """
    unescaped = [word for word in _each(words) if '"' not in word and "\\" not in word and min(word) >= " "]
    if not unescaped:
        return None

    def look(text: str) -> bool:
        folded = text.casefold()
        return all(word in folded for word in unescaped)

    return look


def answers(wanted: Wanted, version: ReadVersion) -> bool:
    """Whether a version answers to all that is wanted but the days."""
    values = version.values
    if wanted.behaviours and not wanted.behaviours.intersection(values.get("behaviours", ())):
        return False
    if wanted.contact and not wanted.contact.intersection(values.get("contact", ())):
        return False
    if wanted.suspect and all(link["suspect"] != str(wanted.suspect) for link in values.get("suspects", ())):
        return False
    if wanted.witness and f"witness/{wanted.witness}" not in values:
        return False
    if wanted.breached and values.get("order_breached", {}).get("answer") != "yes":
        return False
    if wanted.with_files is not None and version.item not in wanted.with_files:
        return False
    return _says(values, wanted.words) if wanted.words else True


def _says(values: Mapping[str, Any], words: str) -> bool:
    """Whether every word stands somewhere in what was written."""
    text = "\n".join(_texts(values)).casefold()
    return all(word in text for word in _each(words))


def _each(words: str) -> list[str]:
    return words.casefold().split()


def _texts(value: Any) -> Iterable[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for part in value.values():
            yield from _texts(part)
    elif isinstance(value, list):
        for part in value:
            yield from _texts(part)
