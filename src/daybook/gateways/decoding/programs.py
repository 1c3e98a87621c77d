"""Daybook's side of the decoding programs: starting them, and one child of theirs for each file."""

import contextlib
import importlib.util
import json
import os
import select
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Final, Self

import daybook
from daybook.gateways.decoding import frames
from daybook.kernel.media.errors import DecoderKilled, DecoderMissing, DecoderTimedOut, DecodingFailed

_PACKAGES: Final = ("PIL", "pi_heif", "pypdfium2", "pypdfium2_raw", "av", "c2pa")
_END_SECONDS: Final = 5.0

# A child lives for one file: memory that it takes in large steps and never gives back costs it a third of the time. Measured
# with a 12 megapixel JPEG: 45 ms of processor time without this, 36 with it, 33 in a process that has its memory already.
_MIB: Final = 1024 * 1024
_ENVIRONMENT: Final = {
    "GLIBC_TUNABLES": (
        f"glibc.malloc.hugetlb=1:glibc.malloc.top_pad={32 * _MIB}:glibc.malloc.trim_threshold={1024 * _MIB}"
        f":glibc.malloc.mmap_threshold={64 * _MIB}"
    )
}

TOOK_TOO_LONG: Final = "Looking into the file took too long and was stopped."
BROKE: Final = "Looking into the file broke the part that was doing it. Nothing else was touched."
NONSENSE: Final = "What came back from looking into the file made no sense, so it was not used."
NOT_STARTED: Final = "The part that looks into files could not be started."

Answer = Callable[[int, int], bytes]
"""Gives the child a part of its file: from which byte on, and how many."""


class Gone(Exception):
    """The program ended before it had started the child. Nothing of the file was given to anyone."""


