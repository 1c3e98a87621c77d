"""What Daybook and a decoding child say to each other: frames of a four-byte length and that many bytes.

To the child: one JSON frame ``{"content_type", "size"}`` (``size`` is null where the file can only be read from its start to
its end), then one frame of bytes for each of its ``{"read": [offset, length]}``: as many as asked for, fewer only at the end
of the file. From the child, in JSON: its confinement; what it found, as it finds it; ``{"failure": code}`` where it goes no
further, or ``{"done": true}``. ``{"picture": …}`` and ``{"text": …}`` are followed by one frame of bytes. Codes stand for
sentences, so no words of the child reach a page.

To the program that starts the children: one byte, with two sockets beside it: the conversation, and the leash. A byte on the
leash, or its end, kills the child; when it is dead the program answers with four bytes, how it died, and closes.
"""

import struct
from typing import Final

LENGTH: Final = struct.Struct(">I")
STATUS: Final = struct.Struct(">i")
MAX_JSON: Final = 256 * 1024
MAX_READ: Final = 1024 * 1024
"""The most bytes a child asks for at once."""

UNREADABLE: Final = "unreadable"
CUT_SHORT: Final = "cut-short"
EMPTY: Final = "empty"
TOO_LARGE: Final = "too-large"
TOO_MANY_PIXELS: Final = "too-many-pixels"
TOO_MUCH_INSIDE: Final = "too-much-inside"
LOCKED: Final = "locked"
NOTHING_TO_SHOW: Final = "nothing-to-show"
UNKNOWN_CODEC: Final = "unknown-codec"
MEMORY: Final = "memory"
MISSING: Final = "missing"
"""Failure codes."""


def frame(content: bytes) -> bytes:
    """Put the length before the content."""
    return LENGTH.pack(len(content)) + content
