"""The door to where sealed files are kept. Only ciphertext goes through it; it never sees a name or a key."""

import re
from collections.abc import Iterator
from types import TracebackType
from typing import Final, Protocol, Self

from daybook.kernel.sealing.streams import ByteRanges

KEY: Final = re.compile(r"[a-z0-9_-]{1,64}(?:/[a-z0-9_-]{1,64}){0,5}", re.ASCII)
"""What a blob's key looks like: up to six lower-case parts. It can never leave the store's folder."""


class BlobError(Exception):
    """The base of what a blob store raises.

    Args:
        words: one plain sentence for the person; it never names a path or a key.
    """

    def __init__(self, words: str) -> None:
        super().__init__(words)
        self.words = words


class BlobMissing(BlobError):
    """No blob has this key."""

    def __init__(self, key: str) -> None:
        super().__init__("A stored file is missing.")
        self.key = key


class BlobExists(BlobError):
    """A blob already has this key; blobs are written once and never changed."""

    def __init__(self, key: str) -> None:
        super().__init__("A stored file of this name is already there.")
        self.key = key


class StoreFull(BlobError):
    """There is no room. Nothing was kept of what was being written; everything kept before is untouched."""

    def __init__(self) -> None:
        super().__init__(
            "There is no room left to keep this file. What was kept before is safe. "
            "Free some space and try again."
        )


class StoreUnusable(BlobError):
    """The store cannot be reached, read or written, for a reason other than room."""


class BlobBusy(BlobError):
    """Somebody else is adding to this unfinished blob."""

    def __init__(self, key: str) -> None:
        super().__init__("Another window is sending this file at the moment.")
        self.key = key


class BlobWriter(Protocol):
    """One blob being written. Nobody can see it before `commit`."""

    def write(self, data: bytes | bytearray | memoryview) -> int:
        """Add bytes; return how many.

        Raises:
            StoreFull, StoreUnusable: the blob is then lost; `abort` is still allowed.
        """
        ...

    def commit(self) -> None:
        """Make the blob durable and visible. When this returns, a power cut cannot undo it.

        Raises:
            BlobExists, StoreFull, StoreUnusable: nothing became visible.
        """
        ...

    def abort(self) -> None:
        """Forget the blob and leave nothing behind. Does nothing after `commit`; raises nothing."""
        ...

    def __enter__(self) -> Self:
        """Return itself."""
        ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Abort unless committed."""
        ...


class BlobRanges(ByteRanges, Protocol):
    """One blob open for reading at any place."""

    @property
    def size(self) -> int:
        """The blob's length in bytes, padding included."""
        ...

    def read(self, start: int, length: int) -> bytes:
        """Give `length` bytes from byte `start` on; fewer only where the blob ends.

        Raises:
            BlobMissing: it was deleted meanwhile.
            StoreUnusable: it could not be read, or has become shorter.
        """
        ...


class UnfinishedBlob(ByteRanges, Protocol):
    """A blob that grows in many sittings, over days and processes. Nobody can see it before `commit`.

    It has one holder at a time, and lets go of it when closed or when its process ends. What was added since the last
    `checkpoint` may be there after a crash or not, in part or whole. A store of objects would keep what is added between two
    checkpoints as an object of its own and put them together at `commit`.
    """

    @property
    def size(self) -> int:
        """How many bytes are there now."""
        ...

    def append(self, data: bytes | bytearray | memoryview) -> None:
        """Add bytes at the end. Raises StoreFull or StoreUnusable; some of them may be there all the same."""
        ...

    def cut(self, length: int) -> None:
        """Drop what lies behind the first ``length`` bytes. Raises StoreUnusable."""
        ...

    def checkpoint(self) -> None:
        """Make all that was added durable. May be called in another thread than `append`.

        Raises:
            StoreFull, StoreUnusable: what was added since the last checkpoint may be lost.
        """
        ...

    def commit(self) -> None:
        """Make the blob durable and visible under its key, and close it.

        Raises:
            BlobExists, StoreFull, StoreUnusable: it is still unfinished.
        """
        ...

    def close(self) -> None:
        """Let go of it; it stays, to be resumed. Does nothing the second time; raises nothing."""
        ...

    def __enter__(self) -> Self:
        """Return itself."""
        ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close."""
        ...


class BlobStore(Protocol):
    """Keeps sealed file bodies under keys that say nothing."""

    def open_writer(self, key: str) -> BlobWriter:
        """Begin a blob.

        Raises:
            ValueError: the key does not match `KEY`.
            BlobExists, StoreFull, StoreUnusable: nothing was begun.
        """
        ...

    def begin_unfinished(self, key: str) -> UnfinishedBlob:
        """Begin a blob that may be resumed.

        Raises:
            ValueError: the key does not match `KEY`.
            BlobExists, StoreFull, StoreUnusable: nothing was begun.
        """
        ...

    def resume(self, key: str) -> UnfinishedBlob:
        """Take up an unfinished blob again.

        Raises:
            BlobMissing: there is none of this key; it may be committed.
            BlobBusy: somebody holds it.
            StoreUnusable: it cannot be opened.
        """
        ...

    def drop_unfinished(self, key: str) -> None:
        """Remove an unfinished blob for good; one that is not there is no error. Raises BlobBusy or StoreUnusable."""
        ...

    def unfinished(self, *, older_than_seconds: float = 0) -> Iterator[str]:
        """Walk the keys of unfinished blobs that nothing was added to for that long."""
        ...

    def ranges(self, key: str) -> BlobRanges:
        """Open a blob for reading.

        Raises:
            BlobMissing, StoreUnusable: as named.
        """
        ...

    def delete(self, key: str) -> None:
        """Remove a blob for good; one that is not there is no error."""
        ...

    def exists(self, key: str) -> bool:
        """Say whether a committed blob has this key."""
        ...

    def keys(self, prefix: str = "") -> Iterator[str]:
        """Walk all committed keys, or those below the whole parts `prefix` names, in no order."""
        ...

    def free_space(self) -> int | None:
        """Bytes left to write, where the store knows."""
        ...

    def sweep(self, *, older_than_seconds: float = 86_400) -> int:
        """Remove what crashes left of blobs never committed; return how many files that were."""
        ...


def check_key(key: str) -> str:
    """Return the key.

    Raises:
        ValueError: it is not a key. That is a mistake in the program, so no words for the person.
    """
    if KEY.fullmatch(key) is None:
        raise ValueError("not a blob key")
    return key