class Program:
    """One decoding program, started when it is first needed and again whenever it is gone. Safe for any number of threads."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._orders: socket.socket | None = None
        self._owner = 0

    def child(self, seconds: float) -> "Child":
        """Start a child. Raises DecoderMissing when the program cannot be started.

        Args:
            seconds: the longest it may keep us waiting.
        """
        ours, theirs = socket.socketpair()
        leash, its_end = socket.socketpair()
        with theirs, its_end:
            try:
                self._order([theirs.fileno(), its_end.fileno()])
            except OSError as refused:
                ours.close()
                leash.close()
                raise DecoderMissing(NOT_STARTED) from refused
        return Child(ours, leash, seconds)

    def close(self) -> None:
        """End the program and its children, and wait until it is gone."""
        with self._lock:
            self._end()

    def _order(self, descriptors: list[int]) -> None:
        with self._lock:
            # A process that came into being by forking has a program of its own.
            if self._owner != os.getpid():
                self._process = self._orders = None
            for last_try in (False, True):
                orders = self._orders or self._start()
                try:
                    socket.send_fds(orders, [b"!"], descriptors)
                except OSError:
                    self._end()
                    if last_try:
                        raise
                else:
                    return

    def _start(self) -> socket.socket:
        ours, theirs = socket.socketpair()
        with theirs:
            try:
                self._process = subprocess.Popen(
                    command(self._name),
                    stdin=theirs.fileno(),
                    stdout=subprocess.DEVNULL,
                    stderr=subprocess.DEVNULL,
                    cwd="/",
                    env=_ENVIRONMENT,
                    close_fds=True,
                    start_new_session=True,
                )
            except OSError:
                ours.close()
                raise
        self._owner = os.getpid()
        self._orders = ours
        return ours

    def _end(self) -> None:
        process, self._process = self._process, None
        orders, self._orders = self._orders, None
        if self._owner != os.getpid():
            return
        if orders is not None:
            orders.close()
        if process is None:
            return
        try:
            process.wait(_END_SECONDS)
        except subprocess.TimeoutExpired:
            # Not yet waited for, so its number cannot belong to anyone else.
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()


class Child:
    """One child and the conversation with it. Leaving the block always ends it, and waits until it is gone."""

    def __init__(self, conversation: socket.socket, leash: socket.socket, seconds: float) -> None:
        self._talk = conversation
        self._leash = leash
        self._left = seconds
        self._heard = False
        conversation.setblocking(False)
        # As much as is asked for at once goes through in few steps; the kernel may allow less.
        conversation.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, frames.MAX_READ)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._end()
        self._talk.close()
        self._leash.close()

    def ask(self, request: dict[str, object]) -> None:
        """Say what is to be read."""
        self.send(json.dumps(request).encode("ascii"))

    def send(self, content: bytes) -> None:
        """Send one frame. A child that is gone is noticed when its answer is waited for."""
        for part in (frames.LENGTH.pack(len(content)), content):
            view = memoryview(part)
            while view:
                self._wait(select.POLLOUT)
                try:
                    sent = self._talk.send(view)
                except BlockingIOError:
                    continue
                except OSError:
                    return
                view = view[sent:]

    def hear(self) -> dict[str, object]:
        """Receive one JSON object. Raises as `receive` does."""
        try:
            answer = json.loads(self.receive(frames.MAX_JSON))
        except (ValueError, RecursionError):
            raise DecoderKilled(NONSENSE) from None
        if not isinstance(answer, dict):
            raise DecoderKilled(NONSENSE)
        return answer

    def receive(self, longest: int) -> bytes:
        """Receive one frame.

        Raises:
            DecoderTimedOut: it did not come in time.
            DecoderKilled: the child is gone, or the frame is longer than `longest` bytes.
            Gone: the program ended before the child said a word.
        """
        length = frames.LENGTH.unpack(self._read(frames.LENGTH.size))[0]
        if length > longest:
            raise DecoderKilled(NONSENSE)
        return self._read(length)

    def _read(self, length: int) -> bytes:
        gathered = bytearray()
        while len(gathered) < length:
            self._wait(select.POLLIN)
            try:
                piece = self._talk.recv(length - len(gathered))
            except BlockingIOError:
                continue
            except OSError:
                piece = b""
            if not piece:
                raise self._cause_of_death()
            self._heard = True
            gathered += piece
        return bytes(gathered)

    def _wait(self, event: int) -> None:
        """Wait for the child, against the time that is left. Time spent elsewhere is not the child's."""
        # select() would end at descriptor 1023.
        watch = select.poll()
        watch.register(self._talk, event)
        before = time.monotonic()
        ready = watch.poll(max(0.0, self._left) * 1000)
        self._left -= time.monotonic() - before
        if not ready:
            raise DecoderTimedOut(TOOK_TOO_LONG)

    def _cause_of_death(self) -> DecodingFailed | Gone:
        status = self._end()
        if status is None:
            return DecoderKilled(BROKE) if self._heard else Gone()
        if status == -signal.SIGXCPU:
            return DecoderTimedOut(TOOK_TOO_LONG)
        return DecoderKilled(BROKE)

    def _end(self) -> int | None:
        """Have the program kill the child, and hear how it died: None when the program is gone too. May be called twice."""
        with contextlib.suppress(OSError):
            self._leash.shutdown(socket.SHUT_WR)
        self._leash.settimeout(_END_SECONDS)
        try:
            status = self._leash.recv(frames.STATUS.size)
        except OSError:
            return None
        return frames.STATUS.unpack(status)[0] if len(status) == frames.STATUS.size else None


def command(name: str) -> list[str]:
    """Build a program's command line."""
    return command_of(f"from daybook.gateways.decoding.program import main; main({name!r})")


def command_of(text: str) -> list[str]:
    """Build the command line of a program in Python: isolated, no site module, no bytecode, only the folders it needs."""
    start = f"import sys; sys.path[:0] = sys.argv[1:]\n{text}"
    return [sys.executable, "-I", "-S", "-B", "-X", "utf8", "-c", start, *folders()]


def folders() -> list[str]:
    """Where the program finds what it imports."""
    found = [str(Path(daybook.__file__).parents[1])]
    for package in _PACKAGES:
        spec = importlib.util.find_spec(package)
        if spec is not None and spec.origin is not None:
            folder = str(Path(spec.origin).parents[1])
            if folder not in found:
                found.append(folder)
    return found
