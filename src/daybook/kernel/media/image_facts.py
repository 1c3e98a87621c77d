"""What a picture says about itself, and which of it can be believed.

Field names and meanings: CIPA DC-008 (Exif 3.0), sections 4.6.5 and 4.6.6. A camera's clock and place can be
wrong or forged; these are the file's words, not the truth. Impossible values are kept as `Doubt`, never as
facts: wrong metadata would discredit the whole record.
"""

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from daybook.kernel.media.names import display_name

TEXT_LENGTH: Final = 200
"""The most characters kept of a make, model or software name."""

_TAKEN_AT: Final = re.compile(
    r"(\d{4})[:/-](\d\d)[:/-](\d\d)[ T](\d\d):(\d\d):(\d\d)(?:\.\d{1,9})?", re.ASCII
)
_OFFSET: Final = re.compile(r"[+-](\d\d):(\d\d)", re.ASCII)
_EARLIEST_YEAR: Final = 1990
# The Dead Sea and the deepest mines; the highest airliners.
_LOWEST_METRES: Final = -1_000.0
_HIGHEST_METRES: Final = 20_000.0


@dataclass(frozen=True, slots=True)
class Doubt:
    """Something written in the file that is not trusted.

    Args:
        field: the name of the `ImageFacts` field it would have filled.
        written: what the file says, made visible and cut to `TEXT_LENGTH` characters.
        why: one plain sentence.
    """

    field: str
    written: str
    why: str


@dataclass(frozen=True, slots=True)
class ImageFacts:
    """A picture's facts as its file gives them. Empty text and None mean: the file does not say.

    Args:
        width, height: pixels, before `orientation` is applied.
        format: "JPEG", "PNG", "WEBP", "GIF", "HEIF" or "AVIF".
        orientation: Exif orientation 1 to 8; 1 where nothing is written.
        taken_at: the camera's own clock, without a zone, as written.
        offset: the zone the camera wrote, such as "+01:00".
        latitude, longitude: degrees, WGS 84, north and east positive; both or neither.
        altitude_m: metres above the sea.
        make, model, software: as written, with anything invisible made visible.
        doubts: what was written but cannot be right.
    """

    width: int
    height: int
    format: str
    orientation: int = 1
    taken_at: datetime | None = None
    offset: str = ""
    latitude: float | None = None
    longitude: float | None = None
    altitude_m: float | None = None
    make: str = ""
    model: str = ""
    software: str = ""
    doubts: tuple[Doubt, ...] = ()

    @property
    def place(self) -> tuple[float, float] | None:
        """Latitude and longitude in degrees, or None."""
        if self.latitude is None or self.longitude is None:
            return None
        return self.latitude, self.longitude

    def as_metadata(self) -> dict[str, object]:
        """Return what is known as a JSON object, ready to be sealed and committed to."""
        known: dict[str, object] = {"width": self.width, "height": self.height, "format": self.format}
        if self.orientation != 1:
            known["orientation"] = self.orientation
        if self.taken_at is not None:
            known["taken_at"] = self.taken_at.isoformat()
        for field in ("offset", "make", "model", "software"):
            if text := getattr(self, field):
                known[field] = text
        for field in ("latitude", "longitude", "altitude_m"):
            if (number := getattr(self, field)) is not None:
                known[field] = number
        if self.doubts:
            known["doubts"] = [
                {"field": doubt.field, "written": doubt.written, "why": doubt.why} for doubt in self.doubts
            ]
        return known


