"""Key slots: making, opening and replacing what an account key is sealed in, and slowing down guesses at it."""

import os
import uuid
from collections.abc import Callable
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction

from daybook.kernel.sealing.errors import CannotOpen
from daybook.kernel.sealing.keys import AccountKey, KdfCost, SlotBinding, open_slot, seal_slot
from daybook.people.errors import CannotUnlock, TooManyTries
from daybook.people.models import Attempt, KeySlot
from daybook.people.secrets import server_secrets

PASSPHRASE = KeySlot.Kind.PASSPHRASE
RECOVERY = KeySlot.Kind.RECOVERY
FREE_TRIES = 5
LONGEST_WAIT_SECONDS = 30
TRIES_WINDOW = timedelta(minutes=15)

Derive = Callable[[bytes, KdfCost], bytes]
"""Makes the key that opens a slot from what was typed, given the slot's salt and cost. May take half a second."""


def make_slot(
    account_id: uuid.UUID,
    kind: KeySlot.Kind,
    account_key: AccountKey,
    derive: Derive,
    now: datetime,
) -> KeySlot:
    """A new slot, not stored yet, that holds the account key under what was typed and the server's pepper."""
    secrets, salt, cost = server_secrets(), os.urandom(16), _cost()
    version = secrets.pepper_version
    sealed = seal_slot(
        account_key,
        kek=derive(salt, cost),
        pepper=secrets.pepper(version),
        binding=SlotBinding(str(account_id), kind.value),
    )
    return KeySlot(
        account_id=account_id,
        kind=kind,
        salt=salt,
        iterations=cost.iterations,
        memory_kib=cost.memory_kib,
        lanes=cost.lanes,
        pepper_version=version,
        sealed=sealed,
        made_at=now,
    )


def replace_slot(
    account_id: uuid.UUID, kind: KeySlot.Kind, account_key: AccountKey, derive: Derive, now: datetime
) -> None:
    """Store a new slot in place of the account's old one of this kind, which stops working."""
    slot = make_slot(account_id, kind, account_key, derive, now)
    with transaction.atomic():
        KeySlot.objects.filter(account_id=account_id, kind=kind).delete()
        slot.save(force_insert=True)


def open_kept_slot(slot: KeySlot, kek: bytes) -> AccountKey:
    """The account key in a slot. Raises CannotOpen for another key, or when the slot's pepper is not here."""
    try:
        pepper = server_secrets().pepper(slot.pepper_version)
    except KeyError:
        raise CannotOpen("this server does not hold the pepper this slot was sealed under") from None
    binding = SlotBinding(str(slot.account_id), slot.kind)
    return open_slot(bytes(slot.sealed), kek=kek, pepper=pepper, binding=binding)


def try_slot(name: str, kind: KeySlot.Kind, derive: Derive, now: datetime) -> tuple[uuid.UUID, AccountKey]:
    """Try to open the slot of an account with what was typed; gives the account and its key, and notes the try.

    Raises TooManyTries before anything is derived, and CannotUnlock; an unknown name takes the same time as
    a wrong passphrase.
    """
    secrets = server_secrets()
    lookup = secrets.lookup(name)
    _refuse_hurry(lookup, kind, now)
    slot = KeySlot.objects.filter(account__lookup=lookup, kind=kind).first()
    if slot is None:
        derive(secrets.dummy_salt(lookup, kind), _cost())
        _note_attempt(lookup, kind, Attempt.Outcome.WRONG, now)
        raise CannotUnlock
    cost = KdfCost(slot.iterations, slot.memory_kib, slot.lanes)
    try:
        account_key = open_kept_slot(slot, derive(bytes(slot.salt), cost))
    except CannotOpen:
        _note_attempt(lookup, kind, Attempt.Outcome.WRONG, now)
        raise CannotUnlock from None
    _note_attempt(lookup, kind, Attempt.Outcome.OPENED, now)
    return slot.account_id, account_key


def _refuse_hurry(lookup: bytes, kind: KeySlot.Kind, now: datetime) -> None:
    """After five wrong tries each next one waits, longer each time but never more than half a minute.

    Never a lock-out: whoever keeps guessing must not be able to keep the person from her own record.
    """
    tries = Attempt.objects.filter(lookup=lookup, means=kind, at__gt=now - TRIES_WINDOW).order_by("-at")
    wrong: list[datetime] = []
    for attempt in tries.iterator():
        if attempt.outcome == Attempt.Outcome.OPENED:
            break
        if attempt.outcome == Attempt.Outcome.WRONG:
            wrong.append(attempt.at)
    if len(wrong) < FREE_TRIES:
        return
    wait = min(2 ** (len(wrong) - FREE_TRIES + 1), LONGEST_WAIT_SECONDS)
    passed = (now - wrong[0]).total_seconds()
    if 0 <= passed < wait:
        _note_attempt(lookup, kind, Attempt.Outcome.TOO_SOON, now)
        raise TooManyTries(max(1, round(wait - passed)))


def _note_attempt(lookup: bytes, kind: KeySlot.Kind, outcome: Attempt.Outcome, now: datetime) -> None:
    Attempt.objects.create(lookup=lookup, means=kind, outcome=outcome, at=now)


def _cost() -> KdfCost:
    return settings.KDF_COST
