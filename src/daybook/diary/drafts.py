"""Drafts: what is being written, sealed at every save, so that neither a crash nor a lock loses words.

A draft keeps each section of the form just as it was typed (field name → list of values), valid or not. Only finishing checks.
"""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import cast

import orjson
from django.db import transaction

from daybook.diary.errors import NotFound
from daybook.diary.models import Draft, Item
from daybook.kernel.consent import Viewer
from daybook.kernel.sealing.errors import SealingError
from daybook.kernel.sealing.keys import Section

Typed = Mapping[str, Sequence[str]]


@dataclass(frozen=True, slots=True)
class ReadDraft:
    """A draft, opened. ``amends`` is the entry it changes, ``amends_version`` the version that was on the screen then."""

    id: uuid.UUID
    amends: uuid.UUID | None
    amends_version: int
    begun_at: datetime
    saved_at: datetime
    sections: Mapping[str, Typed]

    @property
    def beginning(self) -> str:
        """The first words, to recognise the draft by."""
        words = self.sections.get("words", {}).get("words", [""])
        return words[0].strip()[:120]


def begin_draft(
    viewer: Viewer,
    *,
    now: datetime,
    sections: Mapping[str, Typed],
    amends: uuid.UUID | None = None,
    version: int = 0,
    new_id: uuid.UUID | None = None,
) -> ReadDraft:
    """Begin a draft of a new entry, or of an amendment to ``amends``. Raises NotFound for an entry of another record.

    ``new_id`` is the id it gets (default: a random one); a draft that has it already makes this raise IntegrityError.
    """
    if (
        amends is not None
        and not Item.objects.filter(pk=amends, record_id=viewer.record, kind=Item.Kind.ENTRY).exists()
    ):
        raise NotFound("There is no such entry in this record.")
    draft_id = new_id or uuid.uuid4()
    Draft.objects.create(
        id=draft_id,
        record_id=viewer.record,
        amends_id=amends,
        amends_version=version,
        begun_at=now,
        saved_at=now,
        epoch=viewer.keys.epoch,
        sealed=_seal(viewer, draft_id, 1, sections),
    )
    return ReadDraft(draft_id, amends, version, now, now, dict(sections))


def save_section(viewer: Viewer, draft: uuid.UUID, section: str, typed: Typed, *, now: datetime) -> ReadDraft:
    """Save one section as typed; the others stay. Raises NotFound."""
    with transaction.atomic():
        row = Draft.objects.select_for_update().filter(record_id=viewer.record, pk=draft).first()
        if row is None:
            raise NotFound("There is no such draft. It may have been kept as an entry already.")
        sections = {**_open(viewer, row), section: {name: list(values) for name, values in typed.items()}}
        row.revision += 1
        row.saved_at = now
        row.epoch = viewer.keys.epoch
        row.sealed = _seal(viewer, row.pk, row.revision, sections)
        row.save()
    return ReadDraft(row.pk, row.amends_id, row.amends_version, row.begun_at, now, sections)


def move_draft(
    viewer: Viewer, draft: uuid.UUID, sections: Mapping[str, Typed], *, version: int, now: datetime
) -> ReadDraft:
    """Put an amendment that was begun on an earlier version onto a newer one, with these sections. Raises NotFound."""
    with transaction.atomic():
        row = Draft.objects.select_for_update().filter(record_id=viewer.record, pk=draft).first()
        if row is None:
            raise NotFound("There is no such draft. It may have been kept as an entry already.")
        row.revision += 1
        row.saved_at = now
        row.amends_version = version
        row.epoch = viewer.keys.epoch
        row.sealed = _seal(viewer, row.pk, row.revision, sections)
        row.save()
    return _read(viewer, row)


def get_draft_for(viewer: Viewer, draft: uuid.UUID) -> ReadDraft:
    """One draft. Raises NotFound."""
    row = Draft.objects.filter(record_id=viewer.record, pk=draft).first()
    if row is None:
        raise NotFound("There is no such draft. It may have been kept as an entry already.")
    return _read(viewer, row)


def drafts_for(viewer: Viewer) -> list[ReadDraft]:
    """Every draft, the one saved last first; without those whose rows were altered."""
    return drafts_that_open(viewer)[0]


def drafts_that_open(viewer: Viewer) -> tuple[list[ReadDraft], int]:
    """As `drafts_for`, and how many drafts were altered and do not open."""
    found, altered = [], 0
    for row in Draft.objects.filter(record_id=viewer.record).order_by("-saved_at"):
        try:
            found.append(_read(viewer, row))
        except SealingError:
            altered += 1
    return found, altered


def discard_draft(viewer: Viewer, draft: uuid.UUID) -> None:
    """Let go of a draft: it was kept as an entry, or the person does not want it."""
    Draft.objects.filter(record_id=viewer.record, pk=draft).delete()


def _read(viewer: Viewer, row: Draft) -> ReadDraft:
    return ReadDraft(
        row.pk, row.amends_id, row.amends_version, row.begun_at, row.saved_at, _open(viewer, row)
    )


def _open(viewer: Viewer, row: Draft) -> dict[str, Typed]:
    opened = viewer.keys.open(
        Section.DIARY,
        item=str(row.pk),
        version=row.revision,
        field="draft",
        epoch=row.epoch,
        sealed=bytes(row.sealed),
    )
    return cast(dict[str, Typed], orjson.loads(opened))


def _seal(viewer: Viewer, draft: uuid.UUID, revision: int, sections: Mapping[str, Typed]) -> bytes:
    plaintext = orjson.dumps(
        {name: {key: list(value) for key, value in typed.items()} for name, typed in sections.items()}
    )
    return viewer.keys.seal(
        Section.DIARY, item=str(draft), version=revision, field="draft", plaintext=plaintext
    )
