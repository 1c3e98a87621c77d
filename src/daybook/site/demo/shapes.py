"""The frozen values a demo case is made of."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple, cast

EntryJson = dict[str, object]
"""An entry as `daybook add-entry --json` takes it, but with people and own places named by their demo key."""


def identifiers_in(entry: EntryJson) -> list[dict[str, str]]:
    """The identifiers of an entry the demo made."""
    return cast("list[dict[str, str]]", entry.get("identifiers", []))


def codes_in(entry: EntryJson, field: str) -> list[str]:
    """The codes in a field of an entry the demo made: behaviours, contact or changes."""
    return cast("list[str]", entry.get(field, []))


def known_suspects(entry: EntryJson) -> list[str]:
    """The keys of the suspects the person is sure of."""
    links = cast("list[dict[str, str]]", entry.get("suspects", []))
    return [link["suspect"] for link in links if link["certainty"] == "known"]


class DemoAmendment(NamedTuple):
    """A later version of an entry.

    `changed` holds only the fields that differ; each replaces the field of the version before it.
    """

    written_at: datetime
    reason: str
    changed: EntryJson


@dataclass(frozen=True, slots=True)
class DemoEntry:
    """One diary entry. `written_at` is in UTC and never before the event it tells."""

    key: str
    scenario: str
    written_at: datetime
    entry: EntryJson
    amendments: tuple[DemoAmendment, ...]
    exhibits: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DemoExhibit:
    """One file. `received_at` is in UTC; `parent` is the key of the exhibit this one is an edited copy of."""

    key: str
    kind: str
    name: str
    received_at: datetime
    make_bytes: Callable[[], bytes]
    parent: str | None
    entries: tuple[str, ...]
