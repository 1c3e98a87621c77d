import contextlib
import gc
import io
import os
import resource
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from daybook.gateways.decoding import child_process
from daybook.gateways.decoding.child_process import ChildDecoder
from daybook.gateways.decoding.confinement import REQUIRED
from daybook.gateways.decoding.nowhere import NoDecoder
from daybook.kernel.media import (
    DECODABLE,
    Decoded,
    Decoder,
    DecoderBusy,
    DecoderKilled,
    DecoderTimedOut,
    DecodingFailed,
    Undecodable,
    content_type,
)
from daybook.kernel.media.thumbnail import measure_plain_jpeg
from tests import hostile_files

_TYPES = {
    "JPEG": "image/jpeg",
    "PNG": "image/png",
    "WEBP": "image/webp",
    "GIF": "image/gif",
    "AVIF": "image/avif",
}


@pytest.fixture(scope="module")
def decoder() -> ChildDecoder:
    return ChildDecoder()


@pytest.fixture(autouse=True)
def _nothing_left_behind() -> Iterator[None]:
    """No child, no descriptor and no file outlives any of these tests."""
    folders = [Path("/tmp"), Path("/dev/shm"), Path("/var/tmp"), Path.cwd()]
    before = [set(os.listdir(folder)) for folder in folders if folder.is_dir()]
    descriptors = set(os.listdir("/proc/self/fd"))
    yield
    gc.collect()
    assert _children() == []
    assert len(os.listdir("/proc/self/fd")) <= len(descriptors)
    after = [set(os.listdir(folder)) for folder in folders if folder.is_dir()]
    ours = [
        name for was, now in zip(before, after, strict=True) for name in now - was if "pil" in name.lower()
    ]
    assert ours == []


def _children() -> list[str]:
    """All processes, zombies too, that this process has started with the decoder's command line."""
    found = []
    for entry in Path("/proc").iterdir():
        with contextlib.suppress(OSError, IndexError):
            if entry.name.isdigit() and f"PPid:\t{os.getpid()}\n" in (entry / "status").read_text():
                started = (entry / "cmdline").read_bytes()
                if b"daybook.gateways.decoding" in started or not started:
                    found.append(entry.name)
    return found


def _decode(decoder: Decoder, content: bytes, kind: str | None = None) -> Decoded:
    found = kind or content_type(content, size=len(content))
    return decoder.decode(
        (content[at : at + 65_536] for at in range(0, len(content), 65_536)), content_type=found
    )


@pytest.mark.parametrize("kind", _TYPES)
def test_each_kind_of_picture_gives_facts_and_a_small_copy(decoder: ChildDecoder, kind: str) -> None:
    found = _decode(decoder, hostile_files.picture(kind, (1200, 900)), _TYPES[kind])
    assert (found.facts.width, found.facts.height, found.facts.format) == (1200, 900, kind)
    assert found.thumbnail is not None
    assert (found.thumbnail.width, found.thumbnail.height) == (480, 360)
    assert found.no_thumbnail == ""
    with Image.open(io.BytesIO(found.thumbnail.content)) as small:
        assert small.size == (480, 360)
        red, green, _ = small.convert("RGB").getpixel((20, 20))  # type: ignore[misc]
        assert red > 150 > green


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "AVIF"])
def test_the_camera_s_words_are_read_and_the_small_copy_stands_upright(
    decoder: ChildDecoder, kind: str
) -> None:
    content = hostile_files.picture(kind, (96, 64), exif=hostile_files.honest_exif())
    found = _decode(decoder, content, _TYPES[kind])
    assert found.facts.as_metadata() == {
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
        red, green, _ = small.getpixel((60, 4))  # type: ignore[misc]
        assert red > 150 > green


def test_a_phone_s_heic_is_read(decoder: ChildDecoder) -> None:
    found = _decode(decoder, hostile_files.HEIC)
    assert found.facts.place == (52.63625, -1.1347917)
    assert found.facts.model == "Phone 1"
    assert (found.facts.width, found.facts.height) == (64, 96)
    assert found.thumbnail is not None
    assert (found.thumbnail.width, found.thumbnail.height) == (64, 96)


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGBA", "I;16", "CMYK"])
def test_every_way_of_storing_pixels_becomes_a_plain_small_copy(decoder: ChildDecoder, mode: str) -> None:
    made = io.BytesIO()
    source = (
        Image.new("I;16", (600, 40), 40_000) if mode == "I;16" else Image.new("RGB", (600, 40)).convert(mode)
    )
    source.save(made, "JPEG" if mode == "CMYK" else "PNG")
    found = _decode(decoder, made.getvalue())
    assert found.thumbnail is not None
    assert found.thumbnail.width == 480


def test_writing_on_a_transparent_ground_stays_visible(decoder: ChildDecoder) -> None:
    for ink in ((255, 255, 255, 255), (0, 0, 0, 255)):
        drawn = Image.new("RGBA", (100, 100), (0, 0, 0, 0))
        drawn.paste(ink, (0, 0, 50, 100))
        made = io.BytesIO()
        drawn.save(made, "PNG")
        small = _decode(decoder, made.getvalue()).thumbnail
        assert small is not None
        with Image.open(io.BytesIO(small.content)) as shown:
            inked, ground = shown.convert("L").getpixel((10, 50)), shown.convert("L").getpixel((90, 50))
        assert isinstance(inked, int | float)
        assert isinstance(ground, int | float)
        assert abs(inked - ground) > 40


def _learn(decoder: Decoder, content: bytes, kind: str) -> str:
    """Decode and say how it went; anything but a whole answer or a typed failure fails the test."""
    try:
        found = _decode(decoder, content, kind)
    except DecodingFailed as failure:
        return failure.words
    assert found.facts.width > 0
    assert (found.thumbnail is None) == bool(found.no_thumbnail)
    return found.no_thumbnail or "facts and a small copy"


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
    assert _learn(decoder, _HOSTILE[name], kind)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "GIF"])
