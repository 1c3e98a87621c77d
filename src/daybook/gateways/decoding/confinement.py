"""What a decoding child does to itself before it reads the first hostile byte.

Only the standard library, because this runs in the child. Linux only; every layer that the kernel refuses is
reported as missing, and the layers that every kernel has (`REQUIRED`) are checked by the parent before it
sends anything.

The layers overlap on purpose: with the system call filter in force the child can only read its pipe, write
its answer and manage its own memory, and the others hold where that filter is not available.
"""

import ctypes
import os
import platform
import resource
import struct
from typing import Final

MEMORY_BYTES: Final = 1024 * 1024 * 1024
"""Address space. Measured need in MiB: a 12 megapixel JPEG 55, HEIC 233, the same HEIC in a file of 187 MiB
603, a 63 megapixel PNG with transparency 602, a 63 megapixel progressive JPEG 251, a 200 megapixel baseline
JPEG 91."""

CPU_SECONDS: Final = 20
"""Processor time. Measured need: a 12 megapixel HEIC 0.9 s, a 63 megapixel PNG 2.1 s."""

REQUIRED: Final = ("memory", "processor time", "file writing", "core dumps", "new privileges", "tracing")
"""The measures without which no file is decoded at all."""

_NOBODY: Final = 65534
_CLONE_NEWUSER: Final = 0x10000000
_CLONE_NEWIPC: Final = 0x08000000
_CLONE_NEWNET: Final = 0x40000000
_PR_SET_PDEATHSIG: Final = 1
_PR_SET_DUMPABLE: Final = 4
_PR_SET_SECCOMP: Final = 22
_PR_SET_NO_NEW_PRIVS: Final = 38
_SECCOMP_MODE_FILTER: Final = 2
_SIGKILL: Final = 9

# The same numbers on every architecture Linux has gained or kept since 5.13.
_LANDLOCK_CREATE_RULESET: Final = 444
_LANDLOCK_RESTRICT_SELF: Final = 446
_LANDLOCK_VERSION: Final = 1

# linux/audit.h; x86_64 is the only table here because it is the only one this could be tried on.
_AUDIT_ARCH_X86_64: Final = 0xC000003E
_X32_BIT: Final = 0x40000000
# What decoding needs, and nothing that opens, connects, starts, signals or looks at anything.
_ALLOWED_X86_64: Final = {
    "read": 0,
    "write": 1,
    "close": 3,
    "fstat": 5,
    "lseek": 8,
    "munmap": 11,
    "brk": 12,
    "rt_sigaction": 13,
    "rt_sigprocmask": 14,
    "rt_sigreturn": 15,
    "readv": 19,
    "writev": 20,
    "sched_yield": 24,
    "mremap": 25,
    "madvise": 28,
    "getpid": 39,
    "exit": 60,
    "gettimeofday": 96,
    "sysinfo": 99,
    "sigaltstack": 131,
    "gettid": 186,
    "futex": 202,
    "sched_getaffinity": 204,
    "clock_gettime": 228,
    "exit_group": 231,
    "getrandom": 318,
}
# Needed besides by decoders that start threads; clone only for a thread of this very process.
_FOR_THREADS_X86_64: Final = {"set_robust_list": 273, "rseq": 334}
_CLONE_X86_64: Final = 56
_CLONE3_X86_64: Final = 435
_CLONE_THREAD: Final = 0x00010000
# Allowed unless the memory asked for is to be executable: code that was not loaded before cannot be run.
_WITHOUT_EXECUTION_X86_64: Final = {"mmap": 9, "mprotect": 10}
_PROT_EXEC: Final = 4

_RET_ALLOW: Final = 0x7FFF0000
_RET_KILL: Final = 0x80000000
_RET_EPERM: Final = 0x00050001
# Its arguments cannot be looked at, and on this answer the C library falls back to clone.
_RET_ENOSYS: Final = 0x00050026
_LOAD, _IS, _AT_LEAST, _HAS_BITS, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x06

Layers = list[tuple[str, bool, str]]
"""Name, in force, what it does or why it is missing."""


