"""Keeping a draft: it becomes an entry or the next version of one, its files are attached, and the draft is let go of.

A new entry gets the id of its draft. A form that is sent twice therefore finds the entry that the first one made.
"""

import uuid
from collections.abc import Iterable
from datetime import datetime

from django.db import IntegrityError, transaction

from daybook.diary.attachments import attach_exhibit
from daybook.diary.entries import ReadEntry, amend_entry, get_entry_for, write_entry
from daybook.diary.models import Draft
from daybook.doors.rows import read_row
from daybook.kernel.consent import Viewer
from daybook.kernel.entry import EntryFields


def keep_at_once(viewer: Viewer, draft: uuid.UUID, fields: EntryFields, *, now: datetime) -> ReadEntry | None:
    """Keep an entry whose draft was never saved, under the id the draft would have had.

    None when there is such a draft after all (it may hold more, and is to be kept by `keep_draft`), or an entry with other
    words. A form that is sent twice finds the entry the first one made. Raises InvalidEntry.
    """
    try:
        with transaction.atomic():
            if read_row(Draft, "revision", id=draft, record_id=viewer.record) is not None:
                return None
            return write_entry(viewer, fields, now=now, new_id=draft)
    except IntegrityError:
        kept = get_entry_for(viewer, draft)
        return kept if kept.values["words"] == fields.words else None


def keep_draft(
    viewer: Viewer,
    draft: uuid.UUID,
    fields: EntryFields,
    *,
    exhibits: Iterable[uuid.UUID] = (),
    reason: str = "",
    now: datetime,
) -> ReadEntry:
    """Keep what a draft came to, in one transaction. A draft that was kept before gives the entry it became.

    ``reason`` is why an entry is amended. Raises NotFound, AmendedMeanwhile (the draft stays then) or InvalidEntry.
    """
    with transaction.atomic():
        row = Draft.objects.select_for_update().filter(record_id=viewer.record, pk=draft).first()
        if row is None:
            return get_entry_for(viewer, draft)
        if row.amends_id is None:
            entry = write_entry(viewer, fields, now=now, new_id=row.pk)
        else:
            entry = amend_entry(
                viewer, row.amends_id, fields, reason=reason, expected=row.amends_version, now=now
            )
        for exhibit in exhibits:
            attach_exhibit(viewer, entry=entry.id, exhibit=exhibit, now=now)
        row.delete()
    return entry
