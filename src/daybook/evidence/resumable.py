"""Files that arrive in many sittings: begun, found again after a restart, listed, made evidence, let go of, swept."""

import hmac
import secrets
import uuid
from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Final

from django.db.models import QuerySet

from daybook import doors
from daybook.evidence.describing import Describe, described_together
from daybook.evidence.errors import (
    AllArrived,
    EvidenceError,
    NoRoom,
    NoSuchUpload,
    NotKept,
    TooLong,
    UploadBusy,
    UploadLost,
)
from daybook.evidence.exhibits import MOST_NAME, Admitted, admit_exhibit, get_exhibit_for
from daybook.evidence.intake import RESERVE_BYTES, Received, not_kept_if_unwritable, remove_unadmitted
from daybook.evidence.models import Blob, Exhibit, Upload
from daybook.evidence.receiving import LOST, Sitting
from daybook.evidence.upload_rows import ReadUpload, read_upload, seal_body, uploads_of
from daybook.kernel.consent import Viewer
from daybook.kernel.sealing.blob_store import BlobBusy, BlobError, BlobMissing, StoreFull
from daybook.kernel.sealing.keys import Section
from daybook.kernel.sealing.padding import padme
from daybook.kernel.sealing.resuming import ResumableSealer
from daybook.people.accounts import Unlocked
from daybook.people.errors import RecordAltered
from daybook.people.recipients import recipients_of

MOST_UPLOAD_BYTES: Final = 10 * 1024 * 1024 * 1024
MOST_UPLOADS: Final = 100
ABANDONED_AFTER: Final = timedelta(days=7)
NOBODYS_AFTER: Final = timedelta(days=1)
COMPARED_CHUNKS: Final = 128
"""What is there already is compared with the file chosen again in pieces of 8 MiB."""


def begin_upload(
    unlocked: Unlocked, *, name: str, declared_type: str, length: int, head_digest: str = "", now: datetime
) -> ReadUpload:
    """Begin a file of ``length`` bytes; nothing of it has arrived yet.

    ``head_digest`` is what the browser says its first bytes hash to; it only helps to find the upload again.
    Raises TooLong, NoRoom, or NotKept in words.
    """
    viewer = unlocked.viewer
    if length > MOST_UPLOAD_BYTES:
        raise TooLong("This file is larger than 10 GB, which is the most that can be kept as one file.")
    free = doors.blobs().free_space()
    if free is not None and free < RESERVE_BYTES + padme(length):
        raise NoRoom(StoreFull().words)
    if Upload.objects.filter(record_id=viewer.record).count() >= MOST_UPLOADS:
        raise NotKept("Very many files are on their way already. Let some arrive, or let go of them, first.")
    name = name.encode("utf-8", "backslashreplace").decode()[:MOST_NAME]
    upload, random = uuid.uuid4(), secrets.token_hex(16)
    key = f"{random[:2]}/{random[2:]}"
    try:
        recipient = recipients_of(viewer.record).evidence
        sealer = ResumableSealer.begin(recipient=recipient, plain_length=length)
        with doors.blobs().begin_unfinished(key) as file:
            file.append(sealer.opening)
            file.checkpoint()
    except RecordAltered as error:
        raise NotKept(str(error)) from error
    except StoreFull as error:
        raise NoRoom(error.words) from error
    except BlobError as error:
        raise NotKept(error.words) from error
    with not_kept_if_unwritable():
        Upload.objects.create(
            id=upload,
            record_id=viewer.record,
            blob_key=key,
            begun_at=now,
            touched_at=now,
            fingerprint=_fingerprint(viewer, name=name, length=length, head_digest=head_digest),
            epoch=viewer.keys.epoch,
            sealed=seal_body(viewer, upload, name=name, declared_type=declared_type, sealer=sealer),
        )
    if length == 0:
        finish_upload(viewer, upload, now=now)
    return read_upload(viewer, upload)


def uploads_for(viewer: Viewer) -> list[ReadUpload]:
    """Files that began to arrive and are not evidence yet, the newest first."""
    return uploads_of(viewer)


def get_upload_for(viewer: Viewer, upload: uuid.UUID, *, now: datetime) -> ReadUpload:
    """One upload, with what a crash left behind its durable part looked after: its offset is what a sitting goes on from.

    Raises NoSuchUpload, UploadBusy, UploadLost.
    """
    found = read_upload(viewer, upload)
    if found.received is not None:
        _put_in_place(found.received.blob_key)
        return found
    if not found.is_settled:
        with suppress(AllArrived), Sitting(viewer, upload, now=now):
            pass
        return read_upload(viewer, upload)
    return found


def find_upload_for(viewer: Viewer, *, name: str, length: int, head_digest: str) -> ReadUpload | None:
    """The newest upload that was begun for a file of this name, length and first bytes; None where there is none."""
    name = name.encode("utf-8", "backslashreplace").decode()[:MOST_NAME]
    tag = _fingerprint(viewer, name=name, length=length, head_digest=head_digest)
    return next(iter(uploads_of(viewer, fingerprint=tag)), None)


def is_the_same(viewer: Viewer, upload: uuid.UUID, digests: list[str], *, now: datetime) -> bool:
    """Whether what has arrived is how the file chosen now begins.

    ``digests`` are the SHA-256 of its pieces of 8 MiB (`COMPARED_CHUNKS`), up to the offset. What is stored is read and
    verified for this, which the next sitting needs in any case. Raises NoSuchUpload, UploadBusy, UploadLost, AllArrived.
    """
    with Sitting(viewer, upload, now=now) as sitting:
        held = [digest.hex() for digest in sitting.hash_so_far(COMPARED_CHUNKS)]
    return held == digests


