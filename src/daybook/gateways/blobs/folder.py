"""Sealed files in a local folder: read and listed through obstore's local store, written durably and privately here.

The library reads ranges, and will do the same over S3. Writing is ours: it does not fsync, does not set permissions, and
cannot call off a write (its background threads may still be writing after an abort). Layout under the root:

    kept/ab/cdef…     committed blobs
    staging/<random>  blobs being written; whatever a crash leaves here was never acknowledged
    unfinished/ab+cd… blobs that grow in many sittings; see folder_unfinished.py
"""

import contextlib
import os
import secrets
import time
from collections.abc import Iterator
from concurrent.futures import Future
from pathlib import Path
from types import TracebackType
from typing import Final, Self

import obstore
from obstore.store import LocalStore

from daybook.gateways.blobs.failures import FOREIGN, not_missing, translate
from daybook.gateways.blobs.folder_sync import KEPT, WRITE_BYTES, disk_threads, move_into_place, sync_folder
from daybook.gateways.blobs.folder_unfinished import (
    UnfinishedFile,
    begin_file,
    drop_file,
    resume_file,
    unfinished_keys,
)
from daybook.gateways.blobs.forks import enter_library
from daybook.kernel.sealing.blob_store import BlobError, BlobExists, StoreUnusable, check_key

SYNC_BYTES: Final = 32 * 1024 * 1024
"""How much is written before the disk is asked to catch up."""

_STAGING: Final = "staging"


class FolderStore:
    """A blob store in a folder of this machine. Safe in threads and in several processes at once.

    Args:
        root: the folder; made with mode 0700 where it is missing.

    Raises:
        StoreUnusable, StoreFull: the folder cannot be made.
    """

    def __init__(self, root: Path | str) -> None:
        self._root = Path(root)
        try:
            for folder in (self._root, self._root / KEPT, self._root / _STAGING):
                folder.mkdir(mode=0o700, parents=True, exist_ok=True)
                folder.chmod(0o700)
            self._store = LocalStore(self._root)
        except FOREIGN as error:
            raise not_missing(error) from None

    def open_writer(self, key: str) -> "FolderWriter":
        """Begin a blob."""
        if self.exists(key):
            raise BlobExists(key)
        return FolderWriter(self._root, key)

    def begin_unfinished(self, key: str) -> UnfinishedFile:
        """Begin a blob that may be resumed."""
        if self.exists(key):
            raise BlobExists(key)
        return begin_file(self._root, key)

    def resume(self, key: str) -> UnfinishedFile:
        """Take up an unfinished blob again."""
        return resume_file(self._root, key)

    def drop_unfinished(self, key: str) -> None:
        """Remove an unfinished blob for good; one that is not there is no error."""
        drop_file(self._root, key)

    def unfinished(self, *, older_than_seconds: float = 0) -> Iterator[str]:
        """Walk the keys of unfinished blobs that nothing was added to for that long."""
        return unfinished_keys(self._root, older_than_seconds)

    def ranges(self, key: str) -> "FolderRanges":
        """Open a blob for reading."""
        return FolderRanges(self._store, check_key(key))

    def delete(self, key: str) -> None:
        """Remove a blob for good; one that is not there is no error."""
        path = self._root / KEPT / check_key(key)
        try:
            path.unlink(missing_ok=True)
            with contextlib.suppress(FileNotFoundError):
                sync_folder(path.parent)
        except OSError as error:
            raise translate(error, key) from None

    def exists(self, key: str) -> bool:
        """Say whether a committed blob has this key."""
        enter_library()
        try:
            obstore.head(self._store, f"{KEPT}/{check_key(key)}")
        except FileNotFoundError:
            return False
        except FOREIGN as error:
            raise translate(error, key) from None
        return True

    def keys(self, prefix: str = "") -> Iterator[str]:
        """Walk all committed keys, or those below the whole parts `prefix` names, in no order."""
        below = f"{KEPT}/{check_key(prefix.rstrip('/'))}" if prefix else KEPT
        enter_library()
        try:
            for batch in obstore.list(self._store, below):
                for found in batch:
                    yield found["path"].removeprefix(f"{KEPT}/")
        except FOREIGN as error:
            raise translate(error, prefix) from None

    def free_space(self) -> int:
        """Bytes an ordinary user may still write to this file system."""
        found = os.statvfs(self._root)
        return found.f_bavail * found.f_frsize

    def sweep(self, *, older_than_seconds: float = 86_400) -> int:
        """Remove leftovers in the staging folder that nothing has written to for that long."""
        limit = time.time() - older_than_seconds
        swept = 0
        for path in (self._root / _STAGING).iterdir():
            # A writer may commit or abort between the look and the removal.
            with contextlib.suppress(FileNotFoundError):
                if path.stat().st_mtime < limit:
                    path.unlink()
                    swept += 1
        return swept


