"""The bytes of an upload: sealed and made durable as they arrive, over as many sittings as it takes.

A sitting holds the unfinished blob, so that nobody else adds to it. Plaintext is gathered to whole chunks, up to a window of
them; a window is sealed in memory, promised in the row, and only then written (`kernel.sealing.resuming` says why). What the
row calls durable was fsynced before. A hash cannot be saved, so a sitting that finds none in this process reads, verifies and
hashes what is there already.
"""

import os
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import suppress
from datetime import datetime
from types import TracebackType
from typing import Final, Self
from uuid import UUID

from django.db import OperationalError, transaction

from daybook import doors
from daybook.evidence.digests import BesideHash, run_beside
from daybook.evidence.errors import (
    AllArrived,
    AnotherFile,
    NoRoom,
    NoSuchUpload,
    TooLong,
    UploadBusy,
    UploadLost,
    WrongPlace,
)
from daybook.evidence.intake import RESERVE_BYTES, Received, not_kept_if_unwritable
from daybook.evidence.models import Blob, Upload
from daybook.evidence.upload_hashes import UploadHashes, remembered
from daybook.evidence.upload_rows import CHUNK, ReadUpload, State, read_upload, seal_state
from daybook.evidence.upload_windows import windows_of
from daybook.kernel.consent import Viewer
from daybook.kernel.media.content_types import HEAD_BYTES, content_type
from daybook.kernel.sealing.blob_store import BlobBusy, BlobError, BlobMissing, StoreFull
from daybook.kernel.sealing.errors import CannotOpen
from daybook.kernel.sealing.padding import padme
from daybook.kernel.sealing.resuming import TAG, NotAsPromised

WINDOW_CHUNKS: Final = 128
"""8 MiB: how much is sealed, promised, written and made durable at a time."""

_READ_CHUNKS: Final = 16
_PADDING_PIECE: Final = 1024 * 1024

LOST: Final = (
    "What arrived of this file before is damaged or gone. Let go of it, then choose the file again: it is sent from its "
    "beginning."
)
ANOTHER: Final = (
    "This is not the file that was begun: its content is different. What arrived before is untouched."
)


