"""A photograph as a phone takes it: it says when, with what, and where it was taken."""

import io

from PIL import Image, ImageDraw

from tests.hostile_files import honest_exif


def photograph(colour: str = "slategrey") -> bytes:
    """A JPEG that says it was taken in Leicester, 20 November 2026, 18:00."""
    picture = Image.new("RGB", (800, 600), colour)
    pen = ImageDraw.Draw(picture)
    pen.rectangle((300, 180, 420, 600), fill="black")
    pen.ellipse((320, 90, 400, 180), fill="black")
    body = io.BytesIO()
    picture.save(body, "JPEG", quality=85, exif=b"Exif\x00\x00" + honest_exif())
    return body.getvalue()