def finish_upload(viewer: Viewer, upload: uuid.UUID, *, now: datetime) -> Received:
    """Make an upload that has arrived whole a received file.

    Raises NoSuchUpload, UploadBusy, UploadLost, NoRoom, and WrongPlace while some of it is still to come.
    """
    received = read_upload(viewer, upload).received
    if received is None:
        try:
            with Sitting(viewer, upload, now=now) as sitting:
                return sitting.finish()
        except AllArrived:
            # Another request finished it between the look and the hold.
            received = read_upload(viewer, upload).received
            if received is None:
                raise
    _put_in_place(received.blob_key)
    return received


def admit_upload(
    unlocked: Unlocked,
    upload: uuid.UUID,
    *,
    source: str,
    now: datetime,
    parent: uuid.UUID | None = None,
    unseen: bool = False,
    described: Describe | None = None,
) -> Admitted:
    """Make an upload that has arrived whole evidence; then it is no upload any more. ``described`` as in `admit_exhibit`.

    Raises as `finish_upload` and `admit_exhibit`; the upload is still there then, to be admitted later.
    """
    viewer = unlocked.viewer
    received = finish_upload(viewer, upload, now=now)
    found = read_upload(viewer, upload)
    exhibit = Exhibit.objects.filter(blob_id=received.blob_key, record_id=viewer.record).first()
    if exhibit is not None:
        # It was admitted just before the server stopped.
        admitted = Admitted(get_exhibit_for(viewer, exhibit.pk), duplicate=False)
    else:
        admitted = admit_exhibit(
            unlocked,
            received,
            name=found.name,
            declared_type=found.declared_type,
            source=source,
            now=now,
            parent=parent,
            unseen=unseen,
            described=described,
        )
    Upload.objects.filter(pk=upload, record_id=viewer.record).delete()
    return admitted


def admit_uploads(
    unlocked: Unlocked,
    uploads: Sequence[uuid.UUID],
    *,
    source: str,
    now: datetime,
    parent: uuid.UUID | None = None,
    unseen: bool = False,
) -> list[Admitted | EvidenceError]:
    """Make several uploads evidence, in their order; what they say of themselves is read side by side.

    Gives what became of each: one that cannot be kept now is still there, and keeps no other from it.
    """
    outcomes: dict[uuid.UUID, Admitted | EvidenceError] = {}
    whole: dict[uuid.UUID, tuple[Received, str, str]] = {}
    for upload in uploads:
        try:
            received = finish_upload(unlocked.viewer, upload, now=now)
            found = read_upload(unlocked.viewer, upload)
            whole[upload] = received, found.name, found.declared_type
        except EvidenceError as error:
            outcomes[upload] = error
    with described_together(unlocked.viewer, list(whole.values())) as described:
        for upload, (received, _, _) in whole.items():
            try:
                outcomes[upload] = admit_upload(
                    unlocked,
                    upload,
                    source=source,
                    now=now,
                    parent=parent,
                    unseen=unseen,
                    described=described.get(received.blob_key),
                )
            except EvidenceError as error:
                outcomes[upload] = error
    return [outcomes[upload] for upload in uploads]


def let_go_upload(viewer: Viewer, upload: uuid.UUID) -> None:
    """Remove an upload and what has arrived of it, for good. Raises NoSuchUpload or UploadBusy."""
    row = Upload.objects.filter(pk=upload, record_id=viewer.record)
    key = row.values_list("blob_key", flat=True).first()
    if key is None:
        raise NoSuchUpload("There is no such file on its way.")
    _remove(row, key)


def sweep_uploads(*, now: datetime) -> int:
    """Remove uploads that nothing was added to for a week, and unfinished bodies that belong to none; returns how many."""
    removed = 0
    for key in list(
        Upload.objects.filter(touched_at__lt=now - ABANDONED_AFTER).values_list("blob_key", flat=True)
    ):
        with suppress(UploadBusy, BlobError):
            _remove(Upload.objects.filter(blob_key=key), key)
            removed += 1
    store = doors.blobs()
    for key in list(store.unfinished(older_than_seconds=NOBODYS_AFTER.total_seconds())):
        if not Upload.objects.filter(blob_key=key).exists():
            with suppress(BlobError):
                store.drop_unfinished(key)
                removed += 1
    return removed


def _remove(rows: "QuerySet[Upload]", key: str) -> None:
    """Its row goes before its body: whatever stops this in between, no page tells of a file that is not there any more.

    `sweep_uploads` and `sweep_unadmitted` come back for what lies there without it.
    """
    store = doors.blobs()
    try:
        with store.resume(key):
            rows.delete()
    except BlobMissing:
        rows.delete()
    except BlobBusy as error:
        raise UploadBusy(error.words) from error
    with suppress(BlobBusy):
        store.drop_unfinished(key)
    remove_unadmitted(Blob.objects.filter(key=key))


def _put_in_place(key: str) -> None:
    """A finished body whose server stopped before it had its name gets it now."""
    try:
        with doors.blobs().resume(key) as file:
            file.commit()
    except BlobMissing:
        return
    except BlobBusy as error:
        raise UploadBusy(error.words) from error
    except BlobError as error:
        raise UploadLost(LOST) from error


def _fingerprint(viewer: Viewer, *, name: str, length: int, head_digest: str) -> bytes:
    key = viewer.keys.section(Section.EVIDENCE, 1).derived(b"upload-fingerprint/v1")
    return hmac.digest(key, f"{length}\0{head_digest}\0{name}".encode(), "sha256")