class Sitting:
    """One request's hold on an upload. Use as a context: leaving it keeps what arrived and lets go.

    Raises on entering: NoSuchUpload, UploadBusy, UploadLost.
    """

    def __init__(
        self, viewer: Viewer, upload: UUID, *, now: datetime, may_go_on: Callable[[], bool] = lambda: True
    ) -> None:
        self._viewer, self._id, self._now, self._may_go_on = viewer, upload, now, may_go_on
        self._finished = False
        self._filled = 0
        self.stopped = False
        """Whether the record was locked meanwhile; nothing is taken any more."""

    def __enter__(self) -> Self:
        """Take hold of the upload; keep what a crash left behind its last durable chunk, if it opens."""
        found = read_upload(self._viewer, self._id)
        try:
            self._file = doors.blobs().resume(found.blob_key)
        except BlobBusy as error:
            raise UploadBusy(error.words) from error
        except BlobMissing as error:
            # Another request may have finished it or let go of it between the two looks.
            if read_upload(self._viewer, self._id).received is not None:
                raise AllArrived from error
            raise UploadLost(LOST) from error
        except BlobError as error:
            raise UploadLost(error.words) from error
        try:
            # Again: whoever held it until now may have added to it.
            self._upload = read_upload(self._viewer, self._id)
            if self._upload.received is not None:
                self._file.commit()
                raise AllArrived
            self._sealer = self._upload.sealer()
            self._promised = self._upload.promised
            self._durable = self._chunks = self._upload.chunks
            self._make_windows()
            self._syncing: Future[object] | None = None
            self._hashes: UploadHashes | None = None
            self._pick_up()
        except BaseException:
            self._file.close()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Keep what arrived, unless that was what failed; let go."""
        try:
            if not self._finished and not isinstance(error, NoRoom | UploadLost):
                self.settle()
        finally:
            self._file.close()
            # Where it ended well, no thread reads in them any more: all hashes were waited for.
            if error is None:
                self._windows.let_go(self._filled, most_chunks=WINDOW_CHUNKS)

    @property
    def offset(self) -> int:
        """How many bytes are taken so far; durable when the sitting is over or `settle` returned."""
        return self._chunks * CHUNK + self._filled - self._over

    @property
    def upload(self) -> ReadUpload:
        """The upload as it was at the beginning of this sitting."""
        return self._upload

    @property
    def wanted(self) -> int:
        """How many bytes end the chunk under way; if the connection breaks, what was asked for in vain is lost."""
        return CHUNK - self._filled % CHUNK

    @property
    def _over(self) -> int:
        # The last chunk counts as a whole one, however short it is.
        return self._chunks * CHUNK - self._upload.length if self._chunks > self._sealer.last else 0

    def expect(self, offset: int) -> None:
        """Raises WrongPlace unless the next byte to come is this one."""
        if offset != self.offset:
            raise WrongPlace(f"{self.offset} bytes have arrived.")

    def write(self, data: bytes) -> None:
        """Take the next bytes. Raises TooLong, NoRoom, AnotherFile; nothing at all once the record was locked."""
        if self.stopped:
            return
        if self.offset + len(data) > self._upload.length:
            raise TooLong("More was sent than the file was said to have.")
        left = memoryview(data)
        while left:
            if self._filled == len(self._windows.plain[0]):
                self._flush()
                self.stopped = not self._may_go_on()
                if self.stopped:
                    return
            taken = min(len(self._windows.plain[0]) - self._filled, left.nbytes)
            self._windows.plain[0][self._filled : self._filled + taken] = left[:taken]
            self._filled += taken
            left = left[taken:]

    def settle(self) -> None:
        """Make all of it durable, the piece after the last whole chunk too. Raises NoRoom or AnotherFile."""
        self._flush()
        self._wait_for_disk()
        tail = bytes(self._windows.plain[0][: self._filled])
        if self._chunks != self._durable or tail != self._upload.state.tail:
            self._note(self._chunks, self._promised, State(tail=tail))
        if self._hashes is not None:
            remembered.put(self._id, self._hashes)
            self._hashes = None

    def hash_so_far(self, piece_chunks: int) -> list[bytes]:
        """Read, verify and hash all that is there; give the SHA-256 of each run of so many chunks. Raises UploadLost."""
        pieces: list[bytes] = []
        under_way = BesideHash()

        def also(first: int, plain: bytes) -> None:
            nonlocal under_way
            under_way.update(plain)
            if (first * CHUNK + len(plain)) % (piece_chunks * CHUNK) == 0:
                pieces.append(under_way.digest())
                under_way = BesideHash()

        self._hashes = self._hash_again(also)
        done = self._chunks * CHUNK - self._over
        if self._filled or done % (piece_chunks * CHUNK):
            under_way.update(bytes(self._windows.plain[0][: self._filled]))
            pieces.append(under_way.digest())
        return pieces

    def finish(self) -> Received:
        """All of it is here: pad it, make it durable and name it, so that it can be admitted. Raises NoRoom, UploadLost."""
        self.settle()
        if self.offset != self._upload.length or self._chunks <= self._sealer.last:
            raise WrongPlace(f"{self.offset} bytes have arrived.")
        hashes = remembered.take(self._id, chunks=self._chunks) or self._hash_again()
        first = self._open(0, 1)[0]
        sealed_length = self._sealer.sealed_length(self._chunks)
        try:
            missing = padme(sealed_length) - sealed_length
            while missing:
                piece = os.urandom(min(missing, _PADDING_PIECE))
                hashes.sealed.update(piece)
                self._file.append(piece)
                missing -= len(piece)
            self._file.checkpoint()
        except BlobError as error:
            self._cut_back(sealed_length)
            raise NoRoom(error.words) from error
        received = Received(
            blob_key=self._upload.blob_key,
            record=self._viewer.record,
            sha256=hashes.plain.digest().hex(),
            size=self._upload.length,
            sealed_length=sealed_length,
            type=content_type(first[:HEAD_BYTES], size=self._upload.length),
        )
        with not_kept_if_unwritable(), transaction.atomic():
            Blob.objects.create(
                key=received.blob_key,
                record_id=self._viewer.record,
                begun_at=self._upload.begun_at,
                sealed_sha256=hashes.sealed.digest(),
            )
            self._note(self._chunks, b"", State(received=received), finished=True)
        self._finished = True
        try:
            self._file.commit()
        except BlobError as error:
            raise NoRoom(error.words) from error
        return received

    def _flush(self) -> None:
        """Seal what is whole, promise it, and write it; what was written before becomes durable first."""
        ends = self._is_last_due()
        length = self._filled if ends else self._filled - self._filled % CHUNK
        if not length and not ends:
            return
        plain = self._windows.plain[0][:length]
        hashes = self._ready_hashes()
        try:
            sealed, promised = self._sealer.seal(self._chunks, plain, self._windows.sealed[0], self._promised)
        except NotAsPromised as error:
            self._give_up()
            self._hashes = hashes
            raise AnotherFile(ANOTHER) from error
        self._check_room(sealed.nbytes)
        hashes.plain.update(plain)
        hashes.sealed.update(sealed)
        self._wait_for_disk()
        self._note(self._chunks, promised, self._state_at(self._chunks))
        try:
            self._file.append(sealed)
        except BlobError as error:
            self._no_room(error)
        count = -(-length // CHUNK) or 1
        self._hashes = UploadHashes(self._chunks + count, hashes.plain, hashes.sealed)
        self._chunks += count
        self._promised = promised[count * TAG :]
        self._syncing = run_beside(self._file.checkpoint)
        # What is left over begins the other window; each hash waits for its window before, so that one is free.
        over = self._filled - length
        self._windows.plain[1][:over] = self._windows.plain[0][length : self._filled]
        self._filled = over
        self._windows.turn(length + over)

    def _is_last_due(self) -> bool:
        return self._chunks <= self._sealer.last and self.offset == self._upload.length

    def _state_at(self, chunks: int) -> State:
        # The tail of the sitting before stays until the chunk it begins is durable.
        return self._upload.state if chunks == self._upload.chunks else State()

    def _wait_for_disk(self) -> None:
        syncing, self._syncing = self._syncing, None
        if syncing is not None:
            try:
                syncing.result()
            except BlobError as error:
                self._no_room(error)

    def _check_room(self, coming: int) -> None:
        free = doors.blobs().free_space()
        if free is not None and free < RESERVE_BYTES + coming:
            self._no_room(StoreFull())

    def _no_room(self, error: BlobError) -> None:
        """Nothing more fits. What the row calls durable stays; what was written behind it is cut off, and stays promised."""
        self._give_up()
        self._cut_back(self._sealer.sealed_length(self._durable))
        raise NoRoom(
            error.words
            if not isinstance(error, StoreFull)
            else "There is no room left on the disk for this file."
        ) from error

    def _give_up(self) -> None:
        """Give up what is in memory only; what the row holds of the chunk under way stays."""
        tail = self._state_at(self._chunks).tail
        self._windows.plain[0][: len(tail)] = tail
        self._filled = len(tail)
        self._hashes = None

    def _cut_back(self, length: int) -> None:
        with suppress(BlobError):
            self._file.cut(min(length, self._file.size))

    def _note(self, chunks: int, promised: bytes, state: State, *, finished: bool = False) -> None:
        values = {"chunks": chunks, "promised": promised, "touched_at": self._now, "finished": finished}
        if state != self._upload.state:
            values |= seal_state(self._viewer, self._upload, state)
        try:
            if not Upload.objects.filter(pk=self._id, record_id=self._viewer.record).update(**values):
                raise NoSuchUpload("This file is no longer on its way.")
        except OperationalError as error:
            self._give_up()
            raise NoRoom("There is no room left on the disk for this file.") from error
        self._upload = self._upload.with_state(chunks=chunks, promised=promised, state=state)
        self._durable = chunks

    def _make_windows(self) -> None:
        """Two of each kind in turn: one is hashed in another thread while the next is filled. A small file gets small ones."""
        chunks = min(WINDOW_CHUNKS, self._sealer.last + 1 - self._chunks)
        self._windows = windows_of(chunks)
        tail = self._upload.state.tail
        self._windows.plain[0][: len(tail)] = tail
        self._filled = len(tail)

    def _pick_up(self) -> None:
        """Compare file and row: keep the chunks behind the durable ones that open, cut off what does not."""
        durable = self._sealer.sealed_length(self._durable)
        if self._file.size < durable:
            raise UploadLost(LOST)
        kept = 0
        for _ in range(len(self._promised) // TAG):
            number = self._durable + kept
            try:
                length = self._sealer.length_of(number) + TAG
                self._sealer.open(number, self._file.read(self._sealer.sealed_length(number), length))
            except (CannotOpen, BlobError):
                break
            kept += 1
        try:
            self._file.cut(self._sealer.sealed_length(self._durable + kept))
            if kept:
                self._file.checkpoint()
        except BlobError as error:
            raise UploadLost(error.words) from error
        if kept:
            self._chunks += kept
            self._promised = self._promised[kept * TAG :]
            self._filled = 0
            self._note(self._chunks, self._promised, State())

    def _ready_hashes(self) -> UploadHashes:
        if self._hashes is None:
            self._hashes = remembered.take(self._id, chunks=self._chunks) or self._hash_again()
        return self._hashes

    def _hash_again(self, also: Callable[[int, bytes], None] = lambda first, plain: None) -> UploadHashes:
        plain_hash, sealed_hash = BesideHash(), BesideHash()
        opening = self._file.read(0, len(self._sealer.opening))
        if opening != self._sealer.opening:
            raise UploadLost(LOST)
        sealed_hash.update(opening)
        for first in range(0, self._chunks, _READ_CHUNKS):
            count = min(_READ_CHUNKS, self._chunks - first)
            sealed = self._read(first, count)
            sealed_hash.update(sealed)
            plain = b"".join(self._opened(first, sealed))
            plain_hash.update(plain)
            also(first, plain)
        return UploadHashes(self._chunks, plain_hash, sealed_hash)

    def _open(self, first: int, count: int) -> list[bytes]:
        return self._opened(first, self._read(first, count))

    def _opened(self, first: int, sealed: bytes) -> list[bytes]:
        try:
            return list(self._sealer.open_chunks(first, sealed))
        except CannotOpen as error:
            raise UploadLost(LOST) from error

    def _read(self, first: int, count: int) -> bytes:
        start = self._sealer.sealed_length(first)
        try:
            return self._file.read(start, self._sealer.sealed_length(first + count) - start)
        except BlobError as error:
            raise UploadLost(error.words) from error
