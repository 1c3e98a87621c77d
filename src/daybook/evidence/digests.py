"""SHA-256 beside other work: hashing lets go of Python's lock, so a second core can do it while this one seals."""

import hashlib
import os
from concurrent.futures import Future, ThreadPoolExecutor
from functools import cache
from typing import Final, Protocol, Self

WORTH_IT: Final = 256 * 1024
"""Fewer bytes than this are hashed at once: handing them over would cost more."""


class _Hash(Protocol):
    def update(self, data: bytes | bytearray | memoryview, /) -> None: ...
    def digest(self) -> bytes: ...
    def copy(self) -> "_Hash": ...


class BesideHash:
    """One SHA-256, of bytes that must not change until `wait` or `digest` returns."""

    def __init__(self) -> None:
        self._hash: _Hash = hashlib.sha256()
        self._running: Future[None] | None = None

    def update(self, data: bytes | bytearray | memoryview) -> None:
        """Add bytes. Waits for those added before, so that at most one piece of each hash is held."""
        self.wait()
        if len(data) < WORTH_IT:
            self._hash.update(data)
        else:
            self._running = _threads().submit(self._hash.update, data)

    def wait(self) -> None:
        """Wait until all that was added is hashed."""
        running, self._running = self._running, None
        if running is not None:
            running.result()

    def digest(self) -> bytes:
        """The 32 bytes; more may be added afterwards."""
        self.wait()
        return self._hash.digest()

    def copy(self) -> Self:
        """The same hash, to go on with separately."""
        self.wait()
        other = type(self)()
        other._hash = self._hash.copy()
        return other


def run_beside(work: "object", *arguments: object) -> "Future[object]":
    """Do something in the same threads, such as waiting for the disk."""
    return _threads().submit(work, *arguments)  # type: ignore[arg-type]


@cache
def _threads() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(max_workers=4 * (os.cpu_count() or 1), thread_name_prefix="beside")


# A forked process has none of the threads.
os.register_at_fork(after_in_child=_threads.cache_clear)
