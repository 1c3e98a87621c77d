"""Boxes of MP4 and QuickTime are read strictly and within limits, whatever a file claims."""

import struct
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from daybook.kernel.media import read_media_facts
from daybook.kernel.media.boxes import MOST_BOXES, MOST_LEAF, MOST_READ, read_boxes
from tests.media_files import apple_text, box, film, handler, keyed, movie_head, phone_film

TAKEN = datetime(2026, 11, 20, 18, 0, tzinfo=UTC)


class Counted:
    """A file in memory that counts what is read of it."""

    def __init__(self, content: bytes) -> None:
        self.content = content
        self.read = 0

    def __call__(self, start: int, length: int) -> bytes:
        self.read += length
        return self.content[start : start + length]


def boxes(content: bytes, *, length: int | None = None) -> dict[str, Any]:
    return dict(read_boxes(Counted(content), len(content) if length is None else length))


def test_what_a_phone_writes_is_found() -> None:
    facts = read_media_facts(boxes(phone_film(TAKEN)))
    assert facts.as_metadata() == {
        "seconds": 12.5,
        "latitude": 52.6363,
        "longitude": -1.1348,
        "taken_at": "2026-11-20T19:00:00",
        "offset": "+01:00",
        "taken_tag": "creation date",
        "make": "Acme",
        "model": "Phone 1",
        "software": "26.1",
    }


def test_user_data_of_older_kinds_is_found_too() -> None:
    content = film(
        movie_head(TAKEN),
        box(
            b"udta",
            box(b"\xa9xyz", apple_text("-33.8688+151.2093/")),
            box(b"\xa9mak", apple_text("Acme")),
            box(b"\xa9mod", apple_text("Old 2")),
        ),
    )
    facts = read_media_facts(boxes(content))
    assert facts.place == (-33.8688, 151.2093)
    assert (facts.make, facts.model) == ("Acme", "Old 2")
    assert facts.taken_at is not None
    assert (facts.taken_at.isoformat(), facts.offset) == ("2026-11-20T18:00:00", "+00:00")


def test_a_place_in_the_manner_of_3gpp_is_found() -> None:
    numbers = struct.pack(">iii", int(-1.5 * 65536), int(52.25 * 65536), 0)
    place = box(b"loci", bytes(4) + b"\x15\xc7" + b"Yard\x00" + b"\x00" + numbers)
    assert read_media_facts(boxes(film(movie_head(TAKEN), box(b"udta", place)))).place == (52.25, -1.5)


def test_sound_and_picture_tracks_are_told_apart() -> None:
    track = box(b"trak", box(b"mdia", handler(b"soun")))
    assert boxes(film(movie_head(TAKEN), track))["tracks"] == ["soun"]


def test_the_film_itself_is_never_read_however_long_it_is() -> None:
    content = film(movie_head(TAKEN), data=b"\x00" * 8_000_000)
    counted = Counted(content)
    assert read_boxes(counted, len(content))["duration"] == 12_500
    assert counted.read < 1000


def test_a_box_of_64_bit_length_is_stepped_over() -> None:
    large = struct.pack(">I4sQ", 1, b"mdat", 16 + 100) + bytes(100)
    assert boxes(large + box(b"moov", movie_head(TAKEN)))["timescale"] == 1000


@pytest.mark.parametrize(
    "content",
    [
        struct.pack(">I4s", 7, b"moov") + bytes(20),  # shorter than its own head
        struct.pack(">I4s", 0xFFFFFFFF, b"moov") + bytes(20),  # longer than the file
        struct.pack(">I4sQ", 1, b"moov", 2**63) + bytes(20),
        struct.pack(">I4sQ", 1, b"moov", 3) + bytes(20),
        box(b"moov", struct.pack(">I4s", 500, b"udta")),  # longer than its parent
        box(b"moov", box(b"mvhd", bytes(3))),
        box(b"moov", box(b"udta", box(b"\xa9xyz", bytes(MOST_LEAF + 1)))),
    ],
)
def test_an_impossible_box_is_named_as_damage(content: bytes) -> None:
    found = boxes(content)
    assert found["damaged"] is True
    doubts = read_media_facts(found).doubts
    assert any(doubt.field == "metadata" for doubt in doubts)


