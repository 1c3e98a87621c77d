"""Files sealed in the age format, version 1: written as they arrive, read at any place.

Source: C2SP age.md (age-encryption.org/v1); section names below are its. What we write, any age tool opens
with the identity or the passphrase. What we read is held to the letter of the format, so that a file which
fools another reader does not fool this one. Not handled: ASCII armour and the other recipient types.
"""

import base64
import binascii
import os
import re
from collections.abc import Callable, Iterator
from types import TracebackType
from typing import Final, NamedTuple, Self

from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.hmac import HMAC
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from daybook.kernel.sealing.bech32 import decode_bech32, encode_bech32
from daybook.kernel.sealing.errors import CannotOpen, NotAKey, UnknownEnvelope
from daybook.kernel.sealing.streams import ByteRanges, ChunkReader, ChunkWriter, HeldBytes, fetch

__all__ = [
    "MAX_WORK_FACTOR",
    "WORK_FACTOR",
    "AgeReader",
    "AgeWriter",
    "ByteRanges",
    "HeldBytes",
    "generate_identity",
    "recipient_of",
]

WORK_FACTOR: Final = 18
"""log2 of the scrypt cost we write: 256 MiB and about a second, as the age tool does."""

MAX_WORK_FACTOR: Final = 20
"""log2 of the highest scrypt cost we read: 1 GiB. A hostile file could otherwise take all memory."""

_IDENTITY_PREFIX: Final = "AGE-SECRET-KEY-"
_RECIPIENT_PREFIX: Final = "age"
_FAMILY: Final = b"age-encryption.org/"
_VERSION_LINE: Final = b"age-encryption.org/v1\n"
_FILE_KEY: Final = 16
_NONCE: Final = 16
_SALT: Final = 16
_WRAPPED_KEY: Final = 32
_ZERO_NONCE: Final = bytes(12)
_COLUMNS: Final = 64

# Not in the format: a bound on the work an unauthenticated header can cause, about 600 recipients.
_HEADER_LIMIT: Final = 64 * 1024
_FIRST_READ: Final = 4096

_MAC_LINE: Final = re.compile(rb"--- ([A-Za-z0-9+/]{43})\n")
_ARGUMENT_LINE: Final = re.compile(rb"-> ([!-~]+(?: [!-~]+)*)\n")
_BODY_LINE: Final = re.compile(rb"([A-Za-z0-9+/]{0,64})\n")
_VERSION: Final = re.compile(rb"[!-~]+\n")
_DECIMAL: Final = re.compile(rb"[1-9][0-9]{0,2}")


# Keys in text form: section "The X25519 recipient type".


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
    return encode_bech32(_RECIPIENT_PREFIX, _read_identity(identity).public_key().public_bytes_raw())


def _read_identity(text: str) -> X25519PrivateKey:
    prefix, key = decode_bech32(text)
    if prefix != _IDENTITY_PREFIX or len(key) != 32:
        raise NotAKey("not an X25519 age identity (AGE-SECRET-KEY-1…)")
    return X25519PrivateKey.from_private_bytes(key)


def _read_recipient(text: str) -> X25519PublicKey:
    prefix, key = decode_bech32(text)
    if prefix != _RECIPIENT_PREFIX or len(key) != 32:
        raise NotAKey("not an X25519 age recipient (age1…)")
    return X25519PublicKey.from_public_bytes(key)


def _read_passphrase(text: str) -> bytes:
    try:
        data = text.encode()
    except UnicodeEncodeError:
        # That error carries the passphrase, so it is dropped here and not chained.
        data = b""
    if not data:
        raise NotAKey("a passphrase is one or more characters of Unicode text")
    return data


# The header: section "Header".


class _Stanza(NamedTuple):
    """A recipient stanza: one way to the file key."""

    arguments: list[bytes]
    body: bytes

    def written(self) -> bytes:
        # The stanzas we write hold a wrapped key: 43 characters, so one line, which is short and so the last.
        return b"-> " + b" ".join(self.arguments) + b"\n" + _encode_base64(self.body) + b"\n"


