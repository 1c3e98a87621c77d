"""The key tree of an account: account key, record keys by epoch, section keys, and the key's two slots.

``passphrase --Argon2id--> root --HKDF--> KEK`` opens a slot that holds the account key (AK); the AK opens the record key
(RK) of each epoch; HKDF over an RK gives the section keys. Nothing here keeps or reads state: bytes in, keys out.
"""

import os
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id
from cryptography.hazmat.primitives.kdf.hkdf import HKDF, HKDFExpand

from daybook.kernel.sealing.errors import CannotOpen
from daybook.kernel.sealing.rows import KEY_ID_BYTES, Binding, RowKey, open_encoded

KEY_BYTES = 32
FLOOR_MEMORY_KIB = 64 * 1024


class Section(StrEnum):
    """The parts of a record that can be shared, or kept back, on their own."""

    DIARY = "diary"
    FEELINGS = "feelings"
    EVIDENCE = "evidence"
    IDENTITY = "identity"
    SAFETY_PLAN = "safety-plan"
    ORDERS = "orders"
    MESSAGES = "messages"
    CUSTODY = "custody"
    CAPTURE = "capture"


@dataclass(frozen=True, slots=True)
class KdfCost:
    """Argon2id's cost: passes, memory in KiB, lanes. Stored with each slot, so that it can be raised later."""

    iterations: int
    memory_kib: int
    lanes: int

    def is_at_least_floor(self) -> bool:
        """Whether this is no weaker than SEALING.md's floor of 64 MiB and 3 passes."""
        return self.memory_kib >= FLOOR_MEMORY_KIB and self.iterations >= 3


FULL_COST = KdfCost(iterations=3, memory_kib=256 * 1024, lanes=1)

# Two derivations at a time: each takes 256 MiB, and a hundred guesses at once must not take the machine down.
_kdf_places = threading.BoundedSemaphore(2)


def derive_kek(secret: str, salt: bytes, cost: KdfCost) -> bytes:
    """The key-encryption key (32 bytes) for a normalised passphrase and a 16-byte salt; takes 0.5 s or more by design."""
    kdf = Argon2id(
        salt=salt, length=KEY_BYTES, iterations=cost.iterations, lanes=cost.lanes, memory_cost=cost.memory_kib
    )
    with _kdf_places:
        root = kdf.derive(secret.encode())
    return expand(root, b"kek/v1")


def derive_kek_from_code(code: bytes, salt: bytes) -> bytes:
    """The key-encryption key for a recovery code: 160 random bits need no slow derivation."""
    return HKDF(algorithm=SHA256(), length=KEY_BYTES, salt=salt, info=b"daybook/kek/recovery/v1").derive(code)


def expand(root: bytes, label: bytes) -> bytes:
    """One 32-byte key out of ``root`` (32 uniformly random bytes) for the purpose ``label``."""
    return HKDFExpand(algorithm=SHA256(), length=KEY_BYTES, info=b"daybook/" + label).derive(root)


def row_key(secret: bytes) -> RowKey:
    """A row key whose id follows from the secret, so that the id need not be stored beside it."""
    return RowKey(secret, expand(secret, b"key-id/v1")[:KEY_ID_BYTES])


class AccountKey:
    """The AK: 32 random bytes that everything of one account hangs from. Its repr never shows them."""

    __slots__ = ("_rows", "secret")

    def __init__(self, secret: bytes) -> None:
        if len(secret) != KEY_BYTES:
            raise ValueError("an account key is 32 bytes")
        self.secret = secret
        self._rows = row_key(expand(secret, b"account-rows/v1"))

    @classmethod
    def generate(cls) -> "AccountKey":
        """A new random account key."""
        return cls(os.urandom(KEY_BYTES))

    def __repr__(self) -> str:
        return "AccountKey(…)"

    @property
    def rows(self) -> RowKey:
        """The key that seals the account's own rows: identities, record keys, the pseudonym."""
        return self._rows


