"""Vague times in words for people, and in columns for programs."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import NamedTuple

from .calendar_words import clock_words, date_words, moment_words, offset_words, zone_words
from .moments import Moment
from .when import About, Between, Day, Exact, Since, Unknown, When
from .zones import which_time

HOME_ZONE = "Europe/London"


def describe(when: When, *, home_zone: str = HOME_ZONE) -> str:
    """Like "about 9:15pm on Tuesday 3 November 2026 (UK time)".

    A clock time always names its zone; a whole day names it only when it is not `home_zone`. A time the
    clocks showed twice says which one it was, with its offset.
    """
    match when:
        case Exact(at, zone):
            return _words(at) + _zone_note(zone, home_zone, at)
        case About(at, zone):
            return f"about {_words(at)}" + _zone_note(zone, home_zone, at)
        case Between(start, end, zone):
            return f"between {_pair(start, end)}" + _zone_note(zone, home_zone, start, end)
        case Day(day, zone):
            return date_words(day) + _zone_note(zone, home_zone, day)
        case Since(start, zone, until):
            if until is None:
                return f"since {_words(start)}" + _zone_note(zone, home_zone, start)
            return f"since {_words(start)} until {_words(until)}" + _zone_note(zone, home_zone, start, until)
        case Unknown():
            return "time not known"


class IsoColumns(NamedTuple):
    """One vague time as columns of a table. Moments are ISO 8601; empty where there is nothing to say."""

    kind: str
    start: str
    end: str
    zone: str


def iso_columns(when: When) -> IsoColumns:
    """The columns for a CSV row: one moment stands in `start`; `end` is empty while something goes on."""
    match when:
        case Exact(at, zone):
            return IsoColumns("exact", at.isoformat(), "", zone)
        case About(at, zone):
            return IsoColumns("about", at.isoformat(), "", zone)
        case Between(start, end, zone):
            return IsoColumns("between", start.isoformat(), end.isoformat(), zone)
        case Day(day, zone):
            return IsoColumns("day", day.isoformat(), "", zone)
        case Since(start, zone, until):
            return IsoColumns("since", start.isoformat(), "" if until is None else until.isoformat(), zone)
        case Unknown():
            return IsoColumns("unknown", "", "", "")


def _words(moment: Moment) -> str:
    return moment_words(moment) if isinstance(moment, datetime) else date_words(moment)


def _pair(start: Moment, end: Moment) -> str:
    # "between midnight and 3am on Tuesday" needs no more: the hours after say which midnight.
    if isinstance(start, datetime) and isinstance(end, datetime) and start.date() == end.date():
        return f"{clock_words(start)} and {clock_words(end)} on {date_words(start)}"
    return f"{_words(start)} and {_words(end)}"


def _zone_note(zone: str, home_zone: str, *moments: Moment) -> str:
    times = [moment for moment in moments if isinstance(moment, datetime)]
    if not times and zone_words(zone) == zone_words(home_zone):
        return ""
    return f" ({', '.join([zone_words(zone), *(note for at in times if (note := _which_note(at, zone)))])})"


def _which_note(at: datetime, zone: str) -> str:
    which = which_time(at, zone)
    if which is None:
        return ""
    offset = offset_words(at.utcoffset() or timedelta(0))
    if which == 0:
        return f"the first {clock_words(at)}, before the clocks went back: {offset}"
    return f"the second {clock_words(at)}, after the clocks went back: {offset}"
