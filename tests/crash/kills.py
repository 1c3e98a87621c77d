"""Where a process is killed: after a time, after so many calls of the system, or when something is first seen from outside.

Nothing in Daybook knows of this: a killer looks at /proc, at the size of the database's journal and into the blob store's
folders, and the people's browsers tell it when a form has left them and when an answer begins.
"""

import os
import random
import signal
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from tests.rig.running import LiveDaybook

LONGEST_SECONDS = 2.0
"""Nothing is waited for any longer: then the kill comes wherever the server is."""
_LOOK_SECONDS = 0.0002

PACKS = "packs"
"""The folder beside a home into which people put what they download."""
SERVER, SERVER_ALONE = "server and children", "server alone"
DECODER, READER = "decoding programs", "children that read a file"
_CHILDREN = {"decoder": b"gateways.decoding.", "printer": b"typeset_child"}


@dataclass(frozen=True, slots=True)
class Kill:
    """One kill: how many acts come first, what is waited for then (``point``), how often it must have come, how long after
    that, and what is killed.
    """

    acts: int
    point: str
    times: int
    seconds: float
    victim: str

    def __str__(self) -> str:
        when = f"at {self.point} × {self.times} + {self.seconds * 1000:.1f} ms"
        return f"after {self.acts} acts, kill the {self.victim} {when}"


def choose_kill(chance: random.Random) -> Kill:
    """Any of the points, each with its own range of times."""
    point, most, seconds = chance.choice(_POINTS)
    # Most often soon, sometimes late.
    times = min(most, round(most ** chance.uniform(0, 1)))
    after = 0.0 if point != "delay" and chance.random() < 0.4 else chance.uniform(0, seconds)
    victim = chance.choices([SERVER, SERVER_ALONE], [4, 1])[0]
    if point == "decoder" and chance.random() < 0.5:
        victim = chance.choice([DECODER, READER])
    return Kill(chance.randint(0, 8), point, times, after, victim)


_POINTS = (
    # What is waited for; how often at most; how long after it at most.
    ("delay", 1, 1.2),
    ("calls", 1500, 0.0),
    ("bytes", 3_000_000, 0.0),
    ("sent", 12, 0.02),
    ("answer", 12, 0.001),
    ("ledger", 30, 0.005),
    ("staging", 4, 0.01),
    ("kept", 5, 0.01),
    ("unfinished", 12, 0.01),
    ("decoder", 3, 0.15),
    ("printer", 1, 0.3),
    ("download", 1, 0.05),
)


@dataclass(slots=True)
class Killer:
    """Waits for the point of a kill beside the people, and kills. ``struck`` is set just before."""

    daybook: LiveDaybook
    kill: Kill
    struck: threading.Event = field(default_factory=threading.Event)
    orphans: list[int] = field(default_factory=list)
    _acts: int = 0
    _sent: int = 0
    _answers: int = 0

    def saw_act(self) -> None:
        """Somebody has done something, to the end."""
        self._acts += 1

    def saw_sent(self) -> None:
        """A browser has sent a form."""
        self._sent += 1

    def saw_answer(self) -> None:
        """A browser receives the beginning of an answer to a form."""
        self._answers += 1

    def run(self) -> None:
        """Wait, then kill. What decodes is killed alone, and the server a while after it."""
        _wait_for(lambda: self._acts >= self.kill.acts)
        _wait_for(_watch(self))
        time.sleep(self.kill.seconds)
        server = self.daybook.process_id
        if self.kill.victim in {DECODER, READER}:
            for process in programs_of(server) if self.kill.victim == DECODER else readers_of(server):
                end(process)
            time.sleep(self.kill.seconds * 5)
        self.orphans = children_of(server)
        self.struck.set()
        if self.kill.victim == SERVER_ALONE:
            end(server)
        else:
            with suppress(ProcessLookupError):
                os.killpg(server, signal.SIGKILL)

    def orphans_left(self, seconds: float = 20) -> list[int]:
        """Those children of a dead server that still run after so long."""
        until = time.monotonic() + seconds
        while (left := [child for child in self.orphans if _runs(child)]) and time.monotonic() < until:
            time.sleep(0.02)
        return left


def children_of(process: int, named: bytes = b"") -> list[int]:
    """The children of a process (those whose command line holds ``named``), whatever thread started them."""
    found = []
    for listed in os.listdir("/proc"):
        if listed.isdigit() and _parent_of(int(listed)) == process and named in _command_of(int(listed)):
            found.append(int(listed))
    return found


