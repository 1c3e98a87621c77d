"""Wrapping the file key of an age file: one stanza for a recipient or a passphrase, and back.

Source: C2SP age.md (age-encryption.org/v1), sections "X25519 recipient stanza" and "scrypt recipient stanza".
"""

import os
import re
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from daybook.kernel.sealing.age_header import Stanza, decode_base64, encode_base64
from daybook.kernel.sealing.age_keys import derive_key, read_passphrase, read_recipient
from daybook.kernel.sealing.errors import CannotOpen, NotAKey

_SALT: Final = 16
_WRAPPED_KEY: Final = 32
_ZERO_NONCE: Final = bytes(12)
_DECIMAL: Final = re.compile(rb"[1-9][0-9]{0,2}")


def wrap_for_recipient(file_key: bytes, recipient: str) -> Stanza:
    """Wrap the file key for the holder of an X25519 identity. Raises NotAKey for an unfit recipient."""
    public = read_recipient(recipient)
    ephemeral = X25519PrivateKey.generate()
    share = ephemeral.public_key().public_bytes_raw()
    key = _x25519_wrap_key(ephemeral, public, share, public.public_bytes_raw())
    if key is None:
        raise NotAKey("this recipient is a point of low order: anyone could open what is sealed to it")
    return Stanza([b"X25519", encode_base64(share)], _wrap(key, file_key))


def wrap_with_passphrase(file_key: bytes, passphrase: str, work_factor: int) -> Stanza:
    """Wrap the file key with a passphrase, at a cost of ``1 << work_factor`` KiB. Raises NotAKey."""
    salt = os.urandom(_SALT)
    key = _scrypt_wrap_key(read_passphrase(passphrase), salt, work_factor)
    arguments = [b"scrypt", encode_base64(salt), str(work_factor).encode()]
    return Stanza(arguments, _wrap(key, file_key))


def unwrap_with_identity(stanzas: list[Stanza], identity: X25519PrivateKey) -> bytes | None:
    """Give the file key from the stanza addressed to us, or None; stanzas of other types are passed over."""
    ours = [stanza for stanza in stanzas if stanza.arguments[0] == b"X25519"]
    # All are checked before any is used: a file is not half well formed.
    shares = []
    for stanza in ours:
        if len(stanza.arguments) != 2 or len(stanza.body) != _WRAPPED_KEY:
            raise CannotOpen("the header is not well formed")
        shares.append(decode_base64(stanza.arguments[1], 32))
    public = identity.public_key().public_bytes_raw()
    for stanza, share in zip(ours, shares, strict=True):
        key = _x25519_wrap_key(identity, X25519PublicKey.from_public_bytes(share), share, public)
        if key is None:
            raise CannotOpen("the header holds a point of low order")
        file_key = _unwrap(key, stanza.body)
        if file_key is not None:
            return file_key
    return None


def unwrap_with_passphrase(stanzas: list[Stanza], passphrase: bytes, max_work_factor: int) -> bytes | None:
    """Give the file key from the only stanza, or None for another type of stanza or a wrong passphrase."""
    stanza = stanzas[0]
    if stanza.arguments[0] != b"scrypt":
        return None
    if len(stanza.arguments) != 3 or len(stanza.body) != _WRAPPED_KEY:
        raise CannotOpen("the header is not well formed")
    salt = decode_base64(stanza.arguments[1], _SALT)
    if not _DECIMAL.fullmatch(stanza.arguments[2]):
        raise CannotOpen("the header is not well formed")
    work_factor = int(stanza.arguments[2])
    if work_factor > max_work_factor:
        raise CannotOpen("the file asks for more work on its passphrase than is allowed here")
    return _unwrap(_scrypt_wrap_key(passphrase, salt, work_factor), stanza.body)


def _x25519_wrap_key(
    secret: X25519PrivateKey, peer: X25519PublicKey, share: bytes, recipient: bytes
) -> bytes | None:
    """Give the wrap key, or None where the shared secret would be all zeros (the peer is of low order)."""
    try:
        shared = secret.exchange(peer)
    except ValueError:
        return None
    return derive_key(shared, share + recipient, b"age-encryption.org/v1/X25519")


def _scrypt_wrap_key(passphrase: bytes, salt: bytes, work_factor: int) -> bytes:
    kdf = Scrypt(salt=b"age-encryption.org/v1/scrypt" + salt, length=32, n=1 << work_factor, r=8, p=1)
    return kdf.derive(passphrase)


def _wrap(key: bytes, file_key: bytes) -> bytes:
    # The fixed nonce is the format's: each wrap key is fresh and wraps once.
    return ChaCha20Poly1305(key).encrypt(_ZERO_NONCE, file_key, None)


def _unwrap(key: bytes, body: bytes) -> bytes | None:
    try:
        return ChaCha20Poly1305(key).decrypt(_ZERO_NONCE, body, None)
    except InvalidTag:
        return None
