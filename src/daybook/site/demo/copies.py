"""Edited copies: what people make of an original when they crop it and ring something in red."""

from __future__ import annotations

import io
from collections.abc import Callable

from PIL import Image, ImageDraw

from daybook.site.demo.drawing import encode


def crop_copy(make_original: Callable[[], bytes]) -> bytes:
    """The middle of the original picture as PNG, without its metadata, with a red ring drawn on it."""
    with Image.open(io.BytesIO(make_original())) as original:
        picture = original.convert("RGB")
    width, height = picture.size
    part = picture.crop((width // 12, height // 7, width * 11 // 12, height * 4 // 5))
    ImageDraw.Draw(part).ellipse(
        (part.width // 14, part.height // 3, part.width * 3 // 4, part.height * 2 // 3),
        outline=(214, 28, 36),
        width=7,
    )
    return encode(part, "PNG")
