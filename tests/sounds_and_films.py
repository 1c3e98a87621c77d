"""Makers of small sounds and films: a tone that any browser plays, and files that only begin like a film."""

import io
import math
import struct
import wave

RATE = 8000


def tone(seconds: float = 0.5, *, hertz: int = 440) -> bytes:
    """A WAV of one quiet tone: one channel, 16 bits, 8 kHz."""
    made = io.BytesIO()
    with wave.open(made, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        turn = 2 * math.pi * hertz / RATE
        samples = (int(3000 * math.sin(turn * number)) for number in range(RATE))
        second = b"".join(struct.pack("<h", sample) for sample in samples)
        whole, rest = divmod(int(seconds * RATE), RATE)
        file.writeframes(second * whole + second[: 2 * rest])
    return made.getvalue()


def film_like(kind: str, content: bytes = b"\x07" * 1000) -> bytes:
    """Bytes that are told to be of ``kind`` by how they begin; nothing plays them.

    Args:
        kind: a media type of those listed here.
        content: what follows the beginning.
    """
    beginnings = {
        "video/mp4": b"\x00\x00\x00\x18ftypmp42\x00\x00\x00\x00mp42isom",
        "video/quicktime": b"\x00\x00\x00\x14ftypqt  \x00\x00\x00\x00qt  ",
        "video/webm": b"\x1a\x45\xdf\xa3\x9f\x42\x86\x81\x01\x42\xf7\x81\x01\x42\xf2\x81\x04\x42\xf3\x81\x08\x42\x82\x84webm",
        "audio/amr": b"#!AMR\n",
    }
    return beginnings[kind] + content
