"""A disk that fails at a chosen call: the n-th write, sync or rename of a real process is answered by an error.

The process asks the kernel to have such calls decided by somebody else (seccomp user notification, seccomp_unotify(2)), hands
that over, and becomes the program it was told to become. Nothing of the program is changed, and nothing is mocked.
Run with ``python -m tests.rig.failing_calls SOCKET PROGRAM…``; `FailingCalls` is the one who decides.
"""

import array
import contextlib
import ctypes
import errno
import fcntl
import os
import platform
import select
import socket
import struct
import sys
import threading
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

# By machine: number of seccomp, then of each call that is watched (asm/unistd.h).
_CALLS: Final = {
    "x86_64": {
        "seccomp": 317, "write": 1, "pwrite64": 18, "pwritev": 296, "writev": 20, "fsync": 74, "fdatasync": 75,
        "ftruncate": 77, "fallocate": 285, "rename": 82, "renameat": 264, "renameat2": 316, "mkdir": 83, "mkdirat": 258,
        "link": 86, "linkat": 265,
    },
    "aarch64": {
        "seccomp": 277, "write": 64, "pwrite64": 68, "pwritev": 70, "writev": 66, "fsync": 82, "fdatasync": 83,
        "ftruncate": 46, "fallocate": 47, "renameat": 38, "renameat2": 276, "mkdirat": 34, "linkat": 37,
    },
}  # fmt: skip
# Which argument is the name that is made; of all others the first is a descriptor.
_NAME_AT: Final = {
    "rename": 1, "renameat": 3, "renameat2": 3, "mkdir": 0, "mkdirat": 1, "link": 1, "linkat": 3,
}  # fmt: skip
_SET_FILTER, _NEW_LISTENER = 1, 8
_RECEIVE, _SEND = 0xC0502100, 0xC0182101
_NOTICE, _ANSWER = struct.Struct("=QIIiIQ6Q"), struct.Struct("=QqiI")
_ALLOW, _ASK, _CONTINUE = 0x7FFF0000, 0x7FC00000, 1
_NO_NEW_PRIVILEGES = 38


