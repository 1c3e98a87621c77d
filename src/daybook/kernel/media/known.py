"""What is known about a file, in words, each with its source; and what in it cannot be right or does not agree.

From the metadata an exhibit was admitted with, so that a page and a pack say the same of it for ever. These are the file's
words and never called true: a clock can be wrong, and a file can be made to say anything.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from daybook.kernel.media.agreeing import Disagreement, disagreements
from daybook.kernel.media.comparing import Taken, moment_words, span_words
from daybook.kernel.media.name_hints import NameHint, hint_from

JSON = Any

CANNOT_BE: Final = "cannot be right"
DISAGREES: Final = "does not agree"

_SOURCES: Final = {
    "": "EXIF DateTimeOriginal",
    "DateTimeDigitized": "EXIF DateTimeDigitized",
    "creation date": "creation date of the recording",
    "creation time": "creation time of the recording",
    "date": "date of the recording",
}
_FIELDS: Final = {
    "taken_at": "Time",
    "local_created": "Time",
    "day": "Time",
    "modified_at": "Time of the last change",
    "modified_offset": "Time zone",
    "satellite_at": "Time from satellites",
    "offset": "Time zone",
    "latitude": "Place",
    "longitude": "Place",
    "altitude_m": "Height",
    "orientation": "Direction",
    "metadata": "Details",
    "seconds": "Length",
    "credentials": "Content Credentials",
    "signed_at": "Content Credentials",
    "history": "Edit history",
    "thumbnail": "Small picture inside the file",
    "xmp xmp": "Editing program",
    "xmp history": "Edit history",
}
_ABOUT_TWO: Final = frozenset({"thumbnail"})
"""Doubts kept with the file that are about two things in it, so that neither is impossible alone."""
_NOT_A_CAMERA: Final = {
    "trainedAlgorithmicMedia": "it was made by a computer (artificial intelligence)",
    "compositeWithTrainedAlgorithmicMedia": "parts of it were made by a computer (artificial intelligence)",
    "algorithmicMedia": "it was made by a computer",
    "compositeCapture": "it is put together from several pictures",
    "digitalCapture": "it was taken with a camera",
    "computationalCapture": "it was taken with a camera",
    "screenCapture": "it is a picture of a screen",
    "digitalArt": "it was drawn on a computer",
}
_ACTIONS: Final = {
    "c2pa.created": "made",
    "c2pa.opened": "opened",
    "c2pa.edited": "edited",
    "c2pa.cropped": "cropped",
    "c2pa.converted": "saved in another format",
    "c2pa.resized": "made larger or smaller",
    "c2pa.color_adjustments": "colours changed",
    "c2pa.placed": "another picture put in",
    "c2pa.drawing": "drawn on",
    "c2pa.orientation": "turned",
    "c2pa.published": "published",
    "c2pa.transcoded": "saved in another format",
    "c2pa.repackaged": "put into another kind of file",
}


@dataclass(frozen=True, slots=True)
class Said:
    """One thing a file says: what about, in which words (a line each), and where in the file it stands."""

    about: str
    words: str
    source: str
    short: str = ""
    """The same for a list, as part of a sentence; "" where a list leaves it out."""


@dataclass(frozen=True, slots=True)
class Doubted:
    """Something the file says that is not trusted. `kind` is `CANNOT_BE` or `DISAGREES`."""

    about: str
    written: str
    why: str
    kind: str


@dataclass(frozen=True, slots=True)
class Known:
    """All of it. `taken` is None where the file does not say when it was made, or where that is not trusted."""

    said: tuple[Said, ...]
    doubts: tuple[Doubted, ...]
    taken: Taken | None
    hint: NameHint | None

    @property
    def in_short(self) -> list[str]:
        """For a list in a pack: what the file says as parts of one sentence, and what of it is not trusted."""
        about = [f"{one.about.lower()} {one.kind}" for one in self.doubts]
        return [*(one.short for one in self.said if one.short), *dict.fromkeys(about)]


def what_is_known(metadata: Mapping[str, JSON], *, received_at: datetime | None, name: str = "") -> Known:
    """Read an exhibit's committed metadata.

    Args:
        received_at: when the file was taken in (aware), which no honest capture time lies behind; None where it is not told.
        name: the name it came with, for a hint.
    """
    taken, late = taken_of(metadata), None
    if taken is not None and received_at is not None:
        late = _after_receipt(taken, received_at)
    odd = [_judged(one) for one in metadata.get("doubts") or ()]
    if late is not None and taken is not None:
        odd.append(Doubted("Time", moment_words(taken.at), late, CANNOT_BE))
        taken = None
    odd += [_of(one) for one in disagreements(metadata)]
    said = tuple(_said(metadata, taken))
    if any(one.about == "Time" for one in odd):
        taken = None  # it is shown as the file says it, and compared with nothing
    return Known(said, tuple(odd), taken, hint_from(name) if name else None)


def taken_of(metadata: Mapping[str, JSON]) -> Taken | None:
    """When the file says it was made, from its own fields, or else from its XMP packet."""
    written, offset = metadata.get("taken_at"), metadata.get("offset") or ""
    if not written:
        written, offset = (metadata.get("xmp") or {}).get("taken_at"), ""
    try:
        moment = datetime.fromisoformat(str(written)) if written else None
    except ValueError:
        return None
    if moment is None:
        return None
    zone = moment.utcoffset()
    return Taken(moment.replace(tzinfo=None), _offset(offset) if offset else zone)


def _after_receipt(taken: Taken, received_at: datetime) -> str | None:
    ahead = taken.first_possible - received_at
    if ahead <= timedelta(minutes=5):
        return None
    return (
        f"This is {span_words(ahead)} or more after the file was kept here. The clock was probably set wrong."
    )


def _said(metadata: Mapping[str, JSON], taken: Taken | None) -> Iterator[Said]:
    xmp = metadata.get("xmp") or {}
    if taken is not None:
        from_xmp = not metadata.get("taken_at")
        source = "XMP" if from_xmp else _SOURCES.get(metadata.get("taken_tag") or "", "time of the recording")
        words = f"{moment_words(taken.at)} ({_zone_words(metadata, taken)})"
        yield Said("Time", words, source, f"taken {words}")
    if at := _iso(metadata.get("satellite_at")):
        yield Said("Time from satellites", f"{moment_words(at)} (UTC)", "EXIF GPSTimeStamp")
    if (seconds := metadata.get("seconds")) is not None:
        yield Said(
            "Length", length_words(seconds), "length of the recording", f"plays {length_words(seconds)}"
        )
    device = " ".join(str(metadata[key]) for key in ("make", "model") if metadata.get(key))
    is_picture = "format" in metadata
    tags = "EXIF" if is_picture else "details of the recording"
    if device:
        yield Said("Device", device, f"{tags} Make, Model" if is_picture else tags, f"with {device}")
    if metadata.get("software"):
        yield Said("Program", str(metadata["software"]), f"{tags} Software" if is_picture else tags)
    if metadata.get("latitude") is not None:
        words = position_words(float(metadata["latitude"]), float(metadata["longitude"]))
        yield Said("Place", words, "EXIF GPS" if is_picture else tags, "holds a position")
    if metadata.get("altitude_m") is not None:
        yield Said("Height", f"{metadata['altitude_m']:.0f} m above the sea", "EXIF GPSAltitude")
    yield from _changes(metadata, xmp, taken)
    yield from _credentials(metadata.get("credentials") or {}, xmp)


def _zone_words(metadata: Mapping[str, JSON], taken: Taken) -> str:
    if metadata.get("taken_tag") == "creation time":
        return "UTC; some devices write the end of the recording"
    if taken.offset is None:
        return "it does not say in which time zone"
    minutes = int(taken.offset.total_seconds() // 60)
    sign = "-" if minutes < 0 else "+"
    return f"its clock was at UTC{sign}{abs(minutes) // 60:02}:{abs(minutes) % 60:02}"


def _changes(metadata: Mapping[str, JSON], xmp: Mapping[str, JSON], taken: Taken | None) -> Iterator[Said]:
    changed = _iso(metadata.get("modified_at"))
    source = "EXIF DateTime"
    if changed is None:
        changed, source = _iso(xmp.get("modified_at")), "XMP ModifyDate"
    if changed is not None and (taken is None or abs(changed - taken.at) >= timedelta(minutes=1)):
        words = moment_words(changed)
        if taken is not None and changed > taken.at:
            words += f", {span_words(changed - taken.at)} after it was taken"
        yield Said("Last changed", words, source, f"last changed {moment_words(changed)}")
    if xmp.get("tool") and xmp["tool"] != metadata.get("software"):
        yield Said("Saved with", str(xmp["tool"]), "XMP CreatorTool", f"saved with {xmp['tool']}")
    if steps := xmp.get("history"):
        left_out = f"The newest {len(steps)} of {xmp['steps']} steps:\n" if xmp.get("steps") else ""
        words = left_out + "\n".join(_step(step) for step in steps)
        yield Said("Edit history", words, "XMP History", "has an edit history")
    if kind := xmp.get("source_type"):
        made = _NOT_A_CAMERA.get(kind)
        words = f"The file says that {made}" if made else f"“{kind}”"
        yield Said("How it was made", words, "XMP DigitalSourceType", words[:1].lower() + words[1:])


def _step(step: Mapping[str, str]) -> str:
    at = _iso(step.get("at"))
    parts = [
        (step.get("action") or "changed").capitalize(),
        moment_words(at) if at else "",
        f"with {step['tool']}" if step.get("tool") else "",
    ]
    return ", ".join(part for part in parts if part)


def _credentials(credentials: Mapping[str, JSON], xmp: Mapping[str, JSON]) -> Iterator[Said]:
    state = credentials.get("state")
    if state == "elsewhere" or (not state and xmp.get("elsewhere")):
        words = "The file says that its Content Credentials lie at an address on the internet. Daybook asks nobody there."
        yield Said("Content Credentials", words, "C2PA")
    if state != "fits":
        return
    signer = credentials.get("signer") or credentials.get("common_name") or "someone who gives no name"
    lines = [
        f"Signed as “{signer}”"
        + (f" on {moment_words(at)}" if (at := _iso(credentials.get("signed_at"))) else "")
    ]
    lines.append("They fit the file: it is as it was when it was signed.")
    lines.append("Daybook does not check who the signer really is.")
    if credentials.get("tool"):
        lines.append(f"Made with {credentials['tool']}")
    if actions := [
        _ACTIONS.get(one, str(one).removeprefix("c2pa.")) for one in credentials.get("actions") or ()
    ]:
        lines.append(f"What was done, as they tell it: {', '.join(dict.fromkeys(actions))}")
    for kind in credentials.get("source_types") or ():
        lines.append(f"They say that {_NOT_A_CAMERA[kind]}" if kind in _NOT_A_CAMERA else f"They say: {kind}")
    yield Said("Content Credentials", "\n".join(lines), "C2PA", f"signed as “{signer}” and not changed since")


def position_words(latitude: float, longitude: float) -> str:
    """A position as people read it aloud, to about a metre."""
    north, east = ("north" if latitude >= 0 else "south"), ("east" if longitude >= 0 else "west")
    return f"{abs(latitude):.5f}° {north}, {abs(longitude):.5f}° {east}"


def length_words(seconds: float) -> str:
    """How long a recording plays, like "1 minute 12 seconds"."""
    whole = round(seconds)
    parts = [(whole // 3600, "hour"), (whole // 60 % 60, "minute"), (whole % 60, "second")]
    told = [f"{number} {noun}{'' if number == 1 else 's'}" for number, noun in parts if number]
    return " ".join(told) or "less than a second"


def _judged(doubt: Mapping[str, str]) -> Doubted:
    field = doubt["field"]
    plain = field.removeprefix("xmp ")
    about = _FIELDS.get(field)
    if about is None:
        about = _FIELDS.get(plain, plain.replace("_", " ").capitalize()) + (
            " (XMP)" if plain != field else ""
        )
    kind = DISAGREES if field in _ABOUT_TWO else CANNOT_BE
    return Doubted(about, doubt.get("written") or "", doubt["why"], kind)


def _of(found: Disagreement) -> Doubted:
    return Doubted(found.about, found.written, found.why, DISAGREES)


def _iso(written: object) -> datetime | None:
    """A moment as it stands, its zone left off."""
    try:
        return datetime.fromisoformat(str(written)).replace(tzinfo=None) if written else None
    except ValueError:
        return None


def _offset(written: str) -> timedelta | None:
    try:
        return datetime.fromisoformat(f"2000-01-01T00:00:00{written}").utcoffset()
    except ValueError:
        return None
