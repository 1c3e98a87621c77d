"""What a decoding program does to itself before it is of any use, and a child before it reads the first hostile byte.

Only the standard library, because this runs in both. Linux only; every layer that the kernel refuses is
reported as missing, and the layers that every kernel has (`REQUIRED`) are checked by Daybook before it
answers the first question about a file.

The layers overlap on purpose: with the system call filter in force the child can only read its socket, write
its answer and manage its own memory, and the others hold where that filter is not available.
"""

import ctypes
import os
import resource
import struct
from typing import Final

from daybook.gateways.decoding.limits import Limits
from daybook.gateways.decoding.system_calls import filter_child, filter_program, prepare_filters

REQUIRED: Final = ("memory", "processor time", "file writing", "core dumps", "new privileges", "tracing")
"""The measures without which no file is decoded at all."""

_NOBODY: Final = 65534
_CLONE_NEWUSER: Final = 0x10000000
_CLONE_NEWIPC: Final = 0x08000000
_CLONE_NEWNET: Final = 0x40000000
_PR_SET_PDEATHSIG: Final = 1
_PR_SET_DUMPABLE: Final = 4
_PR_SET_NO_NEW_PRIVS: Final = 38
_SIGKILL: Final = 9
_DESCRIPTORS: Final = 64
"""What a program may hold open: two for each child under way, and its orders."""

# The same numbers on every architecture Linux has gained or kept since 5.13.
_LANDLOCK_CREATE_RULESET: Final = 444
_LANDLOCK_RESTRICT_SELF: Final = 446
_LANDLOCK_VERSION: Final = 1

Layer = tuple[str, bool, str]
"""Name, in force, what it does or why it is missing."""


def confine_program() -> list[Layer]:
    """Give up, for this process and all its children, everything but starting children. Never raises."""
    libc = ctypes.CDLL(None, use_errno=True)
    prepare_filters()
    layers = [
        _limit("file writing", resource.RLIMIT_FSIZE, 0, "no file can be written"),
        _limit("core dumps", resource.RLIMIT_CORE, 0, "a crash leaves nothing on disk"),
        _cut_network(libc),
        _leave_root(),
        _prctl(libc, "new privileges", _PR_SET_NO_NEW_PRIVS, 1, "none can be gained"),
        _landlock(libc),
    ]
    # After every change of user, because the kernel resets this then.
    layers.append(_prctl(libc, "tracing", _PR_SET_DUMPABLE, 0, "its memory cannot be dumped or attached to"))
    _limit("open files", resource.RLIMIT_NOFILE, _DESCRIPTORS, "")
    filter_program(libc)
    return layers


def confine_child(layers: list[Layer], limits: Limits, *, program: int) -> list[Layer]:
    """Give up everything that reading one file does not need, for good. Never raises.

    Args:
        layers: what the program had given up before it started this child.
        limits: what the file may cost. With ``threads`` the system call filter alone forbids processes, because the limit on
            processes counts threads too; without that filter the limit holds and such a decoder fails.
        program: the process that started this one; where it is gone already, this one ends.
    """
    libc = ctypes.CDLL(None, use_errno=True)
    mib = limits.memory >> 20
    layers = [
        _limit("memory", resource.RLIMIT_AS, limits.memory, f"at most {mib} MiB"),
        # A warning first, so that the reason can be told from the way it ends.
        _limit(
            "processor time",
            resource.RLIMIT_CPU,
            limits.cpu_seconds,
            f"at most {limits.cpu_seconds} seconds",
            hard=limits.cpu_seconds + 2,
        ),
        *layers,
        _prctl(libc, "orphans", _PR_SET_PDEATHSIG, _SIGKILL, "it dies with the program that started it"),
    ]
    if os.getppid() != program:
        os._exit(1)
    # Once more, so that not even the program it comes from can be signalled.
    _landlock(libc)
    # What is open already keeps working; nothing can be opened beside it.
    layers.append(_limit("open files", resource.RLIMIT_NOFILE, 0, "nothing more can be opened"))
    if not limits.threads:
        layers.append(_limit("processes", resource.RLIMIT_NPROC, 0, "no process can be started"))
    missing = filter_child(libc, threads=limits.threads)
    if limits.threads and missing:
        layers.append(
            _limit("processes", resource.RLIMIT_NPROC, 0, "no process can be started, nor a thread")
        )
    elif limits.threads:
        layers.append(("processes", True, "no process can be started, only threads"))
    allowed = "only those that read its socket, answer, and manage its own memory are allowed"
    layers.append(("system calls", not missing, missing or allowed))
    return layers


def _limit(name: str, what: int, value: int, detail: str, *, hard: int | None = None) -> Layer:
    try:
        resource.setrlimit(what, (value, value if hard is None else hard))
    except (OSError, ValueError) as refused:
        return name, False, f"the limit was refused: {refused}"
    return name, True, detail


def _prctl(libc: ctypes.CDLL, name: str, option: int, value: int, detail: str) -> Layer:
    rest = [ctypes.c_ulong(0)] * 3
    if libc.prctl(option, ctypes.c_ulong(value), *rest) == 0:
        return name, True, detail
    return name, False, _why()


def _cut_network(libc: ctypes.CDLL) -> Layer:
    """Move into a network namespace that has no way out."""
    name = "network namespace"
    # As root without a user namespace first, so that the change of user below stays possible.
    attempts = [_CLONE_NEWUSER | _CLONE_NEWNET | _CLONE_NEWIPC]
    if os.geteuid() == 0:
        attempts.insert(0, _CLONE_NEWNET | _CLONE_NEWIPC)
    for flags in attempts:
        if libc.unshare(flags) == 0:
            return name, True, "an empty network of its own"
    return name, False, _why()


def _leave_root() -> Layer:
    name = "ordinary user"
    if os.geteuid() != 0:
        return name, True, "it does not run as root"
    try:
        os.setgroups([])
        os.setresgid(_NOBODY, _NOBODY, _NOBODY)
        os.setresuid(_NOBODY, _NOBODY, _NOBODY)
    except OSError as refused:
        return name, False, f"root could not be given up: {refused.strerror}"
    return name, True, "root was given up"


def _landlock(libc: ctypes.CDLL) -> Layer:
    """Refuse every file, TCP port and signal to outside, by a rule set that allows none."""
    name = "file system"
    version = libc.syscall(_LANDLOCK_CREATE_RULESET, None, ctypes.c_size_t(0), _LANDLOCK_VERSION)
    if version < 1:
        return name, False, f"Landlock is not available: {_why()}"
    files = (1 << 13) - 1
    for since, bit in ((2, 13), (3, 14), (5, 15)):
        if version >= since:
            files |= 1 << bit
    wanted = struct.pack("<QQQ", files, 0b11 if version >= 4 else 0, 0b11 if version >= 6 else 0)
    length = 24 if version >= 6 else 16 if version >= 4 else 8
    rules = libc.syscall(_LANDLOCK_CREATE_RULESET, wanted, ctypes.c_size_t(length), 0)
    if rules < 0:
        return name, False, f"Landlock refused the rules: {_why()}"
    outcome = libc.syscall(_LANDLOCK_RESTRICT_SELF, rules, 0)
    why = _why()
    os.close(rules)
    if outcome != 0:
        return name, False, f"Landlock refused to hold: {why}"
    return name, True, f"no file can be opened (Landlock {version})"


def _why() -> str:
    return os.strerror(ctypes.get_errno())