@pytest.mark.parametrize("part", [0.01, 0.3, 0.9])
def test_a_file_cut_short_is_a_typed_failure_or_facts_alone(
    decoder: ChildDecoder, kind: str, part: float
) -> None:
    content = hostile_files.truncated(hostile_files.picture(kind, (900, 700)), part)
    try:
        found = _decode(decoder, content, _TYPES[kind])
    except Undecodable:
        return
    assert found.facts.width == 900
    assert found.thumbnail is not None or found.no_thumbnail


def test_a_cut_jpeg_keeps_its_facts(decoder: ChildDecoder) -> None:
    content = hostile_files.picture("JPEG", (1600, 1200), exif=hostile_files.honest_exif())
    found = _decode(decoder, hostile_files.truncated(content, 0.6))
    assert found.facts.place is not None
    assert found.thumbnail is None
    assert found.no_thumbnail == "The picture is cut short: its end is missing."


def test_a_bomb_is_refused_before_a_pixel_is_decoded(decoder: ChildDecoder) -> None:
    with pytest.raises(Undecodable, match="more pixels"):
        _decode(decoder, hostile_files.png_bomb())


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
    found = _decode(decoder, content)
    assert found.thumbnail is not None
    assert found.facts.place is None
    assert found.facts.taken_at is None
    if wrong not in ("make with controls", "directory pointing at itself", "zone of words"):
        assert found.facts.doubts
    assert "\u202e" not in found.facts.make


def test_only_the_first_frame_of_an_animation_is_decoded(decoder: ChildDecoder) -> None:
    for content in (hostile_files.gif_of_many_frames(), hostile_files.webp_of_many_frames()):
        before = time.monotonic()
        assert _decode(decoder, content).thumbnail is not None
        assert time.monotonic() - before < 5


@pytest.mark.parametrize("content", [hostile_files.jpeg_and_zip(), hostile_files.jpeg_and_html()])
def test_a_picture_that_is_also_something_else_yields_a_copy_that_is_only_a_picture(
    decoder: ChildDecoder, content: bytes
) -> None:
    small = _decode(decoder, content).thumbnail
    assert small is not None
    assert measure_plain_jpeg(small.content) == (small.width, small.height)
    assert b"script" not in small.content
    assert b"PK" not in small.content[-100:]


def test_an_empty_file_says_so(decoder: ChildDecoder) -> None:
    with pytest.raises(Undecodable, match="empty"):
        _decode(decoder, b"", "image/jpeg")


@pytest.mark.parametrize(
    "kind", ["text/html", "image/svg+xml", "application/pdf", "video/mp4", "image/tiff", ""]
)
def test_other_kinds_are_refused_without_a_byte_being_read(decoder: ChildDecoder, kind: str) -> None:
    with pytest.raises(Undecodable):
        decoder.decode(_untouchable(), content_type=kind)


