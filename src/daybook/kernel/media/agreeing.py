"""Where a file contradicts itself: two of its own values that cannot both be right. Neither is called the true one."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from daybook.kernel.media.comparing import moment_words
from daybook.kernel.media.distance import metres_between

JSON = Any

_APART: Final = timedelta(minutes=2)
# A satellite's time is that of the last fix, which can be some time old.
_OLD_FIX: Final = timedelta(hours=1)
_FURTHEST_ZONES: Final = timedelta(hours=26)
_METRES: Final = 1000.0


@dataclass(frozen=True, slots=True)
class Disagreement:
    """Two values that do not go together: what they are about, what both say, and why it is odd."""

    about: str
    written: str
    why: str


def disagreements(metadata: Mapping[str, JSON]) -> list[Disagreement]:
    """Every contradiction within an exhibit's committed metadata."""
    return [*_times(metadata), *_satellite(metadata), *_places(metadata), *_devices(metadata)]


def _times(metadata: Mapping[str, JSON]) -> Iterator[Disagreement]:
    exif, xmp = _moment(metadata.get("taken_at")), _moment((metadata.get("xmp") or {}).get("taken_at"))
    if exif is not None and xmp is not None:
        apart = abs(exif.replace(tzinfo=None) - xmp.replace(tzinfo=None))
        if apart > _APART and not _same_instant(metadata, exif, xmp):
            zones = apart <= _FURTHEST_ZONES and apart.seconds % 900 == 0
            why = (
                "The two differ by whole quarters of an hour, as different time zones do."
                if zones
                else "One of the two was written later, or changed."
            )
            yield Disagreement("Time", f"{_shown(exif)} (EXIF) and {_shown(xmp)} (XMP)", why)
    changed = _moment(metadata.get("modified_at"))
    if exif is not None and changed is not None and exif.replace(tzinfo=None) - changed > timedelta(days=1):
        yield Disagreement(
            "Time of the last change",
            f"{_shown(changed)} (changed) and {_shown(exif)} (taken)",
            "It says that it was changed before it was taken.",
        )


def _same_instant(metadata: Mapping[str, JSON], exif: datetime, xmp: datetime) -> bool:
    offset = _offset(metadata.get("offset"))
    if offset is None or xmp.utcoffset() is None:
        return False
    own = exif.replace(tzinfo=None) - offset
    other = xmp.replace(tzinfo=None) - (xmp.utcoffset() or timedelta(0))
    return abs(own - other) <= _APART


def _satellite(metadata: Mapping[str, JSON]) -> Iterator[Disagreement]:
    taken, satellite = _moment(metadata.get("taken_at")), _moment(metadata.get("satellite_at"))
    if taken is None or satellite is None or metadata.get("taken_tag"):
        return
    satellite, offset = satellite.replace(tzinfo=None), _offset(metadata.get("offset"))
    taken = taken.replace(tzinfo=None)
    # Without a zone the clock may stand up to fourteen hours before UTC, or twelve behind.
    off = (
        abs(taken - offset - satellite)
        if offset is not None
        else abs(taken - satellite) - timedelta(hours=14)
    )
    if off > _OLD_FIX:
        written = f"{_shown(taken)} (clock) and {_shown(satellite)} UTC (satellites)"
        yield Disagreement(
            "Time", written, "The clock of the device was set wrong, or one of the two was changed later."
        )


def _places(metadata: Mapping[str, JSON]) -> Iterator[Disagreement]:
    xmp = metadata.get("xmp") or {}
    if metadata.get("latitude") is None or xmp.get("latitude") is None:
        return
    metres = metres_between(metadata["latitude"], metadata["longitude"], xmp["latitude"], xmp["longitude"])
    if metres > _METRES:
        yield Disagreement(
            "Place",
            f"{metadata['latitude']:.5f}, {metadata['longitude']:.5f} (EXIF) and "
            f"{xmp['latitude']:.5f}, {xmp['longitude']:.5f} (XMP)",
            f"The two are about {metres / 1000:.0f} km apart. One of them was written later, or changed.",
        )


def _devices(metadata: Mapping[str, JSON]) -> Iterator[Disagreement]:
    xmp = metadata.get("xmp") or {}
    for name in ("make", "model"):
        own, other = str(metadata.get(name) or ""), str(xmp.get(name) or "")
        if own and other and _plain(own) not in _plain(other) and _plain(other) not in _plain(own):
            yield Disagreement(
                "Device", f"{own} (EXIF) and {other} (XMP)", "One of the two was written later, or changed."
            )
            return


def _plain(words: str) -> str:
    return " ".join(words.split()).casefold()


def _moment(written: object) -> datetime | None:
    try:
        return datetime.fromisoformat(str(written)) if written else None
    except ValueError:
        return None


def _offset(written: object) -> timedelta | None:
    moment = _moment(f"2000-01-01T00:00:00{written}" if written else None)
    return moment.utcoffset() if moment else None


def _shown(moment: datetime) -> str:
    return moment_words(moment)
