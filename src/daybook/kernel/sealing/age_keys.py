"""Keys of the age format in text form: identities, recipients, passphrases; and the keys derived from secrets.

Source: C2SP age.md (age-encryption.org/v1), section "The X25519 recipient type".
"""

from typing import Final

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from daybook.kernel.sealing.bech32 import decode_bech32, encode_bech32
from daybook.kernel.sealing.errors import NotAKey

_IDENTITY_PREFIX: Final = "AGE-SECRET-KEY-"
_RECIPIENT_PREFIX: Final = "age"


def generate_identity() -> tuple[str, str]:
    """Make a new X25519 identity.

    Returns:
        The secret identity (``AGE-SECRET-KEY-1…``) and its public recipient (``age1…``).
    """
    secret = X25519PrivateKey.generate()
    text = encode_bech32(_IDENTITY_PREFIX.lower(), secret.private_bytes_raw()).upper()
    return text, encode_bech32(_RECIPIENT_PREFIX, secret.public_key().public_bytes_raw())


def recipient_of(identity: str) -> str:
    """Give the public recipient (``age1…``) of a secret identity.

    Raises:
        NotAKey: the identity is not a well-formed X25519 identity.
    """
    return encode_bech32(_RECIPIENT_PREFIX, read_identity(identity).public_key().public_bytes_raw())


def read_identity(text: str) -> X25519PrivateKey:
    """Read a secret identity. Raises NotAKey when it is not a well-formed X25519 one."""
    prefix, key = decode_bech32(text)
    if prefix != _IDENTITY_PREFIX or len(key) != 32:
        raise NotAKey("not an X25519 age identity (AGE-SECRET-KEY-1…)")
    return X25519PrivateKey.from_private_bytes(key)


def read_recipient(text: str) -> X25519PublicKey:
    """Read a public recipient. Raises NotAKey when it is not a well-formed X25519 one."""
    prefix, key = decode_bech32(text)
    if prefix != _RECIPIENT_PREFIX or len(key) != 32:
        raise NotAKey("not an X25519 age recipient (age1…)")
    return X25519PublicKey.from_public_bytes(key)


def read_passphrase(text: str) -> bytes:
    """Give the bytes of a passphrase, not normalised. Raises NotAKey when it is empty or not Unicode text."""
    try:
        data = text.encode()
    except UnicodeEncodeError:
        # That error carries the passphrase, so it is dropped here and not chained.
        data = b""
    if not data:
        raise NotAKey("a passphrase is one or more characters of Unicode text")
    return data


def derive_key(secret: bytes, salt: bytes, info: bytes) -> bytes:
    """Derive 32 bytes with HKDF-SHA-256; ``info`` says what for."""
    return HKDF(algorithm=SHA256(), length=32, salt=salt, info=info).derive(secret)
