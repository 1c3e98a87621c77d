"""Key slots: making, opening and replacing what an account key is sealed in, and slowing down guesses at it."""

import math
import os
import uuid
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import NamedTuple

from django.conf import settings
from django.db import transaction

from daybook.kernel.sealing.errors import CannotOpen
from daybook.kernel.sealing.keys import AccountKey, KdfCost, SlotBinding, open_slot, seal_slot
from daybook.people.errors import CannotUnlock, TooManyTries
from daybook.people.models import Attempt, KeySlot
from daybook.people.secrets import server_secrets
from daybook.people.waiting import TurnedAway, WaitingRoom

PASSPHRASE = KeySlot.Kind.PASSPHRASE
RECOVERY = KeySlot.Kind.RECOVERY
FREE_TRIES = 5
FIRST_WAIT_SECONDS = 0.25
LONGEST_WAIT_SECONDS = 1.0
MOST_WAITING_FOR_ONE_NAME = 2
MOST_WAITING = 6
TRIES_WINDOW = timedelta(minutes=15)

_room = WaitingRoom(most_for_one=MOST_WAITING_FOR_ONE_NAME, most=MOST_WAITING)
_turned_away = TurnedAway()

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
    account_id: uuid.UUID,
    kind: KeySlot.Kind,
    account_key: AccountKey,
    derive: Derive,
    now: datetime,
    *,
    proof: int | None,
) -> None:
    """Store a new slot in place of the account's old one of this kind, which stops working.

    ``proof`` is the slot that was opened to be allowed this. Raises CannotUnlock when that was replaced meanwhile.
    """
    slot = make_slot(account_id, kind, account_key, derive, now)
    with transaction.atomic():
        require_slot(proof)
        KeySlot.objects.filter(account_id=account_id, kind=kind).delete()
        slot.save(force_insert=True)


def require_slot(slot: int | None) -> None:
    """Raises CannotUnlock when a slot that was read is not there any more; None stands for a record just made.

    Call it inside the transaction that acts on what the slot opened; the slot cannot go before that ends.
    """
    if slot is not None and not KeySlot.objects.select_for_update().filter(pk=slot).exists():
        raise CannotUnlock


def open_kept_slot(slot: KeySlot, kek: bytes) -> AccountKey:
    """The account key in a slot. Raises CannotOpen for another key, or when the slot's pepper is not here."""
    try:
        pepper = server_secrets().pepper(slot.pepper_version)
    except KeyError:
        raise CannotOpen("this server does not hold the pepper this slot was sealed under") from None
    binding = SlotBinding(str(slot.account_id), slot.kind)
    return open_slot(bytes(slot.sealed), kek=kek, pepper=pepper, binding=binding)


class Opening(NamedTuple):
    """A slot that opened: whose it is, the key it held, and the slot itself."""

    account_id: uuid.UUID
    account_key: AccountKey
    slot: int


def try_slot(name: str, kind: KeySlot.Kind, derive: Derive, now: datetime) -> Opening:
    """Try to open the slot of an account with what was typed, and note the try. After wrong ones it waits first.

    Raises TooManyTries before anything is derived, and CannotUnlock; an unknown name takes the same time as
    a wrong passphrase.
    """
    secrets = server_secrets()
    lookup = secrets.lookup(name)
    wait_for_turn(lookup, kind, now)
    slot = KeySlot.objects.filter(account__lookup=lookup, kind=kind).first()
    if slot is None:
        derive(secrets.dummy_salt(lookup, kind), _cost())
        note_attempt(lookup, kind, Attempt.Outcome.WRONG, now)
        raise CannotUnlock
    cost = KdfCost(slot.iterations, slot.memory_kib, slot.lanes)
    try:
        account_key = open_kept_slot(slot, derive(bytes(slot.salt), cost))
    except CannotOpen:
        note_attempt(lookup, kind, Attempt.Outcome.WRONG, now)
        raise CannotUnlock from None
    note_attempt(lookup, kind, Attempt.Outcome.OPENED, now)
    return Opening(slot.account_id, account_key, slot.pk)


def wait_for_turn(lookup: bytes, kind: KeySlot.Kind, now: datetime) -> None:
    """After five wrong tries each next one waits before it is tried, longer each time but never more than a second.

    Never a lock-out, and never a refusal of the right passphrase because of someone else's guesses: two tries a second get
    their turn. What guesses cost is the derivation; the wait keeps a guesser from taking the whole machine for it. Raises
    TooManyTries, untried, only when two tries at this name wait already. Must not be called inside a transaction.
    """
    tries = Attempt.objects.filter(lookup=lookup, means=kind, at__gt=now - TRIES_WINDOW)
    newest = tries.exclude(outcome=Attempt.Outcome.TOO_SOON).order_by("-at", "-pk")
    wrong = 0
    for outcome in newest.values_list("outcome", flat=True)[: 2 * FREE_TRIES]:
        if outcome == Attempt.Outcome.OPENED:
            break
        wrong += 1
    if wrong < FREE_TRIES:
        return
    wait = min(FIRST_WAIT_SECONDS * 2 ** (wrong - FREE_TRIES), LONGEST_WAIT_SECONDS)
    name = _name_of(lookup, kind)
    if _room.wait(name, wait):
        return
    to_note = _turned_away.count(name, now)
    if to_note:
        note_attempt(lookup, kind, Attempt.Outcome.TOO_SOON, now)
    raise TooManyTries(math.ceil(2 * LONGEST_WAIT_SECONDS), to_note=to_note)


def tries_turned_away(name: str, kind: KeySlot.Kind) -> int:
    """How many tries at a name were turned away and not noted yet; whoever asks notes them."""
    return _turned_away.take(_name_of(server_secrets().lookup(name), kind))


def note_attempt(lookup: bytes, kind: KeySlot.Kind, outcome: Attempt.Outcome, now: datetime) -> None:
    """Remember how a try ended for as long as that slows down the next; older ones are removed."""
    Attempt.objects.filter(at__lt=now - 2 * TRIES_WINDOW).delete()
    Attempt.objects.create(lookup=lookup, means=kind, outcome=outcome, at=now)


def _name_of(lookup: bytes, kind: KeySlot.Kind) -> bytes:
    return lookup + kind.value.encode()


def _cost() -> KdfCost:
    return settings.KDF_COST
