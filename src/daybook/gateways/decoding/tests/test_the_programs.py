"""The programs that start children: gone with Daybook, back when they are needed, and never in the hands of a file."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from daybook.gateways.decoding import programs
from daybook.gateways.decoding.child_process import ChildDecoder
from daybook.gateways.decoding.confinement import REQUIRED
from daybook.gateways.decoding.tests.decoding_once import (
    children,
    decode,
    facts_of,
    planted,
    running,
)
from daybook.kernel.media import (
    DecoderKilled,
    DecoderMissing,
)
from tests import hostile_files


def test_a_program_that_cannot_be_started_is_a_typed_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(programs, "command", lambda _name: [sys.executable, "-c", "pass"])
    with pytest.raises(DecoderMissing, match="could not be started"):
        decode(ChildDecoder(), hostile_files.picture())
    monkeypatch.setattr(programs, "command", lambda _name: ["/nowhere/python"])
    with pytest.raises(DecoderMissing, match="could not be started"):
        decode(ChildDecoder(), hostile_files.picture())


def test_what_is_not_installed_is_said_and_the_rest_works(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(programs, "_PACKAGES", ("PIL", "pi_heif"))
    found = programs.folders()
    gone = "\n".join(["import sys", "sys.modules['av'] = sys.modules['pypdfium2'] = None"])
    assert found

    def command(name: str) -> list[str]:
        return programs.command_of(
            f"{gone}\nfrom daybook.gateways.decoding.program import main; main({name!r})"
        )

    monkeypatch.setattr(programs, "command", command)
    poor = ChildDecoder()
    with pytest.raises(DecoderMissing, match="no preview of a sound recording on this machine"):
        decode(poor, b"#!AMR\n" + b"\x3c\0" * 50)
    with pytest.raises(DecoderMissing, match="no preview of a PDF document on this machine"):
        decode(poor, hostile_files.pdf_with_script())
    assert decode(poor, b"words").extract is not None


def test_program_and_child_die_with_daybook() -> None:
    text = (
        "import sys, time; sys.path[:0] = sys.argv[1:]\n"
        "from daybook.gateways.decoding.child_process import ChildDecoder\n"
        "def source():\n"
        "    yield b'\\xff\\xd8'\n"
        "    print('waiting', flush=True)\n"
        "    time.sleep(60)\n"
        "ChildDecoder().decode(source(), content_type='image/jpeg')\n"
    )
    daybook = subprocess.Popen([sys.executable, "-c", text, *sys.path], stdout=subprocess.PIPE)
    assert daybook.stdout is not None
    with daybook.stdout:
        assert daybook.stdout.readline() == b"waiting\n"
        [program] = _started_by(daybook.pid)
        [child] = _started_by(program)
        daybook.kill()
        daybook.wait()
    deadline = time.monotonic() + 5
    while (_alive(program) or _alive(child)) and time.monotonic() < deadline:
        time.sleep(0.02)
    assert not _alive(program)
    assert not _alive(child)


def _started_by(process: int) -> list[int]:
    return [int(one) for one in Path(f"/proc/{process}/task/{process}/children").read_text().split()]


def _alive(process: int) -> bool:
    try:
        return b"daybook" in Path(f"/proc/{process}/cmdline").read_bytes()
    except OSError:
        return False


def test_a_program_that_dies_costs_the_file_under_way_and_no_other(decoder: ChildDecoder) -> None:
    def source() -> Iterator[bytes]:
        yield hostile_files.picture()[:100]
        [child] = children()
        program = _parent_of(child)
        os.kill(program, 9)
        # The child dies when its program is gone to the end. Until then it reads on, and may have learned something.
        while _alive(program) or _alive(int(child)):
            time.sleep(0.01)
        yield hostile_files.picture()[100:]

    with pytest.raises(DecoderKilled):
        decoder.decode(source(), content_type="image/jpeg")
    assert decode(decoder, hostile_files.picture()).thumbnail is not None
    decoder.confinement()


def _parent_of(process: str) -> int:
    status = Path(f"/proc/{process}/status").read_text().splitlines()
    return int(next(line for line in status if line.startswith("PPid:")).split()[1])


def test_a_program_that_nobody_wants_ends_and_comes_back(monkeypatch: pytest.MonkeyPatch) -> None:
    idle = "from daybook.gateways.decoding import child, program; program.run(lambda: child.load({!r}), idle_seconds=0.3)"
    monkeypatch.setattr(programs, "command", lambda name: programs.command_of(idle.format(name)))
    seldom = ChildDecoder()
    before = set(running())
    assert decode(seldom, hostile_files.picture()).thumbnail is not None
    [program] = set(running()) - before
    deadline = time.monotonic() + 10
    while Path(f"/proc/{program}/cmdline").read_bytes() and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not Path(f"/proc/{program}/cmdline").read_bytes()
    assert decode(seldom, hostile_files.picture()).thumbnail is not None
    seldom.close()


def test_no_file_touches_the_reading_of_the_next(monkeypatch: pytest.MonkeyPatch) -> None:
    """What one child changes in its memory is not there in the next, though both come from one program."""
    monkeypatch.setattr(
        programs,
        "command",
        planted(
            "import builtins\n"
            "seen = getattr(builtins, 'mark', 0)\n"
            "builtins.mark = 1\n"
            "conversation.say_facts({'width': 1 + seen, 'height': 1, 'format': 'JPEG'})"
        ),
    )
    one = ChildDecoder()
    assert [facts_of(decode(one, hostile_files.picture())).width for _ in range(3)] == [1, 1, 1]


def test_a_child_holds_nothing_but_its_conversation(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two at once: neither holds an end of what the other hears and says, nor the program's orders."""
    held: dict[str, list[str]] = {}
    plain = ChildDecoder()

    def source() -> Iterator[bytes]:
        if os.geteuid() == 0:
            for child in children():
                held[child] = sorted(os.listdir(f"/proc/{child}/fd"))
        yield hostile_files.picture()

    def outer() -> Iterator[bytes]:
        assert plain.decode(source(), content_type="image/jpeg").thumbnail is not None
        yield hostile_files.picture()

    assert plain.decode(outer(), content_type="image/jpeg").thumbnail is not None
    if os.geteuid() == 0:
        assert len(held) == 2
    assert all(descriptors == ["0", "1", "2", "3"] for descriptors in held.values())


