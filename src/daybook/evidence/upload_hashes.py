"""The hashes of uploads between their sittings, in this process only: the state of a hash cannot be saved."""

import threading
from collections import OrderedDict
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from daybook.evidence.digests import BesideHash

_MOST_REMEMBERED: Final = 64


@dataclass(frozen=True, slots=True)
class UploadHashes:
    """How far an upload is hashed: its plaintext, and the sealed bytes from their header on, up to so many chunks."""

    chunks: int
    plain: BesideHash
    sealed: BesideHash

    def wait(self) -> None:
        """Wait until all that was added is hashed."""
        self.plain.wait()
        self.sealed.wait()


class _Remembered:
    """They hold no keys, and no readable bytes: whole chunks leave none over."""

    def __init__(self) -> None:
        self._hashes: OrderedDict[UUID, UploadHashes] = OrderedDict()
        self._lock = threading.Lock()

    def take(self, upload: UUID, *, chunks: int) -> UploadHashes | None:
        """The hashes of an upload, if they end where its durable part does; they are nobody else's then."""
        with self._lock:
            found = self._hashes.pop(upload, None)
        return found if found is not None and found.chunks == chunks else None

    def put(self, upload: UUID, hashes: UploadHashes) -> None:
        """Remember them for the next sitting."""
        hashes.wait()
        with self._lock:
            self._hashes[upload] = hashes
            while len(self._hashes) > _MOST_REMEMBERED:
                self._hashes.popitem(last=False)

    def forget_all(self) -> None:
        """As after a restart."""
        with self._lock:
            self._hashes.clear()


remembered = _Remembered()
