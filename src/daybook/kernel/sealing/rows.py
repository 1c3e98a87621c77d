"""Rows: small pieces of content sealed under a section key and bound to the place they belong.

Envelope: ``version (1 byte) || key id (8 bytes) || nonce (12 bytes) || AES-256-GCM-SIV(ciphertext || tag)``. The plaintext
inside is ``length (4 bytes, big endian) || data || zeros`` up to a Padmé size, so that stored sizes say little.
Associated data binds version, key id and the whole `Binding`: a row moved to another place does not open. There is no trial
decryption: the key id says which key, or the row is refused.
"""

import os
import struct
from dataclasses import dataclass

import orjson
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCMSIV
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDFExpand

from daybook.kernel.sealing.errors import CannotOpen, UnknownEnvelope
from daybook.kernel.sealing.padding import padme

ROW_VERSION = 1
KEY_ID_BYTES = 8
NONCE_BYTES = 12
LEAST_PADDED = 64
MOST_PLAINTEXT = 4 * 1024 * 1024
_HEADER = struct.Struct(f">B{KEY_ID_BYTES}s{NONCE_BYTES}s")
_LENGTH = struct.Struct(">I")
TAG_BYTES = 16
_ASSOCIATED = b"daybook/row/1\n"


@dataclass(frozen=True, slots=True)
class Binding:
    """The one place a sealed row belongs to; it becomes associated data.

    ``tenant`` is the service ("self" on one's own machine), ``record`` and ``item`` are identifiers as text, ``epoch`` is
    the key epoch, ``version`` the item's version, ``field`` the column.
    """

    tenant: str
    record: str
    section: str
    epoch: int
    item: str
    version: int
    field: str

    def encoded(self) -> bytes:
        """Unambiguous bytes: a JSON array, so that no two bindings share an encoding."""
        parts = [self.tenant, self.record, self.section, self.epoch, self.item, self.version, self.field]
        return orjson.dumps(parts)


class RowKey:
    """A 256-bit key for rows with its public key id. Its repr never shows the secret."""

    __slots__ = ("_cipher", "_secret", "key_id")

    def __init__(self, secret: bytes, key_id: bytes) -> None:
        if len(secret) != 32 or len(key_id) != KEY_ID_BYTES:
            raise ValueError("a row key is 32 bytes with an 8-byte key id")
        self._secret = secret
        self._cipher = AESGCMSIV(secret)
        self.key_id = key_id

    def __repr__(self) -> str:
        return f"RowKey({self.key_id.hex()})"

    def derived(self, label: bytes) -> bytes:
        """Another 32-byte key for the purpose ``label``, for what is not a row (a keyed digest)."""
        return HKDFExpand(algorithm=SHA256(), length=32, info=b"daybook/derived/" + label).derive(
            self._secret
        )

    def seal(self, binding: Binding, plaintext: bytes) -> bytes:
        """Seal ``plaintext`` (at most 4 MiB) to ``binding``. Raises ValueError when it is longer."""
        return seal_row(self, binding, plaintext)

    def open(self, binding: Binding, sealed: bytes) -> bytes:
        """Open what was sealed to ``binding``. Raises CannotOpen or UnknownEnvelope."""
        return open_row(self, binding, sealed)


def seal_row(key: RowKey, binding: Binding, plaintext: bytes) -> bytes:
    """Seal ``plaintext`` (at most 4 MiB) under ``key``, bound to ``binding``; raises ValueError when it is longer."""
    if len(plaintext) > MOST_PLAINTEXT:
        raise ValueError(f"a row holds at most {MOST_PLAINTEXT} bytes")
    padded_size = padme(max(LEAST_PADDED, _LENGTH.size + len(plaintext)))
    padded = (_LENGTH.pack(len(plaintext)) + plaintext).ljust(padded_size, b"\0")
    nonce = os.urandom(NONCE_BYTES)
    header = _HEADER.pack(ROW_VERSION, key.key_id, nonce)
    return header + key._cipher.encrypt(nonce, padded, _ASSOCIATED + key.key_id + binding.encoded())


def open_row(key: RowKey, binding: Binding, sealed: bytes) -> bytes:
    """Open a row. Raises UnknownEnvelope for a version this code does not know, CannotOpen for everything else."""
    return open_encoded(key, binding.encoded(), sealed)


def open_encoded(key: RowKey, encoded: bytes, sealed: bytes) -> bytes:
    """Open a row whose binding is encoded already (`Binding.encoded`); for opening thousands. Raises as `open_row`."""
    if len(sealed) < _HEADER.size + _LENGTH.size + TAG_BYTES:
        raise CannotOpen("a sealed row is too short")
    version, key_id, nonce = _HEADER.unpack_from(sealed)
    if version != ROW_VERSION:
        raise UnknownEnvelope(f"row envelope version {version} is not known")
    if key_id != key.key_id:
        raise CannotOpen("this row is sealed under another key")
    try:
        padded = key._cipher.decrypt(nonce, sealed[_HEADER.size :], _ASSOCIATED + key_id + encoded)
    except InvalidTag:
        raise CannotOpen("this row was altered, or moved from where it belongs") from None
    (length,) = _LENGTH.unpack_from(padded)
    if length > len(padded) - _LENGTH.size:
        raise CannotOpen("this row's inner length is wrong")
    return padded[_LENGTH.size : _LENGTH.size + length]
