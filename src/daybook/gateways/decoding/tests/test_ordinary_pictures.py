"""What phones and programs write gives facts and an upright small copy."""

import io
import time

import pytest
from PIL import Image

from daybook.gateways.decoding.child_process import ChildDecoder
from daybook.gateways.decoding.nowhere import NoDecoder
from daybook.gateways.decoding.tests.decoding_once import TYPES, decode, facts_of, small_of
from daybook.kernel.media import Decoder, DecoderMissing
from tests import hostile_files


@pytest.mark.parametrize("kind", TYPES)
def test_each_kind_of_picture_gives_facts_and_a_small_copy(decoder: ChildDecoder, kind: str) -> None:
    found = decode(decoder, hostile_files.picture(kind, (1200, 900)), TYPES[kind])
    assert (facts_of(found).width, facts_of(found).height, facts_of(found).format) == (1200, 900, kind)
    assert found.thumbnail is not None
    assert (found.thumbnail.width, found.thumbnail.height) == (480, 360)
    assert found.no_thumbnail == ""
    with Image.open(io.BytesIO(found.thumbnail.content)) as small:
        assert small.size == (480, 360)
        red, green, _ = small.convert("RGB").getpixel((20, 20))  # type: ignore[misc]  # it has three colours
        assert red > 150 > green


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "AVIF"])
def test_the_camera_s_words_are_read_and_the_small_copy_stands_upright(
    decoder: ChildDecoder, kind: str
) -> None:
    content = hostile_files.picture(kind, (96, 64), exif=hostile_files.honest_exif())
    found = decode(decoder, content, TYPES[kind])
    assert facts_of(found).as_metadata() == {
        "width": 96,
        "height": 64,
        "format": kind,
        "orientation": 6,
        "taken_at": "2026-11-20T18:00:00",
        "offset": "+00:00",
        "make": "Acme",
        "model": "Phone 1",
        "software": "26.1",
        "latitude": 52.63625,
        "longitude": -1.1347917,
        "altitude_m": 67.3,
    }
    assert found.thumbnail is not None
    assert (found.thumbnail.width, found.thumbnail.height) == (64, 96)
    with Image.open(io.BytesIO(found.thumbnail.content)) as small:
        # Turned clockwise, the red corner moves from the left to the right.
        red, green, _ = small.getpixel((60, 4))  # type: ignore[misc]  # it has three colours
        assert red > 150 > green


def test_a_phone_s_heic_is_read(decoder: ChildDecoder) -> None:
    found = decode(decoder, hostile_files.HEIC)
    assert facts_of(found).place == (52.63625, -1.1347917)
    assert facts_of(found).model == "Phone 1"
    assert (facts_of(found).width, facts_of(found).height) == (64, 96)
    assert found.thumbnail is not None
    assert (found.thumbnail.width, found.thumbnail.height) == (64, 96)


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGBA", "I;16", "CMYK"])
def test_every_way_of_storing_pixels_becomes_a_plain_small_copy(decoder: ChildDecoder, mode: str) -> None:
    made = io.BytesIO()
    source = (
        Image.new("I;16", (600, 40), 40_000) if mode == "I;16" else Image.new("RGB", (600, 40)).convert(mode)
    )
    source.save(made, "JPEG" if mode == "CMYK" else "PNG")
    found = decode(decoder, made.getvalue())
    assert found.thumbnail is not None
    assert found.thumbnail.width == 480


def test_writing_on_a_transparent_ground_stays_visible(decoder: ChildDecoder) -> None:
    for ink in ((255, 255, 255, 255), (0, 0, 0, 255)):
        drawn = Image.new("RGBA", (100, 100), (0, 0, 0, 0))
        drawn.paste(ink, (0, 0, 50, 100))
        made = io.BytesIO()
        drawn.save(made, "PNG")
        small = small_of(decode(decoder, made.getvalue()))
        with Image.open(io.BytesIO(small.content)) as shown:
            inked, ground = shown.convert("L").getpixel((10, 50)), shown.convert("L").getpixel((90, 50))
        assert isinstance(inked, int | float)
        assert isinstance(ground, int | float)
        assert abs(inked - ground) > 40


def test_only_the_first_frame_of_an_animation_is_decoded(decoder: ChildDecoder) -> None:
    for content in (hostile_files.gif_of_many_frames(), hostile_files.webp_of_many_frames()):
        before = time.monotonic()
        assert decode(decoder, content).thumbnail is not None
        assert time.monotonic() - before < 5


def test_the_null_twin_decodes_nothing_and_says_so() -> None:
    null: Decoder = NoDecoder()
    with pytest.raises(DecoderMissing, match="switched off"):
        decode(null, hostile_files.picture())
    assert null.confinement().missing == ()
