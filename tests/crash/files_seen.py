"""What the checker sees of files: exhibits, those that were removed, uploads on their way, and what is made from them."""

import hashlib
import io
from collections.abc import Iterator
from typing import Any
from uuid import UUID

from PIL import Image

from daybook import doors
from daybook.evidence.derived import copy_for, summary_for
from daybook.evidence.errors import BodyDamaged
from daybook.evidence.exhibits import ReadExhibit, exhibits_for, thumbnails_for
from daybook.evidence.models import Blob, DerivedCopy, Exhibit, PreviewDue, Removal, Upload
from daybook.evidence.reading import check_body
from daybook.evidence.removing import removed_exhibits_for, removed_for
from daybook.evidence.resumable import uploads_for
from daybook.evidence.upload_rows import CHUNK, ReadUpload
from daybook.kernel.consent import Viewer
from daybook.kernel.media.decoder import can_preview
from daybook.kernel.media.previews import FRAME, PAGE, TEXT, Place
from daybook.kernel.sealing.age import AgeReader
from daybook.kernel.sealing.blob_store import BlobError
from daybook.kernel.sealing.errors import SealingError
from daybook.kernel.sealing.resuming import TAG
from daybook.people.accounts import evidence_identity
from daybook.people.models import Closing, Record

Seen = dict[str, Any]


def faults_of_the_store() -> Iterator[str]:
    """What does not hold together between the rows and the files, in whatever record."""
    # Rows first, then files, then rows again: the server may be at work, and what it makes meanwhile is no fault.
    rows = dict(Blob.objects.values_list("key", "admitted"))
    going = _being_destroyed()
    uploads = dict(Upload.objects.values_list("blob_key", "finished"))
    files = set(doors.blobs().keys())
    unfinished = set(doors.blobs().unfinished())
    later = set(Blob.objects.values_list("key", flat=True))
    exhibits = dict(Exhibit.objects.filter(blob__isnull=False).values_list("blob_id", "number"))
    for key, admitted in rows.items():
        if admitted and key not in exhibits:
            yield f"the blob {key} is admitted, and no exhibit has it"
        if admitted and key not in files | unfinished and key not in going:
            yield f"the body of an exhibit is missing: {key}"
        if not admitted and key in exhibits:
            yield f"exhibit {exhibits[key]} has a blob that was never admitted"
    yield from (f"the file {key} belongs to nothing" for key in sorted(files - rows.keys() - later))
    for key, finished in uploads.items():
        if key not in unfinished and not (finished and key in files):
            yield f"what arrived of an upload is missing: {key}"
    for record in Record.objects.all():
        numbers = list(
            Exhibit.objects.filter(record=record).order_by("number").values_list("number", flat=True)
        )
        if numbers and numbers[-1] > record.exhibits_numbered:
            yield f"exhibit {numbers[-1]} has a number that was never given"


def _being_destroyed() -> set[str]:
    """The blobs whose end has begun, on purpose: their file goes before their row."""
    removed = Removal.objects.filter(begun_at__isnull=False).values_list("exhibit__blob_id", flat=True)
    closed = Closing.objects.filter(begun_at__isnull=False).values_list("record_id", flat=True)
    erased = Blob.objects.filter(record_id__in=list(closed)).values_list("key", flat=True)
    return {key for key in [*removed, *erased] if key}


def every_exhibit(viewer: Viewer) -> dict[UUID, ReadExhibit]:
    """The exhibits of a record, with those that were removed and can be fetched back."""
    there = {one.id: one for one in exhibits_for(viewer)}
    return there | removed_exhibits_for(viewer)[0]


def see_files(viewer: Viewer, seen: Seen) -> None:
    """Exhibits, removed or not, and those that are destroyed; each body, and what was made from it."""
    removed = {one.exhibit: one for one in removed_for(viewer)}
    exhibits = every_exhibit(viewer)
    for one in exhibits.values():
        gone = removed.get(one.id)
        try:
            check_body(viewer, one)
        except BodyDamaged as damage:
            seen["faults"].append(str(damage))
        if one.sha256 in seen["references"]:
            seen["faults"].append(f"{one.reference} has the bytes of {seen['references'][one.sha256]}")
        seen["references"][one.sha256] = one.reference
        state = {"name": one.name, "size": one.size, "unseen": one.unseen}
        seen["things"][f"file/{one.sha256}"] = state | ({"removed": gone.reason} if gone else {})
        seen["ids"][f"file/{one.sha256}"] = str(one.id)
    for gone in removed.values():
        if gone.altered:
            seen["faults"].append(f"what is kept of {gone.exhibit}, which was removed, does not open")
        if gone.destroyed:
            seen["things"][f"destroyed/{gone.reference}"] = gone.reason
        elif gone.exhibit not in exhibits:
            seen["faults"].append(
                f"{gone.reference} was removed, cannot be fetched back, and is not destroyed"
            )
    hidden = Exhibit.objects.filter(record_id=viewer.record, removed_at__isnull=False)
    for number in hidden.exclude(pk__in=removed).values_list("number", flat=True):
        seen["faults"].append(f"exhibit {number} is in no list, and was not removed")
    small = DerivedCopy.objects.filter(exhibit__in=exhibits, exhibit__removed_at__isnull=False)
    # Of one that was removed and can be fetched back, the small picture waits too.
    seen["pictures"] += [exhibits[one].sha256 for one in small.values_list("exhibit_id", flat=True)]
    seen["pictures"] += [
        exhibits[one].sha256
        for one in PreviewDue.objects.filter(exhibit__in=removed).values_list("exhibit_id", flat=True)
        if one in exhibits
    ]
    _see_previews(viewer, {key: one for key, one in exhibits.items() if key not in removed}, seen)


