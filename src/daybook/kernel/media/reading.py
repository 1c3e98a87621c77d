"""Raw values out of a file, judged one by one: a value that cannot be right becomes a doubt and never a fact."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from daybook.kernel.media.names import display_name

TEXT_LENGTH: Final = 200
"""The most characters kept of any text a file holds about itself."""

# Cameras write 2026:11:20 18:00:00, everything younger ISO 8601; a day alone is no moment.
_MOMENT: Final = re.compile(
    r"(\d{4})[:/-](\d\d)[:/-](\d\d)[ T](\d\d):(\d\d)(?::(\d\d)(?:[.,]\d{1,9})?)?"
    r"(Z|[+-]\d\d:?\d\d)?",
    re.ASCII,
)
_OFFSET: Final = re.compile(r"([+-])(\d\d):?(\d\d)", re.ASCII)
_EARLIEST_YEAR: Final = 1990


@dataclass(frozen=True, slots=True)
class Doubt:
    """Something written in the file that is not trusted.

    Args:
        field: the name of the fact it would have been.
        written: what the file says, made visible and cut to `TEXT_LENGTH` characters.
        why: one plain sentence.
    """

    field: str
    written: str
    why: str


class Reading:
    """One pass over raw values, gathering doubts beside what can be right."""

    def __init__(self, raw: Mapping[str, object]) -> None:
        self.raw = raw
        self.doubts: list[Doubt] = []

    def doubt(self, field: str, written: object, why: str) -> None:
        """Note that a value is not trusted."""
        shown = written if isinstance(written, str) else repr(written)
        self.doubts.append(Doubt(field, visible(shown), why))

    def doubts_as_json(self) -> list[dict[str, str]]:
        """The doubts as they are committed to."""
        return doubts_as_json(self.doubts)

    def text(self, field: str, most: int = TEXT_LENGTH) -> str:
        """A text as it can be shown, or "" where there is none."""
        value = self.raw.get(field)
        return visible(value, most) if isinstance(value, str) else ""

    def moment(self, field: str) -> tuple[datetime, str] | None:
        """A date and time as written, without a zone, and the zone beside it ("" where none is written).

        What is empty is not there; what no clock of a working device can have shown is doubted.
        """
        written = self.text(field)
        if not written.strip(" :"):
            return None
        if written.startswith("0000"):
            self.doubt(field, written, "The clock of the device was not set.")
            return None
        found = _MOMENT.fullmatch(written)
        try:
            moment = (
                datetime.fromisoformat(
                    f"{found[1]}-{found[2]}-{found[3]}T{found[4]}:{found[5]}:{found[6] or '00'}"
                )
                if found
                else None
            )
        except ValueError:
            moment = None
        if moment is None or found is None:
            self.doubt(field, written, "This is not a real date and time.")
            return None
        if moment.year < _EARLIEST_YEAR:
            self.doubt(field, written, "No device wrote such a date then. The clock was probably not set.")
            return None
        return moment, self._checked_offset(field, "+00:00" if found[7] == "Z" else found[7] or "")

    def offset(self, field: str) -> str:
        """A difference from UTC such as "+01:00", or ""."""
        written = self.text(field)
        return self._checked_offset(field, written) if written.strip(" :") else ""

    def position(self, latitude: object, longitude: object) -> tuple[float, float] | None:
        """A position in degrees north and east, as numbers."""
        numbers = [_number(one) for one in (latitude, longitude)]
        shown = ", ".join("?" if one is None else f"{one:g}" for one in numbers)
        north, east = numbers
        if north is None or east is None:
            self.doubt("latitude", shown, "The numbers of this place cannot be worked out.")
        elif abs(north) > 90 or abs(east) > 180:
            self.doubt("latitude", shown, "There is no such place on Earth.")
        elif north == 0 and east == 0:
            self.doubt("latitude", "0, 0", "Phones write 0, 0 when they do not know where they are.")
        else:
            return round(north, 7) + 0.0, round(east, 7) + 0.0
        return None

    def _checked_offset(self, field: str, written: str) -> str:
        if not written:
            return ""
        found = _OFFSET.fullmatch(written)
        # Zones in use reach from -12:00 to +14:00, in quarters of an hour.
        if found is not None and int(found[3]) < 60:
            minutes = (1 if found[1] == "+" else -1) * (int(found[2]) * 60 + int(found[3]))
            if -12 * 60 <= minutes <= 14 * 60 and minutes % 15 == 0:
                return f"{found[1]}{found[2]}:{found[3]}"
        self.doubt(field, written, "No time zone has this difference.")
        return ""


def doubts_as_json(doubts: list[Doubt] | tuple[Doubt, ...]) -> list[dict[str, str]]:
    """Doubts as they are committed to."""
    return [{"field": doubt.field, "written": doubt.written, "why": doubt.why} for doubt in doubts]


def visible(text: str, most: int = TEXT_LENGTH) -> str:
    """A text out of a file with everything invisible made visible, cut to `most` characters."""
    plain = text[: 4 * most].strip(" \x00\t\r\n")
    shown = display_name(plain).full
    return shown if len(shown) <= most else f"{shown[: most - 1]}…"


def _number(value: object) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        number = float(value)
    except OverflowError:
        return None
    return number if number == number and abs(number) != float("inf") else None
