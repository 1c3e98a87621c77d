"""Sealed files in a local folder, through obstore's local store, made durable and private here.

The library streams, lists and reads ranges, and will do the same over S3; it does not fsync, does not set
permissions and cannot call off a write, so this module does. Layout under the root:

    kept/ab/cdef…     committed blobs
    staging/<random>  blobs being written; whatever a crash leaves here was never acknowledged
"""

import contextlib
import os
import secrets
import time
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Final, Self

import obstore
from obstore.store import LocalStore

from daybook.gateways.blobs.failures import FOREIGN, translate
from daybook.gateways.blobs.forks import enter_library
from daybook.kernel.sealing.blob_store import BlobError, BlobExists, StoreUnusable, check_key

BUFFER_BYTES: Final = 1024 * 1024
"""Bytes gathered before they are written out."""

BUFFERS: Final = 4
"""How many such buffers may be on their way at once: memory stays under 8 MiB a writer."""

_KEPT: Final = "kept"
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
            for folder in (self._root, self._root / _KEPT, self._root / _STAGING):
                folder.mkdir(mode=0o700, parents=True, exist_ok=True)
                folder.chmod(0o700)
            self._store = LocalStore(self._root)
        except FOREIGN as error:
            raise _not_missing(error) from None

    def open_writer(self, key: str) -> "FolderWriter":
        """Begin a blob."""
        if self.exists(key):
            raise BlobExists(key)
        return FolderWriter(self._store, self._root, key)

    def ranges(self, key: str) -> "FolderRanges":
        """Open a blob for reading."""
        return FolderRanges(self._store, check_key(key))

    def delete(self, key: str) -> None:
        """Remove a blob for good; one that is not there is no error."""
        path = self._root / _KEPT / check_key(key)
        try:
            path.unlink(missing_ok=True)
            with contextlib.suppress(FileNotFoundError):
                _sync_folder(path.parent)
        except OSError as error:
            raise translate(error, key) from None

    def exists(self, key: str) -> bool:
        """Say whether a committed blob has this key."""
        enter_library()
        try:
            obstore.head(self._store, f"{_KEPT}/{check_key(key)}")
        except FileNotFoundError:
            return False
        except FOREIGN as error:
            raise translate(error, key) from None
        return True

    def keys(self, prefix: str = "") -> Iterator[str]:
        """Walk all committed keys, or those below the whole parts `prefix` names, in no order."""
        below = f"{_KEPT}/{check_key(prefix.rstrip('/'))}" if prefix else _KEPT
        enter_library()
        try:
            for batch in obstore.list(self._store, below):
                for found in batch:
                    yield found["path"].removeprefix(f"{_KEPT}/")
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

    def __init__(self, store: LocalStore, root: Path, key: str) -> None:
        self._key = key
        self._name = secrets.token_hex(16)
        self._staging = root / _STAGING
        self._kept = root / _KEPT
        self._final = self._kept / key
        self._open = True
        enter_library()
        try:
            self._writer = obstore.open_writer(
                store, f"{_STAGING}/{self._name}", buffer_size=BUFFER_BYTES, max_concurrency=BUFFERS
            )
        except FOREIGN as error:
            raise _not_missing(error) from None

    def write(self, data: bytes | bytearray | memoryview) -> int:
        """Add bytes, at most a buffer at a time."""
        if not self._open:
            raise ValueError("the blob is no longer being written")
        view = memoryview(data).cast("B")
        try:
            for start in range(0, len(view), BUFFER_BYTES):
                self._writer.write(view[start : start + BUFFER_BYTES])
        except FOREIGN as error:
            self.abort()
            raise _not_missing(error) from None
        return len(view)

    def commit(self) -> None:
        """Write out, make private, fsync, move into place, fsync the folders: in this order."""
        if not self._open:
            raise ValueError("the blob is no longer being written")
        staged = self._staging / self._name
        try:
            self._writer.close()
            _sync_file(staged)
            for folder in reversed(self._folders()):
                folder.mkdir(mode=0o700, exist_ok=True)
            if self._final.exists():
                raise BlobExists(self._key)
            staged.rename(self._final)
            try:
                # Every folder on the way may be new, here or in another process that has not synced it yet.
                for folder in (*self._folders(), self._kept):
                    _sync_folder(folder)
            except OSError:
                # It was never acknowledged, and nobody would come back for it under this name.
                self._final.unlink()
                raise
        except BlobError:
            self.abort()
            raise
        except FOREIGN as error:
            self.abort()
            raise _not_missing(error) from None
        self._open = False

    def abort(self) -> None:
        """Forget the blob and leave nothing behind."""
        if not self._open:
            return
        self._open = False
        # Closing first makes sure no background write brings the file back after it is removed.
        with contextlib.suppress(*FOREIGN):
            self._writer.close()
        with contextlib.suppress(OSError):
            for left in self._staging.glob(f"{self._name}*"):
                left.unlink(missing_ok=True)

    def _folders(self) -> list[Path]:
        """The folders between the kept ones' root and this blob, innermost first."""
        return [folder for folder in self._final.parents if self._kept in folder.parents]

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
        self._path = f"{_KEPT}/{key}"
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


def _not_missing(error: Exception) -> BlobError:
    """Translate an error of writing, where a missing file is a missing store, not a missing blob."""
    if isinstance(error, FileNotFoundError):
        return StoreUnusable("The place where files are kept is gone.")
    return translate(error, "")


def _sync_file(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fchmod(descriptor, 0o600)
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _sync_folder(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
