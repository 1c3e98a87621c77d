"""Reading video and sound: how long it is, a few of its pictures, and how loud it is when. Runs in a confined child only.

Of a long recording only its index and a few places are read. FFmpeg is told which format to expect and may use the codecs
named here only, so a file cannot pick a reader with a weakness.
"""

import itertools
import time
from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from PIL import Image

from daybook.gateways.decoding import credentials, frames, recording_facts
from daybook.gateways.decoding.conversation import Refusal, buffered, say, say_picture, say_recording
from daybook.gateways.decoding.limits import BARS, MOST_FRAMES, SMALL_SIDE
from daybook.gateways.decoding.loudness import Loudness
from daybook.gateways.decoding.pictures import MOST_PIXELS, as_jpeg, warm_up_pillow

if TYPE_CHECKING:
    from av import AudioFrame, AudioStream, VideoFrame, VideoStream
    from av.container import InputContainer

_FORMATS: Final = {
    "video/mp4": "mov",
    "video/quicktime": "mov",
    "video/x-m4v": "mov",
    "video/3gpp": "mov",
    "audio/mp4": "mov",
    "audio/3gpp": "mov",
    "video/webm": "matroska",
    "video/x-matroska": "matroska",
    "audio/mpeg": "mp3",
    "audio/aac": "aac",
    "audio/ogg": "ogg",
    "audio/amr": "amr",
    "audio/amr-wb": "amr",
    "audio/wav": "wav",
    "audio/flac": "flac",
}
TYPES: Final = tuple(_FORMATS)

_PICTURE_CODECS: Final = frozenset(
    {"h264", "hevc", "vp8", "vp9", "av1", "libdav1d", "mpeg4", "h263", "mjpeg"}
)
_SOUND_CODECS: Final = frozenset(
    {
        "aac",
        "mp3",
        "mp3float",
        "opus",
        "libopus",
        "vorbis",
        "amrnb",
        "amrwb",
        "libopencore_amrnb",
        "libopencore_amrwb",
    }
    | {
        "flac",
        "alac",
        "pcm_s16le",
        "pcm_s16be",
        "pcm_u8",
        "pcm_s24le",
        "pcm_s32le",
        "pcm_f32le",
        "pcm_mulaw",
        "pcm_alaw",
    }
)

WHOLE_SECONDS: Final = 20 * 60
"""Sound up to this long is listened to from start to end; of longer sound only a moment of each part is."""

_MOMENT_SECONDS: Final = 0.3
_MOST_PACKETS: Final = 2_000
_LONGEST: Final = 60 * 60 * 24 * 100
# Processor time, below the limit at which the child is stopped: of each picture, and of all up to the end of the sound.
_PICTURE_CPU: Final = 2.0
_SOUND_CPU: Final = 16.0


def warm_up() -> None:
    """Import, and play a little of our own. Raises ImportError where the library is not on this machine."""
    import io

    credentials.warm_up()
    import av

    av.logging.set_level(None)
    warm_up_pillow()
    made = io.BytesIO()
    with av.open(made, "w", format="matroska") as container:
        stream = container.add_stream("mjpeg", rate=1)
        stream.width = stream.height = 16
        stream.pix_fmt = "yuvj420p"
        for packet in stream.encode(av.VideoFrame(16, 16, "yuvj420p")):
            container.mux(packet)
    made.seek(0)
    with av.open(made, "r", format="matroska") as written:
        for frame in written.decode(video=0):
            _as_picture(frame).resize((2, 2))
    made = io.BytesIO()
    with av.open(made, "w", format="wav") as container:
        sound = av.AudioFrame("s16", "mono", 160)
        sound.sample_rate = 8000
        for packet in container.add_stream("pcm_s16le", rate=8000, layout="mono").encode(sound):
            container.mux(packet)
    made.seek(0)
    with av.open(made, "r", format="wav") as written:
        loudness = Loudness()
        for heard in written.decode(audio=0):
            loudness.hear(heard)
        loudness.bars(2)


def look(kind: str, size: int | None) -> None:
    """Say what it says of itself and how long it is, then its pictures, then its loudness: each is worth having alone."""
    import av

    _tell(kind, size)
    name = _FORMATS[kind]
    try:
        container = av.open(
            buffered(size), "r", format=name, metadata_errors="ignore", buffer_size=256 * 1024
        )
    except (av.error.InvalidDataError, av.error.EOFError) as error:
        raise Refusal(frames.CUT_SHORT) from error
    pictures = next((stream for stream in container.streams.video if _is_moving(stream)), None)
    sounds = next(iter(container.streams.audio), None)
    if pictures is None and sounds is None:
        raise Refusal(frames.NOTHING_TO_SHOW)
    seconds = _seconds(container)
    about: dict[str, object] = {"seconds": seconds, "sound": sounds is not None}
    if pictures is not None:
        about |= {"width": pictures.codec_context.width, "height": pictures.codec_context.height}
    say(playing=about)
    if pictures is not None:
        _show(container, pictures, seconds)
    if sounds is not None:
        _listen(container, sounds, seconds)


def look_without_library(kind: str, size: int | None) -> None:
    """Say what it says of itself: that much is read by ourselves."""
    _tell(kind, size)
    raise Refusal(frames.MISSING)


def _tell(kind: str, size: int | None) -> None:
    """Send what a recording in boxes says of itself, where any place of it can be read."""
    if size is not None and kind in recording_facts.TYPES:
        say_recording(recording_facts.raw_recording(buffered(size), size, kind))


