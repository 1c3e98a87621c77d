"""A moment: one end of a vague time, given as an instant or as a whole day."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta, timezone
from typing import TypeAlias

from .errors import InvalidTime
from .zones import check_day, check_year, day_begins, day_ends, pin, resolve_local

# datetime is a date in Python: ask for datetime first, always.
Moment: TypeAlias = date | datetime

# The published pattern (docs/entry.schema.json carries the same text).
MOMENT_PATTERN = (
    r"^[0-9]{4}-[0-9]{2}-[0-9]{2}"
    r"([T ][0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]{1,9})?)?(Z|[+-][0-9]{2}:?[0-9]{2}(:[0-9]{2})?)?)?$"
)
_MOMENT = re.compile(
    r"(?P<day>[0-9]{4}-[0-9]{2}-[0-9]{2})"
    r"(?:[T ](?P<clock>[0-9]{2}:[0-9]{2})(?::(?P<second>[0-9]{2})(?:\.(?P<fraction>[0-9]{1,9}))?)?"
    r"(?P<offset>Z|[+-][0-9]{2}:?[0-9]{2}(?::[0-9]{2})?)?)?"
)
_HOW = 'Write it like "2026-11-03" or "2026-11-03T21:15".'


def read_moment(value: object, zone: str) -> Moment:
    """The moment an ISO 8601 date or date-time string names. Without an offset it is local time in `zone`.

    Raises InvalidTime for anything else, for days and times that never were, and for years outside 1900 to
    2100.
    """
    if not isinstance(value, str):
        raise InvalidTime(f"This is not a date or time. {_HOW}")
    parts = _MOMENT.fullmatch(value)
    if parts is None:
        raise InvalidTime(f"We cannot read this date or time. {_HOW}")
    day = _read_day(parts["day"])
    if parts["clock"] is None:
        return keep_moment(day, zone)
    local = _read_clock(day, parts["clock"], parts["second"] or "0", parts["fraction"] or "0")
    if parts["offset"] is None:
        return resolve_local(local, zone)
    return keep_moment(local.replace(tzinfo=_read_offset(parts["offset"])), zone)


def keep_moment(moment: Moment, zone: str) -> Moment:
    """The moment as it is kept: an instant on the zone's wall clock, or a day the zone had.

    Raises InvalidTime.
    """
    if not isinstance(moment, datetime):
        check_day(moment, zone)
        return moment
    if moment.utcoffset() is None:
        raise InvalidTime("This time says nothing of its place. Give an offset or a time zone.")
    check_year(moment.year)  # first, so that the move to another zone cannot overflow
    pinned = pin(moment, zone)
    check_year(pinned.year)
    return pinned


def earliest(moment: Moment, zone: str) -> datetime:
    """The first instant (UTC) the moment can mean."""
    return moment.astimezone(UTC) if isinstance(moment, datetime) else day_begins(moment, zone)


def latest(moment: Moment, zone: str) -> datetime:
    """The last instant (UTC) the moment can mean."""
    return moment.astimezone(UTC) if isinstance(moment, datetime) else day_ends(moment, zone)


def _read_day(text: str) -> date:
    year, month, day = (int(part) for part in text.split("-"))
    check_year(year)
    try:
        return date(year, month, day)
    except ValueError as error:
        raise InvalidTime(f"There is no day {text}. Check the month and the day.") from error


def _read_clock(day: date, clock: str, second: str, fraction: str) -> datetime:
    hour, minute = (int(part) for part in clock.split(":"))
    if hour > 23 or minute > 59 or int(second) > 59:
        raise InvalidTime("There is no such time. Hours go from 00 to 23, minutes and seconds from 00 to 59.")
    # Finer than a microsecond is cut off: no device of hers measures it.
    return datetime.combine(day, time(hour, minute, int(second), int(fraction.ljust(6, "0")[:6])))


def _read_offset(text: str) -> timezone:
    if text == "Z":
        return UTC
    digits = text[1:].replace(":", "").ljust(6, "0")
    hours, minutes, seconds = int(digits[:2]), int(digits[2:4]), int(digits[4:6])
    if hours > 23 or minutes > 59 or seconds > 59:
        raise InvalidTime('There is no such offset. Write it like "+01:00", or leave it out.')
    offset = timedelta(hours=hours, minutes=minutes, seconds=seconds)
    return timezone(-offset if text[0] == "-" else offset)
