"""Whatever a file holds, the answer is a plain picture or a typed failure."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from daybook.gateways.decoding import recording_facts
from daybook.gateways.decoding.child_process import ChildDecoder
from daybook.gateways.decoding.tests.decoding_once import TYPES, decode, facts_of, learn, small_of
from daybook.kernel.media import DECODABLE, Undecodable
from daybook.kernel.media.thumbnail import measure_plain_jpeg
from tests import hostile_files, media_files

_HOSTILE = {
    "one zero byte": hostile_files.ONE_ZERO_BYTE,
    "web page": hostile_files.HTML,
    "drawing with script": hostile_files.SVG,
    "PDF with script": hostile_files.pdf_with_script(),
    "PNG bomb": hostile_files.png_bomb(),
    "PNG bomb in colour": hostile_files.png_bomb(7_000, bits=16, colour=6),
    "huge Exif": hostile_files.png_with_exif(hostile_files.huge_exif()),
    "huge Exif in WebP": hostile_files.picture("WEBP", (8, 8), exif=hostile_files.huge_exif(2, 2000)),
    "noise as JPEG": hostile_files.noise_after_header(hostile_files.picture()[:300]),
    "noise as PNG": hostile_files.noise_after_header(hostile_files.picture("PNG")[:60]),
    "noise as WebP": hostile_files.noise_after_header(hostile_files.picture("WEBP")[:40]),
    "noise as HEIC": hostile_files.noise_after_header(hostile_files.HEIC[:400]),
    "noise as GIF": hostile_files.noise_after_header(hostile_files.picture("GIF")[:40]),
}


@pytest.mark.parametrize("name", _HOSTILE)
@pytest.mark.parametrize("kind", ["image/jpeg", "image/png", "image/webp", "image/heic"])
def test_hostile_content_raises_nothing_but_typed_errors(decoder: ChildDecoder, name: str, kind: str) -> None:
    assert learn(decoder, _HOSTILE[name], kind)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "GIF"])
@pytest.mark.parametrize("part", [0.01, 0.3, 0.9])
def test_a_file_cut_short_is_a_typed_failure_or_facts_alone(
    decoder: ChildDecoder, kind: str, part: float
) -> None:
    content = hostile_files.truncated(hostile_files.picture(kind, (900, 700)), part)
    try:
        found = decode(decoder, content, TYPES[kind])
    except Undecodable:
        return
    assert facts_of(found).width == 900
    assert found.thumbnail is not None or found.no_thumbnail


def test_a_cut_jpeg_keeps_its_facts(decoder: ChildDecoder) -> None:
    content = hostile_files.picture("JPEG", (1600, 1200), exif=hostile_files.honest_exif())
    found = decode(decoder, hostile_files.truncated(content, 0.6))
    assert facts_of(found).place is not None
    assert found.thumbnail is None
    assert found.no_thumbnail == "The picture is cut short: a part of it is missing."


def test_a_bomb_is_refused_before_a_pixel_is_decoded(decoder: ChildDecoder) -> None:
    with pytest.raises(Undecodable, match="more pixels"):
        decode(decoder, hostile_files.png_bomb())


@pytest.mark.parametrize("wrong", hostile_files.broken_exifs())
@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
def test_broken_metadata_costs_neither_picture_nor_trust(
    decoder: ChildDecoder, wrong: str, kind: str
) -> None:
    block = hostile_files.broken_exifs()[wrong]
    content = (
        hostile_files.picture("JPEG", (64, 48), exif=block)
        if kind == "JPEG"
        else hostile_files.png_with_exif(block)
    )
    found = decode(decoder, content)
    assert found.thumbnail is not None
    assert facts_of(found).place is None
    assert facts_of(found).taken_at is None
    if wrong not in ("make with controls", "directory pointing at itself", "zone of words"):
        assert facts_of(found).doubts
    assert "\u202e" not in facts_of(found).make


@pytest.mark.parametrize("content", [hostile_files.jpeg_and_zip(), hostile_files.jpeg_and_html()])
def test_a_picture_that_is_also_something_else_yields_a_copy_that_is_only_a_picture(
    decoder: ChildDecoder, content: bytes
) -> None:
    small = small_of(decode(decoder, content))
    assert measure_plain_jpeg(small.content) == (small.width, small.height)
    assert b"script" not in small.content
    assert b"PK" not in small.content[-100:]


def test_an_empty_file_says_so(decoder: ChildDecoder) -> None:
    with pytest.raises(Undecodable, match="empty"):
        decode(decoder, b"", "image/jpeg")


def test_a_file_over_the_limit_is_given_up_early() -> None:
    pulled = 0

    def endless() -> Iterator[bytes]:
        nonlocal pulled
        while True:
            pulled += 65_536
            yield b"\xff\xd8" + b"\x00" * 65_534

    with pytest.raises(Undecodable, match="too large"):
        ChildDecoder(input_limit=1_000_000).decode(endless(), content_type="image/jpeg")
    assert pulled < 10_000_000


_SEEDS = {
    **dict.fromkeys(recording_facts.TYPES, media_files.phone_film(datetime(2026, 11, 20, 18, 0, tzinfo=UTC))),
    "image/jpeg": hostile_files.picture("JPEG", (40, 30), exif=hostile_files.honest_exif()),
    "image/png": hostile_files.png_with_exif(hostile_files.honest_exif()),
    "image/webp": hostile_files.picture("WEBP", (40, 30), exif=hostile_files.honest_exif()),
    "image/heic": hostile_files.HEIC,
    "image/gif": hostile_files.picture("GIF", (40, 30)),
    "image/avif": hostile_files.picture("AVIF", (40, 30)),
}


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
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


def test_every_decodable_type_has_a_seed() -> None:
    assert set(_SEEDS) | {"image/heif"} == set(DECODABLE)
