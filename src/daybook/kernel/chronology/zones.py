"""Time zones and local time: which instant a wall clock meant, and which instants a day holds."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta, timezone
from zoneinfo import ZoneInfo

from .calendar_words import clock_words, date_words
from .errors import InvalidTime

FIRST_YEAR = 1900
LAST_YEAR = 2100

_ZONE_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_+\-]*(?:/[A-Za-z0-9_+\-]+)*")
# Found on many machines beside the IANA zones, but they name no place, or count leap seconds.
_NOT_PLACES = frozenset({"localtime", "posixrules", "Factory", "right", "posix"})
_LONGEST_NAME = 64


def open_zone(name: object) -> ZoneInfo:
    """The IANA zone with this name. Raises InvalidTime when there is none."""
    if not isinstance(name, str):
        raise InvalidTime('Give the time zone as a name, such as "Europe/London".', "/zone")
    known = len(name) <= _LONGEST_NAME and _ZONE_NAME.fullmatch(name) is not None
    if not known or name.split("/")[0] in _NOT_PLACES:
        raise _unknown_zone(name)
    try:
        return ZoneInfo(name)
    except (LookupError, ValueError, OSError) as error:  # OSError: a name that is a folder
        raise _unknown_zone(name) from error


def _unknown_zone(name: str) -> InvalidTime:
    shown = name if len(name) <= _LONGEST_NAME else name[:_LONGEST_NAME] + "…"
    words = f'We do not know the time zone "{shown}". Use a name such as "Europe/London".'
    return InvalidTime(words, "/zone")


def pin(at: datetime, zone: str) -> datetime:
    """The same instant on the zone's wall clock, carrying a fixed offset.

    A fixed offset and not a ZoneInfo: Python compares two times of one ZoneInfo by the wall clock alone, so
    the two 1:30ams of the night the clocks go back would count as one.
    """
    local = at.astimezone(open_zone(zone))
    return local.replace(tzinfo=timezone(local.utcoffset() or timedelta(0)), fold=0)


def resolve_local(local: datetime, zone: str) -> datetime:
    """The instant at which the wall clock in `zone` showed `local`.

    `local` is naive; where the clock showed it twice, its fold says which (0, the first, unless set). Raises
    InvalidTime when the clocks jumped over it.
    """
    tz = open_zone(zone)
    at = local.replace(tzinfo=tz).astimezone(UTC)
    if at.astimezone(tz).replace(tzinfo=None) != local:
        # Read by the clock before the jump it comes out later, by the clock after the jump earlier.
        later, earlier = (
            local.replace(tzinfo=tz, fold=fold).astimezone(UTC).astimezone(tz).replace(tzinfo=None)
            for fold in (0, 1)
        )
        raise InvalidTime(
            f"The clocks jumped forward, so there was no {clock_words(local)} on {date_words(local)} there."
            f" Did you mean {_guess(earlier, local)} or {_guess(later, local)}?"
        )
    return pin(at, zone)


def _guess(guess: datetime, given: datetime) -> str:
    """A suggested time; with its date when that is another day (Samoa skipped a whole day in 2011)."""
    if guess.date() == given.date():
        return clock_words(guess)
    return f"{clock_words(guess)} on {date_words(guess)}"


def came_twice(local: datetime, zone: str) -> bool:
    """Whether the wall clock in `zone` showed this naive local time twice, because the clocks went back."""
    tz = open_zone(zone)
    first, second = (local.replace(tzinfo=tz, fold=fold).astimezone(UTC) for fold in (0, 1))
    return first < second  # the other way round, the time was jumped over


def which_time(at: datetime, zone: str) -> int | None:
    """0 for the first, 1 for the second showing of a clock time that came twice; None when it came once."""
    local = at.astimezone(open_zone(zone))
    return local.fold if came_twice(local.replace(tzinfo=None), zone) else None


def day_begins(day: date, zone: str) -> datetime:
    """The first instant (UTC) at which the date in `zone` is `day` or later: not always midnight."""
    tz = open_zone(zone)
    midnight = datetime.combine(day, time(0), tzinfo=tz)
    begins = midnight.astimezone(UTC)
    if begins.astimezone(tz).replace(tzinfo=None) == midnight.replace(tzinfo=None):
        return begins
    # Midnight was jumped over: the day begins at the jump, which lies between the two readings of midnight.
    too_early = midnight.replace(fold=1).astimezone(UTC)
    while begins - too_early > timedelta(seconds=1):
        middle = too_early + timedelta(seconds=(begins - too_early) // timedelta(seconds=2))
        if middle.astimezone(tz).date() >= day:
            begins = middle
        else:
            too_early = middle
    return begins


def day_ends(day: date, zone: str) -> datetime:
    """The last microsecond (UTC) of a date in `zone`."""
    return day_begins(day + timedelta(days=1), zone) - timedelta(microseconds=1)


def check_day(day: date, zone: str) -> None:
    """Raise InvalidTime for a date outside 1900 to 2100, or one the zone never had."""
    check_year(day.year)
    if day_begins(day, zone).astimezone(open_zone(zone)).date() != day:
        raise InvalidTime(
            f"There was no {date_words(day)} there: the calendar skipped it. Give the day before or after."
        )


def check_year(year: int) -> None:
    """Raise InvalidTime for a year outside 1900 to 2100."""
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise InvalidTime(f"Check the year: {year} is outside {FIRST_YEAR} to {LAST_YEAR}.")
