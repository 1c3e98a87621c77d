"""Reading one picture: its size, its Exif values, and a small copy. Runs in a confined child only.

Everything here works on bytes chosen by the person's enemy, so it hands on raw values and leaves judging
them to `kernel.media.image_facts` in the parent.
"""

import importlib
import io
import warnings
from typing import Final

from PIL import ExifTags, Image, ImageFile, JpegImagePlugin, TiffImagePlugin

from daybook.gateways.decoding import frames
from daybook.gateways.decoding.conversation import Refusal, say, say_facts, say_picture, whole
from daybook.gateways.decoding.limits import LIMITS, SMALL_SIDE

# Pillow imports these only when a picture first needs them, and by then no file can be opened.
_NEEDED_LATER: Final = tuple(
    importlib.import_module(name) for name in ("copy", "PIL.ImageColor", "PIL.ImagePalette", "PIL.TiffTags")
)

QUALITY: Final = 80

MOST_PIXELS: Final = 64_000_000
"""The most pixels decoded at full size: 256 MB as RGBA. Phones reach 50 million in these formats."""

MOST_JPEG_PIXELS: Final = 300_000_000
"""JPEG is decoded at a fraction of its size (draft mode); phones reach 200 million."""

_TEXT: Final = 800
# Behind the transparent parts of a picture: neither white nor black writing disappears on it.
_BEHIND: Final = (200, 200, 200)

_TURNS: Final = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


TYPES: Final = (
    "image/jpeg",
    "image/png",
    "image/webp",
    "image/gif",
    "image/avif",
    "image/heic",
    "image/heif",
)

_READERS: Final[dict[str, type[ImageFile.ImageFile]]] = {}


def warm_up() -> None:
    """Import every decoder, and all that Pillow would otherwise import later: afterwards no module can be loaded.

    A file gets the decoder of its type alone, so it cannot pick one with a weakness.
    """
    import pi_heif
    from PIL import AvifImagePlugin, GifImagePlugin, PngImagePlugin, WebPImagePlugin

    from daybook.gateways.decoding import credentials, written_inside  # noqa: F401 - see `look`

    AvifImagePlugin.DEFAULT_MAX_THREADS = 1
    # No threads, and none of the hidden pictures beside the one that is seen.
    pi_heif.options.DECODE_THREADS = 0
    pi_heif.options.THUMBNAILS = False
    pi_heif.options.DEPTH_IMAGES = False
    pi_heif.options.AUX_IMAGES = False
    _READERS.update(
        {
            "image/jpeg": JpegImagePlugin.JpegImageFile,
            "image/png": PngImagePlugin.PngImageFile,
            "image/webp": WebPImagePlugin.WebPImageFile,
            "image/gif": GifImagePlugin.GifImageFile,
            "image/avif": AvifImagePlugin.AvifImageFile,
            "image/heic": pi_heif.HeifImageFile,
            "image/heif": pi_heif.HeifImageFile,
        }
    )
    credentials.warm_up()
    warm_up_pillow()


def warm_up_pillow() -> None:
    """Have in place what Pillow needs to make a small picture."""
    # Draft mode and the size check here replace Pillow's own guard, which knows only one limit for all
    # formats.
    Image.MAX_IMAGE_PIXELS = None
    warnings.simplefilter("ignore")
    _warm_up()


def look(content_type: str, size: int | None) -> None:
    """Read one picture: first what it says of itself, then its pixels."""
    # Not above: readers of other files make their small pictures here, and need nothing of it.
    from daybook.gateways.decoding import written_inside

    reader = _READERS[content_type]
    content = whole(size, LIMITS[content_type].most_bytes)
    picture = open_picture(reader, content)
    facts = raw_facts(picture) | written_inside.raw_extras(picture, content, content_type)
    # Said before any pixel is decoded: what follows may kill this process, and the facts are worth having.
    say_facts(facts)
    try:
        small = make_thumbnail(picture, facts.get("orientation"))
    except OSError as failure:
        if "truncated" in str(failure):
            raise Refusal(frames.CUT_SHORT) from failure
        raise
    say_picture("thumbnail", 1, small)
    own = written_inside.own_picture(picture)
    if own and written_inside.shows_another(own, small):
        say(another=True)


