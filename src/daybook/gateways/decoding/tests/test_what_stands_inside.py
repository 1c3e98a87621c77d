"""What a file carries beside its pixels is read in the confined child: credentials, edit history, its own small picture."""

import io
import socket
import struct
import threading
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from PIL import Image

from daybook.gateways.decoding.child_process import ChildDecoder
from daybook.gateways.decoding.credentials import read_credentials
from daybook.gateways.decoding.tests.decoding_once import Held, decode
from daybook.kernel.media import DecodingFailed, ImageFacts, MediaFacts
from tests import hostile_files, media_files, recordings

PHOTO = hostile_files.picture(size=(800, 600))


def facts_of(decoder: ChildDecoder, content: bytes, kind: str | None = None) -> ImageFacts:
    found = decode(decoder, content, kind).facts
    assert isinstance(found, ImageFacts)
    return found


def doubted(facts: ImageFacts | MediaFacts) -> set[str]:
    return {doubt.field for doubt in facts.doubts}


@pytest.mark.parametrize(
    ("kind", "content_type"), [("JPEG", "image/jpeg"), ("PNG", "image/png"), ("WEBP", "image/webp")]
)
def test_credentials_that_fit_are_read_behind_every_wall(
    decoder: ChildDecoder, kind: str, content_type: str
) -> None:
    content = media_files.with_credentials(hostile_files.picture(kind), content_type)
    facts = facts_of(decoder, content)
    assert facts.credentials["state"] == "fits"
    assert facts.credentials["signer"] == "Acme Cameras"
    assert facts.credentials["actions"] == ["c2pa.created", "c2pa.cropped"]
    assert facts.doubts == ()


def test_heic_pictures_carry_them_too(decoder: ChildDecoder) -> None:
    content = media_files.with_credentials(hostile_files.HEIC, "image/heic")
    assert facts_of(decoder, content, "image/heic").credentials["state"] == "fits"


def test_a_file_changed_after_signing_does_not_fit(decoder: ChildDecoder) -> None:
    signed = bytearray(media_files.with_credentials(PHOTO))
    signed[-300] ^= 1
    facts = facts_of(decoder, bytes(signed))
    assert facts.credentials["state"] == "does not fit"
    assert facts.credentials["faults"] == ["assertion.dataHash.mismatch"]
    assert "credentials" in doubted(facts)


def test_a_file_without_credentials_says_nothing_of_them(decoder: ChildDecoder) -> None:
    assert "credentials" not in facts_of(decoder, PHOTO).as_metadata()


def test_damaged_credentials_never_stop_the_reading(decoder: ChildDecoder) -> None:
    signed = media_files.with_credentials(PHOTO)
    start = signed.index(b"jumb")
    for place in range(start, start + 2000, 97):
        broken = bytearray(signed)
        broken[place : place + 8] = b"\xff" * 8
        facts = facts_of(decoder, bytes(broken))
        assert facts.width == 800
        assert facts.credentials.get("state") != "fits", place


def test_credentials_cut_short_are_no_credentials(decoder: ChildDecoder) -> None:
    signed = media_files.with_credentials(PHOTO)
    cut = signed[: signed.index(b"jumb") + 500]
    with pytest.raises(DecodingFailed):
        decode(decoder, cut, "image/jpeg")


@pytest.fixture
def listener() -> Iterator[tuple[str, list[object]]]:
    """A web server that notes whoever comes."""
    met: list[object] = []
    server = socket.create_server(("127.0.0.1", 0))

    def wait() -> None:
        while True:
            try:
                connection, address = server.accept()
            except OSError:
                return
            met.append(address)
            connection.close()

    thread = threading.Thread(target=wait, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.getsockname()[1]}/manifest.c2pa", met
    server.shutdown(socket.SHUT_RDWR)
    server.close()
    thread.join(timeout=10)


def test_credentials_at_an_address_are_never_asked_for(
    decoder: ChildDecoder, listener: tuple[str, list[object]]
) -> None:
    address, met = listener
    content = media_files.with_credentials(PHOTO, kept_at=address)
    # Here too, where no wall is between the library and the network.
    assert read_credentials(io.BytesIO(content), "image/jpeg") == {"state": "elsewhere"}
    facts = facts_of(decoder, content)
    assert facts.credentials == {"state": "elsewhere"}
    assert facts.xmp["elsewhere"] is True
    assert met == []


def test_what_an_editing_program_wrote_is_read(decoder: ChildDecoder) -> None:
    packet = media_files.xmp_packet(
        'xmp:CreatorTool="Acme Editor"',
        media_files.edit_history(("saved", "2026-11-21T09:00:00Z", "Acme Editor")),
    )
    for kind in ("JPEG", "WEBP", "AVIF"):
        facts = facts_of(decoder, hostile_files.picture(kind, xmp=packet))
        assert facts.xmp["tool"] == "Acme Editor", kind
        assert facts.doubts == (), kind


@pytest.mark.parametrize("packet", [b"<a>" + b"x" * 10_000_000 + b"</a>", hostile_files.XML_ENTITIES])
def test_a_packet_that_could_do_harm_costs_only_itself(decoder: ChildDecoder, packet: bytes) -> None:
    facts = facts_of(decoder, hostile_files.picture("WEBP", xmp=packet))
    assert facts.xmp == {}
    assert doubted(facts) == {"xmp xmp"}


