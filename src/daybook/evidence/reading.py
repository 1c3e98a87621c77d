"""Reading sealed bodies back: the whole of one, or any part of it, and never a byte that is not the exhibit's own.

Bodies are sealed to a public key, and two of one record open with the same identity. What tells them apart is kept in the
exhibit's sealed row: the SHA-256 of the original, and the digest of the age file's opening (header and nonce). The opening
fixes the key of every chunk, so a body that was swapped, or made anew by someone without that key, is refused before anything
of it is read, and each chunk of the right one verifies by itself. That is what lets a part be given out without the whole.
"""

import hashlib
import hmac
from collections.abc import Iterator
from typing import Protocol

from daybook import doors
from daybook.evidence.errors import BodyDamaged
from daybook.kernel.consent import Viewer
from daybook.kernel.sealing.age import AgeReader
from daybook.kernel.sealing.blob_store import BlobError, BlobMissing
from daybook.kernel.sealing.errors import SealingError
from daybook.kernel.sealing.keys import Section
from daybook.people.accounts import evidence_identity


class StoredBody(Protocol):
    """What has to be known of a body to read it; the opened row of an exhibit knows it."""

    @property
    def reference(self) -> str:
        """What it is called in words."""
        ...

    @property
    def blob_key(self) -> str:
        """Where it lies in the store."""
        ...

    @property
    def sealed_length(self) -> int:
        """The true length of the age file in bytes; padding follows it."""
        ...

    @property
    def opening_sha256(self) -> str:
        """The digest of the age file's opening, in hexadecimal digits; empty in rows of a time before it was kept."""
        ...

    @property
    def size(self) -> int:
        """The original's length in bytes."""
        ...

    @property
    def sha256(self) -> str:
        """The original's SHA-256, in hexadecimal digits."""
        ...


def open_body(viewer: Viewer, body: StoredBody) -> Iterator[bytes]:
    """The original bytes, every piece verified before it is given out.

    Raises BodyDamaged before the first byte when the body is missing, another one, cut or altered at its end, and in the
    middle of the stream when a piece inside was altered: what came before was verified, what follows is never given. The last
    piece is given only when the whole has the SHA-256 it was admitted with.
    """
    return _compared(body, _opened(viewer, body).read_all())


def open_verified(viewer: Viewer, body: StoredBody) -> Iterator[bytes]:
    """As `open_body`, for a caller that compares the SHA-256 of the whole itself: hashing it twice would halve the speed."""
    return _told(body, _opened(viewer, body).read_all())


def open_part(viewer: Viewer, body: StoredBody, start: int, stop: int) -> Iterator[bytes]:
    """The original's bytes from ``start`` to before ``stop``, without opening the rest; each piece verified as in `open_body`.

    The first piece is verified before this returns. Raises BodyDamaged then or while iterating, and ValueError at once when
    the part is not within the original.
    """
    reader = part_reader(viewer, body)
    pieces = _told(body, reader.read_range(start, stop))
    return _begun(next(pieces, b""), pieces)


def part_reader(viewer: Viewer, body: StoredBody) -> AgeReader:
    """What reads any part of the original; every piece of it is verified, as in `open_part`.

    Raises BodyDamaged. The reader raises BlobError or SealingError where a piece is missing or was altered.
    """
    reader = _opened(viewer, body)
    if not body.opening_sha256:
        # Nothing binds single parts of it, so the whole is compared first.
        for _ in _compared(body, reader.read_all()):
            pass
    return reader


def check_body(viewer: Viewer, body: StoredBody) -> None:
    """Read the whole body without giving it to anyone. Raises BodyDamaged when it is missing or was altered anywhere."""
    for _ in open_body(viewer, body):
        pass


def check_opening(viewer: Viewer, body: StoredBody) -> None:
    """Look at the beginning and the end of a body only. Raises BodyDamaged when it is missing, another one or was cut."""
    _opened(viewer, body)


def opens(viewer: Viewer, body: StoredBody) -> bool:
    """Whether a body is there, is the right one and ends as it should; its middle is only known when it is read whole."""
    try:
        check_opening(viewer, body)
    except BodyDamaged:
        return False
    return True


def opening_of(viewer: Viewer, *, blob_key: str, sealed_length: int) -> tuple[str, int]:
    """The digest of a body's opening, to be kept in its exhibit's sealed row, and the length in bytes of what is sealed in it.

    Raises BlobError or SealingError when it cannot be read back.
    """
    ranges = doors.blobs().ranges(blob_key)
    reader = AgeReader(ranges, length=sealed_length, identity=evidence_identity(viewer))
    return reader.opening_sha256, reader.plain_length


def part_tag(viewer: Viewer, body: StoredBody) -> str:
    """32 hexadecimal digits that name these bytes; under a key of the record, so that they tell nobody else what it is."""
    key = viewer.keys.section(Section.EVIDENCE, 1).derived(b"part-tag/v1")
    return hmac.digest(key, f"{body.opening_sha256}\n{body.sha256}".encode(), "sha256").hex()[:32]


def _opened(viewer: Viewer, body: StoredBody) -> AgeReader:
    try:
        ranges = doors.blobs().ranges(body.blob_key)
        reader = AgeReader(ranges, length=body.sealed_length, identity=evidence_identity(viewer))
    except (BlobError, SealingError) as error:
        raise _not_there(body, missing=isinstance(error, BlobMissing)) from error
    another = body.opening_sha256 and reader.opening_sha256 != body.opening_sha256
    if another or reader.plain_length != body.size:
        raise _not_there(body)
    return reader


def _begun(first: bytes, rest: Iterator[bytes]) -> Iterator[bytes]:
    if first:
        yield first
    yield from rest


def _told(body: StoredBody, pieces: Iterator[bytes]) -> Iterator[bytes]:
    """The pieces; what goes wrong with them is told as what it means for the exhibit."""
    try:
        yield from pieces
    except (BlobError, SealingError) as error:
        raise _altered(body) from error


def _compared(body: StoredBody, pieces: Iterator[bytes]) -> Iterator[bytes]:
    digest = hashlib.sha256()
    last = b""
    for piece in _told(body, pieces):
        digest.update(piece)
        if last:
            yield last
        last = piece
    if digest.hexdigest() != body.sha256:
        raise _altered(body)
    if last:
        yield last


def _not_there(body: StoredBody, *, missing: bool = False) -> BodyDamaged:
    words = f"The stored file {body.reference} is missing or was altered, and is not shown."
    return BodyDamaged(words, missing=missing)


def _altered(body: StoredBody) -> BodyDamaged:
    return BodyDamaged(f"The stored file {body.reference} was altered; the rest of it is not shown.")