class _Reading:
    """One pass over raw values, gathering facts and doubts."""

    def __init__(self, raw: Mapping[str, object]) -> None:
        self.raw = raw
        self.doubts: list[Doubt] = []

    def doubt(self, field: str, written: object, why: str) -> None:
        shown = written if isinstance(written, str) else repr(written)
        self.doubts.append(Doubt(field, _visible(shown), why))

    def text(self, field: str) -> str:
        value = self.raw.get(field)
        return _visible(value) if isinstance(value, str) else ""

    def pixels(self, field: str) -> int:
        value = self.raw.get(field)
        if not isinstance(value, int) or isinstance(value, bool) or not 0 < value <= 0x7FFFFFFF:
            raise ValueError(f"{field} is not a number of pixels")
        return value

    def orientation(self) -> int:
        value = self.raw.get("orientation")
        if value is None or value == 0 or isinstance(value, bool):
            return 1
        if isinstance(value, int) and 1 <= value <= 8:
            return value
        self.doubt("orientation", value, "The file gives a direction that does not exist.")
        return 1

    def taken_at(self) -> datetime | None:
        written = self.text("taken_at")
        if not written.strip(" :"):
            return None
        if written.startswith("0000"):
            self.doubt("taken_at", written, "The camera’s clock was not set.")
            return None
        found = _TAKEN_AT.fullmatch(written)
        try:
            # No zone is attached: the camera's clock is reported as it stood.
            moment = datetime.fromisoformat("{}-{}-{}T{}:{}:{}".format(*found.groups())) if found else None
        except ValueError:
            moment = None
        if moment is None:
            self.doubt("taken_at", written, "This is not a real date and time.")
        elif moment.year < _EARLIEST_YEAR:
            self.doubt(
                "taken_at", written, "No camera wrote such a date then. The clock was probably not set."
            )
            moment = None
        return moment

    def offset(self) -> str:
        written = self.text("offset")
        if not written.strip(" :"):
            return ""
        found = _OFFSET.fullmatch(written)
        # Zones in use reach from -12:00 to +14:00, in quarters of an hour.
        if found is not None:
            minutes = (1 if written[0] == "+" else -1) * (int(found[1]) * 60 + int(found[2]))
            if -12 * 60 <= minutes <= 14 * 60 and minutes % 15 == 0 and int(found[2]) < 60:
                return written
        self.doubt("offset", written, "No time zone has this difference.")
        return ""

    def degrees(self, field: str, reference: str, negative: str, limit: float) -> float | None:
        written = self.raw.get(field)
        if written is None:
            return None
        parts = _fractions(written)
        shown = f"{_show_fractions(written)} {self.text(reference)}".strip()
        if parts is None or not 1 <= len(parts) <= 3:
            self.doubt(field, shown, "The numbers of this place cannot be worked out.")
            return None
        if any(part < 0 for part in parts) or any(part >= 60 for part in parts[1:]):
            self.doubt(field, shown, "The minutes or seconds of this place are impossible.")
            return None
        value = math.fsum(part / scale for part, scale in zip(parts, (1, 60, 3600), strict=False))
        if value > limit:
            self.doubt(field, shown, f"No place on Earth is beyond {limit:.0f} degrees.")
            return None
        side = self.text(reference).upper()
        if side not in ("N", "S") if field == "latitude" else side not in ("E", "W"):
            self.doubt(field, shown, "The file does not say which side of the Earth this is on.")
            return None
        return round(-value if side == negative else value, 7) + 0.0

    def place(self) -> tuple[float, float] | None:
        latitude = self.degrees("latitude", "latitude_ref", "S", 90)
        longitude = self.degrees("longitude", "longitude_ref", "W", 180)
        if latitude is None or longitude is None:
            for field, value in (("latitude", latitude), ("longitude", longitude)):
                if value is not None:
                    self.doubt(field, f"{value}", "The other half of this place is missing or impossible.")
            return None
        if latitude == 0 and longitude == 0:
            self.doubt("latitude", "0, 0", "Phones write 0, 0 when they do not know where they are.")
            return None
        return latitude, longitude

    def altitude(self) -> float | None:
        written = self.raw.get("altitude")
        if written is None:
            return None
        parts = _fractions([written])
        if parts is None:
            self.doubt("altitude_m", _show_fractions([written]), "The height cannot be worked out.")
            return None
        metres = -parts[0] if self.raw.get("altitude_ref") in (1, 3) else parts[0]
        if not _LOWEST_METRES <= metres <= _HIGHEST_METRES:
            self.doubt("altitude_m", _show_fractions([written]), "No photographer is at this height.")
            return None
        return round(metres, 2) + 0.0


def read_facts(raw: Mapping[str, object]) -> ImageFacts:
    """Turn the raw values out of a file into facts and doubts.

    Args:
        raw: JSON values as the decoder sends them; every one may be missing or nonsense except the first
            three. `width`, `height` (int), `format` (str); `orientation` (int); `taken_at`, `offset`, `make`,
            `model`, `software`, `latitude_ref`, `longitude_ref` (str); `latitude`, `longitude` (up to three
            [numerator, denominator] pairs: degrees, minutes, seconds); `altitude` (one pair, metres);
            `altitude_ref` (0 above, 1 below the sea); `damaged` (true where the file's own
            metadata could not be read to the end).

    Raises:
        ValueError: width, height or format is missing or impossible.
    """
    reading = _Reading(raw)
    width, height = reading.pixels("width"), reading.pixels("height")
    kind = raw.get("format")
    if not isinstance(kind, str) or not re.fullmatch(r"[A-Z0-9]{2,8}", kind):
        raise ValueError("the format is not named")
    if raw.get("damaged") is True:
        reading.doubt("metadata", "", "Part of what the camera wrote about this picture is damaged.")
    place = reading.place()
    return ImageFacts(
        width=width,
        height=height,
        format=kind,
        orientation=reading.orientation(),
        taken_at=reading.taken_at(),
        offset=reading.offset(),
        latitude=place[0] if place else None,
        longitude=place[1] if place else None,
        altitude_m=reading.altitude(),
        make=reading.text("make"),
        model=reading.text("model"),
        software=reading.text("software"),
        doubts=tuple(reading.doubts),
    )


def _visible(text: str) -> str:
    plain = text[: 4 * TEXT_LENGTH].strip(" \x00\t\r\n")
    shown = display_name(plain).full
    return shown if len(shown) <= TEXT_LENGTH else f"{shown[: TEXT_LENGTH - 1]}…"


def _fractions(written: object) -> list[float] | None:
    """Return the values of [numerator, denominator] pairs, or None where one has no finite value."""
    if not isinstance(written, list):
        return None
    values = []
    for pair in written:
        if not isinstance(pair, list) or len(pair) != 2:
            return None
        above, below = pair
        if not isinstance(above, int) or not isinstance(below, int) or below == 0:
            return None
        try:
            value = above / below
        except OverflowError:
            return None
        if not math.isfinite(value):
            return None
        values.append(value)
    return values


def _show_fractions(written: object) -> str:
    if not isinstance(written, list):
        return _visible(str(written))
    return ", ".join(
        f"{pair[0]}/{pair[1]}" if isinstance(pair, list) and len(pair) == 2 else "?" for pair in written[:4]
    )
