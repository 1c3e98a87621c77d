"""Where a vague time lies: its bounds, its place in order, and the days it touches."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import NamedTuple, TypeAlias

from .moments import earliest, latest
from .when import About, Between, Day, Exact, Since, Unknown, When
from .zones import open_zone

# How far "about" reaches when entries are looked for: a help for finding them, no claim about the event.
ABOUT_A_TIME = timedelta(minutes=30)
ABOUT_A_DAY = timedelta(days=1)

SortKey: TypeAlias = tuple[datetime, datetime, int, datetime]
_NO_END = datetime.max.replace(tzinfo=UTC)


class Bounds(NamedTuple):
    """The first and last instant (UTC, both included) of a vague time; `latest` is None while it goes on."""

    earliest: datetime
    latest: datetime | None


def bounds(when: When) -> Bounds | None:
    """The instants between which the event lies, or None when the time is not known."""
    match when:
        case Exact(at, zone):
            return Bounds(earliest(at, zone), latest(at, zone))
        case About(at, zone):
            reach = ABOUT_A_TIME if isinstance(at, datetime) else ABOUT_A_DAY
            return Bounds(earliest(at, zone) - reach, latest(at, zone) + reach)
        case Between(start, end, zone):
            return Bounds(earliest(start, zone), latest(end, zone))
        case Day(day, zone):
            return Bounds(earliest(day, zone), latest(day, zone))
        case Since(start, zone, until):
            return Bounds(earliest(start, zone), None if until is None else latest(until, zone))
        case Unknown():
            return None


def sort_key(when: When, *, written_at: datetime) -> SortKey:
    """A key that puts entries in order of what happened.

    An unknown time sorts by `written_at` (aware), the time its entry was written. Equal beginnings are told
    apart by the end, then by how exact they are, then by `written_at`: the order is the same everywhere.
    """
    written = written_at.astimezone(UTC)
    match when:
        case Exact(at, zone):
            return (earliest(at, zone), latest(at, zone), 0, written)
        case About(at, zone):  # by the time given, not by how far "about" may reach
            return (earliest(at, zone), latest(at, zone), 1, written)
        case Between(start, end, zone):
            return (earliest(start, zone), latest(end, zone), 2, written)
        case Day(day, zone):
            return (earliest(day, zone), latest(day, zone), 3, written)
        case Since(start, zone, until):
            return (earliest(start, zone), _NO_END if until is None else latest(until, zone), 4, written)
        case Unknown():
            return (written, written, 5, written)


def overlaps(
    when: When, first_day: date | None, last_day: date | None, *, written_at: datetime, zone: str
) -> bool:
    """Whether the event touches the days from `first_day` to `last_day`.

    Both days are included; None leaves that side open. Days are those of the event's own time zone, the ones
    its description prints. Something still going on reaches to the day its entry was written; an unknown time
    counts as that day, in `zone`.
    """
    span = bounds(when)
    here = open_zone(zone if isinstance(when, Unknown) else when.zone)
    if span is None:
        span = Bounds(written_at, written_at)
    end = span.latest if span.latest is not None else max(span.earliest, written_at)
    touches_first = first_day is None or end.astimezone(here).date() >= first_day
    touches_last = last_day is None or span.earliest.astimezone(here).date() <= last_day
    return touches_first and touches_last