@dataclass(slots=True)
class FailingCalls:
    """Decides over the calls of one process and its children. Use as a context, with the program started inside it.

    Only calls on files below ``folder`` count. ``fail_at`` arms it; ``calls`` says how many
    were made since.
    """

    folder: Path
    address: Path
    calls: int = 0
    failed: list[str] = field(default_factory=list)
    _at: int = 0
    _number: int = 0
    _stays: bool = False
    _door: socket.socket | None = None
    _over: threading.Event = field(default_factory=threading.Event)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _thread: threading.Thread | None = None

    @property
    def words_before(self) -> list[str]:
        """What comes before a program's own words to start it watched."""
        return [sys.executable, "-m", "tests.rig.failing_calls", str(self.address)]

    def fail_at(self, call: int, number: int, *, stays: bool) -> None:
        """Let the call of this place (1 is the next) fail with an error number; ``stays``: all after it too."""
        with self._lock:
            self.calls, self._at, self._number, self._stays = 0, call, number, stays
            self.failed.clear()

    def heal(self) -> bool:
        """No call fails any more; says whether one did."""
        with self._lock:
            self._at = 0
            return bool(self.failed)

    def __enter__(self) -> "FailingCalls":
        self._door = socket.socket(socket.AF_UNIX)
        self._door.bind(str(self.address))
        self._door.listen()
        self._thread = threading.Thread(target=self._decide, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        if self._door is not None and self._thread is not None:
            self._thread.join()
            self._door.close()
            self.address.unlink()

    def _decide(self) -> None:
        listeners: list[int] = []
        assert self._door is not None
        while not self._over.is_set():
            ready, _, _ = select.select([self._door.fileno(), *listeners], [], [], 0.1)
            for one in ready:
                if one == self._door.fileno():
                    listeners.append(_take_over(self._door))
                elif not self._answer(one):
                    listeners.remove(one)
                    os.close(one)
        for left in listeners:
            os.close(left)

    def _answer(self, listener: int) -> bool:
        """One call decided; False when nobody is left who could make one."""
        notice = bytearray(_NOTICE.size)
        try:
            fcntl.ioctl(listener, _RECEIVE, notice)
        except OSError as error:
            # The caller may have been killed before it was asked about.
            return error.errno == errno.ENOENT and not _is_over(listener)
        number, process, _, call, _, _, *arguments = _NOTICE.unpack(notice)
        failing = self._number if self._counts(call, process, arguments) else 0
        answer = _ANSWER.pack(number, 0, -failing, 0 if failing else _CONTINUE)
        with contextlib.suppress(FileNotFoundError):
            fcntl.ioctl(listener, _SEND, answer)
        return True

    def _counts(self, call: int, process: int, arguments: list[int]) -> bool:
        if not self._at:
            return False
        name = next(one for one, known in _CALLS[platform.machine()].items() if known == call)
        place = _NAME_AT.get(name)
        path = _file_at(process, arguments[0]) if place is None else _name_at(process, arguments[place])
        if path is None or not path.is_relative_to(self.folder):
            return False
        with self._lock:
            self.calls += 1
            fails = bool(self._at) and (self.calls == self._at or (self._stays and self.calls > self._at))
            if fails:
                self.failed.append(name)
        return fails


def _file_at(process: int, descriptor: int) -> Path | None:
    with contextlib.suppress(OSError):
        return Path(os.readlink(f"/proc/{process}/fd/{descriptor & 0xFFFFFFFF}"))
    return None


def _name_at(process: int, address: int) -> Path | None:
    """The whole path that a process names; None for one that is not whole, which nothing of ours uses."""
    with (
        contextlib.suppress(OSError, ValueError),
        Path(f"/proc/{process}/mem").open("rb", buffering=0) as memory,
    ):
        # Up to the end of the page: what follows may not be there.
        memory.seek(address)
        name = memory.read(4096 - address % 4096)
        if b"\0" not in name:
            name += memory.read(4096)
        return Path(os.fsdecode(name.partition(b"\0")[0]))
    return None


def _take_over(door: socket.socket) -> int:
    connection, _ = door.accept()
    with connection:
        _, ancillary, _, _ = connection.recvmsg(1, socket.CMSG_SPACE(4))
        given = array.array("i")
        given.frombytes(ancillary[0][2][:4])
        return given[0]


def _is_over(listener: int) -> bool:
    watch = select.poll()
    watch.register(listener, select.POLLIN)
    return any(event & select.POLLHUP for _, event in watch.poll(0))


def _ask_about(calls: list[int], seccomp: int) -> int:
    """Have the kernel ask about these calls from here on; returns the descriptor where it asks."""
    rules = [(0x20, 0, 0, 0)]  # load the call's number
    rules += [(0x15, len(calls) - place, 0, call) for place, call in enumerate(calls)]
    rules += [(0x06, 0, 0, _ALLOW), (0x06, 0, 0, _ASK)]
    packed = ctypes.create_string_buffer(b"".join(struct.pack("=HBBI", *rule) for rule in rules))
    program = ctypes.create_string_buffer(struct.pack("HxxxxxxP", len(rules), ctypes.addressof(packed)))
    libc = ctypes.CDLL(None, use_errno=True)
    libc.prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0)
    listener = int(libc.syscall(seccomp, _SET_FILTER, _NEW_LISTENER, program))
    if listener < 0:
        raise OSError(ctypes.get_errno(), "the kernel does not let calls be decided elsewhere")
    return listener


def main() -> None:
    """Hand the decisions over, and become the program."""
    address, *program = sys.argv[1:]
    numbers = dict(_CALLS[platform.machine()])
    seccomp = numbers.pop("seccomp")
    with socket.socket(socket.AF_UNIX) as door:
        door.connect(address)
        given = array.array("i", [_ask_about(list(numbers.values()), seccomp)])
        door.sendmsg([b"x"], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, given)])
    os.execv(program[0], program)  # noqa: S606 – the program the test names


if __name__ == "__main__":
    main()
