"""Files sealed in the age format, version 1: written as they arrive, read at any place.

Source: C2SP age.md (age-encryption.org/v1); section names in these modules are its. What we write, any age
tool opens with the identity or the passphrase. What we read is held to the letter of the format, so that a
file which fools another reader does not fool this one. Not handled: ASCII armour and the other recipient
types. The keys are in ``age_keys``, the header in ``age_header``, the wrapped file key in ``age_stanzas``,
the chunks in ``streams``; other rooms use this door only.
"""

import hashlib
import os
from collections.abc import Callable, Iterator
from types import TracebackType
from typing import Final, Self

from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

from daybook.kernel.sealing.age_header import find_header, verify_header, write_header
from daybook.kernel.sealing.age_keys import (
    derive_key,
    generate_identity,
    read_identity,
    read_passphrase,
    recipient_of,
)
from daybook.kernel.sealing.age_stanzas import (
    unwrap_with_identity,
    unwrap_with_passphrase,
    wrap_for_recipient,
    wrap_with_passphrase,
)
from daybook.kernel.sealing.errors import CannotOpen
from daybook.kernel.sealing.streams import ByteRanges, ChunkReader, ChunkWriter, HeldBytes, fetch

__all__ = [
    "MAX_WORK_FACTOR",
    "WORK_FACTOR",
    "AgeReader",
    "AgeWriter",
    "ByteRanges",
    "HeldBytes",
    "generate_identity",
    "open_payload",
    "recipient_of",
    "start_payload",
]

WORK_FACTOR: Final = 18
"""log2 of the scrypt cost we write: 256 MiB and about a second, as the age tool does."""

MAX_WORK_FACTOR: Final = 20
"""log2 of the highest scrypt cost we read: 1 GiB. A hostile file could otherwise take all memory."""

_FILE_KEY: Final = 16
_NONCE: Final = 16


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
            stanza = wrap_for_recipient(file_key, recipient)
        elif passphrase is not None and recipient is None:
            stanza = wrap_with_passphrase(file_key, passphrase, work_factor)
        else:
            raise ValueError("give either a recipient or a passphrase")
        nonce = os.urandom(_NONCE)
        opening = write_header(file_key, stanza) + nonce
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
        secret = read_identity(identity) if identity is not None else None
        secret_passphrase = read_passphrase(passphrase) if passphrase is not None else b""
        header = find_header(source, max(length, 0))
        # Who knows a passphrase takes the file to come from someone else who knows it. With a second stanza
        # it might not, so the format forbids one.
        if len(header.stanzas) > 1 and any(stanza.arguments[0] == b"scrypt" for stanza in header.stanzas):
            raise CannotOpen("the header is not well formed")
        if secret is not None:
            file_key = unwrap_with_identity(header.stanzas, secret)
        else:
            file_key = unwrap_with_passphrase(header.stanzas, secret_passphrase, max_work_factor)
        if file_key is None:
            raise CannotOpen("this is not a key to the file, or its header was altered")
        verify_header(file_key, header)
        start = header.length + _NONCE
        if length < start:
            raise CannotOpen("the payload is cut short")
        nonce = bytes(fetch(source, header.length, _NONCE))
        # Written anew from what was parsed, not read again: the source might answer differently the second time.
        self._opening = hashlib.sha256(header.written() + nonce).hexdigest()
        self._payload = ChunkReader(source, start=start, stop=length, key=_payload_key(file_key, nonce))

    @property
    def plain_length(self) -> int:
        """Length of the plaintext in bytes, verified."""
        return self._payload.plain_length

    @property
    def opening_sha256(self) -> str:
        """SHA-256 of the header and the payload nonce, in 64 hexadecimal digits; says nothing of the content.

        It fixes the key of every chunk, and so tells this file from every other that opens with the same identity: nobody
        who does not know the file key can make one chunk that verifies in a file with this opening.
        """
        return self._opening

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


def start_payload(recipient: str) -> tuple[bytes, bytes]:
    """A fresh file key, and the opening of a file sealed to ``recipient`` with it: header and payload nonce.

    For a file whose chunks are sealed in many sittings; see ``resuming``. Raises NotAKey.
    """
    file_key = os.urandom(_FILE_KEY)
    return file_key, write_header(file_key, wrap_for_recipient(file_key, recipient)) + os.urandom(_NONCE)


def open_payload(file_key: bytes, opening: bytes) -> ChaCha20Poly1305:
    """What seals and opens the chunks of a file with this opening, for `streams.seal_run` and ``resuming``.

    Raises CannotOpen or UnknownEnvelope when file key and opening do not belong together.
    """
    header = find_header(HeldBytes(opening), len(opening))
    verify_header(file_key, header)
    if len(opening) != header.length + _NONCE:
        raise CannotOpen("the opening is cut short or too long")
    return ChaCha20Poly1305(_payload_key(file_key, opening[header.length :]))


def _payload_key(file_key: bytes, nonce: bytes) -> bytes:
    return derive_key(file_key, nonce, b"payload")
