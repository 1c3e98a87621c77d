"""Drawing with Pillow, the same bytes every time: a built-in font, seeded grain, EXIF from given facts."""

from __future__ import annotations

import io
import random
from datetime import datetime
from functools import lru_cache

from PIL import Image, ImageDraw, ImageFont
from PIL.TiffImagePlugin import IFDRational

Colour = tuple[int, int, int]

_PLAIN = str.maketrans(
    {
        "–": "-",
        "—": "-",
        "…": "...",
        "’": "'",
        "‘": "'",
        "“": '"',
        "”": '"',
        "£": "GBP ",
        "é": "e",
        "ł": "l",
        "ś": "s",
        "ó": "o",
        "ż": "z",
        "ź": "z",
        "Ż": "Z",
        "Ś": "S",
        "ć": "c",
        "ę": "e",
        "ą": "a",
    }
)
_MAKE, _MODEL, _SOFTWARE, _DATE_TIME, _EXIF_IFD, _GPS_IFD = 0x010F, 0x0110, 0x0131, 0x0132, 0x8769, 0x8825
_DATE_TIME_ORIGINAL, _OFFSET_TIME_ORIGINAL = 0x9003, 0x9011


@lru_cache(maxsize=32)
def font(size: int) -> ImageFont.FreeTypeFont:
    """Pillow's built-in font, which needs no file."""
    found = ImageFont.load_default(size)
    if not isinstance(found, ImageFont.FreeTypeFont):
        raise TypeError("Pillow was built without FreeType, so the demo cannot draw letters.")
    return found


def drawable(text: str) -> str:
    """The text in characters the built-in font has; others are left out."""
    return "".join(
        letter for letter in text.translate(_PLAIN) if letter.isascii() and letter.isprintable()
    ).strip()


def wrap(text: str, size: int, width: int) -> list[str]:
    """Lines of at most `width` pixels."""
    lines: list[str] = []
    line = ""
    for word in drawable(text).split():
        longer = f"{line} {word}".strip()
        if line and font(size).getlength(longer) > width:
            lines.append(line)
            line = word
        else:
            line = longer
    return [*lines, line] if line else lines


def gradient(width: int, height: int, top: Colour, bottom: Colour) -> Image.Image:
    """A picture that fades from `top` to `bottom`."""
    column = Image.new("RGB", (1, height))
    for y in range(height):
        share = y / max(1, height - 1)
        column.putpixel((0, y), mix(top, bottom, share))
    return column.resize((width, height))


def mix(first: Colour, second: Colour, share: float) -> Colour:
    """The colour that lies `share` (0 to 1) of the way from `first` to `second`."""
    red, green, blue = (round(a + (b - a) * share) for a, b in zip(first, second, strict=True))
    return red, green, blue


def add_grain(picture: Image.Image, rng: random.Random, strength: float) -> Image.Image:
    """The picture with the grain of a small camera; Pillow's own noise cannot be seeded."""
    width, height = picture.size
    half = (width // 2, height // 2)
    grain = Image.frombytes("L", half, rng.randbytes(half[0] * half[1])).resize(
        (width, height), Image.Resampling.BILINEAR
    )
    return Image.blend(picture, grain.convert("RGB"), strength)


def paste_turned(scene: Image.Image, sheet: Image.Image, centre: tuple[int, int], degrees: float) -> None:
    """Lay `sheet` on the scene, turned, with a soft shadow under it."""
    turned = sheet.convert("RGBA").rotate(degrees, expand=True, resample=Image.Resampling.BICUBIC)
    left, top = centre[0] - turned.width // 2, centre[1] - turned.height // 2
    shadow = Image.new("RGBA", turned.size, (0, 0, 0, 0))
    shadow.putalpha(turned.getchannel("A").point(lambda level: level // 3))
    scene.paste(shadow, (left + 8, top + 10), shadow)
    scene.paste(turned, (left, top), turned)


def write_lines(
    picture: Image.Image, lines: list[str], at: tuple[int, int], size: int, colour: Colour, step: int
) -> None:
    """Write lines one under the other, `step` pixels apart."""
    draw = ImageDraw.Draw(picture)
    for number, line in enumerate(lines):
        draw.text((at[0], at[1] + number * step), line, font=font(size), fill=colour)


def camera_exif(*, at: datetime, camera: tuple[str, str], spot: tuple[float, float] | None) -> Image.Exif:
    """EXIF as a phone writes it: time of the shutter with its offset, maker, and the place when it was on."""
    exif = Image.Exif()
    stamp = f"{at:%Y:%m:%d %H:%M:%S}"
    zone = at.strftime("%z")
    exif[_MAKE], exif[_MODEL], exif[_SOFTWARE], exif[_DATE_TIME] = (
        camera[0],
        camera[1],
        f"{camera[1]} 4.2",
        stamp,
    )
    details = exif.get_ifd(_EXIF_IFD)
    details[_DATE_TIME_ORIGINAL] = stamp
    details[_OFFSET_TIME_ORIGINAL] = f"{zone[:3]}:{zone[3:]}"
    if spot is not None:
        place = exif.get_ifd(_GPS_IFD)
        latitude, longitude = spot
        place[1], place[2] = ("N" if latitude >= 0 else "S"), _degrees(latitude)
        place[3], place[4] = ("E" if longitude >= 0 else "W"), _degrees(longitude)
    return exif


def _degrees(value: float) -> tuple[IFDRational, IFDRational, IFDRational]:
    hundredths = round(abs(value) * 360_000)
    degrees, rest = divmod(hundredths, 360_000)
    minutes, rest = divmod(rest, 6_000)
    return IFDRational(degrees), IFDRational(minutes), IFDRational(rest, 100)


def encode(picture: Image.Image, encoding: str, exif: Image.Exif | None = None) -> bytes:
    """The picture as JPEG, PNG or WEBP."""
    out = io.BytesIO()
    more: dict[str, object] = {} if exif is None else {"exif": exif}
    match encoding:
        case "JPEG":
            picture.save(out, "JPEG", quality=84, **more)
        case "WEBP":
            picture.save(out, "WEBP", quality=80, method=2, **more)
        case _:
            picture.save(out, "PNG", compress_level=6, **more)
    return out.getvalue()
