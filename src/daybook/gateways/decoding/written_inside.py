"""What stands in a picture beside its pixels and Exif values: an XMP packet, credentials, a small picture of its own.

Runs in the confined child only; values are handed on unjudged.
"""

import io
from typing import Final

from PIL import ExifTags, Image, ImageFile, ImageStat, JpegImagePlugin

from daybook.gateways.decoding.child import OURS
from daybook.gateways.decoding.credentials import read_credentials
from daybook.kernel.media.xmp import parse_xmp

_SIDE: Final = 16
_MOST_OWN: Final = 256 * 1024
_MOST_OWN_SIDE: Final = 1024
_SAME: Final = 0.5
_FLAT: Final = 6.0


def raw_extras(picture: ImageFile.ImageFile, content: io.BytesIO, content_type: str) -> dict[str, object]:
    """Collect `xmp` and `credentials` as `kernel.media.image_facts.read_facts` wants them."""
    facts: dict[str, object] = {}
    packet = picture.info.get("xmp") or picture.info.get("XML:com.adobe.xmp")
    if isinstance(packet, str):
        packet = packet.encode("utf-8", "replace")
    if isinstance(packet, bytes) and packet:
        facts["xmp"] = parse_xmp(packet)
    if credentials := read_credentials(content, content_type):
        facts["credentials"] = credentials
    return facts


def own_picture(picture: ImageFile.ImageFile) -> bytes:
    """The small JPEG that a camera put into the Exif block (JEITA CP-3451, 4.5.5), or nothing."""
    block = picture.info.get("exif")
    if not isinstance(block, bytes):
        return b""
    try:
        exif = Image.Exif()
        exif.load(block)
        listed = exif.get_ifd(ExifTags.IFD.IFD1)
        start, length = listed.get(0x0201), listed.get(0x0202)
    except OURS:
        raise
    except Exception:  # noqa: BLE001 - Pillow raises whatever a broken structure leads it into
        return b""
    if not isinstance(start, int) or not isinstance(length, int) or not 0 < length <= _MOST_OWN or start <= 0:
        return b""
    block = block.removeprefix(b"Exif\x00\x00")
    return block[start : start + length]


def shows_another(own: bytes, small: bytes) -> bool:
    """Whether the picture inside a picture plainly shows something else than the copy just made of it.

    Turned and cropped forms count as the same; where one of the two is nearly one colour, nothing is said.
    """
    try:
        inner = JpegImagePlugin.JpegImageFile(io.BytesIO(own))
        if max(inner.size) > _MOST_OWN_SIDE:
            return False
        inner.load()
        outer = JpegImagePlugin.JpegImageFile(io.BytesIO(small))
        outer.load()
        return _likeness(inner.convert("L"), outer.convert("L")) < _SAME
    except OURS:
        raise
    except Exception:  # noqa: BLE001 - as above
        return False


def _likeness(inner: Image.Image, outer: Image.Image) -> float:
    """The best correlation, -1 to 1, of the two over quarter turns and cropping to each other's shape."""
    best = -1.0
    for turn in (None, Image.Transpose.ROTATE_90, Image.Transpose.ROTATE_180, Image.Transpose.ROTATE_270):
        turned = inner if turn is None else inner.transpose(turn)
        for one, other in (
            (turned, outer),
            (_cropped(turned, outer.size), outer),
            (turned, _cropped(outer, turned.size)),
        ):
            found = _correlation(one, other)
            if found is None:
                return 1.0
            best = max(best, found)
    return best


def _cropped(picture: Image.Image, shape: tuple[int, int]) -> Image.Image:
    """The middle of a picture in the shape of another: cameras put bars beside their small pictures."""
    width = min(picture.width, max(1, picture.height * shape[0] // shape[1]))
    height = min(picture.height, max(1, picture.width * shape[1] // shape[0]))
    left, top = (picture.width - width) // 2, (picture.height - height) // 2
    return picture.crop((left, top, left + width, top + height))


def _correlation(one: Image.Image, other: Image.Image) -> float | None:
    pair = [each.resize((_SIDE, _SIDE), Image.Resampling.BOX) for each in (one, other)]
    spread = [ImageStat.Stat(each).stddev[0] for each in pair]
    if min(spread) < _FLAT:
        return None
    means = [ImageStat.Stat(each).mean[0] for each in pair]
    values = [each.tobytes() for each in pair]
    joint = sum((a - means[0]) * (b - means[1]) for a, b in zip(*values, strict=True)) / _SIDE**2
    return float(joint / (spread[0] * spread[1]))
