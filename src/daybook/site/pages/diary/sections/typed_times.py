"""Dates and clock times as people type them, where the browser has no picker: made into ISO where that is sure."""

import re

_DAY = re.compile(r"(\d{1,2})\s*[./\- ]\s*(\d{1,2})\s*[./\- ]\s*(\d{4})")
_CLOCK = re.compile(r"(\d{1,2})(?:\s*[:.]\s*(\d{2}))?\s*(am|pm|a\.m\.|p\.m\.)?", re.IGNORECASE)


def iso_day(typed: str) -> str:
    """``3/11/2026`` as ``2026-11-03`` (day first, as in the UK); anything else as it is, for the kernel to judge."""
    found = _DAY.fullmatch(typed.strip())
    if found is None:
        return typed.strip()
    return f"{found[3]}-{int(found[2]):02}-{int(found[1]):02}"


def iso_clock(typed: str) -> str:
    """``9.15pm``, ``9pm`` or ``21.15`` as ``21:15``; anything else as it is, for the kernel to judge."""
    text = typed.strip()
    found = _CLOCK.fullmatch(text)
    if found is None or not (found[2] or found[3]):
        return text
    hour, half = int(found[1]), (found[3] or "")[:1].lower()
    if half and not 1 <= hour <= 12:
        return text
    if half:
        hour = hour % 12 + (12 if half == "p" else 0)
    return f"{hour:02}:{found[2] or '00'}"