def test_a_box_without_a_length_reaches_to_the_end_and_no_further() -> None:
    content = struct.pack(">I4s", 0, b"moov") + movie_head(TAKEN)
    assert boxes(content)["timescale"] == 1000


def test_boxes_within_boxes_end_somewhere() -> None:
    nested = movie_head(TAKEN)
    for _ in range(5000):
        nested = box(b"udta", nested)
    assert boxes(box(b"moov", nested))["damaged"] is True


def test_a_file_of_nothing_but_boxes_is_given_up() -> None:
    content = box(b"free") * (MOST_BOXES + 10) + box(b"moov", movie_head(TAKEN))
    assert boxes(content) == {"damaged": True}


def test_no_more_is_read_than_the_limit_allows() -> None:
    filler = box(b"\xa9swr", bytes(MOST_LEAF - 16)) * 200
    content = box(b"moov", box(b"udta", filler))
    counted = Counted(content)
    assert read_boxes(counted, len(content))["damaged"] is True
    assert counted.read <= MOST_READ + MOST_LEAF


def test_a_file_that_is_shorter_than_it_says_ends_the_reading() -> None:
    assert boxes(phone_film(TAKEN)[:-40], length=len(phone_film(TAKEN)))["brand"] == "qt"


@given(st.binary(max_size=400))
def test_any_bytes_are_read_without_a_fault(content: bytes) -> None:
    read_media_facts(boxes(content))


@given(st.integers(min_value=0), st.integers(0, 255), st.integers(1, 8), st.data())
def test_a_recording_changed_anywhere_is_read_without_a_fault(
    place: int, value: int, count: int, data: st.DataObject
) -> None:
    content = bytearray(phone_film(TAKEN))
    for _ in range(count):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    content[place % len(content)] = value
    facts = read_media_facts(boxes(bytes(content)))
    if facts.place is not None:
        assert abs(facts.place[0]) <= 90
        assert abs(facts.place[1]) <= 180
    assert facts.seconds is None or facts.seconds >= 0


@pytest.mark.parametrize(
    ("raw", "field"),
    [
        ({"created": 1}, "taken_at"),
        ({"created": 1_800_000_000}, "taken_at"),  # Unix time in a clock that begins in 1904
        ({"created": 2**64 - 1}, "taken_at"),
        ({"local_created": "2026-13-41T00:00:00+0000"}, "local_created"),
        ({"local_created": "2026-11-20T18:00:00+9900"}, "local_created"),
        ({"location": "+91.0000+000.0000/"}, "latitude"),
        ({"location": "+00.0000+000.0000/"}, "latitude"),
        ({"location": "here"}, "latitude"),
        ({"latitude": 10.0}, "latitude"),
        ({"latitude": float("nan"), "longitude": 1.0}, "latitude"),
        ({"latitude": 10**400, "longitude": 1}, "latitude"),
        ({"timescale": 0, "duration": 5}, "seconds"),
        ({"timescale": 1, "duration": 2**62}, "seconds"),
        ({"seconds": float("inf")}, "seconds"),
        ({"damaged": True}, "metadata"),
    ],
)
def test_what_cannot_be_right_in_a_recording_is_doubted(raw: dict[str, object], field: str) -> None:
    facts = read_media_facts(raw)
    assert field in {doubt.field for doubt in facts.doubts}
    assert facts.place is None
    assert facts.seconds is None


def test_keys_that_lie_about_their_length_give_nothing() -> None:
    keys = box(b"keys", struct.pack(">II", 0, 5) + struct.pack(">I4s", 2**31, b"mdta"))
    assert boxes(box(b"moov", box(b"meta", handler(b"mdta"), keys))) == {}


def test_a_list_with_a_key_that_is_not_there_gives_nothing() -> None:
    odd = keyed({}).replace(b"ilst", b"ilst")
    assert "make" not in boxes(film(movie_head(TAKEN), odd))
