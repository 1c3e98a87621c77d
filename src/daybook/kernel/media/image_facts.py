"""What a picture says about itself, and which of it can be believed.

Field names and meanings: CIPA DC-008 (Exif 3.0), sections 4.6.5 and 4.6.6. A camera's clock and place can be
wrong or forged; these are the file's words, not the truth. Impossible values are kept as `Doubt`, never as
facts: wrong metadata would discredit the whole record.
"""

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Final

from daybook.kernel.media.credential_facts import judge_credentials
from daybook.kernel.media.reading import Doubt, Reading, doubts_as_json, visible
from daybook.kernel.media.xmp_facts import judge_xmp

# The Dead Sea and the deepest mines; the highest airliners.
_LOWEST_METRES: Final = -1_000.0
_HIGHEST_METRES: Final = 20_000.0


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
        taken_tag: which field `taken_at` stands in, where it is not DateTimeOriginal.
        modified_at, modified_offset: when the file says it was last changed, as `taken_at`.
        satellite_at: the time in UTC that came with the position, from satellites and not from the device's clock.
        xmp: what an XMP packet says besides; see `xmp_facts.judge_xmp`.
        credentials: what Content Credentials say; see `credential_facts.judge_credentials`.
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
    taken_tag: str = ""
    modified_at: datetime | None = None
    modified_offset: str = ""
    satellite_at: datetime | None = None
    xmp: Mapping[str, object] = field(default_factory=dict)
    credentials: Mapping[str, object] = field(default_factory=dict)
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
        for name in ("taken_at", "modified_at"):
            if (moment := getattr(self, name)) is not None:
                known[name] = moment.isoformat()
        if self.satellite_at is not None:
            known["satellite_at"] = f"{self.satellite_at.isoformat()}Z"
        for name in ("taken_tag", "offset", "modified_offset", "make", "model", "software"):
            if text := getattr(self, name):
                known[name] = text
        for name in ("latitude", "longitude", "altitude_m"):
            if (number := getattr(self, name)) is not None:
                known[name] = number
        for name in ("xmp", "credentials"):
            if said := getattr(self, name):
                known[name] = said
        if self.doubts:
            known["doubts"] = doubts_as_json(self.doubts)
        return known


class _Picture(Reading):
    """One pass over a picture's raw values."""

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

    def zoned(self, name: str, offset: str) -> tuple[datetime | None, str]:
        """A moment of the device's own clock, and the zone written in a field of its own."""
        found = self.moment(name)
        beside = self.offset(offset)
        return (found[0], beside or found[1]) if found else (None, beside)

    def satellite_at(self) -> datetime | None:
        day, clock = self.text("satellite_day"), _fractions(self.raw.get("satellite_clock"))
        found = re.fullmatch(r"(\d{4})[:-](\d\d)[:-](\d\d)", day, re.ASCII)
        if not day and self.raw.get("satellite_clock") is None:
            return None
        try:
            if found is None or clock is None or len(clock) != 3:
                raise ValueError
            hour, minute, second = (int(part) for part in clock)
            moment = datetime.fromisoformat(
                f"{found[1]}-{found[2]}-{found[3]}T{hour:02}:{minute:02}:{second:02}"
            )
        except (ValueError, OverflowError):
            written = f"{day} {_show_fractions(self.raw.get('satellite_clock'))}"
            self.doubt("satellite_at", written, "This is not a real date and time.")
            return None
        return moment

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
        return self.position(latitude, longitude)

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
            metadata could not be read to the end); `taken_tag`, `modified_at`, `modified_offset`,
            `satellite_day` (str); `satellite_clock` (three pairs: hours, minutes, seconds, UTC); `xmp` as
            `xmp.parse_xmp` gives it; `credentials` as the decoding child reads them.

    Raises:
        ValueError: width, height or format is missing or impossible.
    """
    reading = _Picture(raw)
    width, height = reading.pixels("width"), reading.pixels("height")
    kind = raw.get("format")
    if not isinstance(kind, str) or not re.fullmatch(r"[A-Z0-9]{2,8}", kind):
        raise ValueError("the format is not named")
    if raw.get("damaged") is True:
        reading.doubt("metadata", "", "Part of what the camera wrote about this picture is damaged.")
    place = reading.place()
    taken_at, offset = reading.zoned("taken_at", "offset")
    modified_at, modified_offset = reading.zoned("modified_at", "modified_offset")
    xmp, doubts = judge_xmp(raw.get("xmp"))
    credentials, more = judge_credentials(raw.get("credentials"))
    tag = reading.text("taken_tag", 40)
    return ImageFacts(
        width=width,
        height=height,
        format=kind,
        orientation=reading.orientation(),
        taken_at=taken_at,
        offset=offset,
        latitude=place[0] if place else None,
        longitude=place[1] if place else None,
        altitude_m=reading.altitude(),
        make=reading.text("make"),
        model=reading.text("model"),
        software=reading.text("software"),
        taken_tag=tag if taken_at else "",
        modified_at=modified_at,
        modified_offset=modified_offset if modified_at else "",
        satellite_at=reading.satellite_at(),
        xmp=xmp,
        credentials=credentials,
        doubts=(*reading.doubts, *doubts, *more),
    )


def own_picture_differs(facts: ImageFacts) -> ImageFacts:
    """Add the doubt that the small picture a file carries shows something else than the file."""
    why = (
        "The small picture that the camera put into the file shows something else. The file was edited since."
    )
    return replace(facts, doubts=(*facts.doubts, Doubt("thumbnail", "", why)))


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
        return visible(str(written))
    return ", ".join(
        f"{pair[0]}/{pair[1]}" if isinstance(pair, list) and len(pair) == 2 else "?" for pair in written[:4]
    )
