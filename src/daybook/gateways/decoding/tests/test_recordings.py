"""What phones record gives its length, a few pictures, and how loud it is when."""

import io

import pytest
from PIL import Image

from daybook.gateways.decoding.child_process import ChildDecoder
from daybook.gateways.decoding.recordings import WHOLE_SECONDS
from daybook.gateways.decoding.tests.decoding_once import Held, decode, small_of
from daybook.kernel.media import Decoded, Recording, Undecodable, content_type
from tests import recordings


def recording_of(found: Decoded) -> Recording:
    assert found.recording is not None
    return found.recording


@pytest.mark.parametrize("kind", recordings.VOICE_NOTES)
def test_a_voice_note_gives_its_length_and_loudness(decoder: ChildDecoder, kind: str) -> None:
    note = recordings.voice_note(kind)
    assert content_type(note, size=len(note)) == kind
    heard = recording_of(decode(decoder, note))
    assert heard.seconds == pytest.approx(3.0, abs=0.1)
    assert (heard.has_sound, heard.heard_whole, len(heard.loudness)) == (True, True, 160)
    # Silent in its first half, loud in its second.
    assert max(heard.loudness[:70]) < 10
    assert min(heard.loudness[95:150]) > 80


@pytest.mark.parametrize("kind", recordings.VIDEOS)
def test_a_video_gives_pictures_spread_over_it(decoder: ChildDecoder, kind: str) -> None:
    found = decode(decoder, recordings.video(kind))
    assert len(found.frames) == 4
    assert (small_of(found).width, small_of(found).height) == (320, 180)
    assert recording_of(found).seconds == pytest.approx(4.0, abs=0.3)
    assert not recording_of(found).has_sound
    first, last = _colour(found.frames[0].content), _colour(found.frames[3].content)
    # Red at first, blue at last.
    assert first[0] > 150 > first[2]
    assert last[2] > last[0]


def _colour(content: bytes) -> tuple[int, int, int]:
    with Image.open(io.BytesIO(content)) as shown:
        red, green, blue = shown.convert("RGB").getpixel((shown.width * 3 // 4, shown.height // 2))  # type: ignore[misc]
    return red, green, blue


def test_a_video_with_sound_gives_both(decoder: ChildDecoder) -> None:
    found = decode(decoder, recordings.video(sound=True))
    assert len(found.frames) == 4
    assert max(recording_of(found).loudness) > 80


def test_a_video_from_a_phone_held_upright_stands_upright(decoder: ChildDecoder) -> None:
    small = small_of(decode(decoder, recordings.turned(recordings.video())))
    assert (small.width, small.height) == (180, 320)
    with Image.open(io.BytesIO(small.content)) as shown:
        # The white corner was at the upper left; turned clockwise it is at the upper right.
        white = shown.convert("L").getpixel((170, 10)), shown.convert("L").getpixel((10, 310))
    assert white[0] > 200 > white[1]  # type: ignore[operator]


def test_an_index_at_the_end_is_found_without_reading_what_is_before_it(decoder: ChildDecoder) -> None:
    """Phones write the index last. Of a long video a few places are read, whatever its length."""
    content = _with_padding(recordings.video(), 40_000_000)
    held = Held(content)
    found = decoder.decode(held, content_type="video/mp4")
    assert len(found.frames) == 4
    assert held.given < 10_000_000


def _with_padding(video: bytes, length: int) -> bytes:
    """The same video with nothing in its middle: between its pictures' data and its index."""
    index = video.index(b"moov") - 4
    return video[:index] + (length + 8).to_bytes(4, "big") + b"free" + b"\0" * length + video[index:]


def test_of_long_sound_a_moment_of_each_part_is_heard(decoder: ChildDecoder) -> None:
    seconds = WHOLE_SECONDS * 3
    samples = b"\0\0" * 8_000 * (seconds // 2) + (b"\0\x40" + b"\0\xc0") * 4_000 * (seconds // 2)
    head = b"RIFF" + (36 + len(samples)).to_bytes(4, "little") + b"WAVEfmt " + (16).to_bytes(4, "little")
    head += b"\1\0\1\0" + (8_000).to_bytes(4, "little") + (16_000).to_bytes(4, "little") + b"\2\0\x10\0"
    held = Held(head + b"data" + len(samples).to_bytes(4, "little") + samples)
    heard = recording_of(decoder.decode(held, content_type="audio/wav"))
    assert heard.seconds == pytest.approx(seconds)
    assert max(heard.loudness[:79]) == 0
    assert min(heard.loudness[81:]) > 100
    assert held.given < 50_000_000


def test_a_video_without_its_index_says_that_a_part_is_missing(decoder: ChildDecoder) -> None:
    video = recordings.video()
    with pytest.raises(Undecodable, match=r"The video is cut short: a part of it is missing\."):
        decode(decoder, video[: video.index(b"moov") - 4])


def test_a_voice_note_cut_short_gives_what_is_left_of_it(decoder: ChildDecoder) -> None:
    note = recordings.voice_note("audio/amr")
    heard = recording_of(decode(decoder, note[: len(note) // 2]))
    assert heard.seconds == pytest.approx(1.5, abs=0.1)