def _warm_up() -> None:
    """Run what will be used once on a picture of our own, so that every lazy import and table is in place."""
    written = io.BytesIO()
    exif = Image.Exif()
    exif[ExifTags.Base.Make] = "-"
    picture = Image.new("RGBA", (9, 9))
    _encode(
        _flatten(picture).resize((3, 3), Image.Resampling.BICUBIC, reducing_gap=2.0),
        written,
        exif=exif.tobytes(),
    )
    written.seek(0)
    again = JpegImagePlugin.JpegImageFile(written)
    again.getexif().get_ifd(ExifTags.IFD.GPSInfo)
    again.load()
    Image.new("P", (2, 2)).convert("RGBA")
    for encoding in ("ascii", "latin-1", "utf-8", "utf-16-le"):
        b"a\0".decode(encoding)


def open_picture(reader: type[ImageFile.ImageFile], content: io.BytesIO) -> ImageFile.ImageFile:
    """Read the header.

    Raises:
        Refusal: it has too many pixels; not a single one is decoded.
        Exception: whatever the decoder raises on damaged content.
    """
    picture = reader(content)
    width, height = picture.size
    most = MOST_JPEG_PIXELS if isinstance(picture, JpegImagePlugin.JpegImageFile) else MOST_PIXELS
    if width * height > most:
        raise Refusal(frames.TOO_MANY_PIXELS)
    return picture


def raw_facts(picture: ImageFile.ImageFile) -> dict[str, object]:
    """Collect size and Exif values as JSON, unjudged: see `kernel.media.image_facts.read_facts`."""
    facts: dict[str, object] = {"width": picture.size[0], "height": picture.size[1], "format": picture.format}
    with warnings.catch_warnings(record=True) as complaints:
        warnings.simplefilter("always")
        try:
            _read_exif(picture, facts)
        except (MemoryError, ImportError):
            raise
        except Exception:  # noqa: BLE001 - Pillow raises whatever a broken structure leads it into
            facts["damaged"] = True
    if complaints:
        facts["damaged"] = True
    return facts


def _read_exif(picture: ImageFile.ImageFile, facts: dict[str, object]) -> None:
    # The base class's method: the PNG one would decode the whole picture to find a late chunk.
    exif = Image.Image.getexif(picture)
    if "exif" in picture.info:
        # Read again from the start: JPEG's opening has read it once already and swallowed every complaint.
        exif = Image.Exif()
        exif.load(picture.info["exif"])
    base, place = ExifTags.Base, ExifTags.GPS
    # The HEIF decoder has turned the picture already, and its size too.
    turned = None if picture.format == "HEIF" else exif.get(base.Orientation)
    if isinstance(turned, int):
        facts["orientation"] = max(-1, min(turned, 65536))
    for field, name in (("make", base.Make), ("model", base.Model), ("software", base.Software)):
        _keep_text(facts, field, exif.get(name))
    inner = exif.get_ifd(ExifTags.IFD.Exif)
    _keep_text(facts, "taken_at", inner.get(base.DateTimeOriginal) or inner.get(base.DateTimeDigitized))
    original = inner.get(base.DateTimeOriginal) is not None
    _keep_text(facts, "offset", inner.get(base.OffsetTimeOriginal if original else base.OffsetTimeDigitized))
    if "taken_at" in facts and not original:
        facts["taken_tag"] = "DateTimeDigitized"
    _keep_text(facts, "modified_at", exif.get(base.DateTime))
    _keep_text(facts, "modified_offset", inner.get(base.OffsetTime))
    gps = exif.get_ifd(ExifTags.IFD.GPSInfo)
    _keep_text(facts, "satellite_day", gps.get(place.GPSDateStamp))
    if isinstance(clock := gps.get(place.GPSTimeStamp), tuple):
        facts["satellite_clock"] = [_fraction(part) for part in clock[:4]]
    for field, tag, reference in (
        ("latitude", place.GPSLatitude, place.GPSLatitudeRef),
        ("longitude", place.GPSLongitude, place.GPSLongitudeRef),
    ):
        if (written := gps.get(tag)) is not None:
            parts = written if isinstance(written, tuple) else (written,)
            facts[field] = [_fraction(part) for part in parts[:4]]
            _keep_text(facts, f"{field}_ref", gps.get(reference))
    if (written := gps.get(place.GPSAltitude)) is not None:
        facts["altitude"] = _fraction(written)
        below = gps.get(place.GPSAltitudeRef)
        facts["altitude_ref"] = below[0] if isinstance(below, bytes) and below else 0