def confine(*, threads: bool = False) -> Layers:
    """Give up everything this process does not need, for good. Never raises.

    Args:
        threads: the decoder cannot work without threads (libde265). The limit on processes counts threads
            too, so the system call filter alone then forbids processes; without that filter the limit holds
            and such a decoder fails.
    """
    libc = ctypes.CDLL(None, use_errno=True)
    layers: Layers = []
    _limit(layers, "memory", resource.RLIMIT_AS, MEMORY_BYTES, f"at most {MEMORY_BYTES >> 20} MiB")
    _limit(layers, "processor time", resource.RLIMIT_CPU, CPU_SECONDS, f"at most {CPU_SECONDS} seconds")
    _limit(layers, "file writing", resource.RLIMIT_FSIZE, 0, "no file can be written")
    _limit(layers, "core dumps", resource.RLIMIT_CORE, 0, "a crash leaves nothing on disk")
    layers.append(_cut_network(libc))
    layers.append(_leave_root())
    layers.append(_prctl(libc, "new privileges", _PR_SET_NO_NEW_PRIVS, 1, "none can be gained"))
    layers.append(_landlock(libc))
    # After every change of user, because the kernel resets these two then.
    layers.append(_prctl(libc, "tracing", _PR_SET_DUMPABLE, 0, "its memory cannot be dumped or attached to"))
    layers.append(
        _prctl(libc, "orphans", _PR_SET_PDEATHSIG, _SIGKILL, "it dies with the process that started it")
    )
    # Pipes already open keep working; nothing can be opened beside them.
    _limit(layers, "open files", resource.RLIMIT_NOFILE, 0, "nothing more can be opened")
    if not threads:
        _limit(layers, "processes", resource.RLIMIT_NPROC, 0, "no process can be started")
    filtered = _filter_system_calls(libc, threads=threads)
    layers.append(filtered)
    if threads and filtered[1]:
        layers.append(("processes", True, "no process can be started, only threads"))
    elif threads:
        _limit(layers, "processes", resource.RLIMIT_NPROC, 0, "no process can be started, nor any thread")
    return layers


def _limit(layers: Layers, name: str, what: int, value: int, detail: str) -> None:
    try:
        resource.setrlimit(what, (value, value))
    except (OSError, ValueError) as refused:
        layers.append((name, False, f"the limit was refused: {refused}"))
    else:
        layers.append((name, True, detail))


def _prctl(libc: ctypes.CDLL, name: str, option: int, value: int, detail: str) -> tuple[str, bool, str]:
    if (
        libc.prctl(option, ctypes.c_ulong(value), ctypes.c_ulong(0), ctypes.c_ulong(0), ctypes.c_ulong(0))
        == 0
    ):
        return name, True, detail
    return name, False, _why()


def _cut_network(libc: ctypes.CDLL) -> tuple[str, bool, str]:
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


def _leave_root() -> tuple[str, bool, str]:
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


def _landlock(libc: ctypes.CDLL) -> tuple[str, bool, str]:
    """Refuse every file, TCP port and signal, by a rule set that allows none."""
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


def _filter_system_calls(libc: ctypes.CDLL, *, threads: bool) -> tuple[str, bool, str]:
    name = "system calls"
    if platform.machine() != "x86_64" or ctypes.sizeof(ctypes.c_void_p) != 8:
        return name, False, "the list of system calls is only known for x86_64"
    program = _program(threads=threads)
    instructions = ctypes.create_string_buffer(program, len(program))
    # struct sock_fprog: a length, padding, and the address of the instructions.
    described = struct.pack("@HxxxxxxQ", len(program) // 8, ctypes.addressof(instructions))
    if libc.prctl(
        _PR_SET_SECCOMP, ctypes.c_ulong(_SECCOMP_MODE_FILTER), described, ctypes.c_ulong(0), ctypes.c_ulong(0)
    ):
        return name, False, _why()
    return name, True, "only those that read the pipe, answer, and manage its own memory are allowed"


def _program(*, threads: bool) -> bytes:
    """Assemble the filter in classic BPF.

    It looks at struct seccomp_data: the call's number at 0, the architecture at 4, the arguments from 16.
    """

    def step(code: int, then: int, otherwise: int, operand: int) -> bytes:
        return struct.pack("<HBBI", code, then, otherwise, operand)

    steps = [
        step(_LOAD, 0, 0, 4),
        step(_IS, 1, 0, _AUDIT_ARCH_X86_64),
        step(_RETURN, 0, 0, _RET_KILL),
        step(_LOAD, 0, 0, 0),
        step(_AT_LEAST, 0, 1, _X32_BIT),
        step(_RETURN, 0, 0, _RET_KILL),
    ]
    allowed = _ALLOWED_X86_64 | (_FOR_THREADS_X86_64 if threads else {})
    for number in allowed.values():
        steps += [step(_IS, 0, 1, number), step(_RETURN, 0, 0, _RET_ALLOW)]
    for number in _WITHOUT_EXECUTION_X86_64.values():
        steps += [
            step(_IS, 0, 4, number),
            step(_LOAD, 0, 0, 16 + 8 * 2),
            step(_HAS_BITS, 1, 0, _PROT_EXEC),
            step(_RETURN, 0, 0, _RET_ALLOW),
            step(_RETURN, 0, 0, _RET_EPERM),
        ]
    if threads:
        steps += [
            step(_IS, 0, 1, _CLONE3_X86_64),
            step(_RETURN, 0, 0, _RET_ENOSYS),
            step(_IS, 0, 3, _CLONE_X86_64),
            step(_LOAD, 0, 0, 16),
            step(_HAS_BITS, 0, 1, _CLONE_THREAD),
            step(_RETURN, 0, 0, _RET_ALLOW),
        ]
    steps.append(step(_RETURN, 0, 0, _RET_EPERM))
    return b"".join(steps)


def _why() -> str:
    return os.strerror(ctypes.get_errno())
