"""Documents and recordings meant to do harm end in a sentence; nothing else is touched, and the next file is read as ever."""

import io
import time
from collections.abc import Iterator

import av
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from daybook.gateways.decoding import programs
from daybook.gateways.decoding.child_process import ChildDecoder
from daybook.gateways.decoding.tests.decoding_once import Held, decode, learn, planted, small_of
from daybook.kernel.media import DecoderKilled, DecoderTimedOut, DecodingFailed, Undecodable
from tests import hostile_files, office_files, pdf_files, recordings

_PDF, _DOCX = "application/pdf", f"{office_files.OPEN_XML}wordprocessingml.document"
_MP4 = "video/mp4"


@pytest.fixture(autouse=True)
def _the_next_file_is_read_as_ever(decoder: ChildDecoder) -> Iterator[None]:
    yield
    assert decode(decoder, hostile_files.picture()).thumbnail is not None
    assert decode(decoder, pdf_files.document("after")).extract is not None
    assert decode(decoder, recordings.voice_note("audio/amr", 0.5)).recording is not None


_CODECS = {
    "parameters of nothing": lambda content: _overwritten(content, b"avcC", 4, b"\xff" * 30),
    "an index of impossible sizes": lambda content: _overwritten(
        content, b"stsz", 8, b"\x7f\xff\xff\xff" * 2
    ),
    "an index that points outside": lambda content: _overwritten(content, b"stco", 8, b"\xff\xff\xff\xf0"),
    "times that run backwards": lambda content: _overwritten(
        content, b"stts", 4, b"\0\0\0\1\xff\xff\xff\xff" * 2
    ),
    "a box longer than the file": lambda content: _overwritten(content, b"moov", -4, b"\x7f\xff\xff\xff"),
    "boxes of no length": lambda content: _overwritten(content, b"trak", -4, b"\0\0\0\0"),
    "a timescale of nothing": lambda content: _overwritten(content, b"mdhd", 12, b"\0\0\0\0"),
}


def _overwritten(content: bytes, mark: bytes, offset: int, put: bytes) -> bytes:
    place = content.index(mark) + (4 if offset >= 0 else 0) + offset
    return content[:place] + put + content[place + len(put) :]


@pytest.mark.parametrize("name", _CODECS)
def test_odd_parameters_of_a_codec_are_a_sentence_or_a_picture(decoder: ChildDecoder, name: str) -> None:
    assert learn(decoder, _CODECS[name](recordings.video(sound=True)), _MP4).count(".") <= 2


def test_a_codec_that_is_not_named_is_not_used(decoder: ChildDecoder) -> None:
    made = io.BytesIO()
    with av.open(made, "w", format="matroska") as container:
        stream = container.add_stream("ffv1", rate=1)
        assert isinstance(stream, av.VideoStream)
        stream.width = stream.height = 16
        container.mux(stream.encode(av.VideoFrame(16, 16, "yuv420p")))
        container.mux(stream.encode(None))
    found = decode(decoder, made.getvalue(), "video/x-matroska")
    assert found.frames == ()
    assert found.no_thumbnail == "The video is made in a way that cannot be shown here."


def test_a_recording_of_another_format_than_its_first_bytes_say_is_not_read_as_that(
    decoder: ChildDecoder,
) -> None:
    """A list of addresses for a player, behind the first bytes of a voice note."""
    playlist = b"#!AMR\n#EXTM3U\n#EXTINF:10,\nfile:///etc/passwd\nhttp://127.0.0.1/\n"
    assert learn(decoder, playlist, "audio/amr")
    for kind in ("audio/mpeg", _MP4, "video/webm", "audio/ogg"):
        with pytest.raises(DecodingFailed):
            decode(decoder, playlist.removeprefix(b"#!AMR\n"), kind)


@pytest.mark.parametrize(
    "content",
    [
        pdf_files.of_many_pages(),
        pdf_files.of_endless_pages(),
        pdf_files.of_huge_page(),
        pdf_files.with_broken_font(),
        hostile_files.pdf_with_script(),
        hostile_files.noise_after_header(b"%PDF-1.7\n"),
        hostile_files.truncated(pdf_files.document("a", "b"), 0.6),
        b"%PDF-",
    ],
    ids=["100,000 pages", "endless pages", "huge page", "broken fonts", "script", "noise", "cut", "nothing"],
)
def test_a_hostile_pdf_is_a_sentence_or_a_picture(decoder: ChildDecoder, content: bytes) -> None:
    before = time.monotonic()
    assert learn(decoder, content, _PDF)
    assert time.monotonic() - before < 60


def test_of_a_hundred_thousand_pages_the_first_are_shown(decoder: ChildDecoder) -> None:
    found = decode(decoder, pdf_files.of_many_pages())
    assert found.pages_in_all == 100_000
    assert len(found.pages) == 20


