"""Taking bytes in: hashed and sealed in one pass as they arrive, in constant memory, never in clear on disk.

Sealing needs only the record's public evidence key, so bytes can be taken in before anyone has shown that they may (Django's
CSRF check reads the form first). What comes out is an unadmitted blob; `exhibits.admit_exhibit` makes it evidence.
"""

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import OperationalError, transaction
from django.db.models import QuerySet

from daybook import doors
from daybook.evidence.digests import BesideHash
from daybook.evidence.errors import NotKept
from daybook.evidence.models import Blob, Upload
from daybook.kernel.media.content_types import HEAD_BYTES, content_type
from daybook.kernel.sealing.age import open_payload, start_payload
from daybook.kernel.sealing.blob_store import BlobError, StoreFull
from daybook.kernel.sealing.padding import padme
from daybook.kernel.sealing.streams import CHUNK, SEALED_CHUNK, seal_run
from daybook.people.errors import RecordAltered
from daybook.people.recipients import recipients_of

MOST_BYTES = 200 * 1024 * 1024
SWEPT_AFTER = timedelta(days=1)
RESERVE_BYTES = 64 * 1024 * 1024
RESERVE_WHILE_LOCKED_BYTES = 1024 * 1024 * 1024
MOST_WAITING_FILES = 200
MOST_WAITING_BYTES = 2 * 1024 * 1024 * 1024
_WINDOW_CHUNKS = 16
_WINDOW = _WINDOW_CHUNKS * CHUNK
_WINDOW_SEALED = _WINDOW_CHUNKS * SEALED_CHUNK
_PADDING_PIECE = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Received:
    """A file that was taken in whole and is durable, but not yet evidence.

    ``size`` is the original's length in bytes, ``sealed_length`` the true length of the age file in the blob (padding
    follows it), ``type`` what the content itself says it is.
    """

    blob_key: str
    record: UUID
    sha256: str
    size: int
    sealed_length: int
    type: str


def check_room(record: UUID, *, locked: bool) -> None:
    """Before a file is taken in: words must still fit on the disk afterwards. Raises NotKept.

    A browser whose record is locked gets less: nobody has unlocked for it, so what waits already counts against it.
    """
    free = doors.blobs().free_space()
    reserve = RESERVE_WHILE_LOCKED_BYTES if locked else RESERVE_BYTES
    if free is not None and free < reserve:
        raise NotKept(StoreFull().words)
    if not locked:
        return
    keys = list(Blob.objects.filter(record_id=record, admitted=False).values_list("key", flat=True))
    if len(keys) >= MOST_WAITING_FILES or sum(map(_size_of, keys)) >= MOST_WAITING_BYTES:
        raise NotKept("Many files wait already. Unlock first, then choose this one again.")


def _size_of(key: str) -> int:
    try:
        return doors.blobs().ranges(key).size
    except BlobError:
        return 0


