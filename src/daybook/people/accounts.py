"""Opening, unlocking and recovering a record. Derivations run outside transactions: they take half a second by design."""

import json
import os
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.db import IntegrityError, transaction

from daybook.kernel.consent import Viewer
from daybook.kernel.sealing import age
from daybook.kernel.sealing.errors import CannotOpen
from daybook.kernel.sealing.keys import (
    AccountKey,
    RecordKeys,
    Section,
    derive_kek,
    derive_kek_from_code,
)
from daybook.kernel.sealing.passphrases import normalise_passphrase, weakness_of
from daybook.kernel.sealing.recovery_code import generate_code, read_code, show_code
from daybook.kernel.sealing.rows import Binding
from daybook.people.errors import NameTaken, WeakPassphrase, WrongRecoveryCode
from daybook.people.models import Account, Attempt, KeySlot, Record, RecordEpoch
from daybook.people.recipients import Recipients, check_against, code_for
from daybook.people.secrets import server_secrets
from daybook.people.slots import (
    PASSPHRASE,
    RECOVERY,
    Derive,
    make_slot,
    note_attempt,
    open_kept_slot,
    replace_slot,
    try_slot,
    wait_for_turn,
)


@dataclass(frozen=True, slots=True)
class Profile:
    """What a record knows of its person: the initials on exhibit labels, the time zone she writes in."""

    initials: str
    zone: str = "Europe/London"


@dataclass(frozen=True, slots=True)
class Unlocked:
    """An unlocked record: its keys are in memory for the length of one request or command.

    ``slot`` is the key slot that was opened for it just now; a browser that was unlocked before has none to show.
    """

    account_id: uuid.UUID
    record_id: uuid.UUID
    name: str
    profile: Profile
    account_key: AccountKey
    keys: RecordKeys
    recovery_confirmed: bool
    slot: int | None = None

    @property
    def viewer(self) -> Viewer:
        """The owner, as selectors want to know her."""
        return Viewer(record=self.record_id, keys=self.keys)


@dataclass(frozen=True, slots=True)
class Opened:
    """A record just opened, and its recovery code in the form that is shown once."""

    unlocked: Unlocked
    recovery_code: str


def open_record(
    *, name: str, passphrase: str, profile: Profile, now: datetime, beside: Callable[[Unlocked], object]
) -> Opened:
    """Make an account and its record. Raises NameTaken, WeakPassphrase or TooManyTries; nothing is stored then.

    After five names that were taken, the next one waits.

    ``beside`` writes what a higher room keeps for each record, in the same transaction (the derivations are done by then).
    """
    name = " ".join(name.split())
    passphrase = _strong(passphrase, about=name)
    secrets = server_secrets()
    lookup = secrets.lookup(name)
    starting = secrets.keyed("starting/v1")
    wait_for_turn(starting, PASSPHRASE, now)
    account_key, record_key = AccountKey.generate(), os.urandom(32)
    account_id, record_id = uuid.uuid4(), uuid.uuid4()
    keys = RecordKeys(record=str(record_id), secrets={1: record_key})
    receive_secret, receive_recipient = age.generate_identity()
    evidence_secret, evidence_recipient = age.generate_identity()
    capture_secret, capture_recipient = age.generate_identity()
    signing = Ed25519PrivateKey.generate()
    code = generate_code()
    slots = [
        make_slot(account_id, PASSPHRASE, account_key, _by_passphrase(passphrase), now),
        make_slot(account_id, RECOVERY, account_key, _by_code(code), now),
    ]
    # Only now: whoever asks for names has to pay a derivation for each, whatever the answer.
    if Account.objects.filter(lookup=lookup).exists():
        note_attempt(starting, PASSPHRASE, Attempt.Outcome.WRONG, now)
        raise NameTaken
    own = _OwnRows(account_id, account_key)
    account = Account(
        id=account_id,
        lookup=lookup,
        created_at=now,
        sealed_name=own.seal("name", name.encode()),
        receive_recipient=receive_recipient,
        sealed_receive_secret=own.seal("receive-secret", receive_secret.encode()),
        verify_key=signing.public_key().public_bytes_raw(),
        sealed_sign_secret=own.seal("sign-secret", signing.private_bytes_raw()),
    )
    record = Record(
        id=record_id,
        account=account,
        opened_at=now,
        evidence_recipient=evidence_recipient,
        sealed_evidence_secret=_seal_secret(keys, Section.EVIDENCE, evidence_secret),
        capture_recipient=capture_recipient,
        sealed_capture_secret=_seal_secret(keys, Section.CAPTURE, capture_secret),
        recipients_code=code_for(record_id, Recipients(evidence_recipient, capture_recipient)),
        sealed_profile=own.seal("profile", _profile_bytes(profile)),
    )
    epoch = RecordEpoch(record=record, epoch=1, sealed=own.seal("record-key/1", record_key))
    unlocked = Unlocked(account_id, record_id, name, profile, account_key, keys, recovery_confirmed=False)
    try:
        with transaction.atomic():
            account.save(force_insert=True)
            record.save(force_insert=True)
            epoch.save(force_insert=True)
            KeySlot.objects.bulk_create(slots)
            beside(unlocked)
    except IntegrityError:
        raise NameTaken from None
    return Opened(unlocked, show_code(code))


