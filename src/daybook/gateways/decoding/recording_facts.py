"""What a film or a sound recording in MP4 or QuickTime boxes says of itself. Runs in the confined child only.

Only byte ranges are read, so it costs the same for an hour of film as for a second. Values are handed on unjudged: see
`kernel.media.media_facts`.
"""

import io
from typing import Final

from daybook.gateways.decoding.credentials import read_credentials
from daybook.kernel.media.boxes import read_boxes

TYPES: Final = ("video/mp4", "video/quicktime", "video/x-m4v", "audio/mp4", "video/3gpp", "audio/3gpp")
"""The types made of such boxes."""


def raw_recording(content: io.BufferedIOBase, size: int, content_type: str) -> dict[str, object]:
    """Collect raw values for `kernel.media.media_facts.read_media_facts`.

    Args:
        content: the recording; any place of it can be read. Credentials are looked for where it is wholly in memory.
        size: its length in bytes.
    """

    def read_at(start: int, length: int) -> bytes:
        content.seek(start)
        return content.read(length)

    facts = read_boxes(read_at, size)
    if isinstance(content, io.BytesIO) and (credentials := read_credentials(content, content_type)):
        facts["credentials"] = credentials
    return facts
