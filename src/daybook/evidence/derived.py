"""Derived copies: kept sealed beside their exhibit, each bound to what it is, and opened again."""

import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from daybook.evidence.models import DerivedCopy
from daybook.kernel.consent import Viewer
from daybook.kernel.media.decoder import Decoded
from daybook.kernel.media.previews import SUMMARY, Place, Summary, read_summary, rows_of, summary_bytes
from daybook.kernel.sealing.keys import Section


def keep_copies(
    viewer: Viewer, exhibit: uuid.UUID, decoded: Decoded, *, now: datetime, with_facts: bool = False
) -> None:
    """Keep all that was made of an exhibit. In the caller's transaction: all of it is there, or nothing."""
    DerivedCopy.objects.bulk_create(
        _sealed(viewer, exhibit, place, content, now)
        for place, content in rows_of(decoded, with_facts=with_facts)
    )


def keep_reason(viewer: Viewer, exhibit: uuid.UUID, words: str, *, now: datetime) -> None:
    """Keep why nothing can be shown of an exhibit."""
    _sealed(viewer, exhibit, Place(SUMMARY), summary_bytes(Summary(lacks=words)), now).save(force_insert=True)


def copy_for(viewer: Viewer, exhibit: uuid.UUID, place: Place) -> bytes | None:
    """One derived copy of an exhibit, opened; None where there is none, or the exhibit was removed.

    Raises SealingError on an altered row.
    """
    rows = DerivedCopy.objects.filter(exhibit__record_id=viewer.record, exhibit__removed_at=None)
    row = rows.filter(exhibit_id=exhibit, slot=place.slot).first()
    return open_copy(viewer, row, place) if row is not None else None


def summary_for(viewer: Viewer, exhibit: uuid.UUID) -> Summary | None:
    """What there is to be seen of an exhibit; None where it was not looked into. Raises SealingError on an altered row."""
    opened = copy_for(viewer, exhibit, Place(SUMMARY))
    return read_summary(opened) if opened is not None else None


def said_later(viewer: Viewer, exhibit: uuid.UUID) -> Mapping[str, Any]:
    """What a picture says of itself, where it was read only after it was admitted. Raises SealingError on an altered row."""
    summary = summary_for(viewer, exhibit)
    return summary.said or {} if summary is not None else {}


def open_copy(viewer: Viewer, row: DerivedCopy, place: Place) -> bytes:
    """Open a row as what it should be. Raises SealingError when it was altered, or is another exhibit's or another page."""
    return viewer.keys.open(
        Section.EVIDENCE,
        item=str(row.exhibit_id),
        version=1,
        field=place.field,
        epoch=row.epoch,
        sealed=bytes(row.sealed),
    )


def _sealed(viewer: Viewer, exhibit: uuid.UUID, place: Place, content: bytes, now: datetime) -> DerivedCopy:
    return DerivedCopy(
        exhibit_id=exhibit,
        slot=place.slot,
        made_at=now,
        epoch=viewer.keys.epoch,
        sealed=viewer.keys.seal(
            Section.EVIDENCE, item=str(exhibit), version=1, field=place.field, plaintext=content
        ),
    )