def unlock_by_passphrase(*, name: str, passphrase: str, now: datetime) -> Unlocked:
    """Unlock with name and passphrase. Raises CannotUnlock, or TooManyTries before anything is tried.

    An unknown name takes the same time and gives the same answer as a wrong passphrase.
    """
    typed = normalise_passphrase(passphrase)
    return _unlock(name, PASSPHRASE, _by_passphrase(typed), now)


def unlock_by_code(*, name: str, code: str, now: datetime) -> Unlocked:
    """Unlock with the recovery code alone, to prove who it is. Raises NotARecoveryCode, CannotUnlock or TooManyTries."""
    return _unlock(name, RECOVERY, _by_code(read_code(code)), now)


def recover(*, name: str, code: str, new_passphrase: str, now: datetime) -> Unlocked:
    """Unlock with the recovery code and set a new passphrase; the code stays good until a new one is made.

    Using the code also proves that it was written down right.
    Raises NotARecoveryCode (mistyped), CannotUnlock, TooManyTries or WeakPassphrase.
    """
    read = read_code(code)
    strong = _strong(new_passphrase, about=name)
    unlocked = _unlock(name, RECOVERY, _by_code(read), now)
    new_slot = _by_passphrase(strong)
    replace_slot(unlocked.account_id, PASSPHRASE, unlocked.account_key, new_slot, now, proof=unlocked.slot)
    Account.objects.filter(pk=unlocked.account_id).update(recovery_confirmed_at=now)
    return unlocked


def change_passphrase(unlocked: Unlocked, *, current: str, new: str, now: datetime) -> None:
    """Set a new passphrase; needs the current one, so that holding an unlocked screen is not enough.

    Raises CannotUnlock, TooManyTries or WeakPassphrase.
    """
    strong = _strong(new, about=unlocked.name)
    proof = unlock_by_passphrase(name=unlocked.name, passphrase=current, now=now).slot
    new_slot = _by_passphrase(strong)
    replace_slot(unlocked.account_id, PASSPHRASE, unlocked.account_key, new_slot, now, proof=proof)


def make_recovery_code(unlocked: Unlocked, *, passphrase: str, now: datetime) -> str:
    """A new recovery code, shown once; the old one stops working. Needs the passphrase. Raises as `unlock_by_passphrase`."""
    proof = unlock_by_passphrase(name=unlocked.name, passphrase=passphrase, now=now).slot
    code = generate_code()
    with transaction.atomic():
        replace_slot(unlocked.account_id, RECOVERY, unlocked.account_key, _by_code(code), now, proof=proof)
        Account.objects.filter(pk=unlocked.account_id).update(recovery_confirmed_at=None)
    return show_code(code)


def confirm_recovery_code(unlocked: Unlocked, *, typed: str, now: datetime) -> None:
    """Check that the code the person wrote down opens the record. Raises NotARecoveryCode or WrongRecoveryCode."""
    code = read_code(typed)
    slot = KeySlot.objects.get(account_id=unlocked.account_id, kind=RECOVERY)
    try:
        open_kept_slot(slot, derive_kek_from_code(code, bytes(slot.salt)))
    except CannotOpen:
        raise WrongRecoveryCode("This is a recovery code, but not the one for this record.") from None
    Account.objects.filter(pk=unlocked.account_id).update(recovery_confirmed_at=now)


def recovery_code_made_at(unlocked: Unlocked) -> datetime:
    """When the recovery code that works now was made; says nothing of the code."""
    return KeySlot.objects.values_list("made_at", flat=True).get(
        account_id=unlocked.account_id, kind=RECOVERY
    )


@dataclass(frozen=True, slots=True)
class SealedAccount:
    """What the database holds of an account and its record, still sealed; ``epochs`` maps an epoch to its sealed key."""

    account_id: uuid.UUID
    record_id: uuid.UUID
    sealed_name: bytes
    sealed_profile: bytes
    recovery_confirmed: bool
    epochs: Mapping[int, bytes]


