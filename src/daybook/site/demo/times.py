"""UK clock time, and how a person says when something was: by rule, so that no time zone file is needed."""

from __future__ import annotations

import random
from calendar import monthrange
from datetime import UTC, date, datetime, timedelta, timezone

GMT = timezone(timedelta(0))
BST = timezone(timedelta(hours=1))

_WORDS = ("twelve", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven")


def _last_sunday(year: int, month: int) -> int:
    last = monthrange(year, month)[1]
    return last - (date(year, month, last).weekday() + 1) % 7


def to_london(moment: datetime) -> datetime:
    """The same moment by UK clocks: they change at 01:00 UTC on the last Sundays of March and October."""
    utc = moment.astimezone(UTC)
    start = datetime(utc.year, 3, _last_sunday(utc.year, 3), 1, tzinfo=UTC)
    end = datetime(utc.year, 10, _last_sunday(utc.year, 10), 1, tzinfo=UTC)
    return utc.astimezone(BST if start <= utc < end else GMT)


def at_clock(moment: datetime) -> datetime:
    """The same wall-clock reading with the UK offset of that day."""
    from_utc = to_london(moment)
    offset = from_utc.utcoffset() or timedelta(0)
    return to_london(moment - (offset - (moment.utcoffset() or timedelta(0))))


def say_clock(moment: datetime, rng: random.Random) -> str:
    """A time of day as people write it: 18:12, 6.12pm or ten past six."""
    hour, minute = moment.hour, moment.minute
    style = rng.random()
    if minute % 15 == 0 and style < 0.55:
        name, following = _WORDS[hour % 12], _WORDS[(hour + 1) % 12]
        return (f"{name} o'clock", f"quarter past {name}", f"half past {name}", f"quarter to {following}")[
            minute // 15
        ]
    if style < 0.6:
        return f"{hour:02d}:{minute:02d}"
    return f"{hour % 12 or 12}.{minute:02d}{'am' if hour < 12 else 'pm'}"


def say_about(moment: datetime) -> str:
    """A rounded hour: "about six", "about half past six"."""
    later = moment + timedelta(minutes=15)
    name = _WORDS[later.hour % 12]
    return f"about half past {name}" if later.minute >= 30 else f"about {name}"


def say_day(moment: datetime, written: datetime) -> str:
    """The part of the day, seen from when it was written: "this evening", "last night", "on Tuesday"."""
    days = (written.date() - moment.date()).days
    part = _part_of_day(moment.hour)
    if days == 0:
        return {"night": "tonight", "early hours": "in the early hours today"}.get(part, f"this {part}")
    if part == "early hours":
        return (
            f"in the early hours of {moment:%A}" if days < 6 else f"in the early hours of {say_date(moment)}"
        )
    if days == 1:
        return "last night" if part == "night" else f"yesterday {part}"
    if days < 6:
        return f"on {moment:%A} {part}"
    return f"on the {part} of {say_date(moment)}"


def say_date(moment: datetime) -> str:
    """A date in words: "Tuesday 4 May"."""
    return f"{moment:%A} {moment.day} {moment:%B}"


def _part_of_day(hour: int) -> str:
    for limit, part in ((5, "early hours"), (12, "morning"), (17, "afternoon"), (21, "evening")):
        if hour < limit:
            return part
    return "night"


def minute_iso(moment: datetime) -> str:
    """ISO 8601 to the minute, with the offset of the UK clock at that moment."""
    return to_london(moment).isoformat(timespec="minutes")
