"""Files that arrived after the lock: held in their sealed form until the person says what becomes of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from daybook.evidence.exhibits import Admitted, admit_exhibit
from daybook.evidence.intake import Received, remove_unadmitted
from daybook.evidence.models import Blob
from daybook.evidence.uploads import SealedUpload
from daybook.ledger.chains import instant
from daybook.people.accounts import Unlocked
from daybook.people.late_saves import (
    FETCHED_BACK_WITHIN,
    every_late_save_of,
    forget_late_save,
    late_words_past_fetching,
)


@dataclass(frozen=True, slots=True)
class LateFile:
    """A file that waits: what was received, and what the form said of it."""

    received: Received
    name: str
    declared_type: str
    waits: bool

    @property
    def key(self) -> str:
        """What this file is called in forms."""
        return self.received.blob_key


def hold_files(uploads: Sequence[SealedUpload]) -> list[dict[str, Any]]:
    """Keep these uploads from being discarded; returns what to write of them into the late save beside them."""
    Blob.objects.filter(key__in=[upload.received.blob_key for upload in uploads]).update(held=True)
    return [
        {
            "blob_key": upload.received.blob_key,
            "sha256": upload.received.sha256,
            "size": upload.received.size,
            "sealed_length": upload.received.sealed_length,
            "type": upload.received.type,
            "name": upload.original_name,
            "declared_type": upload.content_type or "",
        }
        for upload in uploads
    ]


def late_files_of(unlocked: Unlocked, written: Sequence[Mapping[str, Any]]) -> list[LateFile]:
    """The files of a late save; ``waits`` is false for one that was kept or let go already.

    A file described in words that are not ours (anyone can seal to a public key) is left out.
    """
    written = [each for each in written if _is_ours(each)]
    keys = [str(each["blob_key"]) for each in written]
    held = Blob.objects.filter(record_id=unlocked.record_id, key__in=keys, held=True, admitted=False)
    waiting = set(held.values_list("key", flat=True))
    return [_read(unlocked, each, waits=str(each["blob_key"]) in waiting) for each in written]


def keep_late_file(
    unlocked: Unlocked, file: LateFile, *, arrived_at: datetime, unseen: bool = False, now: datetime
) -> Admitted:
    """Make a file that waited evidence. Where it came from says when it arrived, as that is not when it was admitted."""
    admitted = admit_exhibit(
        unlocked,
        file.received,
        name=file.name,
        declared_type=file.declared_type,
        source=f"upload, arrived while locked at {instant(arrived_at)}",
        now=now,
        unseen=unseen,
    )
    if admitted.duplicate:
        let_go_late_file(unlocked, file)
    return admitted


def let_go_late_file(unlocked: Unlocked, file: LateFile) -> None:
    """Remove a file that waited, for good."""
    remove_unadmitted(Blob.objects.filter(record_id=unlocked.record_id, key=file.key), waits=True)


def remove_what_was_let_go(unlocked: Unlocked, *, now: datetime) -> None:
    """Remove late saves, and the files that came with them, that were let go more than a week ago."""
    for late in late_words_past_fetching(unlocked, now=now):
        for file in late_files_of(unlocked, late.files):
            let_go_late_file(unlocked, file)
        forget_late_save(unlocked, late.id, files_too=True)
    _sweep_files_of_nothing(unlocked, now=now)


def _sweep_files_of_nothing(unlocked: Unlocked, *, now: datetime) -> None:
    """Remove files that waited for a week and belong to no late save any more, such as one that was lost in a crash."""
    held = Blob.objects.filter(record_id=unlocked.record_id, held=True, admitted=False)
    old = set(held.filter(begun_at__lt=now - FETCHED_BACK_WITHIN).values_list("key", flat=True))
    if not old:
        return
    saves = every_late_save_of(unlocked)
    if any(late.damaged for late in saves):
        # What does not open may name any of them.
        return
    named = {str(file.get("blob_key")) for late in saves for file in late.files}
    for key in old - named:
        remove_unadmitted(Blob.objects.filter(record_id=unlocked.record_id, key=key), waits=True)


def _is_ours(written: Mapping[str, Any]) -> bool:
    texts = ("blob_key", "sha256", "type", "name", "declared_type")
    numbers = ("size", "sealed_length")
    return all(isinstance(written.get(key), str) for key in texts) and all(
        isinstance(written.get(key), int) for key in numbers
    )


def _read(unlocked: Unlocked, written: Mapping[str, Any], *, waits: bool) -> LateFile:
    received = Received(
        blob_key=str(written["blob_key"]),
        record=unlocked.record_id,
        sha256=str(written["sha256"]),
        size=int(written["size"]),
        sealed_length=int(written["sealed_length"]),
        type=str(written["type"]),
    )
    return LateFile(received, str(written["name"]), str(written["declared_type"]), waits)