def test_a_page_that_unpacks_without_end_is_stopped() -> None:
    with pytest.raises(DecodingFailed):
        decode(ChildDecoder(wall_seconds=20), pdf_files.with_bomb())


def test_a_page_that_draws_for_ever_comes_to_an_end() -> None:
    before = time.monotonic()
    assert learn(ChildDecoder(wall_seconds=4), pdf_files.that_never_ends(), _PDF)
    assert time.monotonic() - before < 30


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (office_files.bomb(), "holds more than can be unpacked safely"),
        (office_files.many_parts(), "holds more than can be unpacked safely"),
        (office_files.entity_bomb(), "is damaged"),
        (office_files.packed({"[Content_Types].xml": "", "word/other.xml": ""}), "is damaged"),
        (hostile_files.truncated(office_files.docx("words" * 9000), 0.5), "is damaged"),
        (office_files.docx(""), "nothing in the office document"),
        (b"PK\x03\x04" + b"\0" * 100, "is damaged"),
    ],
    ids=["bomb", "many parts", "entities", "no text", "cut", "empty", "no zip"],
)
def test_a_hostile_office_document_is_a_sentence(decoder: ChildDecoder, content: bytes, words: str) -> None:
    with pytest.raises(Undecodable, match=words):
        decode(decoder, content, _DOCX)


def test_a_million_columns_in_one_cell_are_cut(decoder: ChildDecoder) -> None:
    found = decode(decoder, office_files.ods([["again"]], times=99_999))
    assert found.extract is not None
    assert found.extract.text.count("again") == 20
    assert found.extract.cut


def test_a_truncated_phone_picture_is_a_sentence(decoder: ChildDecoder) -> None:
    for part in (0.2, 0.5, 0.8):
        assert learn(decoder, hostile_files.truncated(hostile_files.HEIC, part), "image/heic")


def test_ten_thousand_frames_cost_as_much_as_one(decoder: ChildDecoder) -> None:
    assert small_of(decode(decoder, hostile_files.gif_of_many_frames())).width == 480


def test_a_reader_that_hangs_is_killed_and_one_that_takes_all_memory_is_stopped(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    lock = "import _thread\nlock = _thread.allocate_lock()\nlock.acquire()\nlock.acquire()"
    memory = "held = []\nwhile True:\n    held.append(bytearray(64 * 1024 * 1024))"
    busy = "signal.signal(signal.SIGXCPU, signal.SIG_IGN)\nwhile True:\n    pass"
    # On a busy machine it takes a while to take all memory.
    for body, seconds, failure in (
        (lock, 3, DecoderTimedOut),
        (memory, 120, DecoderKilled),
        (busy, 3, DecoderTimedOut),
    ):
        monkeypatch.setattr(programs, "command", planted(body))
        with pytest.raises(failure):
            decode(ChildDecoder(wall_seconds=seconds), hostile_files.picture())


def test_a_reader_that_asks_for_more_than_its_file_is_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    ask = "while True:\n    conversation.say(read=[0, 1 << 20])\n    conversation.hear()"
    monkeypatch.setattr(programs, "command", planted(ask))
    held = Held(b"\xff\xd8" + b"\0" * 2_000_000)
    with pytest.raises(Undecodable, match="too large to look into"):
        ChildDecoder(wall_seconds=20).decode(held, content_type="image/jpeg")
    assert held.given < 300_000_000


_SEEDS = {
    _PDF: pdf_files.document("words", "more"),
    _DOCX: office_files.docx("words"),
    f"{office_files.OPEN_XML}spreadsheetml.sheet": office_files.xlsx([["a", "1"]]),
    f"{office_files.OPEN_XML}presentationml.presentation": office_files.pptx(["a"]),
    f"{office_files.OPEN_DOCUMENT}text": office_files.odt("a"),
    f"{office_files.OPEN_DOCUMENT}spreadsheet": office_files.ods([["a"]]),
    f"{office_files.OPEN_DOCUMENT}presentation": office_files.odp(["a"]),
    "application/rtf": office_files.rtf(),
    "text/plain": b"words",
    **{kind: recordings.voice_note(kind, 0.3) for kind in recordings.VOICE_NOTES},
    **{kind: recordings.video(kind, 0.6, (64, 48)) for kind in recordings.VIDEOS},
}


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.sampled_from(sorted(_SEEDS)),
    st.lists(st.tuples(st.integers(0, 10**6), st.binary(min_size=1, max_size=8)), max_size=6),
)
def test_damage_anywhere_stays_a_typed_failure(
    decoder: ChildDecoder, kind: str, damage: list[tuple[int, bytes]]
) -> None:
    content = bytearray(_SEEDS[kind])
    for place, bytes_put in damage:
        at = place % len(content)
        content[at : at + len(bytes_put)] = bytes_put
    assert learn(decoder, bytes(content), kind)
