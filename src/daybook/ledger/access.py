"""Who looked at what: notes in the access chain, written by explicit calls and shown to the person."""

from collections.abc import Collection, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any
from uuid import UUID

from django.db import DatabaseError, transaction

from daybook.kernel.consent import Viewer
from daybook.kernel.custody import CustodyError, EventKind
from daybook.ledger.chains import ACCESS, Link, append, append_while_locked, links_for
from daybook.people.accounts import Unlocked, capture_identity

TOO_SOON = "too soon"
"""The label of a try that was turned away untried."""


@dataclass(frozen=True, slots=True)
class AccessNote:
    """One line of "who looked at what": ``what`` is a short noun such as "entry", ``label`` a reference such as AB/1.

    ``who`` is "owner", or "unknown" for a try that did not open the record.
    """

    at: datetime
    kind: EventKind
    what: str
    item: UUID
    label: str
    who: str


def note_access(
    viewer: Viewer, kind: EventKind, *, item: UUID, what: str, label: str = "", now: datetime
) -> None:
    """Note that something was opened, exported, unlocked or changed."""
    details: Mapping[str, Any] = {"what": what, "label": label, "who": viewer.who}
    with transaction.atomic():
        append(viewer.keys, kind, item=item, details=details, now=now, chain=ACCESS)


def note_failed_try(record: UUID, *, means: str, too_soon: bool = False, now: datetime) -> None:
    """Note a failed try at unlocking; nobody is unlocked, so it is sealed to the capture key.

    ``too_soon`` says that it was turned away untried, after too many wrong ones.
    """
    details = {"what": means, "label": TOO_SOON if too_soon else "", "who": "unknown"}
    append_while_locked(record, EventKind.UNLOCK_FAILED, details=details, now=now)


def note_lock(unlocked: Unlocked, *, now: datetime) -> None:
    """Note that the person locked her record or left. Locking never fails for want of this note."""
    with suppress(DatabaseError, CustodyError):
        note_access(unlocked.viewer, EventKind.LOCKED, item=unlocked.record_id, what="browser", now=now)


def access_notes_for(
    unlocked: Unlocked,
    *,
    kinds: Collection[EventKind] | None = None,
    skip: int = 0,
    most: int = 500,
    look_at: int | None = None,
) -> list[AccessNote]:
    """Notes of the access chain, newest first, leaving out the newest ``skip``; at most ``most`` of them.

    ``kinds`` picks kinds, looking through the newest ``look_at`` notes at most. Raises SealingError or BrokenChain where the
    chain was tampered with.
    """
    identity = capture_identity(unlocked.viewer)
    links = links_for(unlocked.viewer, chain=ACCESS, capture_identity=identity, newest_first=True)
    notes = (_read(link) for link in islice(links, skip, look_at))
    return list(islice((note for note in notes if kinds is None or note.kind in kinds), most))


def _read(link: Link) -> AccessNote:
    details = link.event.details
    return AccessNote(
        at=datetime.fromisoformat(link.event.at),
        kind=EventKind(link.event.kind),
        what=str(details.get("what", "")),
        item=UUID(link.event.item),
        label=str(details.get("label", "")),
        who=str(details.get("who", "")),
    )