def test_a_decoder_that_hangs_is_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    def slowly() -> Iterator[bytes]:
        yield hostile_files.picture()[:100]
        yield hostile_files.picture()[100:]

    monkeypatch.setattr(child_process, "_command", _instead("time.sleep(60)"))
    before = time.monotonic()
    with pytest.raises(DecoderTimedOut):
        ChildDecoder(wall_seconds=0.3).decode(slowly(), content_type="image/jpeg")
    assert time.monotonic() - before < 5


def test_time_the_source_takes_is_not_the_decoder_s() -> None:
    def slowly() -> Iterator[bytes]:
        yield hostile_files.picture()[:100]
        time.sleep(4.5)
        yield hostile_files.picture()[100:]

    assert ChildDecoder(wall_seconds=4).decode(slowly(), content_type="image/jpeg").thumbnail is not None


def test_too_much_processor_time_is_a_time_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        child_process,
        "_command",
        _instead("resource.setrlimit(resource.RLIMIT_CPU, (1, 2))\nwhile True: pass"),
    )
    with pytest.raises(DecoderTimedOut):
        _decode(ChildDecoder(), hostile_files.picture())


@pytest.mark.parametrize(
    "program",
    [
        "os.abort()",
        "os.kill(os.getpid(), 9)",
        "os._exit(0)",
        "os.write(1, b'\\xff\\xff\\xff\\xff')",
        "os.write(1, b'\\0\\0\\0\\2[]')",
        "os.write(1, b'\\0\\0\\0\\3{{{')",
        "os.write(1, b'\\0\\0\\x60\\0' + b'[' * 0x6000)",
        "os.write(1, b'\\0\\0\\0\\x0d' + b'{\"layers\":1}  ')",
        "os.write(1, b'\\0\\0')",
    ],
)
def test_a_child_that_dies_or_talks_nonsense_is_a_typed_failure(
    program: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(child_process, "_command", _instead(program))
    with pytest.raises(DecoderKilled):
        _decode(ChildDecoder(wall_seconds=5), hostile_files.picture())


def test_a_child_that_cannot_confine_itself_gets_no_file(monkeypatch: pytest.MonkeyPatch) -> None:
    speak = """a = b'{"layers": [["memory", true, ""]]}'; os.write(1, len(a).to_bytes(4, 'big') + a); time.sleep(5)"""
    monkeypatch.setattr(child_process, "_command", _instead(speak))

    with pytest.raises(Undecodable, match="cannot confine"):
        ChildDecoder().decode(_untouchable(), content_type="image/jpeg")


def _untouchable() -> Iterator[bytes]:
    """A source that fails the test when a byte is asked of it."""
    return map(_forbidden, (b"",))


def _forbidden(_: bytes) -> bytes:
    raise AssertionError("a byte was read")


def _instead(program: str) -> Callable[[str], list[str]]:
    """A child that runs this program in place of the decoder."""

    def command(_module: str) -> list[str]:
        return [
            sys.executable,
            "-I",
            "-c",
            f"import os, resource, time  # daybook.gateways.decoding\n{program}",
        ]

    return command


def test_what_the_source_raises_passes_through_and_the_child_is_gone(decoder: ChildDecoder) -> None:
    class Broken(Exception):
        pass

    def source() -> Iterator[bytes]:
        yield hostile_files.picture()[:1000]
        raise Broken

    with pytest.raises(Broken):
        decoder.decode(source(), content_type="image/jpeg")
    with pytest.raises(KeyboardInterrupt):
        decoder.decode(_interrupted(), content_type="image/jpeg")
    assert _children() == []


def _interrupted() -> Iterator[bytes]:
    yield b"\xff\xd8"
    raise KeyboardInterrupt


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


def test_the_parent_s_memory_stays_flat(decoder: ChildDecoder) -> None:
    _decode(decoder, hostile_files.picture())
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    piece = hostile_files.picture("JPEG", (640, 480)) + b"\x00" * 1_000_000

    def large() -> Iterator[bytes]:
        yield piece
        for _ in range(150):
            yield b"\x00" * 1_000_000

    assert decoder.decode(large(), content_type="image/jpeg").thumbnail is not None
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 20_000


def test_sixteen_threads_share_two_slots(decoder: ChildDecoder) -> None:
    content = hostile_files.picture("JPEG", (800, 600))
    outcomes: list[object] = []
    most = 0
    done = threading.Event()

    def watch() -> None:
        nonlocal most
        while not done.wait(0.01):
            most = max(most, len(_children()))

    def work(number: int) -> None:
        try:
            outcomes.append(
                _decode(decoder, content if number % 2 else content[:50], "image/jpeg").facts.width
            )
        except DecodingFailed as failure:
            outcomes.append(type(failure))

    watcher = threading.Thread(target=watch)
    watcher.start()
    threads = [threading.Thread(target=work, args=(number,)) for number in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    done.set()
    watcher.join()
    assert sorted(map(str, outcomes)) == sorted(["800"] * 8 + [str(Undecodable)] * 8)
    assert most <= 2


def test_a_full_house_says_so() -> None:
    busy = ChildDecoder(slots=1, wait_seconds=0.05)
    inside, leave = threading.Event(), threading.Event()

    def source() -> Iterator[bytes]:
        inside.set()
        leave.wait(10)
        yield hostile_files.picture()

    holder = threading.Thread(target=lambda: busy.decode(source(), content_type="image/jpeg"))
    holder.start()
    try:
        assert inside.wait(10)
        with pytest.raises(DecoderBusy):
            _decode(busy, hostile_files.picture())
    finally:
        leave.set()
        holder.join()
    assert _decode(busy, hostile_files.picture()).thumbnail is not None


def test_a_child_dies_with_its_parent() -> None:
    program = (
        "import sys, time; sys.path[:0] = sys.argv[1:]\n"
        "from daybook.gateways.decoding.child_process import ChildDecoder\n"
        "def source():\n"
        "    yield b'\\xff\\xd8'\n"
        "    print('waiting', flush=True)\n"
        "    time.sleep(60)\n"
        "ChildDecoder().decode(source(), content_type='image/jpeg')\n"
    )
    parent = subprocess.Popen([sys.executable, "-c", program, *sys.path], stdout=subprocess.PIPE)
    assert parent.stdout is not None
    with parent.stdout:
        assert parent.stdout.readline() == b"waiting\n"
        children = Path(f"/proc/{parent.pid}/task/{parent.pid}/children").read_text().split()
        parent.kill()
        parent.wait()
    assert len(children) == 1
    deadline = time.monotonic() + 5
    while _alive(children[0]) and time.monotonic() < deadline:
        time.sleep(0.02)
    assert not _alive(children[0])


def _alive(process: str) -> bool:
    try:
        return b"daybook" in Path(f"/proc/{process}/cmdline").read_bytes()
    except OSError:
        return False


def test_the_child_sees_no_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DAYBOOK_PASSPHRASE", "correct horse")
    seen: list[bytes] = []

    def source() -> Iterator[bytes]:
        seen.extend(Path(f"/proc/{child}/environ").read_bytes() for child in _children() if os.geteuid() == 0)
        seen.extend(
            Path(f"/proc/{child}/cwd").readlink().as_posix().encode()
            for child in _children()
            if os.geteuid() == 0
        )
        yield hostile_files.picture()

    assert ChildDecoder().decode(source(), content_type="image/jpeg").thumbnail is not None
    assert all(found in (b"", b"/") for found in seen)


def test_confinement_is_shown_by_trying_to_break_it(decoder: ChildDecoder) -> None:
    report = decoder.confinement()
    held = {measure.name for measure in report.measures if measure.in_force}
    assert set(REQUIRED) <= held
    tried = {measure.name for measure in report.measures if measure.name.startswith("cannot ")}
    assert len(tried) == 10
    assert {
        "cannot take too much memory",
        "cannot start a process",
        "cannot open a file",
        "cannot become root",
    } <= held


def test_the_null_twin_decodes_nothing_and_says_so() -> None:
    null: Decoder = NoDecoder()
    with pytest.raises(Undecodable, match="switched off"):
        _decode(null, hostile_files.picture())
    assert null.confinement().missing == ()


_SEEDS = {
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
    assert _learn(decoder, bytes(content), kind)


def test_every_decodable_type_has_a_seed() -> None:
    assert set(_SEEDS) | {"image/heif"} == set(DECODABLE)