def test_the_child_sees_nothing_of_our_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DAYBOOK_PASSPHRASE", "correct horse")
    seen: list[bytes] = []

    def source() -> Iterator[bytes]:
        [child] = children()
        for process in (child, str(_parent_of(child))):
            if os.geteuid() == 0:
                seen.append(Path(f"/proc/{process}/environ").read_bytes())
                seen.append(Path(f"/proc/{process}/cwd").readlink().as_posix().encode())
        yield hostile_files.picture()

    assert ChildDecoder().decode(source(), content_type="image/jpeg").thumbnail is not None
    assert all(found in (b"", b"/") or found.startswith(b"GLIBC_TUNABLES=") for found in seen)
    assert seen or os.geteuid() != 0
    assert not any(b"horse" in found or found.count(b"=") > 5 for found in seen)


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


def test_a_wall_that_one_program_lacks_is_reported_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    """A report of what holds everywhere: not of the best of the programs."""
    weak = (
        "from daybook.gateways.decoding import child, confinement\n"
        "confinement._landlock = lambda libc: ('file system', False, 'not on this machine')\n"
        "from daybook.gateways.decoding.program import main; main({!r})"
    )
    ordinary = programs.command
    monkeypatch.setattr(
        programs,
        "command",
        lambda name: programs.command_of(weak.format(name)) if name == "recordings" else ordinary(name),
    )
    assert [measure.name for measure in ChildDecoder().confinement().missing] == ["file system"]
