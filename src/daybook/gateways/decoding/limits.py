"""What each kind of file may cost: which program reads it, and how much of the machine it gets.

Only the standard library, because both sides of the wall read this.
"""

from dataclasses import dataclass
from typing import Final

_MIB: Final = 1024 * 1024

PICTURES: Final = "pictures"
DOCUMENTS: Final = "documents"
RECORDINGS: Final = "recordings"
PROGRAMS: Final = (PICTURES, DOCUMENTS, RECORDINGS)
"""The programs: one for each family of readers, so that a photograph never meets a video's decoder."""

PROBES: Final = "probes"
"""Not a kind of file: the child tries to break out instead. Every program knows it."""

SMALL_SIDE: Final = 480
PAGE_SIDE: Final = 1240
"""The longest side of a small picture, and of a page of a document, in pixels: 1240 is an A4 page at 106 dots an inch."""

MOST_PAGES: Final = 20
MOST_FRAMES: Final = 4
MOST_TEXT: Final = 60_000
"""How many pages and frames are shown, and how many characters of text are taken out."""

BARS: Final = 160
"""Into how many pieces a recording is divided to draw its loudness."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What reading one file may cost.

    Args:
        program: which program reads it.
        most_bytes: the longest file that is looked into at all.
        most_read: the most bytes that are handed to the child altogether, however often it asks.
        memory: address space in bytes, the program itself included.
        cpu_seconds: processor time.
        wall_seconds: the longest the child may keep us waiting.
        threads: its decoder cannot work without threads (libde265 for HEIC).
    """

    program: str
    most_bytes: int
    most_read: int
    memory: int = 1024 * _MIB
    cpu_seconds: int = 20
    wall_seconds: float = 30.0
    threads: bool = False


# Measured need in MiB: a 12 megapixel JPEG 55, HEIC 233, the same HEIC in a file of 187 MiB 603, a 63 megapixel PNG with
# transparency 602, a 63 megapixel progressive JPEG 251, a 200 megapixel baseline JPEG 91.
_PICTURE: Final = Limits(PICTURES, 200 * _MIB, 256 * _MIB)
_HEIC: Final = Limits(PICTURES, 200 * _MIB, 256 * _MIB, threads=True)
# Of a document only the parts that are shown are read, so its own length may be much more than that.
_PDF: Final = Limits(DOCUMENTS, 4096 * _MIB, 512 * _MIB)
_OFFICE: Final = Limits(DOCUMENTS, 512 * _MIB, 256 * _MIB, memory=768 * _MIB)
_TEXT: Final = Limits(DOCUMENTS, 1 << 50, 4 * _MIB, memory=512 * _MIB)
# Of a recording: its index, a few places in the picture, and the sound where that is short.
_RECORDING: Final = Limits(RECORDINGS, 1 << 50, 1024 * _MIB, memory=1536 * _MIB)

_OFFICE_OPEN: Final = "application/vnd.openxmlformats-officedocument."
_OPEN_DOCUMENT: Final = "application/vnd.oasis.opendocument."

LIMITS: Final[dict[str, Limits]] = {
    **dict.fromkeys(("image/jpeg", "image/png", "image/webp", "image/gif", "image/avif"), _PICTURE),
    **dict.fromkeys(("image/heic", "image/heif"), _HEIC),
    "application/pdf": _PDF,
    **dict.fromkeys(
        (
            f"{_OFFICE_OPEN}wordprocessingml.document",
            f"{_OFFICE_OPEN}spreadsheetml.sheet",
            f"{_OFFICE_OPEN}presentationml.presentation",
            f"{_OPEN_DOCUMENT}text",
            f"{_OPEN_DOCUMENT}spreadsheet",
            f"{_OPEN_DOCUMENT}presentation",
        ),
        _OFFICE,
    ),
    **dict.fromkeys(("text/plain", "text/vcard", "text/calendar", "application/rtf"), _TEXT),
    **dict.fromkeys(
        (
            "video/mp4",
            "video/quicktime",
            "video/x-m4v",
            "video/3gpp",
            "video/webm",
            "video/x-matroska",
            "audio/mpeg",
            "audio/mp4",
            "audio/3gpp",
            "audio/aac",
            "audio/ogg",
            "audio/amr",
            "audio/amr-wb",
            "audio/wav",
            "audio/flac",
        ),
        _RECORDING,
    ),
    PROBES: Limits("", 0, 0),
}
"""The limits of each media type that is looked into."""
