"""Removing a file: out of every list at once, fetched back within thirty days, and then destroyed.

The ledger keeps both facts, with the reason as a salted commitment, and the number is never used again. The body is deleted
from the store; a key of its own it never had (one evidence key opens every body of a record), so what a disk keeps of deleted
files is not in our hands. What is destroyed is the blob, the sealed row about it, and all that was made from it.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import orjson
from django.db import transaction
from django.db.models import ForeignKey, Model

from daybook import doors
from daybook.evidence.errors import NoSuchExhibit
from daybook.evidence.exhibits import ReadExhibit, get_exhibit_for, read_exhibit, with_what_is_beside
from daybook.evidence.models import Blob, Exhibit, Removal, Upload
from daybook.kernel.consent import Viewer
from daybook.kernel.custody import EventKind
from daybook.kernel.delays import Rule, begin, earliest_end
from daybook.kernel.sealing.errors import CannotOpen, SealingError
from daybook.kernel.sealing.keys import Section
from daybook.ledger.chains import append
from daybook.people.belonging import keys_to
from daybook.people.delayed import columns_of, look_at_the_clock

REMOVING = Rule(length=timedelta(days=30), most_at_once=timedelta(days=10))
"""Thirty days; of a pause in which Daybook did not run, ten count."""
MOST_REASON = 500


@dataclass(frozen=True, slots=True)
class RemovedExhibit:
    """A file that was removed. ``reason`` may be empty; ``told`` says whether packs may give it. ``gone_at`` is when it is
    destroyed at the earliest. ``name`` and ``unseen`` are known until then.
    """

    exhibit: UUID
    reference: str
    reason: str
    told: bool
    removed_at: datetime
    gone_at: datetime
    destroyed: bool
    name: str = ""
    unseen: bool = False
    altered: bool = False

    @property
    def committed(self) -> dict[str, str]:
        """What the ledger commits to, by name."""
        return {"reference": self.reference, "reason": self.reason}


def remove_exhibit(viewer: Viewer, exhibit: UUID, *, reason: str, tell: bool = False, now: datetime) -> bool:
    """Take a file out of the record; it can be fetched back for thirty days.

    ``reason`` is hers and may be empty; ``tell`` lets packs give it. False when it was removed before: nothing changes then.
    Raises NoSuchExhibit, and SealingError when what is stored about it was altered.
    """
    with transaction.atomic():
        row = Exhibit.objects.select_for_update().filter(pk=exhibit, record_id=viewer.record).first()
        if row is None:
            raise NoSuchExhibit("There is no such file in this record.")
        if row.removed_at is not None:
            return False
        reference = get_exhibit_for(viewer, exhibit).reference
        reason = " ".join(reason.split())[:MOST_REASON]
        Exhibit.objects.filter(pk=exhibit).update(removed_at=now)
        Removal.objects.create(
            exhibit_id=exhibit,
            **columns_of(begin(REMOVING, now=now)),
            epoch=viewer.keys.epoch,
            sealed=_seal(viewer, exhibit, reference, reason, tell=tell),
        )
        values = {"reference": reference, "reason": reason}
        append(viewer.keys, EventKind.EXHIBIT_REMOVED, item=exhibit, values=values, now=now)
    return True


def fetch_back_exhibit(viewer: Viewer, exhibit: UUID, *, now: datetime) -> bool:
    """The file is wanted after all; False when it was destroyed already, or was never removed. The ledger keeps both facts.

    Raises NoSuchExhibit for anything that is not this viewer's.
    """
    with transaction.atomic():
        row = Exhibit.objects.select_for_update().filter(pk=exhibit, record_id=viewer.record).first()
        if row is None:
            raise NoSuchExhibit("There is no such file in this record.")
        if not Removal.objects.filter(pk=exhibit, begun_at=None).delete()[0]:
            return False
        Exhibit.objects.filter(pk=exhibit).update(removed_at=None)
        append(viewer.keys, EventKind.EXHIBIT_RESTORED, item=exhibit, now=now)
    return True


def count_removed(record: UUID) -> int:
    """How many files were removed and can still be fetched back; opens nothing."""
    return Removal.objects.filter(exhibit__record_id=record, begun_at=None).count()


def removed_for(viewer: Viewer, *, now: datetime | None = None) -> list[RemovedExhibit]:
    """Every file that was removed, the last one first, destroyed ones too. One that was altered is marked; nothing raises.

    Without ``now``, ``gone_at`` is the day as it was reckoned last.
    """
    rows = Removal.objects.filter(exhibit__record_id=viewer.record).order_by("-asked_at", "-exhibit__number")
    waiting, altered = removed_exhibits_for(viewer)
    found = []
    for row in rows.select_related("exhibit"):
        removed_at = row.exhibit.removed_at or row.asked_at
        gone_at = row.shredded_at or earliest_end(row.delay, REMOVING, now=now or row.seen_at)
        destroyed = row.begun_at is not None
        try:
            opened = _open(viewer, row)
        except (SealingError, ValueError, KeyError):
            found.append(RemovedExhibit(row.pk, "", "", False, removed_at, gone_at, destroyed, altered=True))
            continue
        read = waiting.get(row.pk)
        found.append(
            RemovedExhibit(
                exhibit=row.pk,
                reference=str(opened["reference"]),
                reason=str(opened["reason"]),
                told=opened["tell"] is True,
                removed_at=removed_at,
                gone_at=gone_at,
                destroyed=destroyed,
                name=read.name if read else "",
                unseen=read.unseen if read else False,
                altered=row.pk in altered,
            )
        )
    return found


def removed_exhibits_for(viewer: Viewer) -> tuple[dict[UUID, ReadExhibit], set[UUID]]:
    """The exhibits that were removed and are not destroyed yet, and the ids of those whose rows were altered."""
    rows = Exhibit.objects.filter(record_id=viewer.record, removed_at__isnull=False, removal__begun_at=None)
    found: dict[UUID, ReadExhibit] = {}
    altered: set[UUID] = set()
    for row in with_what_is_beside(rows):
        try:
            found[row.pk] = read_exhibit(viewer, row)
        except SealingError:
            altered.add(row.pk)
    return found, altered


def destroy_what_is_due(*, now: datetime) -> int:
    """Destroy every removed file whose time is up, and go on where a crash broke off; returns how many. Needs nobody's key."""
    done = 0
    for row in look_at_the_clock(Removal, REMOVING, now=now):
        if isinstance(row, Removal) and row.shredded_at is None:
            done += _destroy(row, now)
    return done


