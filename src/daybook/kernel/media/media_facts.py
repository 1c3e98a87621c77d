"""What a film or a sound recording says about itself, and which of it can be believed.

Meant for any reader of such files: the box reader in `boxes` gives these raw values for MP4 and QuickTime, and a decoder of
other formats can give the same names.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from daybook.kernel.media.credential_facts import judge_credentials
from daybook.kernel.media.reading import Doubt, Reading, doubts_as_json

_SINCE: Final = datetime(1904, 1, 1)  # noqa: DTZ001 – the zone of QuickTime's clock is UTC, kept beside it
_LATEST: Final = 2**33
_MOST_SECONDS: Final = 400 * 24 * 3600
_ISO_6709: Final = re.compile(
    r"([+-]\d{2}(?:\.\d{1,12})?)([+-]\d{3}(?:\.\d{1,12})?)(?:[+-]\d{1,6}(?:\.\d{1,9})?)?(?:CRS.{0,40})?/?",
    re.ASCII,
)
_MOST_PIXELS: Final = 65_535


@dataclass(frozen=True, slots=True)
class MediaFacts:
    """A film's or sound's facts as its file gives them. Empty text and None mean: the file does not say.

    Args:
        seconds: how long it plays.
        width, height: pixels of the picture; None for sound.
        taken_at, offset, taken_tag: as in `ImageFacts`; `taken_tag` names the field of the container it stands in.
        latitude, longitude: degrees, WGS 84, north and east positive; both or neither.
        make, model, software: as written, with anything invisible made visible.
        credentials: what Content Credentials say; see `credential_facts.judge_credentials`.
        doubts: what was written but cannot be right.
    """

    seconds: float | None = None
    width: int | None = None
    height: int | None = None
    taken_at: datetime | None = None
    offset: str = ""
    taken_tag: str = ""
    latitude: float | None = None
    longitude: float | None = None
    make: str = ""
    model: str = ""
    software: str = ""
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
        known: dict[str, object] = {
            name: number
            for name in ("seconds", "width", "height", "latitude", "longitude")
            if (number := getattr(self, name)) is not None
        }
        if self.taken_at is not None:
            known["taken_at"] = self.taken_at.isoformat()
        for name in ("offset", "taken_tag", "make", "model", "software", "credentials"):
            if said := getattr(self, name):
                known[name] = said
        if self.doubts:
            known["doubts"] = doubts_as_json(self.doubts)
        return known


def read_media_facts(raw: Mapping[str, object]) -> MediaFacts:
    """Turn raw values out of a film or a sound recording into facts and doubts.

    Args:
        raw: JSON values as `boxes.read_boxes` gives them; every one may be missing or nonsense. A reader of other formats
            may give `seconds` (a number) instead of `timescale` and `duration`, and `credentials` as the decoding child
            reads them.
    """
    reading = _Film(raw)
    taken_at, offset, tag = reading.taken()
    place = reading.place()
    credentials, more = judge_credentials(raw.get("credentials"))
    if raw.get("damaged") is True:
        reading.doubt("metadata", "", "Part of what the device wrote about this recording is damaged.")
    return MediaFacts(
        seconds=reading.seconds(),
        width=reading.pixels("width"),
        height=reading.pixels("height"),
        taken_at=taken_at,
        offset=offset,
        taken_tag=tag,
        latitude=place[0] if place else None,
        longitude=place[1] if place else None,
        make=reading.text("make"),
        model=reading.text("model"),
        software=reading.text("software"),
        credentials=credentials,
        doubts=(*reading.doubts, *more),
    )


class _Film(Reading):
    """One pass over the raw values of a recording."""

    def number(self, name: str) -> int | None:
        value = self.raw.get(name)
        return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else None

    def pixels(self, name: str) -> int | None:
        value = self.number(name)
        return value if value is not None and 0 < value <= _MOST_PIXELS else None

    def seconds(self) -> float | None:
        given = self.raw.get("seconds")
        scale, parts = self.number("timescale"), self.number("duration")
        if isinstance(given, int | float) and not isinstance(given, bool):
            seconds, shown = float(given), f"{given}"
        elif parts is None or parts in (2**32 - 1, 2**64 - 1):
            return None  # all ones: the device did not know yet
        elif not scale:
            self.doubt("seconds", f"{parts}/{scale}", "The length cannot be worked out.")
            return None
        else:
            seconds, shown = parts / scale, f"{parts}/{scale}"
        if not 0 <= seconds <= _MOST_SECONDS:
            self.doubt("seconds", shown, "No recording is as long as that.")
            return None
        return round(seconds, 3)

    def taken(self) -> tuple[datetime | None, str, str]:
        """When, which zone, and in which field it stands: a local time says more than the container's UTC."""
        if found := self.moment("local_created"):
            return (*found, "creation date")
        created = self.number("created")
        if created:
            return self._since_1904(created)
        written = self.text("day")
        # A bare year or day is how music is dated; it is no moment.
        if len(written) > len("2026-11-20") and (found := self.moment("day")):
            return (*found, "date")
        return None, "", ""

    def place(self) -> tuple[float, float] | None:
        written = self.text("location")
        if written:
            found = _ISO_6709.fullmatch(written)
            if found is None:
                self.doubt("latitude", written, "The numbers of this place cannot be worked out.")
                return None
            return self.position(float(found[1]), float(found[2]))
        if "latitude" in self.raw or "longitude" in self.raw:
            return self.position(self.raw.get("latitude"), self.raw.get("longitude"))
        return None

    def _since_1904(self, seconds: int) -> tuple[datetime | None, str, str]:
        moment = _SINCE + timedelta(seconds=seconds) if seconds < _LATEST else None
        if moment is None or moment.year < 1990:
            shown = moment.isoformat(" ") if moment else f"{seconds} seconds after 1904"
            self.doubt("taken_at", shown, "No device wrote such a date then. The clock was probably not set.")
            return None, "", ""
        return moment, "+00:00", "creation time"
