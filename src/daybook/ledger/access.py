"""Who looked at what: notes in the access chain, written by explicit calls and shown to the person."""

import os
from collections.abc import Collection, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from itertools import islice
from typing import Any
from uuid import UUID

import orjson
from django.db import DatabaseError, transaction

from daybook.doors.rows import read_row
from daybook.kernel.consent import Viewer
from daybook.kernel.custody import CustodyError, EventKind
from daybook.kernel.sealing.age import generate_identity
from daybook.ledger.chains import ACCESS, Link, append, append_while_locked, links_for
from daybook.ledger.models import ChainHead
from daybook.people.accounts import Unlocked, capture_identity
from daybook.people.late_saves import seal_to
from daybook.people.models import Attempt, KeySlot

TOO_SOON = "too soon"
"""The label of a try that was turned away untried."""
NAME = "name"
"""What a try was at that only asked, by starting a record, whether a name is taken."""


@dataclass(frozen=True, slots=True)
class AccessNote:
    """One line of "who looked at what": ``what`` is a short noun such as "entry", ``label`` a reference such as AB/1.

    ``who`` is "owner", or "unknown" for a try that did not open the record; ``count`` is for how many tries the note stands;
    ``by`` is the name given by someone who looked for her.
    """

    at: datetime
    kind: EventKind
    what: str
    item: UUID
    label: str
    who: str
    count: int = 1
    by: str = ""


def note_access(
    viewer: Viewer, kind: EventKind, *, item: UUID, what: str, label: str = "", by: str = "", now: datetime
) -> None:
    """Note that something was opened, exported, unlocked or changed; ``by`` is the name given by who looked for her."""
    details = {"what": what, "label": label, "who": viewer.who, **({"by": by} if by else {})}
    with transaction.atomic():
        append(viewer.keys, kind, item=item, details=details, now=now, chain=ACCESS)


def note_failed_try(
    record: UUID, *, means: str, count: int = 1, too_soon: bool = False, now: datetime
) -> None:
    """Note a failed try at unlocking; nobody is unlocked, so it is sealed to the capture key.

    ``too_soon`` says that it was turned away untried, after too many wrong ones; such tries are noted ``count`` at a time.
    """
    label = TOO_SOON if too_soon else ""
    details: Mapping[str, Any] = {"what": means, "label": label, "who": "unknown", "count": count}
    append_while_locked(record, EventKind.UNLOCK_FAILED, details=details, now=now)


def spend_a_note(*, now: datetime) -> None:
    """Do the work of `note_failed_try` for a name that nobody has, so that the time tells no one which names there are.

    Leaves nothing behind.
    """
    event = {"event": "x" * 350, "salts": {}, "head": "0" * 64}
    with transaction.atomic():
        read_row(ChainHead, "id", "length", "head", lock=True, id=0)
        sealed = seal_to(_nobody(), orjson.dumps(event))
        row = Attempt.objects.create(
            lookup=os.urandom(32), at=now, means=KeySlot.Kind.PASSPHRASE, outcome=Attempt.Outcome.WRONG
        )
        Attempt.objects.filter(pk=row.pk).update(lookup=sealed[-32:])
        row.delete()


@cache
def _nobody() -> str:
    return generate_identity()[1]


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
    while_locked: bool | None = None,
) -> list[AccessNote]:
    """Notes of the access chain, newest first, leaving out the newest ``skip``; at most ``most`` of them.

    ``kinds`` picks kinds, looking through the newest ``look_at`` notes at most. ``while_locked`` picks what was noted without
    a key (failed tries), or everything else, so that no number of the one hides the other. Raises SealingError or BrokenChain
    where the chain was tampered with.
    """
    identity = capture_identity(unlocked.viewer)
    links = links_for(
        unlocked.viewer, chain=ACCESS, capture_identity=identity, newest_first=True, while_locked=while_locked
    )
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
        count=_count(details.get("count", 1)),
        by=str(details.get("by", "")),
    )


def _count(value: object) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) and value > 0 else 1
