"""The door behind which hostile files are decoded."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, Protocol, runtime_checkable

from daybook.kernel.media.image_facts import ImageFacts
from daybook.kernel.media.media_facts import MediaFacts

PICTURES: Final = frozenset(
    {"image/jpeg", "image/png", "image/webp", "image/gif", "image/heic", "image/heif", "image/avif"}
)
"""The pictures: each is read at once, and a small copy is made of it."""

DECODABLE: Final = PICTURES | {
    "video/mp4",
    "video/quicktime",
    "video/x-m4v",
    "video/3gpp",
    "audio/mp4",
    "audio/3gpp",
}
"""Pictures and recordings of which we also read what they say of themselves."""

_OPEN_XML: Final = "application/vnd.openxmlformats-officedocument."
_OPEN_DOCUMENT: Final = "application/vnd.oasis.opendocument."

PREVIEWABLE: Final = DECODABLE | {
    "application/pdf",
    "application/rtf",
    f"{_OPEN_XML}wordprocessingml.document",
    f"{_OPEN_XML}spreadsheetml.sheet",
    f"{_OPEN_XML}presentationml.presentation",
    f"{_OPEN_DOCUMENT}text",
    f"{_OPEN_DOCUMENT}spreadsheet",
    f"{_OPEN_DOCUMENT}presentation",
    "text/plain",
    "text/vcard",
    "text/calendar",
    "video/webm",
    "video/x-matroska",
    "audio/mpeg",
    "audio/aac",
    "audio/ogg",
    "audio/amr",
    "audio/amr-wb",
    "audio/wav",
    "audio/flac",
}
"""The media types of which something can be shown; everything else is kept without that."""


def can_decode(content_type: str) -> bool:
    """Say whether what a file of this type (as found by content, never as claimed) says of itself can be read."""
    return content_type in DECODABLE


def is_picture(content_type: str) -> bool:
    """Say whether this type (as found by content, never as claimed) is a picture that can be read."""
    return content_type in PICTURES


def can_preview(content_type: str) -> bool:
    """Say whether a decoder is worth asking about this type (as found by content, never as claimed)."""
    return content_type in PREVIEWABLE


@runtime_checkable
class Ranges(Protocol):
    """A file of which any place can be read."""

    @property
    def size(self) -> int:
        """Its length in bytes."""
        ...

    def read(self, start: int, length: int) -> bytes:
        """Give ``length`` bytes from byte ``start`` on; fewer only where the file ends."""
        ...


Source = Iterable[bytes] | Ranges
"""Where a decoder gets a file from: its bytes in order, pulled once (enough for a picture), or any place of it."""


@dataclass(frozen=True, slots=True)
class Thumbnail:
    """A small picture that carries nothing but pixels.

    Args:
        content: a JPEG without metadata, already the right way up, at most `thumbnail.MAX_SIDE` pixels on its longer side, or
            `thumbnail.MAX_PAGE_SIDE` for a page.
        width, height: pixels.
    """

    content: bytes
    width: int
    height: int
    content_type: str = "image/jpeg"


@dataclass(frozen=True, slots=True)
class Recording:
    """What is known of a video or sound recording.

    Args:
        seconds: how long it is; None where the file does not say and it was not heard to its end.
        has_sound: whether there is sound in it.
        loudness: how loud each part of it is, 0 to 255, evenly spread; empty where that is not known.
        heard_whole: whether `loudness` covers all of it.
    """

    seconds: float | None
    has_sound: bool
    loudness: tuple[int, ...] = ()
    heard_whole: bool = False


@dataclass(frozen=True, slots=True)
class Extract:
    """Text taken out of a file: plain, everything invisible made visible. Never to be shown as anything but text.

    Args:
        cut: there is more of it in the file.
    """

    text: str
    cut: bool


@dataclass(frozen=True, slots=True)
class Decoded:
    """What could be learned from one file.

    Args:
        facts: what a picture or a recording says of itself; None for everything else.
        thumbnail: None where there is no picture in the file, or it could not be decoded.
        no_thumbnail: why there is less than there could be, in a plain sentence; "" where all went well.
        broken_off: the decoder was stopped or died before it had told all; another time it may tell more.
        pages: the first pages of a document, in their order.
        pages_in_all: how many the document says it has.
        frames: a few pictures of a video, spread over it, in their order.
        recording: of a video or sound recording.
        extract: of a document or a text.
    """

    facts: ImageFacts | MediaFacts | None
    thumbnail: Thumbnail | None
    no_thumbnail: str = ""
    broken_off: bool = False
    pages: tuple[Thumbnail, ...] = ()
    pages_in_all: int = 0
    frames: tuple[Thumbnail, ...] = ()
    recording: Recording | None = None
    extract: Extract | None = None


@dataclass(frozen=True, slots=True)
class Measure:
    """One way in which decoding is confined.

    Args:
        name: a stable short name, such as "memory" or "system calls".
        in_force: whether this machine enforces it.
        detail: what it does, or why it is missing.
    """

    name: str
    in_force: bool
    detail: str


@dataclass(frozen=True, slots=True)
class Confinement:
    """Everything that stands between a hostile file and the person's record on this machine."""

    measures: tuple[Measure, ...]

    @property
    def missing(self) -> tuple[Measure, ...]:
        """The measures this machine does not enforce."""
        return tuple(measure for measure in self.measures if not measure.in_force)


class Decoder(Protocol):
    """Reads facts out of a file and makes small copies of what it shows, without trusting a byte of it."""

    def decode(self, source: Source, *, content_type: str, only_facts: bool = False) -> Decoded:
        """Read one file.

        Args:
            source: the file. What it raises passes through unchanged.
            content_type: the type found by content; anything outside `PREVIEWABLE` is refused.
            only_facts: go no further than what the file says of itself (see `can_decode`); nothing is shown of it.

        Raises:
            DecodingFailed: nothing could be learned; the kind of failure is its class. Nothing else is raised
                because of what the file holds.
        """
        ...

    def confinement(self) -> Confinement:
        """Report what confines decoding on this machine, by looking, not by assuming."""
        ...
