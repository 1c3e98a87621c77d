"""Previews: made when an exhibit's owner is there with its key, now or later, and never twice.

An exhibit that can show more than it does has a `PreviewDue`. It is worked off in the background while its owner is unlocked
(`preview_work`), or when she asks. Whatever breaks on the way costs that file's preview and nothing else.
"""

import uuid
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F, Q, QuerySet

from daybook import doors
from daybook.evidence.derived import keep_copies, keep_reason, summary_for
from daybook.evidence.describing import OpenedRanges
from daybook.evidence.errors import BodyDamaged, NoSuchExhibit, NotForHer
from daybook.evidence.exhibits import ReadExhibit, get_exhibit_for
from daybook.evidence.models import DerivedCopy, Exhibit, PreviewDue
from daybook.evidence.notes import noted_about
from daybook.evidence.reading import check_body, part_reader
from daybook.kernel.consent import Viewer
from daybook.kernel.media.decoder import Decoded, can_preview
from daybook.kernel.media.errors import DecoderBusy, DecoderMissing, DecodingFailed, Undecodable
from daybook.kernel.media.previews import Summary
from daybook.kernel.sealing.blob_store import BlobError
from daybook.kernel.sealing.errors import SealingError
from daybook.people.accounts import Unlocked

MOST_TRIES = 3
TRY_AGAIN_AFTER = timedelta(minutes=10)


def due_previews(viewer: Viewer, *, now: datetime) -> list[uuid.UUID]:
    """The exhibits whose preview is to be made now, the newest first. One that broke is left alone for a while."""
    rested = Q(tried_at=None) | Q(tried_at__lte=now - TRY_AGAIN_AFTER)
    rows = _due(viewer).filter(rested, exhibit__unseen=False)
    return list(rows.order_by("-exhibit__number").values_list("exhibit_id", flat=True))


def preview_is_due(viewer: Viewer, exhibit: uuid.UUID) -> bool:
    """Whether more may be shown of this exhibit later."""
    return _due(viewer).filter(exhibit_id=exhibit).exists()


def _due(viewer: Viewer) -> QuerySet[PreviewDue]:
    return PreviewDue.objects.filter(exhibit__record_id=viewer.record, exhibit__removed_at=None)


def make_preview(viewer: Viewer, exhibit: uuid.UUID, *, now: datetime) -> Summary | None:
    """Make what can be shown of an exhibit, if that is due. Returns what there is; None where it has to wait still.

    Nothing is made of one that is not to be shown to her. Raises NoSuchExhibit, and SealingError when the exhibit's row was
    altered.
    """
    read = get_exhibit_for(viewer, exhibit)
    if not _is_for_her(viewer, read):
        return None
    if preview_is_due(viewer, exhibit):
        try:
            outcome: Outcome = look_into(viewer, read)
        except BodyDamaged as damage:
            outcome = damage
        _keep(viewer, read, outcome, now)
    return None if preview_is_due(viewer, exhibit) else summary_for(viewer, exhibit)


def look_at(unlocked: Unlocked, exhibit: uuid.UUID, *, now: datetime) -> ReadExhibit:
    """Make the preview of an exhibit that was kept without looking, because the person now wants to see it.

    Raises NoSuchExhibit, BodyDamaged when the body is missing or was altered, and NotForHer when she chose that someone else
    looks at it, or nobody ever: she changes that first.
    """
    viewer = unlocked.viewer
    read = get_exhibit_for(viewer, exhibit)
    if not read.unseen:
        return read
    _refuse_what_is_for_others(viewer, exhibit)
    outcome = look_into(viewer, read) if can_preview(read.type) else None
    if outcome is None:
        check_body(viewer, read)
    with transaction.atomic():
        mine = Exhibit.objects.select_for_update().filter(
            pk=exhibit, record_id=viewer.record, removed_at=None
        )
        if mine.first() is None:
            raise NoSuchExhibit("There is no such file in this record.")
        # Again, now that nobody can change it: it may have been given to someone else meanwhile.
        _refuse_what_is_for_others(viewer, exhibit)
        mine.update(unseen=False)
        if outcome is not None:
            PreviewDue.objects.get_or_create(exhibit_id=exhibit)
            _keep(viewer, read, outcome, now)
    return get_exhibit_for(viewer, exhibit)


def try_again(unlocked: Unlocked, exhibit: uuid.UUID, *, now: datetime) -> Summary | None:
    """Look into an exhibit once more, because the person asks; also where it was given up before. As `make_preview`."""
    viewer = unlocked.viewer
    read = get_exhibit_for(viewer, exhibit)
    if _is_for_her(viewer, read) and can_try_again(read, summary_for(viewer, exhibit)):
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


def look_into(viewer: Viewer, read: ReadExhibit) -> Decoded | DecodingFailed:
    """Read an exhibit in the decoding child. Nothing is kept. Raises BodyDamaged when a part that is read was altered."""
    reader = part_reader(viewer, read)
    try:
        return doors.decoder().decode(OpenedRanges(reader), content_type=read.type)
    except DecodingFailed as failure:
        return failure
    except (BlobError, SealingError) as error:
        raise BodyDamaged(
            f"The stored file {read.reference} is missing or was altered, and is not shown."
        ) from error


def _is_for_her(viewer: Viewer, read: ReadExhibit) -> bool:
    return not read.unseen and not noted_about(viewer, read.id).for_others_only


def _refuse_what_is_for_others(viewer: Viewer, exhibit: uuid.UUID) -> None:
    if noted_about(viewer, exhibit).for_others_only:
        raise NotForHer("This is kept so that you do not see it. You can change that first.")


def _keep(viewer: Viewer, read: ReadExhibit, outcome: Outcome, now: datetime) -> None:
    """Keep what was made, or why there is nothing; where trying again may help, only that it was tried."""
    due = PreviewDue.objects.filter(pk=read.id)
    match outcome:
        case DecoderBusy() | DecoderMissing():
            due.update(tried_at=now)
            return
        case Undecodable() | Decoded(broken_off=False):
            pass
        case _:
            due.update(tried_at=now, tries=F("tries") + 1)
            if due.filter(tries__lt=MOST_TRIES).exists():
                return
    with transaction.atomic():
        if not _take(viewer, read.id):
            return
        if isinstance(outcome, Decoded):
            keep_copies(viewer, read.id, outcome, now=now, with_facts=read.facts_left)
        else:
            keep_reason(viewer, read.id, str(outcome), now=now)


def _take(viewer: Viewer, exhibit: uuid.UUID) -> bool:
    """Whether the preview is still to be kept; it is no longer due then. Two who made it at once keep it once."""
    owned = Exhibit.objects.select_for_update().filter(pk=exhibit, record_id=viewer.record)
    if owned.filter(unseen=False, removed_at=None).first() is None:
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
    "look_into",
    "make_preview",
    "preview_is_due",
    "try_again",
]
