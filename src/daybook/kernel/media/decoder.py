"""The door behind which hostile files are decoded."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, Protocol

from daybook.kernel.media.image_facts import ImageFacts
from daybook.kernel.media.media_facts import MediaFacts

DECODABLE: Final = frozenset(
    {
        "image/jpeg",
        "image/png",
        "image/webp",
        "image/gif",
        "image/heic",
        "image/heif",
        "image/avif",
        "video/mp4",
        "video/quicktime",
        "video/x-m4v",
        "video/3gpp",
        "audio/mp4",
        "audio/3gpp",
    }
)
"""The media types that are looked into; everything else is kept without that."""


def can_decode(content_type: str) -> bool:
    """Say whether a decoder is worth asking about this type (as found by content, never as claimed)."""
    return content_type in DECODABLE


@dataclass(frozen=True, slots=True)
class Thumbnail:
    """A small picture that carries nothing but pixels.

    Args:
        content: a JPEG without metadata, at most `thumbnail.MAX_SIDE` pixels on its longer side, already the
            right way up.
        width, height: pixels.
    """

    content: bytes
    width: int
    height: int
    content_type: str = "image/jpeg"


@dataclass(frozen=True, slots=True)
class Decoded:
    """What could be learned from one file.

    Args:
        thumbnail: None where the file's facts could be read but its pixels could not.
        no_thumbnail: why, in a plain sentence; "" where there is one.
    """

    facts: ImageFacts | MediaFacts
    thumbnail: Thumbnail | None
    no_thumbnail: str = ""


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
    """Reads facts out of a file and makes a small picture of it, without trusting a byte of it."""

    def decode(self, source: Iterable[bytes], *, content_type: str) -> Decoded:
        """Read one file.

        Args:
            source: the file's bytes in order, pulled once. What it raises passes through unchanged.
            content_type: the type found by content; anything outside `DECODABLE` is refused.

        Raises:
            DecodingFailed: nothing could be learned; the kind of failure is its class. Nothing else is raised
                because of what the file holds.
        """
        ...

    def confinement(self) -> Confinement:
        """Report what confines decoding on this machine, by looking, not by assuming."""
        ...
