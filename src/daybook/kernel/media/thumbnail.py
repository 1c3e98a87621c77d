"""The one kind of picture a page ever shows, and the check that it is nothing else."""

import struct
from typing import Final

MAX_SIDE: Final = 480
"""The longest side of a small picture, in pixels."""

MAX_PAGE_SIDE: Final = 1240
"""The longest side of a page of a document, in pixels."""

MAX_BYTES: Final = 1024 * 1024
"""The most bytes a small picture may have. 480 × 480 at the quality used needs under a fifth of it."""

MAX_PAGE_BYTES: Final = 3 * 1024 * 1024
"""The most bytes a page may have: 1240 × 1240 of nothing but noise."""

# Tables and frame headers a baseline or progressive JPEG needs, and the JFIF header. Nothing that can carry
# metadata (APP1…APP15, COM), arithmetic coding, or hierarchical frames.
_FRAMES: Final = frozenset({0xC0, 0xC1, 0xC2})
_ALLOWED: Final = _FRAMES | {0xC4, 0xDB, 0xDD, 0xE0, 0xDA}


def measure_plain_jpeg(
    content: bytes, *, most_side: int = MAX_SIDE, most_bytes: int = MAX_BYTES
) -> tuple[int, int]:
    """Check that bytes are a small JPEG without metadata; return its width and height.

    The child has read a hostile file and may be in its author's hands, so what it hands over as a picture is
    walked marker by marker (ITU-T T.81, annex B) before a browser or a pack sees it. The compressed pixels
    themselves cannot be checked without decoding them.

    Raises:
        ValueError: it is anything else.
    """
    if not 4 <= len(content) <= most_bytes or content[:2] != b"\xff\xd8":
        raise ValueError("not a small JPEG")
    size: tuple[int, int] | None = None
    at = 2
    while True:
        if at + 4 > len(content) or content[at] != 0xFF or content[at + 1] not in _ALLOWED:
            raise ValueError("a marker that does not belong in a small picture")
        marker = content[at + 1]
        length = struct.unpack_from(">H", content, at + 2)[0]
        if length < 2 or at + 2 + length > len(content):
            raise ValueError("a segment runs past the end")
        if marker == 0xE0 and content[at + 4 : at + 9] != b"JFIF\x00":
            raise ValueError("an application segment that is not JFIF")
        if marker in _FRAMES:
            if size is not None or length < 8:
                raise ValueError("more than one frame")
            height, width = struct.unpack_from(">HH", content, at + 5)
            size = (width, height)
        at += 2 + length
        if marker == 0xDA:
            break
    if size is None or not (0 < size[0] <= most_side and 0 < size[1] <= most_side):
        raise ValueError("no frame of an allowed size")
    _check_scans(content, at)
    return size


def _check_scans(content: bytes, at: int) -> None:
    """Walk the entropy-coded data: restart markers, further tables and scans, the end, nothing after."""
    while True:
        at = content.find(b"\xff", at)
        if at == -1 or at + 1 >= len(content):
            raise ValueError("the picture has no end")
        marker = content[at + 1]
        if marker == 0x00 or 0xD0 <= marker <= 0xD7:
            at += 2
        elif marker == 0xD9:
            if at + 2 != len(content):
                raise ValueError("something follows the picture")
            return
        elif marker in (0xC4, 0xDA):
            length = struct.unpack_from(">H", content.ljust(at + 4, b"\0"), at + 2)[0]
            if length < 2:
                raise ValueError("a segment without a length")
            at += 2 + length
        else:
            raise ValueError("a marker that does not belong in a small picture")