def _is_moving(stream: "VideoStream") -> bool:
    """Whether it is a video, and not the picture on the cover of a song."""
    import av

    return not stream.disposition & av.stream.Disposition.attached_pic


def _seconds(container: "InputContainer") -> float | None:
    seconds = container.duration / 1_000_000 if container.duration else None
    return seconds if seconds is not None and 0 < seconds < _LONGEST else None


def _prepare(stream: "VideoStream | AudioStream", allowed: frozenset[str]) -> None:
    # No threads: none can be started.
    stream.codec_context.thread_type = "NONE"
    stream.codec_context.thread_count = 1
    if stream.codec_context.name not in allowed:
        raise Refusal(frames.UNKNOWN_CODEC)


def _show(container: "InputContainer", stream: "VideoStream", seconds: float | None) -> None:
    """Send pictures from the start and from places spread over the whole."""
    _prepare(stream, _PICTURE_CODECS)
    shown, last = 0, -1.0
    for part in range(MOST_FRAMES if seconds is not None else 1):
        frame = _frame_at(container, stream, (seconds or 0.0) * part / MOST_FRAMES)
        if frame is None or _time_of(frame, last + 1) <= last:
            continue
        last = _time_of(frame, last)
        picture = as_jpeg(_as_picture(frame), SMALL_SIDE)
        if not shown:
            say_picture("thumbnail", 1, picture)
        shown += 1
        say_picture("frame", shown, picture)
    if not shown:
        raise Refusal(frames.UNREADABLE)


def _frame_at(container: "InputContainer", stream: "VideoStream", seconds: float) -> "VideoFrame | None":
    """The picture at a moment, or the nearest before it that can be reached in time; None where nothing can be decoded."""
    import av

    stop = time.process_time() + _PICTURE_CPU
    found: VideoFrame | None = None
    try:
        if seconds:
            container.seek(int(seconds * 1_000_000))
        for packet in itertools.islice(container.demux(stream), _MOST_PACKETS):
            _check_size(stream)
            for frame in packet.decode():
                if not frame.is_corrupt:
                    found = frame
                if found is not None and (not seconds or _time_of(found, 0.0) >= seconds):
                    return found
            if time.process_time() > stop:
                break
    except av.error.FFmpegError:
        # What was decoded before the damage is shown.
        return found
    return found


def _time_of(frame: "VideoFrame", unknown: float) -> float:
    """When a picture is shown, in seconds; ``unknown`` where the file does not say."""
    if frame.pts is None or frame.time_base is None:
        return unknown
    return float(frame.pts * frame.time_base)


def _check_size(stream: "VideoStream") -> None:
    if stream.codec_context.width * stream.codec_context.height > MOST_PIXELS:
        raise Refusal(frames.TOO_MANY_PIXELS)


def _as_picture(frame: "VideoFrame") -> Image.Image:
    """The frame's pixels, no larger than needed, the right way up."""
    width, height = frame.width, frame.height
    if width * height > MOST_PIXELS:
        raise Refusal(frames.TOO_MANY_PIXELS)
    scale = min(1.0, SMALL_SIDE / max(width, height))
    small = frame.reformat(
        width=max(1, round(width * scale)), height=max(1, round(height * scale)), format="rgb24", threads=1
    )
    plane = small.planes[0]
    picture = Image.frombytes(
        "RGB", (small.width, small.height), bytes(plane), "raw", "RGB", plane.line_size, 1
    )
    # Both count against the clock.
    return picture.rotate(frame.rotation, expand=True) if frame.rotation % 360 else picture


def _listen(container: "InputContainer", stream: "AudioStream", seconds: float | None) -> None:
    """Send how loud each part is."""
    _prepare(stream, _SOUND_CODECS)
    loudness = Loudness()
    if seconds is None or seconds <= WHOLE_SECONDS:
        whole = _hear_all(container, stream, loudness)
        heard = loudness.seconds
        if not heard:
            raise Refusal(frames.UNREADABLE)
        say(waveform=loudness.bars(BARS), seconds=heard, whole=whole)
        return
    bars = _hear_moments(container, stream, seconds)
    say(waveform=bars, seconds=seconds, whole=len(bars) == BARS)


def _hear_all(container: "InputContainer", stream: "AudioStream", loudness: Loudness) -> bool:
    import av

    container.seek(0)
    try:
        for frame in _sounds(container, stream):
            loudness.hear(frame)
            if loudness.seconds > WHOLE_SECONDS or time.process_time() > _SOUND_CPU:
                return False
    except av.error.FFmpegError:
        # What was heard before the damage is shown.
        return False
    return True


def _hear_moments(container: "InputContainer", stream: "AudioStream", seconds: float) -> list[int]:
    import av

    bars: list[int] = []
    for part in range(BARS):
        moment = Loudness()
        try:
            container.seek(int(seconds * part / BARS * 1_000_000))
            for frame in _sounds(container, stream):
                moment.hear(frame)
                if moment.seconds >= _MOMENT_SECONDS:
                    break
        except av.error.FFmpegError:
            pass
        bars += moment.bars(1) or [0]
        if time.process_time() > _SOUND_CPU:
            break
    return bars


def _sounds(container: "InputContainer", stream: "AudioStream") -> Iterator["AudioFrame"]:
    """Frames of sound; a packet that is damaged is left out, as a player would."""
    import av

    damaged = 0
    for packet in container.demux(stream):
        try:
            yield from packet.decode()
        except av.error.InvalidDataError:
            damaged += 1
            if damaged > _MOST_PACKETS:
                raise