def _keep_text(facts: dict[str, object], field: str, value: object) -> None:
    if isinstance(value, bytes):
        value = value[:_TEXT].decode("utf-8", "replace")
    if isinstance(value, str) and value:
        facts[field] = value[:_TEXT]


def _fraction(value: object) -> list[int]:
    if isinstance(value, TiffImagePlugin.IFDRational):
        # Typed as integers, but a broken file can make them anything.
        above: object = value.numerator
        below: object = value.denominator
        if isinstance(above, int) and isinstance(below, int) and max(abs(above), abs(below)) < 1 << 64:
            return [above, below]
    elif isinstance(value, int) and abs(value) < 1 << 64:
        return [value, 1]
    return [0, 0]


def make_thumbnail(picture: ImageFile.ImageFile, orientation: object) -> bytes:
    """Make a small JPEG of the first frame, the right way up, carrying nothing but pixels.

    Args:
        orientation: the Exif value as found; anything but 2 to 8 leaves the picture as it is.
    """
    if isinstance(picture, JpegImagePlugin.JpegImageFile):
        # At an eighth a photograph of a phone is still larger than what is shown, and is decoded in half the time.
        picture.draft("RGB", _fitting(picture.size, SMALL_SIDE))
    picture.load()
    small: Image.Image = picture
    if max(picture.size) > SMALL_SIDE and picture.mode in ("P", "1"):
        small = picture.convert("RGBA" if "transparency" in picture.info else "RGB")
    turn = _TURNS.get(orientation) if isinstance(orientation, int) else None
    return as_jpeg(small, SMALL_SIDE, turn)


def _fitting(size: tuple[int, int], most: int) -> tuple[int, int]:
    """Width and height of the same shape, the longer side being ``most`` pixels."""
    scale = most / max(size)
    return max(1, round(size[0] * scale)), max(1, round(size[1] * scale))


def as_jpeg(picture: Image.Image, most: int, turn: Image.Transpose | None = None) -> bytes:
    """Make a JPEG of these pixels and nothing else, at most ``most`` pixels on its longer side."""
    if max(picture.size) > most:
        picture = picture.resize(_fitting(picture.size, most), Image.Resampling.BICUBIC, reducing_gap=2.0)
    if turn is not None:
        picture = picture.transpose(turn)
    written = io.BytesIO()
    _encode(_flatten(picture), written)
    return written.getvalue()


def _flatten(picture: Image.Image) -> Image.Image:
    """Copy the pixels alone into a fresh RGB picture, over a plain ground where they are transparent."""
    if picture.mode.startswith("I") or picture.mode == "F":
        # 16 bits a pixel, as scanners and a few PNG files have it.
        picture = picture.convert("I").point(lambda value: value * (1 / 256)).convert("L")
    clean = Image.new("RGB", picture.size, _BEHIND)
    if picture.has_transparency_data:
        shown = picture.convert("RGBA")
        clean.paste(shown, mask=shown)
    else:
        clean.paste(picture.convert("RGB"))
    return clean


def _encode(picture: Image.Image, written: io.BytesIO, *, exif: bytes = b"") -> None:
    picture.save(written, "JPEG", quality=QUALITY, exif=exif)
