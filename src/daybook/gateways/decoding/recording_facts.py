"""What a film or a sound recording in MP4 or QuickTime boxes says of itself. Runs in the confined child only.

Only byte ranges are read, so it costs the same for an hour of film as for a second. Values are handed on unjudged: see
`kernel.media.media_facts`.
"""

import io
from typing import Final

from daybook.gateways.decoding.credentials import read_credentials
from daybook.kernel.media.boxes import ReadAt, read_boxes

TYPES: Final = ("video/mp4", "video/quicktime", "video/x-m4v", "audio/mp4", "video/3gpp", "audio/3gpp")
"""The types made of such boxes."""


_CREDENTIALS: Final = bytes.fromhex("d8fec3d61b0e483c92975828877ec481")
_MOST_TOP: Final = 64
_MOST_BYTES: Final = 200 * 1024 * 1024
"""A longer recording with credentials is not compared with them: all of it would have to be read."""


def raw_recording(content: io.BufferedIOBase, size: int, content_type: str) -> dict[str, object]:
    """Collect raw values for `kernel.media.media_facts.read_media_facts`.

    Args:
        content: the recording; any place of it can be read. Only one that carries credentials is read whole.
        size: its length in bytes.
    """

    def read_at(start: int, length: int) -> bytes:
        content.seek(start)
        return content.read(length)

    facts = read_boxes(read_at, size)
    if size <= _MOST_BYTES and _carries_credentials(read_at, size):
        whole = io.BytesIO(read_at(0, size))
        if credentials := read_credentials(whole, content_type):
            facts["credentials"] = credentials
    return facts


def _carries_credentials(read_at: ReadAt, size: int) -> bool:
    """Whether one of the outermost boxes is that of C2PA (Technical Specification 2.1, A.5.1)."""
    at = 0
    for _ in range(_MOST_TOP):
        head = read_at(at, 32)
        if len(head) < 8:
            return False
        length, begin = int.from_bytes(head[:4], "big"), 8
        if length == 1:
            length, begin = int.from_bytes(head[8:16], "big"), 16
        if head[4:8] == b"uuid" and head[begin : begin + 16] == _CREDENTIALS:
            return True
        if length < begin or at + length >= size:
            return False
        at += length
    return False