class Intake:
    """Seals one file as its bytes arrive. Call `write`, then `finish` or `abort`.

    Raises NotKept when the file is longer than ``most_bytes`` or the disk cannot take it; what was written is gone then.
    """

    def __init__(self, record: UUID, *, now: datetime, most_bytes: int = MOST_BYTES) -> None:
        self._record = record
        self._most = most_bytes
        self._hash = BesideHash()
        self._sealed_hash = BesideHash()
        self._head = b""
        self._size = 0
        # Two windows of each kind in turn: one is hashed in another thread while the next is filled.
        self._plain = [bytearray(_WINDOW), bytearray(_WINDOW)]
        self._sealed = [bytearray(_WINDOW_SEALED), bytearray(_WINDOW_SEALED)]
        self._filled = 0
        self._chunks = 0
        self._stored = 0
        random = secrets.token_hex(16)
        try:
            recipient = recipients_of(record).evidence
        except RecordAltered as error:
            raise NotKept(str(error)) from error
        with not_kept_if_unwritable():
            self._blob = Blob.objects.create(key=f"{random[:2]}/{random[2:]}", record_id=record, begun_at=now)
        try:
            self._body = doors.blobs().open_writer(self._blob.key)
        except BlobError as error:
            self._forget()
            raise NotKept(error.words) from error
        file_key, opening = start_payload(recipient)
        self._aead = open_payload(file_key, opening)
        try:
            self._store(memoryview(opening))
        except BlobError as error:
            self.abort()
            raise NotKept(error.words) from error

    def write(self, data: bytes) -> None:
        """Take the next bytes."""
        self._size += len(data)
        if self._size > self._most:
            self.abort()
            megabytes = self._most // (1024 * 1024)
            most = f"{megabytes} MB" if megabytes < 1024 else f"{megabytes // 1024} GB"
            raise NotKept(
                f"This file is larger than {most}, the most that is taken here. With scripts on, the page takes files up to "
                "10 GB. Your own copy stays where it is."
            )
        if len(self._head) < HEAD_BYTES:
            self._head += bytes(data[: HEAD_BYTES - len(self._head)])
        left = memoryview(data)
        try:
            while left:
                # A full window waits for a byte behind it: only then is it known not to hold the last chunk.
                if self._filled == _WINDOW:
                    self._seal(ends=False)
                taken = min(_WINDOW - self._filled, left.nbytes)
                self._plain[0][self._filled : self._filled + taken] = left[:taken]
                self._filled += taken
                left = left[taken:]
        except BlobError as error:
            self.abort()
            raise NotKept(error.words) from error

    def finish(self) -> Received:
        """The file is complete: seal the end, pad, and make it durable."""
        try:
            self._seal(ends=True)
            sealed_length = self._stored
            missing = padme(sealed_length) - sealed_length
            while missing:
                piece = min(missing, _PADDING_PIECE)
                self._store(memoryview(os.urandom(piece)))
                missing -= piece
            self._body.commit()
        except BlobError as error:
            self.abort()
            raise NotKept(error.words) from error
        # Without it the body can still be checked by whoever has the key, so a full disk does not cost the file here.
        with suppress(OperationalError):
            Blob.objects.filter(pk=self._blob.pk).update(sealed_sha256=self._sealed_hash.digest())
        return Received(
            blob_key=self._blob.key,
            record=self._record,
            sha256=self._hash.digest().hex(),
            size=self._size,
            sealed_length=sealed_length,
            type=content_type(self._head, size=self._size),
        )

    def abort(self) -> None:
        """Let go of everything written."""
        self._body.abort()
        self._forget()

    def _forget(self) -> None:
        # A full disk takes no deletion either; `sweep_unadmitted` comes back for the row.
        with suppress(OperationalError):
            self._blob.delete()

    def _seal(self, *, ends: bool) -> None:
        """Hash the window in another thread, seal it meanwhile, and hand it on."""
        plain = memoryview(self._plain[0])[: self._filled]
        self._hash.update(plain)
        length = seal_run(self._aead, self._chunks, plain, memoryview(self._sealed[0]), ends=ends)
        self._store(memoryview(self._sealed[0])[:length])
        self._chunks += self._filled // CHUNK
        self._filled = 0
        # Each hash waits for its window before, so the other one of each pair is free now.
        self._plain.reverse()
        self._sealed.reverse()

    def _store(self, data: memoryview) -> None:
        self._sealed_hash.update(data)
        self._body.write(data)
        self._stored += data.nbytes


@contextmanager
def not_kept_if_unwritable() -> Iterator[None]:
    """Say in words that a row could not be written: most often the disk is full. Raises NotKept."""
    try:
        yield
    except OperationalError as error:
        raise NotKept(
            "This file could not be kept: the disk may be full. What was kept before is safe. "
            "Free some space and try again."
        ) from error


def discard(received: Received) -> None:
    """Remove a file that was taken in but not admitted; where a failing disk forbids that, the sweep does it later."""
    with suppress(OperationalError, BlobError):
        _discard(received)


def _discard(received: Received) -> None:
    remove_unadmitted(Blob.objects.filter(key=received.blob_key))


def remove_unadmitted(blob: "QuerySet[Blob]", *, waits: bool = False) -> bool:
    """Remove a blob that is nobody's evidence (``waits``: one that was held for its owner too); False where there is none.

    Its file goes before its row: whatever stops this in between leaves the row, and the sweep comes back for it. A file
    without a row would lie there for ever.
    """
    if waits:
        # Offered to nobody from here on: its file may be gone before its row is.
        blob.filter(admitted=False).update(held=False)
    with transaction.atomic():
        row = blob.filter(admitted=False, held=False).select_for_update().first()
        if row is None:
            return False
        doors.blobs().delete(row.key)
        row.delete()
    return True


def sweep_unadmitted(*, now: datetime) -> int:
    """Remove what was begun more than a day ago and never became evidence; returns how many."""
    coming = Upload.objects.values("blob_key")
    left = Blob.objects.filter(admitted=False, held=False).exclude(key__in=coming)
    keys = list(left.filter(begun_at__lt=now - SWEPT_AFTER).values_list("key", flat=True))
    for key in keys:
        remove_unadmitted(left.filter(key=key))
    doors.blobs().sweep(older_than_seconds=SWEPT_AFTER.total_seconds())
    return len(keys)