class _Header(NamedTuple):
    """A parsed header, not authenticated yet."""

    stanzas: list[_Stanza]
    authenticated: bytes
    mac: bytes
    length: int


def _find_header(source: ByteRanges, length: int) -> _Header:
    """Read no more of the source than its header needs, and parse it."""
    size = min(length, _FIRST_READ)
    while True:
        data = bytes(fetch(source, 0, size))
        _check_version(data)
        # No valid line but the last begins with three dashes, so this cannot be found too early.
        end = data.find(b"\n---")
        stop = data.find(b"\n", end + 1) if end >= 0 else -1
        if stop >= 0:
            return _parse_header(data[: stop + 1])
        if size >= min(length, _HEADER_LIMIT):
            raise CannotOpen("the header does not end")
        size = min(length, _HEADER_LIMIT, size * 4)


def _check_version(data: bytes) -> None:
    """Tell a format or version we do not know from a file that is merely damaged ("Version line")."""
    if data.startswith(_VERSION_LINE):
        return
    if _VERSION_LINE.startswith(data):
        raise CannotOpen("the file is cut short within its first line")
    if not data.startswith(_FAMILY):
        raise UnknownEnvelope("not an age file in binary form")
    if _VERSION.match(data, len(_FAMILY)):
        raise UnknownEnvelope("a version of the age format that is not known here")
    raise CannotOpen("the first line is not well formed")


def _parse_header(data: bytes) -> _Header:
    stanzas = []
    place = len(_VERSION_LINE)
    while not data.startswith(b"---", place):
        stanza, place = _parse_stanza(data, place)
        stanzas.append(stanza)
    mac_line = _MAC_LINE.fullmatch(data, place)
    if not mac_line or not stanzas:
        raise CannotOpen("the header is not well formed")
    return _Header(stanzas, data[: place + 3], _decode_base64(mac_line[1]), len(data))


def _parse_stanza(data: bytes, place: int) -> tuple[_Stanza, int]:
    arguments = _ARGUMENT_LINE.match(data, place)
    if not arguments:
        raise CannotOpen("the header is not well formed")
    place = arguments.end()
    body = []
    while True:
        line = _BODY_LINE.match(data, place)
        if not line:
            raise CannotOpen("the header is not well formed")
        place = line.end()
        body.append(line[1])
        if len(line[1]) < _COLUMNS:
            return _Stanza(arguments[1].split(b" "), _decode_base64(b"".join(body))), place


def _encode_base64(data: bytes) -> bytes:
    return base64.b64encode(data).rstrip(b"=")


def _decode_base64(text: bytes, length: int | None = None) -> bytes:
    """Decode canonical base64 without padding, of exactly ``length`` bytes where that is given."""
    data: bytes | None
    try:
        data = base64.b64decode(text + b"=" * (-len(text) % 4), validate=True)
    except binascii.Error:
        data = None
    # Encoding again settles it: spare bits, padding and foreign characters all come out different.
    if data is None or _encode_base64(data) != text or (length is not None and len(data) != length):
        raise CannotOpen("the header is not well formed")
    return data


def _hkdf(secret: bytes, salt: bytes, info: bytes) -> bytes:
    return HKDF(algorithm=SHA256(), length=32, salt=salt, info=info).derive(secret)


def _header_mac(file_key: bytes, authenticated: bytes) -> HMAC:
    mac = HMAC(_hkdf(file_key, b"", b"header"), SHA256())
    mac.update(authenticated)
    return mac


def _payload_key(file_key: bytes, nonce: bytes) -> bytes:
    return _hkdf(file_key, nonce, b"payload")


# Wrapping the file key: sections "X25519 recipient stanza" and "scrypt recipient stanza".


def _wrap_for_recipient(file_key: bytes, recipient: str) -> _Stanza:
    public = _read_recipient(recipient)
    ephemeral = X25519PrivateKey.generate()
    share = ephemeral.public_key().public_bytes_raw()
    key = _x25519_wrap_key(ephemeral, public, share, public.public_bytes_raw())
    if key is None:
        raise NotAKey("this recipient is a point of low order: anyone could open what is sealed to it")
    return _Stanza([b"X25519", _encode_base64(share)], _wrap(key, file_key))


