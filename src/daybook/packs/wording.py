"""Times in words: when an incident was, how soon it was written down, and when something was recorded."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from daybook.kernel.chronology import (
    InvalidTime,
    Unknown,
    When,
    describe,
    iso_columns,
    parse_when,
    sort_key,
    written_after,
)
from daybook.packs.disclosed import Item, Version

MONTHS = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
]


@dataclass(frozen=True, slots=True)
class Reading:
    """A vague time in words and in the columns of a table (ISO 8601, empty where there is nothing to say)."""

    words: str
    kind: str
    start: str
    end: str
    zone: str


def when_of(version: Version, zone: str) -> When:
    """The time of the incident; one that is withheld, missing or unreadable counts as unknown."""
    try:
        return (
            parse_when(version.fields["when"], default_zone=zone) if "when" in version.fields else Unknown()
        )
    except InvalidTime:
        return Unknown()


def read_when(version: Version, zone: str) -> Reading:
    """The time of the incident in words, for readers at home in ``zone`` (IANA name)."""
    when = when_of(version, zone)
    words = "time withheld" if "when" in version.withheld else describe(when, home_zone=zone)
    return Reading(words, *iso_columns(when))


def read_written(entry: Item, zone: str) -> str:
    """Like "written 12 minutes after": the first writing against the time the newest version gives."""
    if "when" in entry.current.withheld:
        return "time of event withheld"
    return written_after(when_of(entry.current, zone), instant(entry.versions[0].recorded_at))


def in_event_order(entries: list[Item], zone: str) -> list[Item]:
    """Entries in the order of what happened; an unknown time stands where it was written."""
    return sorted(
        entries,
        key=lambda entry: (
            sort_key(when_of(entry.current, zone), written_at=instant(entry.versions[0].recorded_at)),
            entry.versions[0].seq,
        ),
    )


def instant(recorded_at: str) -> datetime:
    """The time of an event as written in it ("2026-11-20T18:00:00.123456Z"), aware."""
    return datetime.fromisoformat(recorded_at).astimezone(UTC)


def recorded_words(recorded_at: str | datetime, zone: str) -> str:
    """Like "3 May 2026, 21:27 (UTC+1)": a recorded time on the clock of ``zone`` with its offset."""
    at = recorded_at if isinstance(recorded_at, datetime) else instant(recorded_at)
    here: datetime = at.astimezone(ZoneInfo(zone))
    minutes = int(here.utcoffset().total_seconds()) // 60  # type: ignore[union-attr]  # an aware time has an offset
    sign = "+" if minutes >= 0 else "-"
    hours, rest = divmod(abs(minutes), 60)
    offset = f"UTC{sign}{hours}" + (f":{rest:02}" if rest else "") if minutes else "UTC"
    return f"{here.day} {MONTHS[here.month - 1]} {here.year}, {here:%H:%M} ({offset})"


def fingerprint_groups(head: str) -> str:
    """A 64-digit fingerprint in groups of four, easy to read out."""
    return " ".join(head[place : place + 4] for place in range(0, len(head), 4))
