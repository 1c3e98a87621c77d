"""How long after the event an entry was written (fact RU24: what was written soon after weighs more)."""

from __future__ import annotations

from datetime import datetime, timedelta

from .moments import Moment
from .span import ABOUT_A_DAY, ABOUT_A_TIME, bounds
from .when import About, Between, Day, Exact, Since, Unknown, When
from .zones import open_zone

_HOUR = timedelta(hours=1)
_DAY = timedelta(days=1)


def written_after(when: When, written_at: datetime) -> str:
    """Words like "written 12 minutes after". `written_at` is aware.

    Up to a day the clock is counted; from then on, calendar days in the event's own time zone. An event later
    than the writing is said, never refused: the person may be noting a threat, or a clock may be wrong.
    """
    match when:
        case Exact(at, zone):
            return _after_moment(at, zone, written_at)
        case About(at, zone):
            return _after_about(at, zone, written_at)
        case Between(start, end, zone):
            return _after_between(start, end, zone, written_at)
        case Day(day, zone):
            return _after_moment(day, zone, written_at)
        case Since(start, zone, until):
            if _side(start, zone, written_at) < 0:
                return _after_moment(start, zone, written_at)
            if until is None or _side(until, zone, written_at) <= 0:
                return "written during"
            return f"{_after_moment(until, zone, written_at)} it ended"
        case Unknown():
            return "time of event not known"


def lies_ahead(when: When, written_at: datetime) -> bool:
    """Whether the time given is wholly later than the writing: worth a second look, never an error."""
    span = bounds(when)
    return span is not None and span.earliest > written_at


def _after_about(at: Moment, zone: str, written_at: datetime) -> str:
    if isinstance(at, datetime):
        near = abs(written_at - at) <= ABOUT_A_TIME
    else:
        near = abs(_days(at, zone, written_at)) <= ABOUT_A_DAY.days
    if near:
        return "written at about the same time"
    return _after_moment(at, zone, written_at).replace("written ", "written about ", 1)


def _after_between(start: Moment, end: Moment, zone: str, written_at: datetime) -> str:
    if _side(start, zone, written_at) < 0:
        return _after_moment(start, zone, written_at)
    if _side(end, zone, written_at) <= 0:
        return "written during"
    # It may have happened at either end, so the wait is a range too.
    shortest, longest = _wait(end, zone, written_at), _wait(start, zone, written_at)
    if shortest == longest:
        return f"written {shortest} after"
    return f"written between {shortest} and {longest} after"


def _after_moment(moment: Moment, zone: str, written_at: datetime) -> str:
    if not isinstance(moment, datetime) and _days(moment, zone, written_at) == 0:
        return "written the same day"
    wait = _wait(moment, zone, written_at)
    if _side(moment, zone, written_at) >= 0:
        return f"written {wait} after"
    return f"written {wait} before the {'time' if isinstance(moment, datetime) else 'date'} given"


def _side(moment: Moment, zone: str, written_at: datetime) -> int:
    """-1 when written before the moment, 0 at it, 1 after it."""
    if isinstance(moment, datetime):
        return (written_at > moment) - (written_at < moment)
    days = _days(moment, zone, written_at)
    return (days > 0) - (days < 0)


def _days(moment: Moment, zone: str, written_at: datetime) -> int:
    """Calendar days from the moment's date to the date of writing, in `zone`."""
    here = open_zone(zone)
    day = moment.astimezone(here).date() if isinstance(moment, datetime) else moment
    return (written_at.astimezone(here).date() - day).days


def _wait(moment: Moment, zone: str, written_at: datetime) -> str:
    """The time between, without saying which came first."""
    if isinstance(moment, datetime) and abs(written_at - moment) < _DAY:
        return _clock_wait(abs(written_at - moment))
    # A day of 25 hours can hold 24 of them without a change of date.
    return _count(max(abs(_days(moment, zone, written_at)), 1), "day")


def _clock_wait(gap: timedelta) -> str:
    minutes = gap // timedelta(minutes=1)
    if not minutes:
        return "less than a minute"
    if gap < _HOUR:
        return _count(minutes, "minute")
    hours = _count(minutes // 60, "hour")
    return hours if minutes % 60 == 0 else f"{hours} {_count(minutes % 60, 'minute')}"


def _count(number: int, unit: str) -> str:
    return f"{number} {unit}" if number == 1 else f"{number} {unit}s"