def _wrap_with_passphrase(file_key: bytes, passphrase: str, work_factor: int) -> _Stanza:
    salt = os.urandom(_SALT)
    key = _scrypt_wrap_key(_read_passphrase(passphrase), salt, work_factor)
    arguments = [b"scrypt", _encode_base64(salt), str(work_factor).encode()]
    return _Stanza(arguments, _wrap(key, file_key))


def _unwrap_with_identity(stanzas: list[_Stanza], identity: X25519PrivateKey) -> bytes | None:
    """Give the file key from the stanza addressed to us, or None; stanzas of other types are passed over."""
    ours = [stanza for stanza in stanzas if stanza.arguments[0] == b"X25519"]
    # All are checked before any is used: a file is not half well formed.
    shares = []
    for stanza in ours:
        if len(stanza.arguments) != 2 or len(stanza.body) != _WRAPPED_KEY:
            raise CannotOpen("the header is not well formed")
        shares.append(_decode_base64(stanza.arguments[1], 32))
    public = identity.public_key().public_bytes_raw()
    for stanza, share in zip(ours, shares, strict=True):
        key = _x25519_wrap_key(identity, X25519PublicKey.from_public_bytes(share), share, public)
        if key is None:
            raise CannotOpen("the header holds a point of low order")
        file_key = _unwrap(key, stanza.body)
        if file_key is not None:
            return file_key
    return None


def _unwrap_with_passphrase(stanzas: list[_Stanza], passphrase: bytes, max_work_factor: int) -> bytes | None:
    """Give the file key from the only stanza, or None for another type of stanza or a wrong passphrase."""
    stanza = stanzas[0]
    if stanza.arguments[0] != b"scrypt":
        return None
    if len(stanza.arguments) != 3 or len(stanza.body) != _WRAPPED_KEY:
        raise CannotOpen("the header is not well formed")
    salt = _decode_base64(stanza.arguments[1], _SALT)
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
    return _hkdf(shared, share + recipient, b"age-encryption.org/v1/X25519")


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


# The doors.


class AgeWriter:
    """Seals a file as it is pushed in, chunk by chunk, in constant memory.

    As a context manager it closes on success only: after an error the file stays unfinished and cannot be
    opened, so half an upload never passes for a whole one.
    """

    def __init__(
        self,
        sink: Callable[[bytes], object],
        *,
        recipient: str | None = None,
        passphrase: str | None = None,
        work_factor: int = WORK_FACTOR,
    ) -> None:
        """Write the header to ``sink``; exactly one of recipient and passphrase is given.

        Args:
            sink: called with each piece of the age file in order; must take all of it. What it raises passes
                through, and the writer then refuses everything.
            recipient: a public X25519 recipient (``age1…``).
            passphrase: used exactly as given, in UTF-8; not normalised.
            work_factor: log2 of the scrypt cost, 1 to ``MAX_WORK_FACTOR``; takes ``1 << work_factor`` KiB.

        Raises:
            NotAKey: the recipient or passphrase is not one.
            ValueError: both or neither given, or a work factor out of bounds.
        """
        if not 1 <= work_factor <= MAX_WORK_FACTOR:
            raise ValueError("the work factor is out of bounds")
        file_key = os.urandom(_FILE_KEY)
        if recipient is not None and passphrase is None:
            stanza = _wrap_for_recipient(file_key, recipient)
        elif passphrase is not None and recipient is None:
            stanza = _wrap_with_passphrase(file_key, passphrase, work_factor)
        else:
            raise ValueError("give either a recipient or a passphrase")
        authenticated = _VERSION_LINE + stanza.written() + b"---"
        mac = _encode_base64(_header_mac(file_key, authenticated).finalize())
        nonce = os.urandom(_NONCE)
        opening = authenticated + b" " + mac + b"\n" + nonce
        sink(opening)
        self._opening_length = len(opening)
        self._payload = ChunkWriter(sink, _payload_key(file_key, nonce))

    @property
    def sealed_length(self) -> int:
        """Bytes given to the sink so far; once closed, the true length of the age file."""
        return self._opening_length + self._payload.sealed_length

    def write(self, data: bytes | bytearray | memoryview) -> None:
        """Seal more plaintext, of any length; pieces of 64 KiB, or a multiple up to 1 MiB, are fastest.

        Raises:
            ValueError: closed or abandoned already, or the sink failed earlier.
        """
        self._payload.write(data)

    def close(self) -> None:
        """Seal the last chunk. Without this the file can never be opened. Closing again does nothing.

        Raises:
            ValueError: the sink failed earlier, or the writer was abandoned.
        """
        self._payload.close()

    def __enter__(self) -> Self:
        """Give the writer itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close after success; after an error abandon the file, so that it can never be opened."""
        if kind is None:
            self.close()
        else:
            self._payload.abandon()


