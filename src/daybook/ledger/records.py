"""Opening and unlocking a record with its chains: every such act is an event that the person can see."""

from datetime import datetime
from uuid import UUID

from daybook.kernel.custody import EventKind
from daybook.ledger.access import NAME, note_access, note_failed_try, spend_a_note
from daybook.ledger.chains import append, begin_chains
from daybook.people import accounts
from daybook.people.accounts import Opened, Profile, Unlocked
from daybook.people.errors import CannotUnlock, NameTaken, TooManyTries
from daybook.people.models import KeySlot
from daybook.people.slots import tries_turned_away


def open_record(*, name: str, passphrase: str, profile: Profile, now: datetime) -> Opened:
    """Make an account, its record and the first stone of its chains.

    Raises NameTaken, WeakPassphrase or TooManyTries. A name that was taken is noted as a failed try in the record it names.
    """

    def beside(unlocked: Unlocked) -> None:
        begin_chains(unlocked.record_id)
        append(unlocked.keys, EventKind.RECORD_OPENED, item=unlocked.record_id, now=now)

    try:
        return accounts.open_record(name=name, passphrase=passphrase, profile=profile, now=now, beside=beside)
    except NameTaken:
        _note_try(accounts.record_found_by(name), means=NAME, count=1, now=now)
        raise


def unlock_record(*, name: str, passphrase: str, now: datetime, means: str = "browser") -> Unlocked:
    """Unlock with the passphrase and note it; a failed try is noted too. Raises CannotUnlock or TooManyTries.

    ``means`` says where from: "browser" or "command line".
    """
    try:
        unlocked = accounts.unlock_by_passphrase(name=name, passphrase=passphrase, now=now)
    except CannotUnlock as failure:
        _note_failure(name, KeySlot.Kind.PASSPHRASE, failure, now)
        raise
    _note_turned_away(unlocked.record_id, name, KeySlot.Kind.PASSPHRASE, now)
    note_access(unlocked.viewer, EventKind.UNLOCKED, item=unlocked.record_id, what=means, now=now)
    return unlocked


def recover_record(*, name: str, code: str, new_passphrase: str, now: datetime) -> Unlocked:
    """Recover with the code and set a new passphrase; noted either way. Raises as `accounts.recover` does."""
    try:
        unlocked = accounts.recover(name=name, code=code, new_passphrase=new_passphrase, now=now)
    except CannotUnlock as failure:
        _note_failure(name, KeySlot.Kind.RECOVERY, failure, now)
        raise
    _note_turned_away(unlocked.record_id, name, KeySlot.Kind.RECOVERY, now)
    note_access(unlocked.viewer, EventKind.RECOVERED, item=unlocked.record_id, what="recovery code", now=now)
    return unlocked


def change_passphrase(unlocked: Unlocked, *, current: str, new: str, now: datetime) -> None:
    """Change the passphrase and note it; a wrong current one is noted as a failed try.

    Raises CannotUnlock, TooManyTries or WeakPassphrase.
    """
    try:
        accounts.change_passphrase(unlocked, current=current, new=new, now=now)
    except CannotUnlock as failure:
        _note_failure(unlocked.name, KeySlot.Kind.PASSPHRASE, failure, now)
        raise
    note_access(
        unlocked.viewer, EventKind.PASSPHRASE_CHANGED, item=unlocked.record_id, what="passphrase", now=now
    )


def make_recovery_code(unlocked: Unlocked, *, passphrase: str, now: datetime) -> str:
    """A new recovery code, noted; the old one stops working. A wrong passphrase is noted as a failed try.

    Raises CannotUnlock or TooManyTries.
    """
    try:
        code = accounts.make_recovery_code(unlocked, passphrase=passphrase, now=now)
    except CannotUnlock as failure:
        _note_failure(unlocked.name, KeySlot.Kind.PASSPHRASE, failure, now)
        raise
    note_access(
        unlocked.viewer, EventKind.RECOVERY_CODE_MADE, item=unlocked.record_id, what="recovery code", now=now
    )
    return code


def prove_it_is_her(unlocked: Unlocked, *, passphrase: str = "", code: str = "", now: datetime) -> int:
    """Ask for the passphrase (or, where there is none, the recovery code) once more; returns the slot that opened.

    A wrong one is noted as a failed try. Raises NotARecoveryCode, CannotUnlock or TooManyTries.
    """
    kind = KeySlot.Kind.PASSPHRASE if passphrase else KeySlot.Kind.RECOVERY
    try:
        proof = (
            accounts.unlock_by_passphrase(name=unlocked.name, passphrase=passphrase, now=now)
            if passphrase
            else accounts.unlock_by_code(name=unlocked.name, code=code, now=now)
        )
    except CannotUnlock as failure:
        _note_failure(unlocked.name, kind, failure, now)
        raise
    if proof.slot is None:
        raise CannotUnlock
    return proof.slot


def _note_failure(name: str, kind: KeySlot.Kind, failure: CannotUnlock, now: datetime) -> None:
    record = accounts.record_found_by(name)
    if not isinstance(failure, TooManyTries):
        _note_turned_away(record, name, kind, now)
        _note_try(record, means=kind.value, count=1, now=now)
    elif failure.to_note:
        _note_try(record, means=kind.value, count=failure.to_note, too_soon=True, now=now)


def _note_turned_away(record: UUID | None, name: str, kind: KeySlot.Kind, now: datetime) -> None:
    untold = tries_turned_away(name, kind)
    if untold:
        _note_try(record, means=kind.value, count=untold, too_soon=True, now=now)


def _note_try(record: UUID | None, *, means: str, count: int, too_soon: bool = False, now: datetime) -> None:
    if record is None:
        spend_a_note(now=now)
    else:
        note_failed_try(record, means=means, count=count, too_soon=too_soon, now=now)
