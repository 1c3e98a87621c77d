"""Previews: made when an exhibit's owner is there with its key, now or later, and never twice.

An exhibit that can show more than it does has a `PreviewDue`. It is worked off in the background while its owner is unlocked
(`preview_work`), or when she asks. Whatever breaks on the way costs that file's preview and nothing else.
"""

import uuid
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F, Q

from daybook import doors
from daybook.evidence.derived import keep_copies, keep_reason, summary_for
from daybook.evidence.describing import OpenedRanges
from daybook.evidence.errors import BodyDamaged
from daybook.evidence.exhibits import ReadExhibit, check_body, get_exhibit_for
from daybook.evidence.models import DerivedCopy, Exhibit, PreviewDue
from daybook.kernel.consent import Viewer
from daybook.kernel.media.decoder import Decoded, can_preview
from daybook.kernel.media.errors import DecoderBusy, DecoderMissing, DecodingFailed, Undecodable
from daybook.kernel.media.previews import Summary
from daybook.kernel.sealing.age import AgeReader
from daybook.kernel.sealing.blob_store import BlobError
from daybook.kernel.sealing.errors import SealingError
from daybook.people.accounts import Unlocked, evidence_identity

MOST_TRIES = 3
TRY_AGAIN_AFTER = timedelta(minutes=10)


def due_previews(viewer: Viewer, *, now: datetime) -> list[uuid.UUID]:
    """The exhibits whose preview is to be made now, the newest first. One that broke is left alone for a while."""
    rested = Q(tried_at=None) | Q(tried_at__lte=now - TRY_AGAIN_AFTER)
    rows = PreviewDue.objects.filter(rested, exhibit__record_id=viewer.record, exhibit__unseen=False)
    return list(rows.order_by("-exhibit__number").values_list("exhibit_id", flat=True))


def preview_is_due(viewer: Viewer, exhibit: uuid.UUID) -> bool:
    """Whether more may be shown of this exhibit later."""
    return PreviewDue.objects.filter(exhibit_id=exhibit, exhibit__record_id=viewer.record).exists()


def make_preview(viewer: Viewer, exhibit: uuid.UUID, *, now: datetime) -> Summary | None:
    """Make what can be shown of an exhibit, if that is due. Returns what there is; None where it has to wait still.

    Raises NoSuchExhibit, and SealingError when the exhibit's row was altered.
    """
    read = get_exhibit_for(viewer, exhibit)
    if not read.unseen and preview_is_due(viewer, exhibit):
        try:
            outcome: Outcome = _look_into(viewer, read)
        except BodyDamaged as damage:
            outcome = damage
        _keep(viewer, read, outcome, now)
    return None if preview_is_due(viewer, exhibit) else summary_for(viewer, exhibit)


def look_at(unlocked: Unlocked, exhibit: uuid.UUID, *, now: datetime) -> ReadExhibit:
    """Make the preview of an exhibit that was kept without looking, because the person now wants to see it.

    Raises NoSuchExhibit, and BodyDamaged when the body is missing or was altered.
    """
    viewer = unlocked.viewer
    read = get_exhibit_for(viewer, exhibit)
    if not read.unseen:
        return read
    outcome = _look_into(viewer, read) if can_preview(read.type) else None
    if outcome is None:
        check_body(viewer, read)
    with transaction.atomic():
        Exhibit.objects.filter(pk=exhibit, record_id=viewer.record).update(unseen=False)
        if outcome is not None:
            PreviewDue.objects.get_or_create(exhibit_id=exhibit)
            _keep(viewer, read, outcome, now)
    return get_exhibit_for(viewer, exhibit)


def try_again(unlocked: Unlocked, exhibit: uuid.UUID, *, now: datetime) -> Summary | None:
    """Look into an exhibit once more, because the person asks; also where it was given up before. As `make_preview`."""
    viewer = unlocked.viewer
    read = get_exhibit_for(viewer, exhibit)
    if can_try_again(read, summary_for(viewer, exhibit)):
        with transaction.atomic():
            DerivedCopy.objects.filter(exhibit_id=exhibit).delete()
            PreviewDue.objects.update_or_create(exhibit_id=exhibit, defaults={"tries": 0, "tried_at": None})
    return make_preview(viewer, exhibit, now=now)


def can_try_again(read: ReadExhibit, summary: Summary | None) -> bool:
    """Whether there is nothing of an exhibit to lose by looking into it once more."""
    nothing = summary is None or not summary.shows_something
    return can_preview(read.type) and nothing and not read.unseen and not read.has_thumbnail


Outcome = Decoded | DecodingFailed | BodyDamaged
"""What looking into a file came to."""


def _look_into(viewer: Viewer, read: ReadExhibit) -> Decoded | DecodingFailed:
    """Read an exhibit in the decoding child. Raises BodyDamaged when it is not the body that was admitted."""
    # Parts of the body are read in any order afterwards: only the whole says that it is this exhibit's.
    check_body(viewer, read)
    try:
        ranges = doors.blobs().ranges(read.blob_key)
        reader = AgeReader(ranges, length=read.sealed_length, identity=evidence_identity(viewer))
        return doors.decoder().decode(OpenedRanges(reader), content_type=read.type)
    except DecodingFailed as failure:
        return failure
    except (BlobError, SealingError) as error:
        raise BodyDamaged(
            f"The stored file {read.reference} is missing or was altered, and is not shown."
        ) from error


def _keep(viewer: Viewer, read: ReadExhibit, outcome: Outcome, now: datetime) -> None:
    """Keep what was made, or why there is nothing; where trying again may help, only that it was tried."""
    match outcome:
        case Decoded():
            with transaction.atomic():
                if _take(viewer, read.id):
                    keep_copies(viewer, read.id, outcome, now=now, with_facts=read.facts_left)
            return
        case DecoderBusy() | DecoderMissing():
            PreviewDue.objects.filter(pk=read.id).update(tried_at=now)
            return
        case Undecodable():
            pass
        case _:
            PreviewDue.objects.filter(pk=read.id).update(tried_at=now, tries=F("tries") + 1)
            if PreviewDue.objects.filter(pk=read.id, tries__lt=MOST_TRIES).exists():
                return
    with transaction.atomic():
        if _take(viewer, read.id):
            keep_reason(viewer, read.id, str(outcome), now=now)


def _take(viewer: Viewer, exhibit: uuid.UUID) -> bool:
    """Whether the preview is still to be kept; it is no longer due then. Two who made it at once keep it once."""
    owned = Exhibit.objects.select_for_update().filter(pk=exhibit, record_id=viewer.record, unseen=False)
    if owned.first() is None:
        return False
    if not PreviewDue.objects.filter(exhibit_id=exhibit).delete()[0]:
        return False
    DerivedCopy.objects.filter(exhibit_id=exhibit).delete()
    return True


__all__ = [
    "MOST_TRIES",
    "TRY_AGAIN_AFTER",
    "can_try_again",
    "due_previews",
    "look_at",
    "make_preview",
    "preview_is_due",
    "try_again",
]
