"""Blobs that grow in many sittings: files of their own beside the kept ones, held by a lock that dies with its process.

They are named for their keys, so that whoever knows an upload finds its file; the sweep of the staging folder never sees
them. The lock is ``flock`` on the file itself: it keeps out other threads as well as other processes, and a killed process
leaves none behind.
"""

import contextlib
import errno
import fcntl
import os
import time
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from daybook.gateways.blobs.failures import not_missing, translate
from daybook.gateways.blobs.folder_sync import KEPT, WRITE_BYTES, move_into_place, sync_folder, sync_name
from daybook.kernel.sealing.blob_store import BlobBusy, BlobExists, BlobMissing, StoreUnusable, check_key

_UNFINISHED: Final = "unfinished"
# Stands for the slash of a key; no key holds it.
_SLASH: Final = "+"


class UnfinishedFile:
    """One such blob, held; see `kernel.sealing.blob_store.UnfinishedBlob`."""

    def __init__(self, root: Path, key: str, descriptor: int) -> None:
        self._root = root
        self._key = key
        self._descriptor = descriptor
        self._open = True
        self._size = os.fstat(descriptor).st_size

    @property
    def size(self) -> int:
        """How many bytes are there now."""
        return self._size

    def read(self, start: int, length: int) -> bytes:
        """Give ``length`` bytes from byte ``start`` on; fewer only at the end."""
        try:
            pieces = []
            while length > 0 and (piece := os.pread(self._descriptor, length, start)):
                pieces.append(piece)
                start += len(piece)
                length -= len(piece)
            return pieces[0] if len(pieces) == 1 else b"".join(pieces)
        except OSError as error:
            raise translate(error, self._key) from None

    def append(self, data: bytes | bytearray | memoryview) -> None:
        """Add bytes at the end."""
        left = memoryview(data)
        try:
            while left:
                written = os.pwrite(self._descriptor, left[:WRITE_BYTES], self._size)
                self._size += written
                left = left[written:]
        except OSError as error:
            raise not_missing(error) from None

    def cut(self, length: int) -> None:
        """Drop what lies behind the first ``length`` bytes."""
        if length > self._size:
            raise ValueError("a file cannot be cut to more than it is")
        try:
            os.ftruncate(self._descriptor, length)
        except OSError as error:
            raise not_missing(error) from None
        self._size = length

    def checkpoint(self) -> None:
        """Make all that was added durable."""
        try:
            os.fdatasync(self._descriptor)
        except OSError as error:
            raise not_missing(error) from None

    def commit(self) -> None:
        """Make the blob durable and visible under its key, and close it."""
        try:
            os.fsync(self._descriptor)
            move_into_place(_path(self._root, self._key), self._root / KEPT, self._key, stays=True)
            sync_folder(self._root / _UNFINISHED)
        except OSError as error:
            raise not_missing(error) from None
        self.close()

    def close(self) -> None:
        """Let go of it; it stays, to be resumed."""
        if self._open:
            self._open = False
            os.close(self._descriptor)

    def __enter__(self) -> Self:
        """Return itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close."""
        self.close()


def begin_file(root: Path, key: str) -> UnfinishedFile:
    """Begin a blob. Raises BlobExists, StoreFull or StoreUnusable."""
    path = _path(root, key)
    descriptor = -1
    try:
        path.parent.mkdir(mode=0o700, exist_ok=True)
        path.parent.chmod(0o700)
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
        os.fchmod(descriptor, 0o600)
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        sync_folder(path.parent)
        sync_folder(root)
    except FileExistsError:
        raise BlobExists(key) from None
    except OSError as error:
        if descriptor >= 0:
            os.close(descriptor)
            path.unlink(missing_ok=True)
        raise not_missing(error) from None
    return UnfinishedFile(root, key, descriptor)


def resume_file(root: Path, key: str) -> UnfinishedFile:
    """Take up a blob again. Raises BlobMissing, BlobBusy or StoreUnusable.

    Where it is missing because it was committed, its new name is durable: who committed it may have died before it was.
    """
    try:
        return UnfinishedFile(root, key, _held(_path(root, key), key))
    except BlobMissing:
        try:
            if (root / KEPT / key).exists():
                sync_name(root / KEPT, key)
        except OSError as error:
            raise translate(error, key) from None
        raise


def drop_file(root: Path, key: str) -> None:
    """Remove a blob; one that is not there is no error. Raises BlobBusy or StoreUnusable."""
    path = _path(root, key)
    try:
        descriptor = _held(path, key)
    except BlobMissing:
        return
    try:
        path.unlink(missing_ok=True)
        sync_folder(path.parent)
    except OSError as error:
        raise translate(error, key) from None
    finally:
        os.close(descriptor)


def unfinished_keys(root: Path, older_than_seconds: float) -> Iterator[str]:
    """The keys of unfinished blobs that nothing was added to for that long."""
    limit = time.time() - older_than_seconds
    try:
        names = os.listdir(root / _UNFINISHED)
    except FileNotFoundError:
        return
    for name in names:
        with contextlib.suppress(FileNotFoundError):
            if (root / _UNFINISHED / name).stat().st_mtime <= limit:
                yield name.replace(_SLASH, "/")


def _path(root: Path, key: str) -> Path:
    return root / _UNFINISHED / check_key(key).replace("/", _SLASH)


def _held(path: Path, key: str) -> int:
    try:
        descriptor = os.open(path, os.O_RDWR)
    except OSError as error:
        raise translate(error, key) from None
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        # Between the opening and the lock it may have been removed or committed.
        same = os.path.samestat(os.stat(path), os.fstat(descriptor))
    except OSError as error:
        os.close(descriptor)
        if error.errno in {errno.EWOULDBLOCK, errno.EACCES}:
            raise BlobBusy(key) from None
        if error.errno == errno.ENOENT:
            raise BlobMissing(key) from None
        raise StoreUnusable("The place where files are kept cannot be used at the moment.") from None
    if not same:
        os.close(descriptor)
        raise BlobMissing(key)
    return descriptor
