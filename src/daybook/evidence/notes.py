"""Notes on exhibits: what was said about a file after it was kept. Sealed, in versions, each an event of the ledger.

Who may look at it stays with the person; what it shows can go into a pack with the file, so that she need not look to use it.
"""

import uuid
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

import orjson
from django.db import transaction

from daybook.evidence.errors import NoSuchExhibit
from daybook.evidence.models import DerivedCopy, Exhibit, Note, PreviewDue
from daybook.kernel.consent import Viewer
from daybook.kernel.custody import CustodyError, EventKind, commitment_hex
from daybook.kernel.sealing.errors import SealingError
from daybook.kernel.sealing.keys import Section
from daybook.ledger.chains import Link, append

MOST_NAME = 80
MOST_WORDS = 2000
_AT_A_TIME = 500


class May(StrEnum):
    """Who may look at a file that was kept without looking."""

    NOBODY = "nobody"
    """Nobody, for now."""
    HELPER = "helper"
    """Someone the person named, or did not name."""
    NEVER = "never"
    """Never to be shown to her."""


class DateAndNumber(StrEnum):
    """What she said to "Can you see a date and a number in this picture?"."""

    YES = "yes"
    NO = "no"
    CANNOT_TELL = "cannot-tell"


DATE_AND_NUMBER = "Can you see a date and a number in this picture?"

_KINDS = {
    EventKind.EXHIBIT_KEPT_FOR: frozenset({"may", "who"}),
    EventKind.EXHIBIT_DESCRIBED: frozenset({"shows", "described_by", "by_helper"}),
    EventKind.EXHIBIT_ANSWERED: frozenset({"question", "answer"}),
}


@dataclass(frozen=True, slots=True)
class Description:
    """What a file shows, in someone's words: hers, or a helper's, by the name given ("" where none was)."""

    words: str
    by: str
    by_helper: bool
    written_at: datetime


@dataclass(frozen=True, slots=True)
class Noted:
    """What is noted about one exhibit now."""

    may: May = May.NOBODY
    who: str = ""
    description: Description | None = None
    date_and_number: DateAndNumber | None = None

    @property
    def for_others_only(self) -> bool:
        """Whether nothing of it is to be shown to the person herself."""
        return self.may is not May.NOBODY


@dataclass(frozen=True, slots=True)
class ReadNote:
    """One version of a note, opened: its kind and its values, as the ledger commits to them."""

    exhibit: uuid.UUID
    version: int
    kind: EventKind
    values: Mapping[str, Any] = field(default_factory=dict)
    written_at: datetime | None = None


def keep_for(viewer: Viewer, exhibit: uuid.UUID, *, may: May, who: str = "", now: datetime) -> bool:
    """Say who may look at an exhibit; False when that is as it was.

    All that was made to show it is removed, and nothing is made. To see it herself she asks for a preview; where it is for a
    helper, or for nobody ever, she changes that first. Raises NoSuchExhibit.
    """
    who = " ".join(who.split())[:MOST_NAME] if may is May.HELPER else ""
    with transaction.atomic():
        _hold(viewer, exhibit)
        before = noted_about(viewer, exhibit)
        seen = Exhibit.objects.filter(pk=exhibit, record_id=viewer.record, unseen=False)
        hidden = bool(seen.update(unseen=True))
        DerivedCopy.objects.filter(exhibit_id=exhibit).delete()
        PreviewDue.objects.filter(exhibit_id=exhibit).delete()
        if (before.may, before.who) == (may, who):
            return hidden
        _keep(viewer, exhibit, EventKind.EXHIBIT_KEPT_FOR, {"may": may.value, "who": who}, now)
    return True


def describe_exhibit(
    viewer: Viewer, exhibit: uuid.UUID, *, words: str, by: str = "", by_helper: bool = False, now: datetime
) -> bool:
    """Note what an exhibit shows; no words take the note back. False when that is as it was. Raises NoSuchExhibit."""
    words, by = words.strip()[:MOST_WORDS], " ".join(by.split())[:MOST_NAME] if by_helper else ""
    with transaction.atomic():
        _hold(viewer, exhibit)
        before = noted_about(viewer, exhibit).description
        if (before.words if before else "") == words and (
            not before or (before.by, before.by_helper) == (by, by_helper)
        ):
            return False
        values = {"shows": words, "described_by": by, "by_helper": by_helper}
        _keep(viewer, exhibit, EventKind.EXHIBIT_DESCRIBED, values, now)
    return True


def answer_date_and_number(
    viewer: Viewer, exhibit: uuid.UUID, *, answer: DateAndNumber, now: datetime
) -> bool:
    """Note whether a picture of a screen shows a date and a number; False when that is as it was. Raises NoSuchExhibit."""
    with transaction.atomic():
        _hold(viewer, exhibit)
        if noted_about(viewer, exhibit).date_and_number is answer:
            return False
        values = {"question": DATE_AND_NUMBER, "answer": answer.value}
        _keep(viewer, exhibit, EventKind.EXHIBIT_ANSWERED, values, now)
    return True


def noted_about(viewer: Viewer, exhibit: uuid.UUID) -> Noted:
    """What is noted about one exhibit now. Raises SealingError on an altered row."""
    return noted_for(viewer, [exhibit]).get(exhibit, Noted())


