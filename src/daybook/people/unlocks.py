"""Browsers that are unlocked: begun by a passphrase, ended by a lock, a quick exit, or by time.

The cookie holds a random secret; the row, found by its SHA-256, holds the account key sealed under cookie and server key
together. Whoever takes only one of the two opens nothing.
"""

import hashlib
import hmac
import os
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import Q

from daybook.doors.rows import read_related
from daybook.kernel.sealing.errors import SealingError
from daybook.kernel.sealing.keys import AccountKey, row_key
from daybook.kernel.sealing.rows import Binding, RowKey
from daybook.people.accounts import SealedAccount, Unlocked, open_account
from daybook.people.models import Account, Unlock
from daybook.people.secrets import server_secrets
from daybook.people.slots import require_slot

SECRET_BYTES = 32
LONGEST = timedelta(hours=8)
FORGOTTEN_AFTER = timedelta(days=7)
UNDER_WAY = timedelta(minutes=10)
SEEN_STEP = timedelta(seconds=20)
CLOCK_SLIP = timedelta(minutes=1)
# Everything that knowing a visit needs, in one question; a row for each epoch of the record's key.
_OF_VISIT = (
    "account_id",
    "sealed_key",
    "unlocked_at",
    "seen_at",
    "account__sealed_name",
    "account__recovery_confirmed_at",
    "account__record__id",
    "account__record__sealed_profile",
    "account__record__epochs__epoch",
    "account__record__epochs__sealed",
)


class State(StrEnum):
    """How much a browser may do: nothing, keep late words, or read and write."""

    STRANGER = "stranger"
    LOCKED = "locked"
    UNLOCKED = "unlocked"


@dataclass(frozen=True, slots=True)
class Visit:
    """One request's standing: a stranger, a browser whose record has locked, or an unlocked one."""

    state: State
    record_id: UUID | None = None
    unlocked: Unlocked | None = None
    seen_long_ago: bool = False


STRANGER = Visit(State.STRANGER)


def begin_unlock(unlocked: Unlocked, *, now: datetime) -> str:
    """Remember that this browser is unlocked; returns the cookie's secret (64 hexadecimal digits).

    Raises CannotUnlock when what it was unlocked with was replaced meanwhile: an old passphrase stops working at once, for a
    try that was under way as well.
    """
    secret = os.urandom(SECRET_BYTES)
    digest = hashlib.sha256(secret).digest()
    sealed = _session_row(secret, unlocked.account_id).seal(
        _binding(unlocked.account_id, digest), unlocked.account_key.secret
    )
    lock_idle(now=now)
    with transaction.atomic():
        require_slot(unlocked.slot)
        ended = Unlock.objects.filter(account_id=unlocked.account_id, sealed_key=None)
        ended.filter(seen_at__lte=_seen_when_ended(now)).delete()
        Unlock.objects.create(
            digest=digest, account_id=unlocked.account_id, sealed_key=sealed, unlocked_at=now, seen_at=now
        )
    return secret.hex()


def visit_of(cookie: str | None, *, now: datetime) -> Visit:
    """Who is asking, by the cookie's value. Locks the record when it lay idle too long or the day is over.

    Asking alone keeps nothing open: that is for `still_here` to say.
    """
    secret = _parse(cookie)
    if secret is None:
        return STRANGER
    digest = hashlib.sha256(secret).digest()
    rows = read_related(Unlock, *_OF_VISIT, digest=digest)
    if not rows or rows[0][-2] is None:
        return STRANGER
    account_id, sealed_key, unlocked_at, seen_at, sealed_name, confirmed_at, record_id, profile, *_ = rows[0]
    if sealed_key is None:
        return Visit(State.LOCKED, record_id)
    idle = timedelta(seconds=settings.IDLE_LOCK_SECONDS)
    if not unlocked_at <= now + CLOCK_SLIP or now - seen_at > idle or now - unlocked_at > LONGEST:
        Unlock.objects.filter(digest=digest).update(sealed_key=None)
        return Visit(State.LOCKED, record_id)
    sealed = SealedAccount(
        account_id=account_id,
        record_id=record_id,
        sealed_name=bytes(sealed_name),
        sealed_profile=bytes(profile),
        recovery_confirmed=confirmed_at is not None,
        epochs={epoch: bytes(key) for *_, epoch, key in rows},
    )
    try:
        opened = _session_row(secret, account_id).open(_binding(account_id, digest), bytes(sealed_key))
        unlocked = open_account(sealed, AccountKey(opened))
    except SealingError:
        # A row that does not open belongs to other keys (a restored database): the browser has to unlock again.
        Unlock.objects.filter(digest=digest).delete()
        return STRANGER
    # A write for each request would be many; but a short idle time must not run out under someone who is there.
    long_ago = now - seen_at > min(SEEN_STEP, idle / 10)
    return Visit(State.UNLOCKED, record_id, unlocked, seen_long_ago=long_ago)


