"""What a file is, in words: its kind, its size, how it came, and what it says about itself."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.template.defaultfilters import date as in_zone_of_page
from django.utils.formats import date_format
from django.utils.text import capfirst

from daybook.diary.kept_people import OwnPlace
from daybook.evidence.exhibits import ReadExhibit
from daybook.kernel.media.claims import kind_of
from daybook.kernel.media.distance import metres_between
from daybook.kernel.media.known import CANNOT_BE, DISAGREES, Doubted, Known, what_is_known
from daybook.kernel.media.names import display_name

MOMENT = "j F Y, H:i"
DAY = "j F Y"
SEEN = "Daybook saw on arrival"
_LATE = "upload, arrived while locked at "
_NEAR_METRES = 2000


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a list of facts."""

    key: str
    value: str
    own_words: bool = False
    source: str = ""


@dataclass(frozen=True, slots=True)
class NotTrusted:
    """What the file says that is not trusted, under one heading."""

    heading: str
    doubts: Sequence[Doubted]


def size_in_words(size: int) -> str:
    """A length in bytes as people say it; powers of ten, as on the box of a memory card."""
    if size < 1000:
        return "1 byte" if size == 1 else f"{size} bytes"
    if size < 999_500:
        return f"{size / 1000:.0f} kB"
    if size < 999_950_000:
        return f"{size / 1_000_000:.1f} MB"
    return f"{size / 1_000_000_000:.1f} GB"


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
        Row("Name it came with", name or "No name", own_words=True, source="The device that sent it"),
        Row("What it is", kind_in_words(exhibit), source=f"{SEEN}, by its content ({exhibit.type})"),
        Row("Size", (size or size_in_words(exhibit.size)) + pixels, source=SEEN),
        Row("Kept", kept_on(exhibit), source=SEEN),
        Row("How it came", how_it_came(exhibit.source)),
    ]


def known_of(exhibit: ReadExhibit) -> Known:
    """What the file says about itself, and what of it is not trusted."""
    received = datetime.fromisoformat(exhibit.received_at)
    return what_is_known(exhibit.said, received_at=received, name=exhibit.name)


def said_by_the_file(exhibit: ReadExhibit, known: Known, places: Sequence[OwnPlace]) -> list[Row]:
    """What the file says about itself, each with its source. It may be wrong, and a file can be made to say anything."""
    rows = [
        Row(one.about, one.words, own_words=True, source=f"The file says ({one.source})")
        for one in known.said
    ]
    if exhibit.place is not None and (near := _near_in_words(exhibit, places)):
        place = next((number for number, row in enumerate(rows, 1) if row.key == "Place"), len(rows))
        source = "Worked out from that place and the places you gave"
        rows.insert(place, Row("How far", near, own_words=True, source=source))
    if known.hint is not None:
        day = f", and {date_format(known.hint.day, DAY)} is in it" if known.hint.day else ""
        words = f"{known.hint.words}{day}. That is only a hint: anyone can name a file."
        rows.append(Row("Name", words, source="The name it came with"))
    return rows


def not_trusted(known: Known) -> list[NotTrusted]:
    """What the file says that cannot be right, or does not agree with itself, by which of the two."""
    groups = (
        NotTrusted("What cannot be right", [one for one in known.doubts if one.kind == CANNOT_BE]),
        NotTrusted("What does not agree", [one for one in known.doubts if one.kind == DISAGREES]),
    )
    return [group for group in groups if group.doubts]


def places_by_distance(exhibit: ReadExhibit, places: Sequence[OwnPlace]) -> list[tuple[OwnPlace, float]]:
    """Places of hers, and how many metres each is from where the file says it was made, the nearest first."""
    if exhibit.place is None:
        return []
    found = [
        (place, metres_between(*exhibit.place, place.latitude, place.longitude))
        for place in places
        if place.latitude is not None and place.longitude is not None
    ]
    return sorted(found, key=lambda pair: pair[1])


def gives_away(exhibit: ReadExhibit, places: Sequence[OwnPlace]) -> list[OwnPlace]:
    """Places of hers that the file gives away to anyone who gets it."""
    return [place for place, off in places_by_distance(exhibit, places) if off <= place.radius_m]


def _near_in_words(exhibit: ReadExhibit, places: Sequence[OwnPlace]) -> str:
    by_distance = places_by_distance(exhibit, places)
    near = [pair for pair in by_distance if pair[1] <= _NEAR_METRES][:2] or by_distance[:1]
    return "\n".join(f"About {_distance(off)} from “{place.label}”" for place, off in near)


def _distance(metres: float) -> str:
    if metres < 1000:
        return f"{metres:.0f} m"
    return f"{metres / 1000:.1f} km" if metres < 10_000 else f"{metres / 1000:.0f} km"