def with_own_picture(own: Image.Image, outer: Image.Image, **options: object) -> bytes:
    """A photograph with a small picture in its Exif block, as cameras write it."""
    small = io.BytesIO()
    own.save(small, "JPEG", quality=85)
    content = small.getvalue()
    # A first directory without entries, and a second one that says where the small picture lies.
    second = struct.pack("<HHHIIHHIII", 2, 0x0201, 4, 1, 44, 0x0202, 4, 1, len(content), 0)
    block = b"II*\x00\x08\x00\x00\x00" + struct.pack("<HI", 0, 14) + second
    made = io.BytesIO()
    outer.save(made, "JPEG", exif=b"Exif\x00\x00" + block + content, **options)
    return made.getvalue()


def scene(turn: int = 0) -> Image.Image:
    """A picture with light and dark in known corners."""
    made = Image.linear_gradient("L").resize((800, 600)).convert("RGB")
    made.paste((250, 250, 250), (0, 0, 300, 200))
    made.paste((5, 5, 5), (500, 300, 800, 600))
    return made.rotate(turn, expand=True)


def test_the_small_picture_of_an_honest_photograph_is_no_doubt(decoder: ChildDecoder) -> None:
    for own in (scene(), scene(90), scene().crop((0, 75, 800, 525))):
        content = with_own_picture(own.resize((160, 120)), scene())
        assert doubted(facts_of(decoder, content)) == set()


def test_a_small_picture_of_something_else_is_a_doubt(decoder: ChildDecoder) -> None:
    other = Image.new("RGB", (800, 600), "white")
    for row in range(0, 600, 150):
        for column in range(row % 300 and 200, 800, 400):
            other.paste((0, 0, 0), (column, row, column + 200, row + 150))
    content = with_own_picture(other.resize((160, 120)), scene())
    assert doubted(facts_of(decoder, content)) == {"thumbnail"}


def test_an_own_picture_that_is_none_is_no_doubt(decoder: ChildDecoder) -> None:
    content = bytearray(with_own_picture(scene().resize((160, 120)), scene()))
    place = content.index(b"\xff\xd8", 10)
    content[place : place + 500] = bytes(500)
    assert "thumbnail" not in doubted(facts_of(decoder, bytes(content)))


def tags(count: int) -> bytes:
    """An Exif block with so many tags."""
    entries = b"".join(
        struct.pack("<HHII", 0x1000 + number % 0xE000, 3, 1, number % 65536) for number in range(count)
    )
    return b"II*\x00\x08\x00\x00\x00" + struct.pack("<H", count) + entries + bytes(4)


@pytest.mark.parametrize(
    "block",
    [
        tags(5_000),
        struct.pack("<2sHIH", b"II", 42, 8, 0xFFFF) + struct.pack("<HHII", 0x8769, 4, 1, 8) * 4_000,
        struct.pack("<2sHIH", b"II", 42, 8, 1) + struct.pack("<HHII", 0x9003, 2, 0xFFFFFFFF, 8),
        struct.pack("<2sHIH", b"II", 42, 8, 1) + struct.pack("<HHII", 0x8825, 4, 1, 8),
        struct.pack("<2sHIH", b"II", 42, 8, 0) + struct.pack("<I", 8),  # the second directory is the first
    ],
)
def test_blocks_that_claim_too_much_or_turn_in_circles_end(decoder: ChildDecoder, block: bytes) -> None:
    assert facts_of(decoder, hostile_files.picture(exif=block)).taken_at is None


def test_sixty_four_thousand_tags_end(decoder: ChildDecoder) -> None:
    assert facts_of(decoder, hostile_files.png_with_exif(tags(65_535)), "image/png").width == 8


def test_a_recording_says_when_where_and_with_what(decoder: ChildDecoder) -> None:
    content = media_files.phone_film(datetime(2026, 11, 20, 18, 0, tzinfo=UTC))
    found = decode(decoder, content, "video/quicktime")
    assert isinstance(found.facts, MediaFacts)
    assert found.facts.place == (52.6363, -1.1348)
    assert found.facts.seconds == 12.5
    assert found.thumbnail is None


def test_credentials_of_a_recording_are_read_and_compared(decoder: ChildDecoder) -> None:
    plain = recordings.video()
    for kind, change, state in (("video/mp4", 0, "fits"), ("video/mp4", 1, "does not fit")):
        signed = bytearray(media_files.with_credentials(plain, kind))
        signed[signed.index(b"mdat") + 40] ^= change
        found = decoder.decode(Held(bytes(signed)), content_type=kind, only_facts=True)
        assert isinstance(found.facts, MediaFacts)
        assert found.facts.credentials["state"] == state
        assert (found.thumbnail, found.frames, found.recording) == (None, (), None)
    assert "credentials" not in whole_facts(decoder, plain)


def whole_facts(decoder: ChildDecoder, content: bytes) -> dict[str, object]:
    found = decode(decoder, content, "video/mp4")
    assert found.frames
    assert isinstance(found.facts, MediaFacts)
    return found.facts.as_metadata()


def test_a_recording_of_nonsense_says_nothing(decoder: ChildDecoder) -> None:
    for content in (
        b"\x00" * 5000,
        hostile_files.noise_after_header(b"\x00\x00\x00\x18ftypmp42"),
        media_files.film(),
    ):
        found = decoder.decode(Held(content), content_type="video/mp4", only_facts=True).facts
        assert found is not None
        assert set(found.as_metadata()) <= {"doubts"}
