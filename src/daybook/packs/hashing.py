"""SHA-256 beside the work: a long original is hashed in a thread of its own while it is opened, summed up and sent."""

import hashlib
import queue
import threading
from types import TracebackType
from typing import Final, Self

_AT_ONCE: Final = 1024 * 1024
_WAITING: Final = 16


class BesideDigest:
    """The SHA-256 of bytes that are given piece by piece, in order.

    Hashing large pieces needs no interpreter, so it costs the one who gives them next to nothing where there are two cores. At
    most some 18 MiB wait to be hashed. Use as a context: leaving it ends the thread, whatever happened.
    """

    def __init__(self) -> None:
        self._digest = hashlib.sha256()
        self._pieces: list[bytes] = []
        self._gathered = 0
        self._waiting: queue.Queue[list[bytes]] = queue.Queue(_WAITING)
        self._thread: threading.Thread | None = None

    def update(self, piece: bytes) -> None:
        """Take the next piece."""
        self._pieces.append(piece)
        self._gathered += len(piece)
        if self._gathered >= _AT_ONCE:
            if self._thread is None:
                self._thread = threading.Thread(target=self._hash, name="hashing", daemon=True)
                self._thread.start()
            self._waiting.put(self._pieces)
            self._pieces, self._gathered = [], 0

    def hexdigest(self) -> str:
        """The digest of everything given, in 64 hexadecimal digits. Nothing may be given afterwards."""
        self._end()
        for piece in self._pieces:
            self._digest.update(piece)
        self._pieces = []
        return self._digest.hexdigest()

    def __enter__(self) -> Self:
        """Give itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End the thread."""
        self._end()

    def _end(self) -> None:
        thread, self._thread = self._thread, None
        if thread is not None:
            self._waiting.put([])
            thread.join()

    def _hash(self) -> None:
        while pieces := self._waiting.get():
            for piece in pieces:
                self._digest.update(piece)
