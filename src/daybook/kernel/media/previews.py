"""What is kept of a decoded file: its small picture, a summary, pages, frames, text; and how each is written in a row.

A row is bound to its kind and number, so a page never passes for another page, nor for the thumbnail.
"""

import json
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from daybook.kernel.media.decoder import Decoded, Extract, Recording, Thumbnail

THUMBNAIL: Final = "thumbnail"
SUMMARY: Final = "previews"
TEXT: Final = "text"
PAGE: Final = "page"
FRAME: Final = "frame"

_SIDES: Final = struct.Struct(">HH")
_SLOTS: Final = {THUMBNAIL: 0, SUMMARY: 1, TEXT: 2}
_FIRST_PICTURE: Final = 10


@dataclass(frozen=True, slots=True)
class Place:
    """Where a derived copy is kept: its kind, and its number from 1 where there can be several."""

    kind: str
    number: int = 1

    @property
    def field(self) -> str:
        """The name its row is bound to."""
        return self.kind if self.kind in _SLOTS else f"{self.kind}/{self.number}"

    @property
    def slot(self) -> int:
        """The number it is found by; it does not say what a file is, only how much is kept of it."""
        return _SLOTS.get(self.kind, _FIRST_PICTURE + self.number)


@dataclass(frozen=True, slots=True)
class Summary:
    """What there is to be seen of a file, without opening any of it.

    Args:
        pages: how many pages are kept as pictures; pages_in_all: how many the document says it has.
        frames: how many pictures of a video are kept.
        text: whether text is kept.
        recording: of video and sound.
        lacks: why there is less than there could be, in a plain sentence; "" where all went well.
        said: what a picture says of itself, where that was read only after it was admitted.
    """

    pages: int = 0
    pages_in_all: int = 0
    frames: int = 0
    text: bool = False
    recording: Recording | None = None
    lacks: str = ""
    said: dict[str, object] | None = None

    @property
    def shows_something(self) -> bool:
        """Whether there is anything besides a small picture."""
        heard = self.recording is not None
        return bool(self.pages or self.frames or self.text or heard)


def rows_of(decoded: Decoded, *, with_facts: bool) -> Iterator[tuple[Place, bytes]]:
    """Everything that is kept of a decoded file, and where.

    Args:
        with_facts: keep what a picture says of itself too, because its exhibit was admitted without that.
    """
    said = decoded.facts.as_metadata() if with_facts and decoded.facts is not None else None
    summary = Summary(
        pages=len(decoded.pages),
        pages_in_all=decoded.pages_in_all,
        frames=len(decoded.frames),
        text=decoded.extract is not None,
        recording=decoded.recording,
        lacks=decoded.no_thumbnail,
        said=said,
    )
    if decoded.thumbnail is not None:
        yield Place(THUMBNAIL), picture_bytes(decoded.thumbnail)
    if summary.shows_something or summary.lacks or summary.said is not None:
        yield Place(SUMMARY), summary_bytes(summary)
    if decoded.extract is not None:
        cut = b"\x01" if decoded.extract.cut else b"\x00"
        yield Place(TEXT), cut + decoded.extract.text.encode("utf-8", "replace")
    for number, page in enumerate(decoded.pages, start=1):
        yield Place(PAGE, number), picture_bytes(page)
    for number, frame in enumerate(decoded.frames, start=1):
        yield Place(FRAME, number), picture_bytes(frame)


def picture_bytes(picture: Thumbnail) -> bytes:
    """A picture as it is sealed: its sides, and the JPEG."""
    return _SIDES.pack(picture.width, picture.height) + picture.content


def read_picture(opened: bytes) -> Thumbnail:
    """The picture that was sealed."""
    width, height = _SIDES.unpack_from(opened)
    return Thumbnail(opened[_SIDES.size :], width, height)


def read_text(opened: bytes) -> Extract:
    """The text that was sealed."""
    return Extract(opened[1:].decode(), cut=opened[:1] == b"\x01")


def summary_bytes(summary: Summary) -> bytes:
    """A summary as it is sealed."""
    heard = summary.recording
    written = {
        "pages": summary.pages,
        "pages_in_all": summary.pages_in_all,
        "frames": summary.frames,
        "text": summary.text,
        "lacks": summary.lacks,
        "said": summary.said,
        "recording": heard
        and {
            "seconds": heard.seconds,
            "has_sound": heard.has_sound,
            "loudness": heard.loudness,
            "heard_whole": heard.heard_whole,
        },
    }
    return json.dumps(written).encode()


def read_summary(opened: bytes) -> Summary:
    """The summary that was sealed."""
    written = json.loads(opened)
    heard = written.pop("recording")
    if heard is not None:
        heard = Recording(
            seconds=heard["seconds"],
            has_sound=heard["has_sound"],
            loudness=tuple(heard["loudness"]),
            heard_whole=heard["heard_whole"],
        )
    return Summary(**written, recording=heard)
