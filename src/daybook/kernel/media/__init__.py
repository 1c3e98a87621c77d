"""Pictures, video and sound: their types, facts and names, and the door to decoding."""

from daybook.kernel.media.claims import kind_of, mismatch
from daybook.kernel.media.content_types import HEAD_BYTES, content_type
from daybook.kernel.media.decoder import (
    DECODABLE,
    PICTURES,
    PREVIEWABLE,
    Confinement,
    Decoded,
    Decoder,
    Extract,
    Measure,
    Ranges,
    Recording,
    Source,
    Thumbnail,
    can_decode,
    can_preview,
    is_picture,
)
from daybook.kernel.media.display import DOWNLOAD_TYPE, safe_to_show_inline
from daybook.kernel.media.distance import metres_between
from daybook.kernel.media.errors import (
    DecoderBusy,
    DecoderKilled,
    DecoderMissing,
    DecoderTimedOut,
    DecodingFailed,
    MediaError,
    Undecodable,
)
from daybook.kernel.media.image_facts import ImageFacts, read_facts
from daybook.kernel.media.media_facts import MediaFacts, read_media_facts
from daybook.kernel.media.names import DisplayName, display_name, file_name
from daybook.kernel.media.reading import Doubt

__all__ = [
    "DECODABLE",
    "DOWNLOAD_TYPE",
    "HEAD_BYTES",
    "PICTURES",
    "PREVIEWABLE",
    "Confinement",
    "Decoded",
    "Decoder",
    "DecoderBusy",
    "DecoderKilled",
    "DecoderMissing",
    "DecoderTimedOut",
    "DecodingFailed",
    "DisplayName",
    "Doubt",
    "Extract",
    "ImageFacts",
    "Measure",
    "MediaError",
    "MediaFacts",
    "Ranges",
    "Recording",
    "Source",
    "Thumbnail",
    "Undecodable",
    "can_decode",
    "can_preview",
    "content_type",
    "display_name",
    "file_name",
    "is_picture",
    "kind_of",
    "metres_between",
    "mismatch",
    "read_facts",
    "read_media_facts",
    "safe_to_show_inline",
]
