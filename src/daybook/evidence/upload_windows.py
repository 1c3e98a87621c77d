"""Memory in which an upload is sealed: two windows of plaintext and two of sealed bytes, in turn.

They are mapped by themselves: freed in the usual way, every thread of the server would hoard its own. A few are kept for the
next request, since the system takes a while to hand out clean pages; what was readable in them is overwritten first.
"""

import mmap
import threading
from typing import Final

from daybook.kernel.sealing.resuming import CHUNK, SEALED_CHUNK

_MOST_KEPT: Final = 2
_OWN_PAGES: Final = 512 * 1024
_NOTHING: Final = bytes(1024 * 1024)

_kept: list["Windows"] = []
_lock = threading.Lock()


class Windows:
    """Two windows of each kind; the first of each is the one in use."""

    def __init__(self, chunks: int) -> None:
        self.chunks = chunks
        self.plain = [_memory(chunks * CHUNK) for _ in range(2)]
        self.sealed = [_memory(chunks * SEALED_CHUNK) for _ in range(2)]
        self._used = 0

    def turn(self, used: int) -> None:
        """Go on in the other ones; ``used`` bytes of plaintext stand in this one."""
        self._used = max(self._used, used)
        self.plain.reverse()
        self.sealed.reverse()

    def let_go(self, used: int, *, most_chunks: int) -> None:
        """Nobody reads them any more. Those of the full size, ``most_chunks``, may be used again."""
        if self.chunks != most_chunks:
            return
        for window in self.plain:
            for start in range(0, max(self._used, used), len(_NOTHING)):
                stop = min(start + len(_NOTHING), len(window))
                window[start:stop] = _NOTHING[: stop - start]
        self._used = 0
        with _lock:
            if len(_kept) < _MOST_KEPT:
                _kept.append(self)


def windows_of(chunks: int) -> Windows:
    """Windows of so many chunks."""
    with _lock:
        found = next((each for each in _kept if each.chunks == chunks), None)
        if found is not None:
            _kept.remove(found)
    return found or Windows(chunks)


def _memory(size: int) -> memoryview:
    return memoryview(mmap.mmap(-1, size) if size >= _OWN_PAGES else bytearray(size))