def delete_bodies_of(record: UUID) -> int:
    """Delete the stored body of every blob a record has, admitted or not, and what has arrived of files under way; the rows
    stay. One that is missing is no fault.
    """
    store = doors.blobs()
    keys = list(Blob.objects.filter(record_id=record).values_list("key", flat=True))
    for key in keys:
        store.delete(key)
    coming = list(Upload.objects.filter(record_id=record).values_list("blob_key", flat=True))
    for key in coming:
        store.drop_unfinished(key)
    return len(keys) + len(coming)


def _destroy(row: Removal, now: datetime) -> bool:
    """First nothing can be undone any more, then the files go, then what was said about them."""
    with transaction.atomic():
        if not Exhibit.objects.select_for_update().filter(pk=row.pk).exists():
            return False
        begun = Removal.objects.filter(pk=row.pk, asked_at=row.asked_at, shredded_at=None)
        if not begun.exists():
            return False  # fetched back just now
        begun.filter(begun_at=None).update(begun_at=now)
        Exhibit.objects.filter(pk=row.pk).update(sealed=b"", digest_tag=b"")
    made = list(_made_from_exhibits())
    blobs = set(Exhibit.objects.filter(pk=row.pk, blob__isnull=False).values_list("blob_id", flat=True))
    for model, name in made:
        for field in model._meta.concrete_fields:
            if isinstance(field, ForeignKey) and field.related_model is Blob:
                theirs = model._default_manager.filter(**{name: row.pk, f"{field.name}__isnull": False})
                blobs.update(theirs.values_list(field.attname, flat=True))
    for key in blobs:
        doors.blobs().delete(str(key))
    with transaction.atomic():
        for model, name in made:
            model._default_manager.filter(**{name: row.pk}).delete()
        Exhibit.objects.filter(pk=row.pk).update(blob=None)
        Blob.objects.filter(key__in=blobs).delete()
        Removal.objects.filter(pk=row.pk).update(shredded_at=now)
    return True


def _made_from_exhibits() -> Iterator[tuple[type[Model], str]]:
    """The tables of this room that hold what was made from an exhibit or says something about it, and their key to it.

    Edited copies are files of their own, and which entries it belonged to is no part of this room: both stay.
    """
    for field in keys_to(Exhibit):
        model = field.model
        if model not in (Exhibit, Removal) and model._meta.app_label == Exhibit._meta.app_label:
            yield model, field.name


def _seal(viewer: Viewer, exhibit: UUID, reference: str, reason: str, *, tell: bool) -> bytes:
    plaintext = orjson.dumps({"reference": reference, "reason": reason, "tell": tell})
    return viewer.keys.seal(
        Section.EVIDENCE, item=str(exhibit), version=1, field="removal", plaintext=plaintext
    )


def _open(viewer: Viewer, row: Removal) -> dict[str, object]:
    opened = orjson.loads(
        viewer.keys.open(
            Section.EVIDENCE,
            item=str(row.pk),
            version=1,
            field="removal",
            epoch=row.epoch,
            sealed=bytes(row.sealed),
        )
    )
    if not isinstance(opened, dict):
        raise CannotOpen("this is not what a removal is")
    return opened
