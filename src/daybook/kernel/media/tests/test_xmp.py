"""What an editing program wrote into a file is read from small, plain packets, and from no others."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from daybook.kernel.media.xmp import MOST_BYTES, MOST_STEPS, parse_xmp
from daybook.kernel.media.xmp_facts import judge_xmp
from tests.hostile_files import XML_ENTITIES
from tests.media_files import edit_history, xmp_packet

STEPS = (
    ("created", "2026-11-20T18:00:00Z", "Camera"),
    ("saved", "2026-11-21T09:30:00+01:00", "Acme Editor 2"),
)


def test_who_saved_it_when_and_with_what_is_found() -> None:
    packet = xmp_packet(
        'xmp:CreatorTool="Acme Editor 2" xmp:ModifyDate="2026-11-21T09:30:00+01:00" '
        'photoshop:DateCreated="2026-11-20T18:00:00" exif:GPSLatitude="52,38.175N" exif:GPSLongitude="1,8,5W"',
        edit_history(*STEPS),
    )
    said, doubts = judge_xmp(parse_xmp(packet))
    assert doubts == ()
    assert said["tool"] == "Acme Editor 2"
    assert said["modified_at"] == "2026-11-21T09:30:00+01:00"
    assert said["taken_at"] == "2026-11-20T18:00:00"
    assert (said["latitude"], said["longitude"]) == (52.63625, -1.1347222)
    assert said["history"] == [
        {"action": "created", "at": "2026-11-20T18:00:00+00:00", "tool": "Camera"},
        {"action": "saved", "at": "2026-11-21T09:30:00+01:00", "tool": "Acme Editor 2"},
    ]


def test_properties_written_as_elements_count_too() -> None:
    said, _ = judge_xmp(parse_xmp(xmp_packet("", "<xmp:CreatorTool>Acme &amp; Sons</xmp:CreatorTool>")))
    assert said == {"tool": "Acme & Sons"}


def test_only_the_newest_steps_of_a_long_history_are_kept_and_all_are_counted() -> None:
    steps = [("saved", "2026-11-21T09:30:00Z", f"Editor {number}") for number in range(100)]
    said, _ = judge_xmp(parse_xmp(xmp_packet("", edit_history(*steps))))
    history = said["history"]
    assert isinstance(history, list)
    assert [step["tool"] for step in history] == [f"Editor {number}" for number in range(88, 100)]
    assert len(history) == MOST_STEPS
    assert said["steps"] == 100


@pytest.mark.parametrize(
    ("packet", "why"),
    [
        (b"<a>" + b"x" * MOST_BYTES + b"</a>", "too large"),
        (b"<x" * 10_000_000, "too large"),
        (b"<a>" * 40 + b"</a>" * 40, "too large"),
        (b"<a>" + b"<b/>" * 30_000 + b"</a>", "too large"),
        (XML_ENTITIES, "entities"),
        (b'<!DOCTYPE a SYSTEM "http://127.0.0.1:9/a.dtd"><a/>', "entities"),
        (b"<a><b></a>", "damaged"),
        (b'<?xml version="1.0" encoding="utf-16"?><a/>\xff', "damaged"),
        (b"", "damaged"),
        (b"\x00\xff\xfe", "damaged"),
    ],
)
def test_a_packet_that_could_do_harm_is_not_read(packet: bytes, why: str) -> None:
    found = parse_xmp(packet)
    assert found["refused"] == why
    said, doubts = judge_xmp(found)
    assert said == {}
    assert doubts[0].why


def test_what_another_picture_inside_says_is_not_said_of_this_one() -> None:
    inside = (
        "<xmpMM:DerivedFrom><rdf:Description><xmp:CreatorTool>Other</xmp:CreatorTool></rdf:Description>"
        "</xmpMM:DerivedFrom>"
    )
    assert parse_xmp(xmp_packet("", inside)) == {}


@pytest.mark.parametrize(
    ("properties", "field"),
    [
        ('xmp:ModifyDate="1970-01-01T00:00:00Z"', "xmp modified_at"),
        ('xmp:ModifyDate="yesterday at noon"', "xmp modified_at"),
        ('xmp:ModifyDate="2026-11-20T18:00:00+99:00"', "xmp modified_at"),
        ('exif:GPSLatitude="91,0,0N" exif:GPSLongitude="1,8,5W"', "xmp latitude"),
        ('exif:GPSLatitude="north" exif:GPSLongitude="1,8,5W"', "xmp latitude"),
    ],
)
def test_what_cannot_be_right_in_a_packet_is_doubted(properties: str, field: str) -> None:
    said, doubts = judge_xmp(parse_xmp(xmp_packet(properties)))
    assert [doubt.field for doubt in doubts] == [field]
    assert "latitude" not in said


def test_a_day_alone_is_no_time_and_no_doubt() -> None:
    assert judge_xmp(parse_xmp(xmp_packet('photoshop:DateCreated="2026-11-20"'))) == ({}, ())


@given(st.binary(max_size=300) | st.text(max_size=300).map(str.encode))
def test_any_bytes_are_a_packet_that_is_read_or_refused(packet: bytes) -> None:
    judge_xmp(parse_xmp(packet))
    judge_xmp(parse_xmp(xmp_packet("", packet.decode("utf-8", "replace"))))


@given(
    st.dictionaries(
        st.text(max_size=12), st.none() | st.integers() | st.text(max_size=30) | st.lists(st.none())
    )
)
def test_whatever_the_child_sends_is_judged_without_a_fault(raw: dict[str, object]) -> None:
    judge_xmp(raw)
