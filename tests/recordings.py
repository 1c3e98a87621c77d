"""Makers of video and sound as phones write them: short, the same on every run, nothing downloaded."""

import io
import math
from array import array
from typing import Final

import av
from PIL import Image, ImageDraw

VOICE_NOTES: Final = {
    "audio/mp4": ("ipod", "aac", 44_100),
    "audio/ogg": ("ogg", "libopus", 48_000),
    "audio/mpeg": ("mp3", "libmp3lame", 44_100),
    "audio/amr": ("amr", "libopencore_amrnb", 8_000),
    "audio/wav": ("wav", "pcm_s16le", 16_000),
    "audio/flac": ("flac", "flac", 44_100),
    "audio/aac": ("adts", "aac", 44_100),
}
"""How the common voice notes are made, by media type: container, codec, samples a second."""

VIDEOS: Final = {
    "video/mp4": ("mp4", "libx264"),
    "video/quicktime": ("mov", "libx265"),
    "video/webm": ("webm", "libvpx-vp9"),
    "video/3gpp": ("3gp", "mpeg4"),
}
"""How the common videos are made, by media type: container and codec."""


def voice_note(kind: str = "audio/mp4", seconds: float = 3.0) -> bytes:
    """A tone that is silent in its first half and loud in its second."""
    container_format, codec, rate = VOICE_NOTES[kind]
    made = io.BytesIO()
    with av.open(made, "w", format=container_format) as container:
        stream = container.add_stream(codec, rate=rate, layout="mono")
        assert isinstance(stream, av.AudioStream)
        _add_tone(container, stream, rate, seconds)
    return made.getvalue()


def video(
    kind: str = "video/mp4",
    seconds: float = 4.0,
    size: tuple[int, int] = (320, 180),
    *,
    sound: bool = False,
    rate: int = 5,
    **options: str,
) -> bytes:
    """A video that is red at first and blue at last, with a white square in its upper left corner."""
    container_format, codec = VIDEOS[kind]
    made = io.BytesIO()
    quiet = {"x265-params": "log-level=none"} if codec == "libx265" else {}
    with av.open(made, "w", format=container_format, container_options=options) as container:
        stream = container.add_stream(codec, rate=rate, options=quiet)
        assert isinstance(stream, av.VideoStream)
        stream.width, stream.height = size
        stream.pix_fmt = "yuv420p"
        heard = container.add_stream("aac", rate=44_100, layout="mono") if sound else None
        count = max(1, int(seconds * rate))
        for number in range(count):
            part = number / max(1, count - 1)
            shown = Image.new("RGB", size, (round(200 * (1 - part)), 0, round(200 * part)))
            ImageDraw.Draw(shown).rectangle((0, 0, size[0] // 4, size[1] // 4), fill=(255, 255, 255))
            frame = av.VideoFrame.from_image(shown)  # type: ignore[no-untyped-call]  # it has no types
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
        if heard is not None:
            _add_tone(container, heard, 44_100, seconds)
    return made.getvalue()


def turned(content: bytes) -> bytes:
    """The same video as a phone held upright writes it: to be turned clockwise by a quarter when it is shown."""
    straight = b"\0\1\0\0" + b"\0" * 12 + b"\0\1\0\0" + b"\0" * 12 + b"\x40\0\0\0"
    quarter = b"\0" * 4 + b"\0\1\0\0" + b"\0" * 4 + b"\xff\xff\0\0" + b"\0" * 16 + b"\x40\0\0\0"
    track = content.index(b"tkhd")
    place = content.index(straight, track)
    return content[:place] + quarter + content[place + len(quarter) :]


def _add_tone(
    container: av.container.OutputContainer, stream: av.AudioStream, rate: int, seconds: float
) -> None:
    samples = array(
        "h",
        (
            round(16_000 * math.sin(2 * math.pi * 440 * place / rate)) if place > seconds * rate / 2 else 0
            for place in range(int(seconds * rate))
        ),
    )
    frame = av.AudioFrame("s16", "mono", len(samples))
    frame.sample_rate = rate
    frame.pts = 0
    frame.planes[0].update(samples.tobytes())
    resampler = av.AudioResampler(
        stream.codec_context.format, "mono", rate, stream.codec_context.frame_size or 1024
    )
    for piece in [*resampler.resample(frame), *resampler.resample(None)]:
        container.mux(stream.encode(piece))
    container.mux(stream.encode(None))
