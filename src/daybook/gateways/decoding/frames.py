"""What parent and child say to each other: frames of a four-byte length and that many bytes.

Parent to child: one JSON frame `{"content_type", "limit"}`, then the file's bytes until the pipe is
closed. Child to parent: one JSON frame with its confinement, one with the facts or a failure code, one with
the small picture's outcome, and, where that is good, one with its bytes. Codes stand for sentences, so no
words of the child reach a page.
"""

import struct
from typing import Final

LENGTH: Final = struct.Struct(">I")
MAX_JSON: Final = 256 * 1024

UNREADABLE: Final = "unreadable"
CUT_SHORT: Final = "cut-short"
EMPTY: Final = "empty"
TOO_LARGE: Final = "too-large"
TOO_MANY_PIXELS: Final = "too-many-pixels"
MEMORY: Final = "memory"
NO_PICTURE: Final = "no-picture"
"""Failure codes."""


def frame(content: bytes) -> bytes:
    """Put the length before the content."""
    return LENGTH.pack(len(content)) + content