def programs_of(server: int) -> list[int]:
    """The decoding programs of a server."""
    return children_of(server, _CHILDREN["decoder"])


def readers_of(server: int) -> list[int]:
    """Those children of its decoding programs that read a file at this moment."""
    found: list[int] = []
    for program in programs_of(server):
        with suppress(OSError):
            found += map(int, Path(f"/proc/{program}/task/{program}/children").read_text().split())
    return found


def wait_until_written(daybook: LiveDaybook, times: int, seconds: float) -> None:
    """Wait until a server that starts, or works by itself, has written so often to its database; then so long."""
    _wait_for(_changes(daybook.home / "daybook.sqlite3-wal", times))
    time.sleep(seconds)


def _wait_for(came: Callable[[], bool]) -> None:
    until = time.monotonic() + LONGEST_SECONDS
    while not came() and time.monotonic() < until:
        time.sleep(_LOOK_SECONDS)


def _watch(killer: Killer) -> Callable[[], bool]:
    """A look from outside that says whether the point has come."""
    home, server, times = killer.daybook.home, killer.daybook.process_id, killer.kill.times
    sent, answers = killer._sent, killer._answers
    match killer.kill.point:
        case "calls" | "bytes" as point:
            name = {"calls": b"syscw:", "bytes": b"wchar:"}[point]
            begun = _counted(server, name)
            return lambda: _counted(server, name) - begun >= times
        case "sent":
            return lambda: killer._sent >= sent + times
        case "answer":
            return lambda: killer._answers >= answers + times
        case "ledger":
            return _changes(home / "daybook.sqlite3-wal", times)
        case "staging":
            return _newcomers(home / "files/staging", times)
        case "kept":
            return _newcomers(home / "files/kept", times, below=True)
        case "unfinished":
            return _growing(home / "files/unfinished", times)
        case "decoder":
            return _readers(server, times)
        case "printer":
            return lambda: bool(children_of(server, _CHILDREN["printer"]))
        case "download":
            packs = killer.daybook.folder / PACKS
            begun = sum(path.stat().st_size for path in packs.glob("*"))
            return lambda: sum(path.stat().st_size for path in packs.glob("*")) > begun
        case _:
            return lambda: True


def _changes(file: Path, times: int) -> Callable[[], bool]:
    seen: set[tuple[int, int]] = set()

    def look() -> bool:
        with suppress(OSError):
            now = file.stat()
            seen.add((now.st_mtime_ns, now.st_size))
        return len(seen) > times

    return look


def _newcomers(folder: Path, times: int, *, below: bool = False) -> Callable[[], bool]:
    def names() -> set[str]:
        found: set[str] = set()
        with suppress(OSError):
            for one in os.scandir(folder):
                found |= set(os.listdir(one.path)) if below else {one.name}
        return found

    before, seen = names(), set[str]()

    def look() -> bool:
        seen.update(names() - before)
        return len(seen) >= times

    return look


def _readers(server: int, times: int) -> Callable[[], bool]:
    seen: set[int] = set()

    def look() -> bool:
        seen.update(readers_of(server))
        return len(seen) >= times

    return look


def _growing(folder: Path, times: int) -> Callable[[], bool]:
    seen: set[tuple[str, int]] = set()

    def look() -> bool:
        with suppress(OSError):
            seen.update((one.name, one.stat().st_size) for one in os.scandir(folder))
        return len(seen) > times

    return look


def _counted(process: int, name: bytes) -> int:
    with suppress(OSError):
        for line in Path(f"/proc/{process}/io").read_bytes().splitlines():
            if line.startswith(name):
                return int(line.split()[1])
    return 0


def _command_of(process: int) -> bytes:
    with suppress(OSError):
        return Path(f"/proc/{process}/cmdline").read_bytes()
    return b""


def _runs(process: int) -> bool:
    return _state_of(process)[0] not in {"Z", "X"}


def _parent_of(process: int) -> int:
    return int(_state_of(process)[1])


def _state_of(process: int) -> tuple[str, str]:
    """A process's state (X where there is none) and its parent."""
    with suppress(OSError):
        state, parent, *_ = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
        return state, parent
    return "X", "0"


def end(process: int) -> None:
    """Kill a process, if it still runs."""
    with suppress(ProcessLookupError):
        os.kill(process, signal.SIGKILL)