class AgeReader:
    """Opens any range of an age file. Header and last chunk are verified before anything is given out."""

    def __init__(
        self,
        source: ByteRanges,
        *,
        length: int,
        identity: str | None = None,
        passphrase: str | None = None,
        max_work_factor: int = MAX_WORK_FACTOR,
    ) -> None:
        """Open the header and verify where the file ends; exactly one of identity and passphrase is given.

        Args:
            source: holds the age file from its byte 0 on; what it raises passes through.
            length: true length of the age file in bytes. The source may hold padding after it, which is
                never read.
            identity: a secret X25519 identity (``AGE-SECRET-KEY-1…``).
            passphrase: exactly as it was given to the writer.
            max_work_factor: log2 of the highest scrypt cost to accept.

        Raises:
            CannotOpen: wrong identity or passphrase, altered, cut short, too long, or too costly.
            UnknownEnvelope: not a binary age file, or not version 1 of it.
            NotAKey: the identity or passphrase is not one.
            ValueError: both or neither given.
        """
        if (identity is None) == (passphrase is None):
            raise ValueError("give either an identity or a passphrase")
        secret = _read_identity(identity) if identity is not None else None
        secret_passphrase = _read_passphrase(passphrase) if passphrase is not None else b""
        header = _find_header(source, max(length, 0))
        # Who knows a passphrase takes the file to come from someone else who knows it. With a second stanza
        # it might not, so the format forbids one.
        if len(header.stanzas) > 1 and any(stanza.arguments[0] == b"scrypt" for stanza in header.stanzas):
            raise CannotOpen("the header is not well formed")
        if secret is not None:
            file_key = _unwrap_with_identity(header.stanzas, secret)
        else:
            file_key = _unwrap_with_passphrase(header.stanzas, secret_passphrase, max_work_factor)
        if file_key is None:
            raise CannotOpen("this is not a key to the file, or its header was altered")
        _verify_header(file_key, header)
        start = header.length + _NONCE
        if length < start:
            raise CannotOpen("the payload is cut short")
        nonce = bytes(fetch(source, header.length, _NONCE))
        self._payload = ChunkReader(source, start=start, stop=length, key=_payload_key(file_key, nonce))

    @property
    def plain_length(self) -> int:
        """Length of the plaintext in bytes, verified."""
        return self._payload.plain_length

    def read_range(self, start: int, stop: int) -> Iterator[bytes]:
        """Give plaintext ``start`` to ``stop`` in pieces of up to 64 KiB, each verified before it is given.

        Args:
            start: first byte wanted.
            stop: one after the last byte wanted.

        Raises:
            ValueError: at once, when the range is not within the plaintext.
            CannotOpen: while iterating, before the first piece that does not verify.
        """
        return self._payload.read_range(start, stop)

    def read_all(self) -> Iterator[bytes]:
        """Give the whole plaintext; see ``read_range``."""
        return self._payload.read_range(0, self.plain_length)


def _verify_header(file_key: bytes, header: _Header) -> None:
    """Check the header's MAC; nothing but the file key may be used before."""
    authentic = True
    try:
        _header_mac(file_key, header.authenticated).verify(header.mac)
    except InvalidSignature:
        authentic = False
    if not authentic:
        raise CannotOpen("the header was altered")