def unlocked_from_key(account_id: uuid.UUID, account_key: AccountKey) -> Unlocked:
    """Open an account's own rows with its key. Raises CannotOpen when the key is not this account's."""
    record = Record.objects.select_related("account").get(account_id=account_id)
    epochs = RecordEpoch.objects.filter(record_id=record.pk).values_list("epoch", "sealed")
    sealed = SealedAccount(
        account_id=account_id,
        record_id=record.pk,
        sealed_name=bytes(record.account.sealed_name),
        sealed_profile=bytes(record.sealed_profile),
        recovery_confirmed=record.account.recovery_confirmed_at is not None,
        epochs={epoch: bytes(key) for epoch, key in epochs},
    )
    return open_account(sealed, account_key)


def open_account(sealed: SealedAccount, account_key: AccountKey) -> Unlocked:
    """Open what was read of an account. Raises CannotOpen when the key is not this account's."""
    own = _OwnRows(sealed.account_id, account_key)
    secrets = {epoch: own.open(f"record-key/{epoch}", key) for epoch, key in sealed.epochs.items()}
    return Unlocked(
        account_id=sealed.account_id,
        record_id=sealed.record_id,
        name=own.open("name", sealed.sealed_name).decode(),
        profile=Profile(**json.loads(own.open("profile", sealed.sealed_profile))),
        account_key=account_key,
        keys=RecordKeys(record=str(sealed.record_id), secrets=secrets),
        recovery_confirmed=sealed.recovery_confirmed,
    )


def evidence_identity(viewer: Viewer) -> str:
    """The secret that opens file bodies of this record (an ``AGE-SECRET-KEY-1…`` string). Raises RecordAltered."""
    record = Record.objects.get(pk=viewer.record)
    secret = _open_secret(viewer.keys, Section.EVIDENCE, bytes(record.sealed_evidence_secret))
    check_against(secret, record.evidence_recipient)
    return secret


def capture_identity(viewer: Viewer) -> str:
    """The secret that opens what arrived while the record was locked. Raises RecordAltered."""
    record = Record.objects.get(pk=viewer.record)
    secret = _open_secret(viewer.keys, Section.CAPTURE, bytes(record.sealed_capture_secret))
    check_against(secret, record.capture_recipient)
    return secret


def record_found_by(name: str) -> uuid.UUID | None:
    """The record behind a name as typed, for writing a failed try into its access chain; None for an unknown name."""
    lookup = server_secrets().lookup(name)
    return Record.objects.filter(account__lookup=lookup).values_list("pk", flat=True).first()


class _OwnRows:
    """Seals and opens the account's own rows under the account key."""

    def __init__(self, account_id: uuid.UUID, account_key: AccountKey) -> None:
        self._account = str(account_id)
        self._key = account_key.rows

    def _binding(self, field: str) -> Binding:
        return Binding("self", self._account, "account", 1, self._account, 1, field)

    def seal(self, field: str, plaintext: bytes) -> bytes:
        return self._key.seal(self._binding(field), plaintext)

    def open(self, field: str, sealed: bytes | memoryview) -> bytes:
        return self._key.open(self._binding(field), bytes(sealed))


def _unlock(name: str, kind: KeySlot.Kind, derive: Derive, now: datetime) -> Unlocked:
    opening = try_slot(name, kind, derive, now)
    return replace(unlocked_from_key(opening.account_id, opening.account_key), slot=opening.slot)


def _by_passphrase(passphrase: str) -> Derive:
    return lambda salt, cost: derive_kek(passphrase, salt, cost)


def _by_code(code: bytes) -> Derive:
    return lambda salt, _: derive_kek_from_code(code, salt)


def _strong(passphrase: str, *, about: str) -> str:
    normal = normalise_passphrase(passphrase)
    weakness = weakness_of(normal, about=tuple(about.split()))
    if weakness is not None:
        raise WeakPassphrase(weakness)
    return normal


def _seal_secret(keys: RecordKeys, section: Section, secret: str) -> bytes:
    return keys.seal(section, item=keys.record, version=1, field="identity-secret", plaintext=secret.encode())


def _open_secret(keys: RecordKeys, section: Section, sealed: bytes) -> str:
    opened = keys.open(section, item=keys.record, version=1, field="identity-secret", epoch=1, sealed=sealed)
    return opened.decode()


def _profile_bytes(profile: Profile) -> bytes:
    return json.dumps({"initials": profile.initials, "zone": profile.zone}).encode()


__all__ = [
    "Opened",
    "Profile",
    "SealedAccount",
    "Unlocked",
    "capture_identity",
    "change_passphrase",
    "confirm_recovery_code",
    "evidence_identity",
    "make_recovery_code",
    "open_account",
    "open_record",
    "record_found_by",
    "recover",
    "recovery_code_made_at",
    "unlock_by_code",
    "unlock_by_passphrase",
    "unlocked_from_key",
]