class FolderWriter:
    """One blob on its way into the folder; see `kernel.sealing.blob_store.BlobWriter`. For one thread."""

    def __init__(self, root: Path, key: str) -> None:
        self._key = key
        self._staged = root / _STAGING / secrets.token_hex(16)
        self._kept = root / KEPT
        self._open = True
        self._unsynced = 0
        self._syncing: Future[None] | None = None
        try:
            self._descriptor = os.open(self._staged, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except OSError as error:
            raise not_missing(error) from None

    def write(self, data: bytes | bytearray | memoryview) -> int:
        """Add bytes."""
        if not self._open:
            raise ValueError("the blob is no longer being written")
        left = memoryview(data).cast("B")
        length = left.nbytes
        try:
            while left:
                left = left[os.write(self._descriptor, left[:WRITE_BYTES]) :]
            self._unsynced += length
            if self._unsynced >= SYNC_BYTES:
                self._wait_for_disk()
                self._unsynced = 0
                # Beside the writing of what follows, so that the last sync of a large file finds little left to do.
                self._syncing = disk_threads().submit(os.fdatasync, self._descriptor)
        except OSError as error:
            self.abort()
            raise not_missing(error) from None
        return length

    def commit(self) -> None:
        """Make private, fsync, move into place, fsync the folders: in this order."""
        if not self._open:
            raise ValueError("the blob is no longer being written")
        try:
            self._wait_for_disk()
            os.fchmod(self._descriptor, 0o600)
            os.fsync(self._descriptor)
            move_into_place(self._staged, self._kept, self._key)
        except BlobError:
            self.abort()
            raise
        except OSError as error:
            self.abort()
            raise not_missing(error) from None
        self._open = False
        os.close(self._descriptor)

    def abort(self) -> None:
        """Forget the blob and leave nothing behind."""
        if not self._open:
            return
        self._open = False
        with contextlib.suppress(OSError):
            self._wait_for_disk()
        os.close(self._descriptor)
        with contextlib.suppress(OSError):
            self._staged.unlink(missing_ok=True)

    def _wait_for_disk(self) -> None:
        syncing, self._syncing = self._syncing, None
        if syncing is not None:
            syncing.result()

    def __enter__(self) -> Self:
        """Return itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Abort unless committed."""
        self.abort()


class FolderRanges:
    """One blob open for reading; see `kernel.sealing.blob_store.BlobRanges`."""

    def __init__(self, store: LocalStore, key: str) -> None:
        self._store = store
        self._key = key
        self._path = f"{KEPT}/{key}"
        enter_library()
        try:
            self._size = int(obstore.head(store, self._path)["size"])
        except FOREIGN as error:
            raise translate(error, key) from None

    @property
    def size(self) -> int:
        """The blob's length in bytes, padding included."""
        return self._size

    def read(self, start: int, length: int) -> bytes:
        """Give `length` bytes from byte `start` on; fewer only where the blob ends."""
        if start < 0 or length < 0:
            raise ValueError("a range begins at 0 or later and has no negative length")
        length = min(length, self._size - start)
        if length <= 0:
            return b""
        enter_library()
        try:
            found = bytes(obstore.get_range(self._store, self._path, start=start, length=length))
        except FOREIGN as error:
            raise translate(error, self._key) from None
        if len(found) != length:
            raise StoreUnusable("A stored file has become shorter than it was.")
        return found
