"""Ledger events: what happened to a record, as canonical JSON (RFC 8785) with a random salt.

An event says when which kind of thing happened to which item, and carries commitments instead of content, so that the
whole ledger can be handed over while any field stays withheld.
"""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import orjson
import rfc8785

from daybook.kernel.custody.errors import NotAnEvent

JSON = Any  # mypy has no useful recursive JSON type across Mapping/dict variance; parse_event checks shapes by hand

EVENT_VERSION = 1
_SAFE = 2**53
_HEX32 = re.compile(r"[0-9a-f]{32}")
_HEX64 = re.compile(r"[0-9a-f]{64}")
_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
_INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z")
_KEYS = {"v", "record", "seq", "at", "kind", "item", "version", "commitments", "details", "salt"}


class EventKind(StrEnum):
    """What can happen to a record. The first group is the record's ledger, the second its access chain."""

    RECORD_OPENED = "record.opened"
    ENTRY_WRITTEN = "entry.written"
    ENTRY_AMENDED = "entry.amended"
    EXHIBIT_ADMITTED = "exhibit.admitted"
    EXHIBIT_ATTACHED = "exhibit.attached"
    EXHIBIT_DETACHED = "exhibit.detached"
    EXHIBIT_REMOVED = "exhibit.removed"
    EXHIBIT_RESTORED = "exhibit.restored"
    EXHIBIT_KEPT_FOR = "exhibit.kept-for"
    EXHIBIT_DESCRIBED = "exhibit.described"
    EXHIBIT_ANSWERED = "exhibit.answered"
    SUSPECT_KEPT = "suspect.kept"
    SUSPECT_AMENDED = "suspect.amended"
    WITNESS_KEPT = "witness.kept"
    WITNESS_AMENDED = "witness.amended"
    PLACE_KEPT = "place.kept"
    PACK_MADE = "pack.made"

    UNLOCKED = "access.unlocked"
    UNLOCK_FAILED = "access.unlock-failed"
    LOCKED = "access.locked"
    RECOVERED = "access.recovered"
    PASSPHRASE_CHANGED = "access.passphrase-changed"  # noqa: S105 – the event's name
    RECOVERY_CODE_MADE = "access.recovery-code-made"
    VIEWED = "access.viewed"
    EXPORTED = "access.exported"
    CLOSING_ASKED = "access.closing-asked"
    CLOSING_UNDONE = "access.closing-undone"


@dataclass(frozen=True, slots=True)
class Event:
    """One link of a chain.

    ``record`` and ``item`` are lower-case UUIDs, ``at`` is UTC as ``2026-11-20T18:00:00.123456Z``, ``seq`` counts from 1,
    ``commitments`` maps field names to 64 hexadecimal digits, ``details`` holds small facts that need no hiding,
    ``salt`` is 32 hexadecimal digits.
    """

    record: str
    seq: int
    at: str
    kind: str
    item: str
    version: int
    commitments: Mapping[str, str]
    details: Mapping[str, JSON]
    salt: str

    def to_json(self) -> dict[str, JSON]:
        """The event as the JSON object whose canonical form is hashed."""
        return {
            "v": EVENT_VERSION,
            "record": self.record,
            "seq": self.seq,
            "at": self.at,
            "kind": self.kind,
            "item": self.item,
            "version": self.version,
            "commitments": dict(self.commitments),
            "details": dict(self.details),
            "salt": self.salt,
        }


def canonical(value: JSON) -> bytes:
    """RFC 8785 canonical bytes of a JSON value; raises NotAnEvent when it has no canonical form (NaN, huge numbers, …)."""
    if _is_plain(value):
        return orjson.dumps(value, option=orjson.OPT_SORT_KEYS)
    try:
        return rfc8785.dumps(value)
    except (rfc8785.CanonicalizationError, RecursionError, UnicodeEncodeError) as error:
        raise NotAnEvent("this value has no canonical JSON form") from error


def _is_plain(value: JSON) -> bool:
    """Whether any sorting JSON writer gives the canonical form: text, whole numbers a double holds, and ASCII names.

    Everything an entry holds but a position is plain; the library that knows numbers and other names is ten times slower.
    """
    match value:
        case str():
            return value.isascii() or not any("\ud800" <= character <= "\udfff" for character in value)
        case bool() | None:
            return True
        case int():
            return -_SAFE < value < _SAFE
        case list():
            return all(_is_plain(part) for part in value)
        case dict():
            return all(
                isinstance(name, str) and name.isascii() and _is_plain(part) for name, part in value.items()
            )
        case _:
            return False


def event_digest(event: Event) -> bytes:
    """SHA-256 over the event's canonical JSON: 32 bytes."""
    return hashlib.sha256(canonical(event.to_json())).digest()


def parse_event(value: JSON) -> Event:
    """Read an event from its JSON object, strictly; raises NotAnEvent naming the part that is wrong."""
    if not isinstance(value, dict) or set(value) != _KEYS:
        raise NotAnEvent("an event has exactly the keys " + ", ".join(sorted(_KEYS)))
    if value["v"] != EVENT_VERSION or isinstance(value["v"], bool):
        raise NotAnEvent("the event's version is not known")
    _need(_is_text(value["record"], _UUID), "record")
    _need(_is_text(value["item"], _UUID), "item")
    _need(_is_text(value["at"], _INSTANT), "at")
    _need(_is_text(value["salt"], _HEX32), "salt")
    _need(isinstance(value["kind"], str) and 0 < len(value["kind"]) <= 64, "kind")
    _need(_is_count(value["seq"], 1), "seq")
    _need(_is_count(value["version"], 0), "version")
    commitments = value["commitments"]
    _need(isinstance(commitments, dict), "commitments")
    for field, digest in commitments.items():
        _need(_is_text(digest, _HEX64), f"commitments.{field}")
    _need(isinstance(value["details"], dict), "details")
    return Event(
        record=value["record"],
        seq=value["seq"],
        at=value["at"],
        kind=value["kind"],
        item=value["item"],
        version=value["version"],
        commitments=dict(commitments),
        details=dict(value["details"]),
        salt=value["salt"],
    )


def _need(holds: bool, part: str) -> None:
    if not holds:
        raise NotAnEvent(f"the event's {part} is not as it should be")


def _is_text(value: JSON, shape: re.Pattern[str]) -> bool:
    return isinstance(value, str) and shape.fullmatch(value) is not None


def _is_count(value: JSON, least: int) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and least <= value < 2**53