def noted_for(viewer: Viewer, exhibits: Iterable[uuid.UUID]) -> dict[uuid.UUID, Noted]:
    """What is noted now about each of these exhibits that has a note. Raises SealingError on an altered row."""
    newest: dict[uuid.UUID, dict[EventKind, ReadNote]] = {}
    for note in notes_for(viewer, exhibits):
        newest.setdefault(note.exhibit, {})[note.kind] = note
    return {exhibit: _noted(notes) for exhibit, notes in newest.items()}


def notes_for(viewer: Viewer, exhibits: Iterable[uuid.UUID] | None = None) -> Iterator[ReadNote]:
    """Every version of every note (or of those on these exhibits), oldest first. Raises SealingError on an altered row."""
    rows = Note.objects.filter(exhibit__record_id=viewer.record).order_by("version")
    if exhibits is None:
        yield from (_read(viewer, row) for row in rows.iterator(chunk_size=_AT_A_TIME))
        return
    wanted = list(exhibits)
    for start in range(0, len(wanted), _AT_A_TIME):
        yield from (
            _read(viewer, row) for row in rows.filter(exhibit_id__in=wanted[start : start + _AT_A_TIME])
        )


def notes_that_open(viewer: Viewer) -> tuple[list[ReadNote], int]:
    """Every version of every note that opens, oldest first, and how many were altered and do not."""
    opened, altered = [], 0
    for row in Note.objects.filter(exhibit__record_id=viewer.record).order_by("written_at", "pk"):
        try:
            opened.append(_read(viewer, row))
        except SealingError:
            altered += 1
    return opened, altered


def notes_beside(
    viewer: Viewer, links: Iterable[Link]
) -> tuple[dict[tuple[uuid.UUID, int], ReadNote], list[str]]:
    """The notes, held against the ledger's links: those that opened, and a sentence for each that is not what was noted."""
    expected = {
        (uuid.UUID(link.event.item), link.event.version): link for link in links if link.event.kind in _KINDS
    }
    found: dict[tuple[uuid.UUID, int], ReadNote] = {}
    faults = []
    rows = Note.objects.filter(exhibit__record_id=viewer.record).order_by("exhibit__number", "version")
    for row in rows.iterator(chunk_size=_AT_A_TIME):
        link = expected.pop((row.exhibit_id, row.version), None)
        try:
            note = _read(viewer, row)
        except SealingError:
            faults.append("A note on a file was altered, and does not open.")
            continue
        if link is None:
            faults.append("There is a note on a file that your record never noted.")
        elif not _is_what_was_noted(note, link):
            faults.append("A note on a file is not what was noted then.")
        else:
            found[row.exhibit_id, row.version] = note
    faults += ["A note on a file is missing." for _ in expected]
    return found, faults


def _is_what_was_noted(note: ReadNote, link: Link) -> bool:
    if note.kind != link.event.kind or set(note.values) != set(link.event.commitments):
        return False
    try:
        return all(
            commitment_hex(name, value, bytes.fromhex(link.salts[name])) == link.event.commitments[name]
            for name, value in note.values.items()
        )
    except (KeyError, ValueError, CustodyError):
        return False


def _hold(viewer: Viewer, exhibit: uuid.UUID) -> None:
    # Two windows may note something at once: the versions of one exhibit are counted under a lock.
    if not Exhibit.objects.select_for_update().filter(pk=exhibit, record_id=viewer.record).first():
        raise NoSuchExhibit("There is no such file in this record.")


def _keep(
    viewer: Viewer, exhibit: uuid.UUID, kind: EventKind, values: Mapping[str, Any], now: datetime
) -> None:
    version = Note.objects.filter(exhibit_id=exhibit).count() + 1
    sealed = viewer.keys.seal(
        Section.EVIDENCE,
        item=str(exhibit),
        version=version,
        field="note",
        plaintext=orjson.dumps({"kind": kind.value, "values": values}),
    )
    Note.objects.create(
        exhibit_id=exhibit, version=version, written_at=now, epoch=viewer.keys.epoch, sealed=sealed
    )
    append(viewer.keys, kind, item=exhibit, version=version, values=values, now=now)


def _read(viewer: Viewer, row: Note) -> ReadNote:
    opened = viewer.keys.open(
        Section.EVIDENCE,
        item=str(row.exhibit_id),
        version=row.version,
        field="note",
        epoch=row.epoch,
        sealed=bytes(row.sealed),
    )
    body = orjson.loads(opened)
    return ReadNote(row.exhibit_id, row.version, EventKind(body["kind"]), body["values"], row.written_at)


def _noted(notes: Mapping[EventKind, ReadNote]) -> Noted:
    kept = notes.get(EventKind.EXHIBIT_KEPT_FOR)
    told = notes.get(EventKind.EXHIBIT_DESCRIBED)
    answered = notes.get(EventKind.EXHIBIT_ANSWERED)
    description = None
    if told is not None and told.values["shows"] and told.written_at is not None:
        values = told.values
        description = Description(
            values["shows"], values["described_by"], values["by_helper"], told.written_at
        )
    return Noted(
        may=May(kept.values["may"]) if kept else May.NOBODY,
        who=kept.values["who"] if kept else "",
        description=description,
        date_and_number=DateAndNumber(answered.values["answer"]) if answered else None,
    )
