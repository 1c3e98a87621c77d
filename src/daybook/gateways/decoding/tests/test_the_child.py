"""The decoding child is confined, stopped in time, alone with its file, and never outlives its parent."""

import os
import resource
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from daybook.gateways.decoding import child_process
from daybook.gateways.decoding.child_process import ChildDecoder
from daybook.gateways.decoding.confinement import REQUIRED
from daybook.gateways.decoding.tests.decoding_once import children, decode
from daybook.kernel.media import DecoderBusy, DecoderKilled, DecoderTimedOut, DecodingFailed, Undecodable
from tests import hostile_files


@pytest.mark.parametrize(
    "kind", ["text/html", "image/svg+xml", "application/pdf", "video/webm", "image/tiff", ""]
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
        decode(ChildDecoder(), hostile_files.picture())


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
        decode(ChildDecoder(wall_seconds=5), hostile_files.picture())


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


def test_sixteen_threads_share_two_slots(decoder: ChildDecoder) -> None:
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
            outcomes.append(
                decode(decoder, content if number % 2 else content[:50], "image/jpeg").facts.width
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
            decode(busy, hostile_files.picture())
    finally:
        leave.set()
        holder.join()
    assert decode(busy, hostile_files.picture()).thumbnail is not None


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
        seen.extend(Path(f"/proc/{child}/environ").read_bytes() for child in children() if os.geteuid() == 0)
        seen.extend(
            Path(f"/proc/{child}/cwd").readlink().as_posix().encode()
            for child in children()
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
