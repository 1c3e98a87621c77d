"""Asking for a record to be erased, and undoing that: each is noted where the person sees it, and no pack carries it."""

from datetime import datetime

from django.db import transaction

from daybook.kernel.custody import EventKind
from daybook.ledger.access import note_access
from daybook.ledger.records import prove_it_is_her
from daybook.people import closing
from daybook.people.accounts import Unlocked
from daybook.people.slots import require_slot


def ask_to_close(unlocked: Unlocked, *, passphrase: str = "", code: str = "", now: datetime) -> bool:
    """Let the record be erased after seven days. Needs the passphrase or the recovery code: an open screen is not enough.

    False, and nothing changes, when that was asked for before. Raises NotARecoveryCode, CannotUnlock or TooManyTries.
    """
    proof = prove_it_is_her(unlocked, passphrase=passphrase, code=code, now=now)
    with transaction.atomic():
        require_slot(proof)
        if not closing.begin_closing(unlocked.record_id, now=now):
            return False
        note_access(unlocked.viewer, EventKind.CLOSING_ASKED, item=unlocked.record_id, what="record", now=now)
    return True


def undo_closing(unlocked: Unlocked, *, now: datetime) -> bool:
    """The record stays after all; anyone who unlocked it may say so. False when nothing waited."""
    with transaction.atomic():
        if not closing.undo_closing(unlocked.record_id):
            return False
        note_access(
            unlocked.viewer, EventKind.CLOSING_UNDONE, item=unlocked.record_id, what="record", now=now
        )
    return True
