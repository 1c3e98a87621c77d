"""Makes sealed files for the tests beside it, and sources that tell what was read."""

import random
from collections.abc import Iterable

from hypothesis import strategies as st

from daybook.kernel.sealing.age import AgeReader, AgeWriter, HeldBytes, generate_identity
from daybook.kernel.sealing.streams import CHUNK

IDENTITY, RECIPIENT = generate_identity()
OTHER_IDENTITY, OTHER_RECIPIENT = generate_identity()

# Every length at which the number or fullness of chunks changes, and some in between.
lengths = st.one_of(
    st.sampled_from([0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK - 1, 2 * CHUNK, 2 * CHUNK + 1, 3 * CHUNK]),
    st.integers(0, 4 * CHUNK),
)


def plain_bytes(length: int, seed: int = 0) -> bytes:
    """Give bytes that look random and are the same every time."""
    return random.Random(seed).randbytes(length)


def seal(plain: bytes, recipient: str = RECIPIENT) -> bytes:
    """Seal to a recipient in one write."""
    parts: list[bytes] = []
    with AgeWriter(parts.append, recipient=recipient) as writer:
        writer.write(plain)
    return b"".join(parts)


def seal_pieces(pieces: Iterable[bytes | bytearray | memoryview]) -> bytes:
    """Seal to the usual recipient in many writes."""
    parts: list[bytes] = []
    with AgeWriter(parts.append, recipient=RECIPIENT) as writer:
        for piece in pieces:
            writer.write(piece)
    return b"".join(parts)


def reader_of(sealed: bytes, identity: str = IDENTITY) -> AgeReader:
    """Read a file held in memory."""
    return AgeReader(HeldBytes(sealed), length=len(sealed), identity=identity)


def open_all(sealed: bytes, identity: str = IDENTITY) -> bytes:
    """Open a whole file held in memory."""
    return b"".join(reader_of(sealed, identity).read_all())


def header_length(sealed: bytes) -> int:
    """Give where the header ends and the payload nonce begins."""
    return sealed.index(b"\n", sealed.index(b"\n--- ") + 1) + 1


class WatchedBytes:
    """Byte ranges that remember what was asked for."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.reads: list[tuple[int, int]] = []

    def read(self, start: int, length: int) -> bytes:
        """Give a range and remember it."""
        self.reads.append((start, length))
        return self.data[start : start + length]
