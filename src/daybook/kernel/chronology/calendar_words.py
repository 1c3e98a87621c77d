"""Dates, clock times and zones in plain English, in the style of GOV.UK (9:15pm, Tuesday 3 November 2026)."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta

# Written out, not strftime: the words must not change with the locale of the machine.
_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
_UK = frozenset({"Europe/London", "Europe/Belfast", "GB", "GB-Eire"})
_UTC = frozenset({"UTC", "UCT", "Zulu", "Universal", "Etc/UTC", "Etc/UCT", "Etc/Zulu", "Etc/Universal"})
_FIXED = re.compile(r"(?:Etc/)?GMT(?:([+-])?([0-9]+))?")


def date_words(day: date) -> str:
    """Like "Tuesday 3 November 2026"."""
    return f"{_DAYS[day.weekday()]} {day.day} {_MONTHS[day.month - 1]} {day.year}"


def clock_words(at: datetime) -> str:
    """Like "9pm", "9:15pm", "9:15:30pm", "midday" and "midnight"."""
    if (at.minute, at.second, at.microsecond) == (0, 0, 0) and at.hour in (0, 12):
        return "midday" if at.hour else "midnight"
    seconds = f":{at.second:02}" if at.second else ""
    minutes = f":{at.minute:02}" if at.minute or at.second else ""
    return f"{at.hour % 12 or 12}{minutes}{seconds}{'pm' if at.hour >= 12 else 'am'}"


def moment_words(at: datetime) -> str:
    """Like "9:15pm on Tuesday 3 November 2026". Midnight says which end of the day it is."""
    clock = clock_words(at)
    return f"{clock} {'at the start of' if clock == 'midnight' else 'on'} {date_words(at)}"


def zone_words(zone: str) -> str:
    """Like "UK time", "Paris time", "UTC+5"."""
    if zone in _UK:
        return "UK time"
    if zone in _UTC:
        return "UTC"
    if fixed := _FIXED.fullmatch(zone):
        # POSIX counts these westward: Etc/GMT+5 is five hours behind UTC.
        hours = int(fixed[2] or 0)
        return offset_words(timedelta(hours=-hours if fixed[1] == "+" else hours))
    return f"{zone.rsplit('/', 1)[-1].replace('_', ' ')} time"


def offset_words(offset: timedelta) -> str:
    """Like "UTC", "UTC+1", "UTC-3:30"."""
    seconds = abs(int(offset.total_seconds()))
    if not seconds:
        return "UTC"
    hours, minutes, rest = seconds // 3600, seconds // 60 % 60, seconds % 60
    tail = (f":{minutes:02}" if minutes or rest else "") + (f":{rest:02}" if rest else "")
    return f"UTC{'-' if offset < timedelta(0) else '+'}{hours}{tail}"