def _see_previews(viewer: Viewer, exhibits: dict[UUID, ReadExhibit], seen: Seen) -> None:
    """What is made later is made wholly or is still due, and nothing is made of what she does not want to see."""
    due = set(PreviewDue.objects.filter(exhibit__in=exhibits).values_list("exhibit_id", flat=True))
    made = set(DerivedCopy.objects.filter(exhibit__in=exhibits).values_list("exhibit_id", flat=True))
    for small in thumbnails_for(viewer, exhibits):
        with Image.open(io.BytesIO(small.content)) as picture:
            picture.load()
            if picture.size != (small.width, small.height):
                seen["faults"].append(
                    f"the small picture of {exhibits[small.exhibit].reference} is half there"
                )
        seen["pictures"].append(exhibits[small.exhibit].sha256)
    # A picture that is still to be made, because the decoder was busy or stopped, is not lost.
    seen["pictures"] += [exhibits[one].sha256 for one in due - made]
    for exhibit, one in exhibits.items():
        if one.unseen and exhibit in due | made:
            seen["faults"].append(f"{one.reference} was kept without looking, and there is a copy to show")
        if exhibit in due & made:
            seen["faults"].append(f"the preview of {one.reference} is made and still to be made")
        said_why = "no_preview" in one.metadata
        if can_preview(one.type) and not (one.unseen or said_why or exhibit in due | made):
            seen["faults"].append(f"the preview of {one.reference} is not made, and nobody will make it")
        if exhibit in due:
            seen["due"].append(one.sha256)
        summary = summary_for(viewer, exhibit)
        if summary is None:
            continue
        if summary.lacks:
            seen["given up"][one.sha256] = summary.lacks
        places = [Place(PAGE, number) for number in range(1, summary.pages + 1)]
        places += [Place(FRAME, number) for number in range(1, summary.frames + 1)]
        places += [Place(TEXT)] if summary.text else []
        if any(copy_for(viewer, exhibit, place) is None for place in places):
            seen["faults"].append(f"the preview of {one.reference} is half there")


def see_uploads(viewer: Viewer, seen: Seen) -> None:
    """What is on its way: how much of it is durable, opened and hashed. What a crash left behind that is not touched."""
    uploads = uploads_for(viewer)
    if len(uploads) != Upload.objects.filter(record_id=viewer.record).count():
        seen["faults"].append("what is known of an upload does not open")
    for one in uploads:
        mark = one.name.partition(".")[0]
        try:
            digest = _digest(viewer, one)
        except (BlobError, SealingError) as error:
            seen["faults"].append(f"what arrived of {mark} does not open: {error!r}")
            continue
        here = {"name": one.name, "size": one.length, "arrived": [one.offset, digest]}
        # It was admitted, and the server stopped before it let go of the upload: keeping it again ends that.
        seen["things"][f"upload/{mark}"] = here
        seen["ids"][f"upload/{mark}"] = f"/files/upload/{one.id}/"


def _digest(viewer: Viewer, upload: ReadUpload) -> str:
    """The SHA-256 of what is durable. Raises BlobError or SealingError."""
    store = doors.blobs()
    received = upload.received
    if received is not None and store.exists(upload.blob_key):
        ranges = store.ranges(upload.blob_key)
        reader = AgeReader(ranges, length=received.sealed_length, identity=evidence_identity(viewer))
        return hashlib.sha256(b"".join(reader.read_range(0, received.size))).hexdigest()
    found = hashlib.sha256()
    sealer = upload.sealer()
    with store.resume(upload.blob_key) as file:
        for number in range(upload.chunks):
            sealed = file.read(sealer.sealed_length(number), sealer.length_of(number) + TAG)
            found.update(sealer.open(number, sealed))
    if upload.chunks * CHUNK < upload.length:
        found.update(upload.state.tail)
    return found.hexdigest()
