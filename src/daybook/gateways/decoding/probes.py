"""What a confined child tries in order to show that it cannot: for `daybook doctor` and the tests."""

import mmap
import os
import socket
from collections.abc import Callable

from daybook.gateways.decoding.conversation import say
from daybook.gateways.decoding.limits import LIMITS, PROBES

TYPES = (PROBES,)


def warm_up() -> None:
    """Nothing has to be loaded."""


def look(_kind: str, _size: int | None) -> None:
    """Attempt each forbidden act, and say which were refused."""
    say(probes={name: _refused(act) for name, act in _ACTS.items()})


def _open_file() -> None:
    os.close(os.open("/", os.O_RDONLY))


def _look_at_file() -> None:
    os.stat("/etc/hostname")


def _write_file() -> None:
    os.close(os.open("/tmp", os.O_TMPFILE | os.O_WRONLY, 0o600))  # noqa: S108 - the attempt is the point


def _connect() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as line:
        line.connect(("127.0.0.1", 9))


def _fork() -> None:
    if os.fork() == 0:
        os._exit(0)


def _execute() -> None:
    os.execv("/bin/true", ["/bin/true"])  # noqa: S606 - the attempt is the point


def _signal_parent() -> None:
    os.kill(os.getppid(), 0)


def _map_code() -> None:
    mmap.mmap(-1, 4096, prot=mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC).close()


def _take_memory() -> None:
    bytearray(LIMITS[PROBES].memory)


def _regain_root() -> None:
    os.setuid(0)


_ACTS: dict[str, Callable[[], None]] = {
    "open a file": _open_file,
    "look at a file": _look_at_file,
    "write a file": _write_file,
    "use the network": _connect,
    "start a process": _fork,
    "run a program": _execute,
    "signal another process": _signal_parent,
    "make code": _map_code,
    "take too much memory": _take_memory,
    "become root": _regain_root,
}


def _refused(act: Callable[[], None]) -> bool:
    try:
        act()
    except (OSError, MemoryError, ValueError):
        return True
    return False