def still_here(cookie: str | None, *, now: datetime) -> None:
    """The person did something in this browser: the time until it locks begins anew. Never unlocks what locked meanwhile."""
    secret = _parse(cookie)
    if secret is not None:
        row = Unlock.objects.filter(digest=hashlib.sha256(secret).digest(), sealed_key__isnull=False)
        row.filter(seen_at__lt=now).update(seen_at=now)


def is_unlocked(record_id: UUID) -> bool:
    """Whether any browser of this record is unlocked. For work that goes on beside requests, with keys it was given."""
    return Unlock.objects.filter(account__record__id=record_id, sealed_key__isnull=False).exists()


def lock_idle(*, now: datetime) -> int:
    """Take the key out of every row that lay idle too long, whether or not its browser ever asks again; returns how many.

    Removes rows that nobody comes back to.
    """
    idle = now - timedelta(seconds=settings.IDLE_LOCK_SECONDS)
    over = Q(seen_at__lt=idle) | Q(unlocked_at__lt=now - LONGEST)
    Unlock.objects.filter(seen_at__lt=now - FORGOTTEN_AFTER).delete()
    return Unlock.objects.filter(over, sealed_key__isnull=False).update(sealed_key=None)


def tag_of(cookie: str | None, content: bytes) -> bytes:
    """32 bytes that are the same for the same content from the same browser; the key is the cookie's secret, kept nowhere."""
    return hmac.digest(_parse(cookie) or b"", b"late-save/v1\0" + content, "sha256")


def end_unlock(cookie: str | None, *, now: datetime) -> None:
    """Lock this browser: the only copy of the sealed key goes at once.

    The empty row stays for ten minutes, or until the next unlock: words that were on their way when she locked are still known
    to be hers, and kept. It opens nothing.
    """
    secret = _parse(cookie)
    if secret is not None:
        row = Unlock.objects.filter(digest=hashlib.sha256(secret).digest())
        row.update(sealed_key=None, seen_at=_seen_when_ended(now))


def end_other_unlocks(account: UUID, *, keep: str | None) -> int:
    """Lock every other browser of an account, after a change of passphrase; returns how many there were."""
    rows = Unlock.objects.filter(account_id=account)
    secret = _parse(keep)
    if secret is not None:
        rows = rows.exclude(digest=hashlib.sha256(secret).digest())
    return rows.delete()[0]


def unlocks_of(account: UUID, *, now: datetime) -> list[Unlock]:
    """The browsers of an account that are unlocked now, newest first."""
    idle = now - timedelta(seconds=settings.IDLE_LOCK_SECONDS)
    rows = Unlock.objects.filter(
        account_id=account, sealed_key__isnull=False, seen_at__gte=idle, unlocked_at__gte=now - LONGEST
    )
    return list(rows.order_by("-unlocked_at"))


def is_this_browser(row: Unlock, cookie: str | None) -> bool:
    """Whether a row belongs to the browser with this cookie."""
    secret = _parse(cookie)
    return secret is not None and bytes(row.digest) == hashlib.sha256(secret).digest()


def account_exists() -> bool:
    """Whether anyone at all has a record here; says nothing of whom."""
    return Account.objects.exists()


def _seen_when_ended(now: datetime) -> datetime:
    """A row that was ended is put among those that are soon old enough to be swept."""
    return now - FORGOTTEN_AFTER + UNDER_WAY


def _parse(cookie: str | None) -> bytes | None:
    if cookie is None or len(cookie) != 2 * SECRET_BYTES:
        return None
    try:
        return bytes.fromhex(cookie)
    except ValueError:
        return None


def _session_row(secret: bytes, account: UUID) -> RowKey:
    return row_key(server_secrets().session_key(secret, account))


def _binding(account: UUID, digest: bytes) -> Binding:
    return Binding("self", str(account), "unlock", 1, digest.hex(), 1, "account-key")
