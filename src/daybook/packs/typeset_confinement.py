"""What the child that sets a PDF does to itself before it is given a word.

Only the standard library, because this runs in the child. Each wall tells whether it stands; the parent sends nothing when
one of `REQUIRED` is missing where it could stand. Unlike the child that decodes files, this one must read fonts and start
threads, so it has rules of its own.
"""

from __future__ import annotations

import ctypes
import os
import platform
import resource
import struct
import sys
from pathlib import Path
from typing import NamedTuple

REQUIRED = (
    "memory", "processor time", "file writing", "core dumps", "new privileges", "tracing", "file system",
)  # fmt: skip
"""The walls without which no word is sent, where Landlock can be had."""
_MACHINES = ("x86_64", "aarch64")
"""Where these system calls have been looked up: linux/landlock.h, asm/unistd.h."""

_NOBODY = 65534
_OPEN_FILES = 256
_NEW_USER, _NEW_IPC, _NEW_NETWORK = 0x10000000, 0x08000000, 0x40000000
_DIE_WITH_PARENT, _DUMPABLE, _NO_NEW_PRIVILEGES = 1, 4, 38
_SIGKILL = 9
_CREATE_RULES, _ADD_RULE, _RESTRICT = 444, 445, 446
_ASK_VERSION = 1
_BENEATH_A_PATH = 1
_READ_FILE, _READ_FOLDER = 1 << 2, 1 << 3


class Wall(NamedTuple):
    """One measure: its name, whether it holds, and what it does or why it is missing."""

    name: str
    stands: bool
    detail: str


def required_walls() -> tuple[str, ...]:
    """The walls that must stand on this machine; none where Landlock cannot be had."""
    known = sys.platform == "linux" and platform.machine() in _MACHINES
    return REQUIRED if known and _landlock_version(_libc()) > 0 else ()


def take_limits(memory_bytes: int, cpu_seconds: int) -> list[Wall]:
    """Hold this process to memory, processor time, few open files, and to writing no file at all."""
    return [
        _limit("memory", resource.RLIMIT_AS, memory_bytes, f"at most {memory_bytes >> 20} MiB"),
        _limit("processor time", resource.RLIMIT_CPU, cpu_seconds, f"at most {cpu_seconds} seconds"),
        _limit("file writing", resource.RLIMIT_FSIZE, 0, "no file can be written"),
        _limit("core dumps", resource.RLIMIT_CORE, 0, "a crash leaves nothing on disk"),
        _limit("open files", resource.RLIMIT_NOFILE, _OPEN_FILES, f"at most {_OPEN_FILES} at once"),
    ]


def leave_everything_but(fonts: Path) -> list[Wall]:
    """Give up the network, root, and every file but those in ``fonts``, which becomes the current folder.

    Must run before a second thread does: Landlock binds the thread that asks and those it starts.
    """
    libc = _libc()
    os.chdir(
        fonts
    )  # from here on found as ".", so an ordinary user needs no way through the folders above it
    return [
        _leave_network(libc),
        _leave_root(),
        _prctl(libc, "new privileges", _NO_NEW_PRIVILEGES, 1, "none can be gained"),
        _close_files(libc),
        # After the change of user, because the kernel takes these two back then.
        _prctl(libc, "tracing", _DUMPABLE, 0, "its memory cannot be dumped or attached to"),
        _prctl(libc, "orphans", _DIE_WITH_PARENT, _SIGKILL, "it dies with what started it"),
    ]


def start_no_more() -> Wall:
    """Refuse every further process and thread; those that run stay. Does not bind root."""
    if os.geteuid() == 0:
        return Wall("processes", False, "the kernel lets root start as many as it likes")
    return _limit("processes", resource.RLIMIT_NPROC, 0, "no process and no further thread can be started")


def _libc() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)