@dataclass(frozen=True, slots=True)
class SlotBinding:
    """Where a key slot belongs: the account and the kind of slot ("passphrase" or "recovery")."""

    account: str
    kind: str

    def row(self, layer: str) -> Binding:
        """The binding of one of the slot's two layers."""
        return Binding("self", self.account, "slot", 1, self.kind, 1, layer)


def seal_slot(account_key: AccountKey, *, kek: bytes, pepper: bytes, binding: SlotBinding) -> bytes:
    """A key slot: the account key sealed under ``kek``, and that sealed under ``pepper`` (32 bytes each).

    Whoever has the database alone cannot guess at the passphrase: the outer layer needs the pepper.
    """
    inner = row_key(kek).seal(binding.row("inner"), account_key.secret)
    return row_key(expand(pepper, b"pepper/v1")).seal(binding.row("outer"), inner)


def open_slot(sealed: bytes, *, kek: bytes, pepper: bytes, binding: SlotBinding) -> AccountKey:
    """The account key out of a slot. Raises CannotOpen when passphrase, pepper or place is not the right one.

    The inner layer's key id is checked against the KEK's own, after the outer layer has opened; neither says more to the
    caller than "cannot open".
    """
    inner = row_key(expand(pepper, b"pepper/v1")).open(binding.row("outer"), sealed)
    return AccountKey(row_key(kek).open(binding.row("inner"), inner))


class RecordKeys:
    """The record keys of every epoch, and the section keys that follow from them.

    ``secrets`` maps an epoch (from 1) to 32 bytes. New content is sealed in the newest epoch; old content opens with its own.
    """

    __slots__ = ("_cache", "_secrets", "epoch", "record", "tenant")

    def __init__(self, *, record: str, secrets: Mapping[int, bytes], tenant: str = "self") -> None:
        if not secrets:
            raise ValueError("a record has at least one key")
        self.record = record
        self.tenant = tenant
        self._secrets = dict(secrets)
        self._cache: dict[tuple[Section, int], RowKey] = {}
        self.epoch = max(secrets)

    def __repr__(self) -> str:
        return f"RecordKeys({self.record}, epochs 1–{self.epoch})"

    def section(self, section: Section, epoch: int | None = None) -> RowKey:
        """The row key of ``section`` in ``epoch`` (default: the newest). Raises CannotOpen for an epoch not held."""
        epoch = self.epoch if epoch is None else epoch
        key = self._cache.get((section, epoch))
        if key is None:
            try:
                secret = self._secrets[epoch]
            except KeyError:
                raise CannotOpen(f"no key is held for epoch {epoch}") from None
            label = f"section/{section.value}/{epoch}/v1".encode()
            key = self._cache[(section, epoch)] = row_key(expand(secret, label))
        return key

    def seal(self, section: Section, *, item: str, version: int, field: str, plaintext: bytes) -> bytes:
        """Seal one field of one version of an item in the newest epoch; the epoch is found again from the key id."""
        binding = Binding(self.tenant, self.record, section.value, self.epoch, item, version, field)
        return self.section(section).seal(binding, plaintext)

    def open(
        self, section: Section, *, item: str, version: int, field: str, epoch: int, sealed: bytes
    ) -> bytes:
        """Open one field sealed in ``epoch``. Raises CannotOpen or UnknownEnvelope."""
        binding = Binding(self.tenant, self.record, section.value, epoch, item, version, field)
        return self.section(section, epoch).open(binding, sealed)

    def opener(self, section: Section, field: str) -> Callable[[UUID, int, int, bytes], bytes]:
        """A function that opens this field of many items: (item, version, epoch, sealed) → plaintext.

        Does what `open` does for an item named by a UUID, with the part of the binding that stays the same encoded once.
        Raises as `open`.
        """
        same = Binding(self.tenant, self.record, section.value, 0, "", 0, field).encoded()
        before, _, after = same.partition(b',0,"",0,')

        def open_one(item: UUID, version: int, epoch: int, sealed: bytes) -> bytes:
            encoded = b'%b,%d,"%b",%d,%b' % (before, epoch, str(item).encode(), version, after)
            return open_encoded(self.section(section, epoch), encoded, sealed)

        return open_one
