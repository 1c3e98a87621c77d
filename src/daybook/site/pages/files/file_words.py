"""What a file is, in words: its kind, its size, how it came, and what it says about itself."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.template.defaultfilters import date as in_zone_of_page
from django.utils.formats import date_format
from django.utils.text import capfirst

from daybook.diary.kept_people import OwnPlace
from daybook.evidence.exhibits import ReadExhibit
from daybook.kernel.media.claims import kind_of
from daybook.kernel.media.distance import metres_between
from daybook.kernel.media.names import display_name

MOMENT = "j F Y, H:i"
_LATE = "upload, arrived while locked at "
_NEAR_METRES = 2000

_FIELDS = {
    "taken_at": "time",
    "offset": "time zone",
    "latitude": "place",
    "longitude": "place",
    "altitude_m": "height",
    "orientation": "direction",
    "metadata": "details",
}


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a list of facts."""

    key: str
    value: str
    own_words: bool = False


@dataclass(frozen=True, slots=True)
class Doubted:
    """Something the file says that cannot be right: what it is about, as it is written there, and why not."""

    about: str
    written: str
    why: str


def size_in_words(size: int) -> str:
    """A length in bytes as people say it; powers of ten, as on the box of a memory card."""
    if size < 1000:
        return "1 byte" if size == 1 else f"{size} bytes"
    if size < 999_500:
        return f"{size / 1000:.0f} kB"
    return f"{size / 1_000_000:.1f} MB"


def kind_in_words(exhibit: ReadExhibit) -> str:
    """What the content is, such as "Picture"."""
    return capfirst(kind_of(exhibit.type))


def kept_on(exhibit: ReadExhibit) -> str:
    """When the file was taken in, in the time zone she writes in."""
    return in_zone_of_page(datetime.fromisoformat(exhibit.received_at), MOMENT)


def how_it_came(source: str) -> str:
    """By which way the file came in."""
    if source == "upload":
        return "Added on the page “Add files”"
    if source.startswith(_LATE):
        arrived = in_zone_of_page(datetime.fromisoformat(source.removeprefix(_LATE)), MOMENT)
        return f"Added on a page while your record was locked. It arrived on {arrived}"
    return "Added by the command line" if source == "command line" else capfirst(source)


def facts_of(exhibit: ReadExhibit) -> list[Row]:
    """The facts we know ourselves; the digest is shown apart."""
    name = display_name(exhibit.name).full
    said = exhibit.said
    pixels = f", {said['width']} by {said['height']} pixels" if "width" in said else ""
    size = f"{size_in_words(exhibit.size)} ({exhibit.size:,} bytes)" if exhibit.size >= 1000 else ""
    return [
        Row("Name it came with", name or "No name", own_words=True),
        Row("What it is", f"{kind_in_words(exhibit)} ({exhibit.type}), by its content"),
        Row("Size", (size or size_in_words(exhibit.size)) + pixels),
        Row("Kept", kept_on(exhibit)),
        Row("How it came", how_it_came(exhibit.source)),
    ]


def said_by_the_file(exhibit: ReadExhibit, places: Sequence[OwnPlace]) -> list[Row]:
    """What the file says about itself. It may be wrong, and a file can be made to say anything."""
    return list(_said(exhibit, places))


def doubts_about(exhibit: ReadExhibit) -> list[Doubted]:
    """What the file says that cannot be right."""
    return [
        Doubted(capfirst(_FIELDS.get(doubt["field"], doubt["field"])), doubt["written"], doubt["why"])
        for doubt in exhibit.said.get("doubts", ())
    ]


def places_near(exhibit: ReadExhibit, places: Sequence[OwnPlace]) -> list[tuple[OwnPlace, float]]:
    """Places of hers near where the file says it was made, and how many metres off, the nearest first."""
    if exhibit.place is None:
        return []
    found = [
        (place, metres_between(*exhibit.place, place.latitude, place.longitude))
        for place in places
        if place.latitude is not None and place.longitude is not None
    ]
    return sorted(((place, off) for place, off in found if off <= _NEAR_METRES), key=lambda pair: pair[1])


def gives_away(exhibit: ReadExhibit, places: Sequence[OwnPlace]) -> list[OwnPlace]:
    """Places of hers that the file gives away to anyone who gets it."""
    return [place for place, off in places_near(exhibit, places) if off <= place.radius_m]


def position_in_words(latitude: float, longitude: float) -> str:
    """A position as people read it aloud, to about a metre."""
    north, east = ("north" if latitude >= 0 else "south"), ("east" if longitude >= 0 else "west")
    return f"{abs(latitude):.5f}° {north}, {abs(longitude):.5f}° {east}"


def _said(exhibit: ReadExhibit, places: Sequence[OwnPlace]) -> Iterator[Row]:
    said = exhibit.said
    if "taken_at" in said:
        taken = datetime.fromisoformat(said["taken_at"])  # as its clock stood; no zone is made up for it
        offset = said.get("offset")
        zone = f"its clock was at UTC{offset}" if offset else "it does not say in which time zone"
        yield Row("Time", f"{date_format(taken, 'j F Y, H:i:s')} ({zone})")
    if exhibit.place is not None:
        words = position_in_words(*exhibit.place)
        near = [f"about {off:.0f} m from “{place.label}”" for place, off in places_near(exhibit, places)[:2]]
        yield Row("Place", "\n".join([words, *map(capfirst, near)]), own_words=True)
    if "altitude_m" in said:
        yield Row("Height", f"{said['altitude_m']:.0f} m above the sea")
    device = " ".join(part for part in (said.get("make", ""), said.get("model", "")) if part)
    if device:
        yield Row("Device", device, own_words=True)
    if "software" in said:
        yield Row("Program", said["software"], own_words=True)
