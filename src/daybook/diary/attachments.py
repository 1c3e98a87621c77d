"""Which exhibits belong to which entries: many to many, each change a fact in the ledger."""

import uuid
from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime

from django.db import transaction

from daybook.diary.errors import NotFound
from daybook.diary.models import Attachment, Item
from daybook.evidence.exhibits import ReadExhibit, exhibit_ids_for, exhibits_for
from daybook.evidence.models import Exhibit
from daybook.kernel.consent import Viewer
from daybook.kernel.custody import EventKind
from daybook.kernel.sealing.errors import SealingError
from daybook.ledger.chains import append


def attach_exhibit(viewer: Viewer, *, entry: uuid.UUID, exhibit: uuid.UUID, now: datetime) -> bool:
    """Say that an exhibit belongs to an entry; False when it already does. Raises NotFound."""
    with transaction.atomic():
        _must_be_here(viewer, entry, exhibit)
        if Attachment.objects.filter(entry_id=entry, exhibit_id=exhibit, detached_at__isnull=True).exists():
            return False
        Attachment.objects.create(
            record_id=viewer.record, entry_id=entry, exhibit_id=exhibit, attached_at=now
        )
        append(
            viewer.keys, EventKind.EXHIBIT_ATTACHED, item=entry, details={"exhibit": str(exhibit)}, now=now
        )
    return True


def detach_exhibit(viewer: Viewer, *, entry: uuid.UUID, exhibit: uuid.UUID, now: datetime) -> bool:
    """Say that an exhibit does not belong to an entry after all; both facts stay in the ledger. Raises NotFound."""
    with transaction.atomic():
        _must_be_here(viewer, entry, exhibit)
        open_rows = Attachment.objects.filter(entry_id=entry, exhibit_id=exhibit, detached_at__isnull=True)
        if not open_rows.update(detached_at=now):
            return False
        append(
            viewer.keys, EventKind.EXHIBIT_DETACHED, item=entry, details={"exhibit": str(exhibit)}, now=now
        )
    return True


def exhibits_by_entry(
    viewer: Viewer, entries: Iterable[uuid.UUID] | None = None
) -> dict[uuid.UUID, list[uuid.UUID]]:
    """The exhibits attached to each entry (or to those in ``entries``), in the order they were attached."""
    return _attached(viewer, "entry_id", "exhibit_id", entries)


def entries_by_exhibit(
    viewer: Viewer, exhibits: Iterable[uuid.UUID] | None = None
) -> dict[uuid.UUID, list[uuid.UUID]]:
    """The entries each exhibit (or each of those in ``exhibits``) belongs to, in the order they were attached."""
    return _attached(viewer, "exhibit_id", "entry_id", exhibits)


def _attached(
    viewer: Viewer, side: str, other: str, wanted: Iterable[uuid.UUID] | None
) -> dict[uuid.UUID, list[uuid.UUID]]:
    # A file that was removed belongs to no entry while it is out; fetched back, it stands where it was.
    rows = Attachment.objects.filter(
        record_id=viewer.record, detached_at__isnull=True, exhibit__removed_at=None
    )
    if wanted is not None:
        rows = rows.filter(**{f"{side}__in": list(wanted)})
    found: dict[uuid.UUID, list[uuid.UUID]] = defaultdict(list)
    for one, attached in rows.order_by("attached_at", "pk").values_list(side, other):
        found[one].append(attached)
    return dict(found)


def exhibits_that_open(
    viewer: Viewer, ids: Iterable[uuid.UUID] | None = None
) -> tuple[list[ReadExhibit], list[tuple[uuid.UUID, int]]]:
    """The record's exhibits (or those in ``ids``) by number, and apart from them the ids and numbers of those whose rows
    were altered. Raises nothing for an altered row.
    """
    wanted = None if ids is None else set(ids)
    try:
        return exhibits_for(viewer, wanted), []
    except SealingError:
        pass  # one of them is altered: they are opened one by one to say which
    opened: list[ReadExhibit] = []
    altered: list[tuple[uuid.UUID, int]] = []
    for exhibit, number in reversed(exhibit_ids_for(viewer)):
        if wanted is not None and exhibit not in wanted:
            continue
        try:
            opened += exhibits_for(viewer, [exhibit])
        except SealingError:
            altered.append((exhibit, number))
    return opened, altered


def _must_be_here(viewer: Viewer, entry: uuid.UUID, exhibit: uuid.UUID) -> None:
    # The entry's row is locked, so that two windows do not attach the same exhibit twice.
    entries = Item.objects.select_for_update().filter(pk=entry, record_id=viewer.record, kind=Item.Kind.ENTRY)
    if entries.first() is None:
        raise NotFound("There is no such entry in this record.")
    if not Exhibit.objects.filter(pk=exhibit, record_id=viewer.record, removed_at=None).exists():
        raise NotFound("There is no such file in this record.")
