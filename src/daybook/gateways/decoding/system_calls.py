"""The lists of system calls that a decoding program, and each of its children, may make; assembled for the kernel.

Only the standard library, because this runs in both. x86_64 is the only table because it is the only one this could be tried
on.
"""

import ctypes
import platform
import struct
from functools import cache
from typing import Final

_PR_SET_SECCOMP: Final = 22
_SECCOMP_MODE_FILTER: Final = 2

# linux/audit.h
_AUDIT_ARCH_X86_64: Final = 0xC000003E
_X32_BIT: Final = 0x40000000

# What decoding needs, and nothing that opens, connects, starts, signals or looks at anything.
_CHILD: Final = {
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
_CHILD_WITH_THREADS: Final = {"set_robust_list": 273, "rseq": 334}

# Needed besides by the program: to wait for orders, to start children, to end them, and what a child does to itself at first.
_PROGRAM: Final = {
    "poll": 7,
    "ioctl": 16,
    "dup2": 33,
    "sendto": 44,
    "recvfrom": 45,
    "sendmsg": 46,
    "recvmsg": 47,
    "getsockname": 51,
    "getsockopt": 55,
    "wait4": 61,
    "kill": 62,
    "fcntl": 72,
    "getuid": 102,
    "geteuid": 107,
    "getppid": 110,
    "prctl": 157,
    "setrlimit": 160,
    "set_tid_address": 218,
    "restart_syscall": 219,
    "set_robust_list": 273,
    "dup3": 292,
    "pipe2": 293,
    "prlimit64": 302,
    "seccomp": 317,
    "rseq": 334,
    "close_range": 436,
    "landlock_create_ruleset": 444,
    "landlock_restrict_self": 446,
}

_CLONE: Final = 56
_CLONE3: Final = 435
_CLONE_THREAD: Final = 0x00010000
# Any namespace of its own: a child would be root in it.
_CLONE_NEW: Final = 0x7E020080
# Allowed unless the memory asked for is to be executable: code that was not loaded before cannot be run.
_WITHOUT_EXECUTION: Final = {"mmap": 9, "mprotect": 10}
_PROT_EXEC: Final = 4

_RET_ALLOW: Final = 0x7FFF0000
_RET_KILL: Final = 0x80000000
_RET_EPERM: Final = 0x00050001
# Its arguments cannot be looked at, and on this answer the C library falls back to clone.
_RET_ENOSYS: Final = 0x00050026
_LOAD, _IS, _AT_LEAST, _HAS_BITS, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x06


def filter_child(libc: ctypes.CDLL, *, threads: bool) -> str:
    """Allow this process no more than decoding needs, for good; returns why it could not be done, or ""."""
    return _install(libc, *_of_child(threads=threads))


def prepare_filters() -> None:
    """Assemble the children's filters once, in the program that they come from."""
    for threads in (False, True):
        _assemble(*_of_child(threads=threads))


def _of_child(*, threads: bool) -> tuple[tuple[int, ...], tuple[bytes, ...]]:
    allowed = _CHILD | (_CHILD_WITH_THREADS if threads else {})
    return tuple(allowed.values()), tuple(_only_with(_CLONE_THREAD) if threads else ())


def filter_program(libc: ctypes.CDLL) -> str:
    """Allow this process, and all it starts, no more than starting children needs; returns why it could not be done, or ""."""
    allowed = _CHILD | _PROGRAM
    return _install(libc, tuple(allowed.values()), tuple(_never_with(_CLONE_NEW)))


def _install(libc: ctypes.CDLL, allowed: tuple[int, ...], starting: tuple[bytes, ...]) -> str:
    if platform.machine() != "x86_64" or ctypes.sizeof(ctypes.c_void_p) != 8:
        return "the list of system calls is only known for x86_64"
    program = _assemble(allowed, starting)
    instructions = ctypes.create_string_buffer(program, len(program))
    # struct sock_fprog: a length, padding, and the address of the instructions.
    described = struct.pack("@HxxxxxxQ", len(program) // 8, ctypes.addressof(instructions))
    refused = libc.prctl(
        _PR_SET_SECCOMP, ctypes.c_ulong(_SECCOMP_MODE_FILTER), described, ctypes.c_ulong(0), ctypes.c_ulong(0)
    )
    return "the kernel refused the list of system calls" if refused else ""


def _step(code: int, then: int, otherwise: int, operand: int) -> bytes:
    return struct.pack("<HBBI", code, then, otherwise, operand)


@cache
def _assemble(allowed: tuple[int, ...], starting: tuple[bytes, ...]) -> bytes:
    """Assemble the filter in classic BPF.

    It looks at struct seccomp_data: the call's number at 0, the architecture at 4, the arguments from 16.
    """
    steps = [
        _step(_LOAD, 0, 0, 4),
        _step(_IS, 1, 0, _AUDIT_ARCH_X86_64),
        _step(_RETURN, 0, 0, _RET_KILL),
        _step(_LOAD, 0, 0, 0),
        _step(_AT_LEAST, 0, 1, _X32_BIT),
        _step(_RETURN, 0, 0, _RET_KILL),
    ]
    for number in allowed:
        steps += [_step(_IS, 0, 1, number), _step(_RETURN, 0, 0, _RET_ALLOW)]
    for number in _WITHOUT_EXECUTION.values():
        steps += [
            _step(_IS, 0, 4, number),
            _step(_LOAD, 0, 0, 16 + 8 * 2),
            _step(_HAS_BITS, 1, 0, _PROT_EXEC),
            _step(_RETURN, 0, 0, _RET_ALLOW),
            _step(_RETURN, 0, 0, _RET_EPERM),
        ]
    steps += [*starting, _step(_RETURN, 0, 0, _RET_EPERM)]
    return b"".join(steps)


def _only_with(bits: int) -> list[bytes]:
    """Allow clone where its flags have these bits."""
    return [
        _step(_IS, 0, 1, _CLONE3),
        _step(_RETURN, 0, 0, _RET_ENOSYS),
        _step(_IS, 0, 3, _CLONE),
        _step(_LOAD, 0, 0, 16),
        _step(_HAS_BITS, 0, 1, bits),
        _step(_RETURN, 0, 0, _RET_ALLOW),
    ]


def _never_with(bits: int) -> list[bytes]:
    """Allow clone unless its flags have one of these bits."""
    return [
        _step(_IS, 0, 1, _CLONE3),
        _step(_RETURN, 0, 0, _RET_ENOSYS),
        _step(_IS, 0, 3, _CLONE),
        _step(_LOAD, 0, 0, 16),
        _step(_HAS_BITS, 1, 0, bits),
        _step(_RETURN, 0, 0, _RET_ALLOW),
    ]