def _limit(name: str, what: int, value: int, detail: str) -> Wall:
    try:
        hard = resource.getrlimit(what)[1]
        value = value if hard == resource.RLIM_INFINITY else min(value, hard)
        resource.setrlimit(what, (value, value))
    except (OSError, ValueError) as refused:
        return Wall(name, False, f"the limit was refused: {refused}")
    return Wall(name, True, detail)


def _prctl(libc: ctypes.CDLL, name: str, option: int, value: int, detail: str) -> Wall:
    nothing = ctypes.c_ulong(0)
    try:
        refused = libc.prctl(option, ctypes.c_ulong(value), nothing, nothing, nothing)
    except AttributeError:
        return Wall(name, False, "this system has no such measure")
    return Wall(name, not refused, _why() if refused else detail)


def _leave_network(libc: ctypes.CDLL) -> Wall:
    """Go where there is no network, if this system lets this process do so (Linux namespaces)."""
    attempts = [_NEW_USER | _NEW_NETWORK | _NEW_IPC]
    if os.geteuid() == 0:
        # Without a user namespace first, so that the change of user stays possible.
        attempts.insert(0, _NEW_NETWORK | _NEW_IPC)
    try:
        left = any(libc.unshare(flags) == 0 for flags in attempts)
    except AttributeError:
        return Wall("network", False, "this system has no such measure")
    return Wall("network", left, "an empty network of its own" if left else _why())


def _leave_root() -> Wall:
    """Become nobody, if this is root and nobody may read the fonts."""
    name = "ordinary user"
    if os.geteuid() != 0:
        return Wall(name, True, "it does not run as root")
    here = Path()
    if here.stat().st_mode & 0o005 != 0o005 or any(not one.stat().st_mode & 0o004 for one in here.iterdir()):
        return Wall(name, False, "only root may read the fonts")
    try:
        os.setgroups([])
        os.setresgid(_NOBODY, _NOBODY, _NOBODY)
        os.setresuid(_NOBODY, _NOBODY, _NOBODY)
    except OSError as refused:
        return Wall(name, False, f"root could not be given up: {refused.strerror}")
    return Wall(name, True, "root was given up")


def _landlock_version(libc: ctypes.CDLL) -> int:
    try:
        return int(libc.syscall(_CREATE_RULES, None, ctypes.c_size_t(0), _ASK_VERSION))
    except AttributeError:
        return 0


def _close_files(libc: ctypes.CDLL) -> Wall:
    """Refuse every file but those below the current folder, which may be read; also TCP ports and signals."""
    name = "file system"
    if sys.platform != "linux" or platform.machine() not in _MACHINES:
        return Wall(name, False, "Landlock is not known here")
    version = _landlock_version(libc)
    if version < 1:
        return Wall(name, False, f"Landlock is not available: {_why()}")
    files = (1 << 13) - 1
    for since, bit in ((2, 13), (3, 14), (5, 15)):
        if version >= since:
            files |= 1 << bit
    wanted = struct.pack("<QQQ", files, 0b11 if version >= 4 else 0, 0b11 if version >= 6 else 0)
    length = 24 if version >= 6 else 16 if version >= 4 else 8
    rules = libc.syscall(_CREATE_RULES, wanted, ctypes.c_size_t(length), 0)
    if rules < 0:
        return Wall(name, False, f"Landlock refused the rules: {_why()}")
    here = os.open(".", os.O_PATH | os.O_CLOEXEC)
    allowed = struct.pack("<Qi", _READ_FILE | _READ_FOLDER, here)
    held = (
        libc.syscall(_ADD_RULE, rules, _BENEATH_A_PATH, allowed, 0) == 0
        and libc.syscall(_RESTRICT, rules, 0) == 0
    )
    why = _why()
    os.close(here)
    os.close(rules)
    if not held:
        return Wall(name, False, f"Landlock refused to hold: {why}")
    return Wall(name, True, f"nothing but the fonts can be opened (Landlock {version})")


def _why() -> str:
    return os.strerror(ctypes.get_errno())
