"""A decoding child is confined, stopped in time, alone with its file, and never outlives its program, nor that Daybook."""

import resource
import threading
import time
from collections.abc import Iterator

import pytest

from daybook.gateways.decoding import programs
from daybook.gateways.decoding.child_process import ChildDecoder
from daybook.gateways.decoding.tests.decoding_once import (
    Held,
    children,
    decode,
    facts_of,
    planted,
    planted_child,
)
from daybook.kernel.media import (
    DecoderBusy,
    DecoderKilled,
    DecoderMissing,
    DecoderTimedOut,
    DecodingFailed,
    Undecodable,
)
from tests import hostile_files

_LAYERS = '{"layers": [["memory", true, ""]]}'


@pytest.mark.parametrize("kind", ["text/html", "image/svg+xml", "application/zip", "image/tiff", ""])
def test_other_kinds_are_refused_without_a_byte_being_read(decoder: ChildDecoder, kind: str) -> None:
    with pytest.raises(Undecodable):
        decoder.decode(_untouchable(), content_type=kind)


def test_a_decoder_that_hangs_is_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        programs,
        "command",
        planted("import _thread\nlock = _thread.allocate_lock()\nlock.acquire()\nlock.acquire()"),
    )
    before = time.monotonic()
    hanging = ChildDecoder(wall_seconds=1.5)
    with pytest.raises(DecoderTimedOut):
        decode(hanging, hostile_files.picture())
    assert time.monotonic() - before < 8
    hanging.close()


def test_time_the_source_takes_is_not_the_decoder_s(decoder: ChildDecoder) -> None:
    def slowly() -> Iterator[bytes]:
        yield hostile_files.picture()[:100]
        time.sleep(4.5)
        yield hostile_files.picture()[100:]

    patient = ChildDecoder(wall_seconds=4)
    assert patient.decode(slowly(), content_type="image/jpeg").thumbnail is not None


def test_too_much_processor_time_is_a_time_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        programs,
        "command",
        planted_child("resource.setrlimit(resource.RLIMIT_CPU, (1, 2))\nwhile True: pass"),
    )
    with pytest.raises(DecoderTimedOut):
        decode(ChildDecoder(), hostile_files.picture())


@pytest.mark.parametrize(
    "program",
    [
        "os.abort()",
        "os.kill(os.getpid(), 9)",
        "os._exit(0)",
        "os.write(0, b'\\xff\\xff\\xff\\xff')",
        "os.write(0, b'\\0\\0\\0\\2[]')",
        "os.write(0, b'\\0\\0\\0\\3{{{')",
        "os.write(0, b'\\0\\0\\x60\\0' + b'[' * 0x6000)",
        "os.write(0, b'\\0\\0\\0\\x0d' + b'{\"layers\":1}  ')",
        "os.write(0, b'\\0\\0\\0\\x10' + b'{\"layers\": [[1]]}'[:16])",
        "os.write(0, b'\\0\\0')",
        "os.close(3); os.close(0); time.sleep(60)",
    ],
)
def test_a_child_that_dies_or_talks_nonsense_is_a_typed_failure(
    program: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(programs, "command", planted_child(program))
    with pytest.raises(DecoderKilled):
        decode(ChildDecoder(wall_seconds=5), hostile_files.picture())


@pytest.mark.parametrize(
    "said",
    [
        "{'read': [0, 1 << 40]}",
        "{'read': [-1, 5]}",
        "{'read': [500, 5]}",
        "{'read': 'everything'}",
        "{'facts': {'width': -5, 'height': 1, 'format': 'JPEG'}}",
        "{'picture': 'thumbnail', 'number': 1}); conversation._write(b'\\0\\0\\0\\4\\xff\\xd8\\xff\\xd9'",
        "{'picture': 'page', 'number': 7}",
        "{'pages': 10 ** 12}",
        "{'waveform': [256], 'seconds': 1, 'whole': True}",
        "{'waveform': [0] * 5000, 'seconds': 1, 'whole': True}",
        "{'failure': 'the words of a stalker'}",
        "{'facts': 5}",
        "{}",
    ],
)
def test_a_child_in_its_file_s_hands_can_say_nothing_that_is_believed(
    said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(programs, "command", planted(f"conversation.say(**{said})"))
    with pytest.raises(DecoderKilled) as raised:
        decode(ChildDecoder(wall_seconds=3), hostile_files.picture())
    assert "stalker" not in raised.value.words


def test_a_child_that_cannot_confine_itself_gets_no_file(monkeypatch: pytest.MonkeyPatch) -> None:
    speak = f"a = b'{_LAYERS}'; os.write(0, len(a).to_bytes(4, 'big') + a); time.sleep(5)"
    monkeypatch.setattr(programs, "command", planted_child(speak))
    with pytest.raises(DecoderMissing, match="cannot confine"):
        ChildDecoder().decode(_untouchable(), content_type="image/jpeg")


def _untouchable() -> Iterator[bytes]:
    """A source that fails the test when a byte is asked of it."""
    return map(_forbidden, (b"",))


def _forbidden(_: bytes) -> bytes:
    raise AssertionError("a byte was read")


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
    assert children() == []


def _interrupted() -> Iterator[bytes]:
    yield b"\xff\xd8"
    raise KeyboardInterrupt


def test_the_parent_s_memory_stays_flat(decoder: ChildDecoder) -> None:
    decode(decoder, hostile_files.picture())
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    piece = hostile_files.picture("JPEG", (640, 480)) + b"\x00" * 1_000_000

    def large() -> Iterator[bytes]:
        yield piece
        for _ in range(150):
            yield b"\x00" * 1_000_000

    assert decoder.decode(large(), content_type="image/jpeg").thumbnail is not None
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 20_000


def test_sixteen_threads_share_the_slots(decoder: ChildDecoder) -> None:
    content = hostile_files.picture("JPEG", (800, 600))
    outcomes: list[object] = []
    most = 0
    done = threading.Event()

    def watch() -> None:
        nonlocal most
        while not done.wait(0.01):
            most = max(most, len(children()))

    def work(number: int) -> None:
        try:
            found = decode(decoder, content if number % 2 else content[:50], "image/jpeg")
            outcomes.append(facts_of(found).width)
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
    assert most <= 3


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
            decode(busy, hostile_files.picture())
    finally:
        leave.set()
        holder.join()
    assert decode(busy, hostile_files.picture()).thumbnail is not None


def test_a_file_that_can_be_read_anywhere_is_not_read_whole(decoder: ChildDecoder) -> None:
    content = Held(b"The first words.\n" + b"x" * 30_000_000)
    found = decoder.decode(content, content_type="text/plain")
    assert found.extract is not None
    assert found.extract.cut
    assert content.given < 1_000_000
