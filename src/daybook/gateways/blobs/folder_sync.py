"""What makes a file in the folder private, visible and safe from a power cut."""

import os
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path
from typing import Final

from daybook.kernel.sealing.blob_store import BlobExists

KEPT: Final = "kept"

WRITE_BYTES: Final = 64 * 1024
"""How much is written at once. Linux looks for one stretch of memory for each write: long ones took three times as long."""


def move_into_place(path: Path, kept: Path, key: str, *, stays: bool = False) -> None:
    """Give a finished file its name below ``kept`` and sync every folder on the way. Raises BlobExists or OSError.

    ``stays`` says what becomes of it when that name cannot be made durable: it gets its old one back, as somebody comes back
    for it under that. Any other is gone then: nobody would come for it.
    """
    final = kept / key
    for folder in reversed(_folders(kept, key)):
        folder.mkdir(mode=0o700, exist_ok=True)
    if final.exists():
        raise BlobExists(key)
    path.rename(final)
    try:
        sync_name(kept, key)
    except OSError:
        if stays:
            final.rename(path)
        else:
            final.unlink()
        raise


def sync_name(kept: Path, key: str) -> None:
    """Make the name of a file below ``kept`` durable.

    Every folder on the way may be new, here or in another process that has not synced it yet.
    """
    for folder in (*_folders(kept, key), kept):
        sync_folder(folder)


def _folders(kept: Path, key: str) -> list[Path]:
    """The folders between ``kept`` and a file, the innermost first."""
    return [folder for folder in (kept / key).parents if kept in folder.parents]


def sync_folder(path: Path) -> None:
    """Make the names in a folder durable."""
    descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@cache
def disk_threads() -> ThreadPoolExecutor:
    """Threads that wait for the disk."""
    return ThreadPoolExecutor(max_workers=4, thread_name_prefix="disk")


# A forked process has none of them.
os.register_at_fork(after_in_child=disk_threads.cache_clear)
