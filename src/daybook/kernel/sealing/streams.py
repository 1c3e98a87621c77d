"""The payload of an age file: 64 KiB chunks, each sealed on its own, so that any part can be opened alone.

Source: C2SP age.md, "Payload". Chunk ``i`` is ChaCha20-Poly1305 under the payload key with the nonce
``i`` (11 bytes, big endian) followed by 1 for the last chunk and 0 for the others. Order, length and end of
the payload are therefore all under authentication.
"""

from collections.abc import Callable, Iterator
from typing import Final, Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

from daybook.kernel.sealing.errors import CannotOpen

CHUNK: Final = 64 * 1024
"""Bytes of plaintext in every chunk but the last."""

TAG: Final = 16
"""Bytes that sealing adds to each chunk."""

SEALED_CHUNK: Final = CHUNK + TAG

# One read of the source takes up to a mebibyte: few requests to a remote store, and memory stays small.
_CHUNKS_PER_READ: Final = 16

# A full last chunk may be kept by reference until the next write, but not if that pins a large object.
_KEEP_LIMIT: Final = 1024 * 1024


class ByteRanges(Protocol):
    """Something whose bytes can be read anywhere: a blob, a file, bytes in memory."""

    def read(self, start: int, length: int) -> bytes:
        """Give ``length`` bytes from byte ``start`` on; fewer only where the source ends."""
        ...


class HeldBytes:
    """Byte ranges of something small enough to be held in memory."""

    def __init__(self, data: bytes) -> None:
        """Hold ``data``."""
        self._data = data

    def read(self, start: int, length: int) -> bytes:
        """Give ``length`` bytes from byte ``start`` on; fewer only at the end."""
        return self._data[start : start + length]


def fetch(source: ByteRanges, start: int, length: int) -> memoryview:
    """Read exactly ``length`` bytes from byte ``start`` on.

    Raises:
        CannotOpen: the source gave fewer or more bytes. Errors of the source itself pass through.
    """
    data = memoryview(source.read(start, length))
    if data.nbytes != length:
        raise CannotOpen("the sealed bytes end before their stated length")
    return data


class ChunkWriter:
    """Seals a payload as it is pushed in, holding no more than one chunk (or one write of up to 1 MiB)."""

    def __init__(self, sink: Callable[[bytes], object], key: bytes) -> None:
        """Seal to ``sink``, which must take all bytes of each call; the key is used for nothing else."""
        self._sink = sink
        self._aead = ChaCha20Poly1305(key)
        self._count = 0
        self._buffer = bytearray(CHUNK)
        self._buffered = 0
        # A full chunk kept by reference instead of in the buffer; then nothing is buffered.
        self._kept: memoryview | None = None
        self._state = "open"
        self.sealed_length = 0
        """Bytes given to the sink so far."""

    def write(self, data: bytes | bytearray | memoryview) -> None:
        """Seal more plaintext, of any length.

        A chunk goes to the sink only when a byte after it is known, since the last chunk is marked as such.

        Raises:
            ValueError: closed already, or the sink failed earlier. Errors of the sink pass through.
        """
        if self._state != "open":
            raise ValueError(f"this writer is {self._state}")
        view = memoryview(data)
        if view.format != "B" or view.ndim != 1:
            view = view.cast("B")
        left = view.nbytes
        if not left:
            return
        place = 0
        if self._kept is not None:
            self._seal(self._kept, last=0)
            self._kept = None
        elif self._buffered:
            place = min(CHUNK - self._buffered, left)
            self._buffered = self._fill(view[:place])
            if place == left:
                return
            self._seal(self._buffer, last=0)
            self._buffered = 0
        while left - place > CHUNK:
            self._seal(view[place : place + CHUNK], last=0)
            place += CHUNK
        # Aligned bytes are never copied. What could change under us (a bytearray, a view) always is.
        if left - place == CHUNK and type(data) is bytes and left <= _KEEP_LIMIT:
            self._kept = view[place:]
        else:
            self._buffered = self._fill(view[place:])

    def close(self) -> None:
        """Seal the last chunk. Without this the payload can never be opened. Closing again does nothing.

        Raises:
            ValueError: the sink failed earlier.
        """
        if self._state == "closed":
            return
        if self._state != "open":
            raise ValueError(f"this writer is {self._state}")
        rest = memoryview(self._buffer)[: self._buffered] if self._kept is None else self._kept
        self._seal(rest, last=1)
        self._kept = None
        self._state = "closed"

    def abandon(self) -> None:
        """Refuse everything from now on, so that what was written can never pass for a whole file."""
        if self._state == "open":
            self._state = "abandoned"
            self._kept = None

    def _fill(self, view: memoryview) -> int:
        end = self._buffered + view.nbytes
        self._buffer[self._buffered : end] = view
        return end

    def _seal(self, chunk: memoryview | bytearray, *, last: int) -> None:
        sealed = self._aead.encrypt((self._count << 8 | last).to_bytes(12, "big"), chunk, None)
        # Counted before the sink is called: no nonce is ever used twice, whatever the sink does.
        self._count += 1
        self._state = "broken: its sink failed"
        self._sink(sealed)
        self._state = "open"
        self.sealed_length += len(sealed)


def seal_run(aead: ChaCha20Poly1305, first: int, plain: memoryview, into: memoryview, *, ends: bool) -> int:
    """Seal chunks that lie one behind the other into memory that is there already; returns how many bytes that gave.

    Args:
        aead: under the payload key.
        first: the number of the first chunk. That no number is used twice is up to the caller.
        plain: whole chunks; only where the payload ``ends`` with it may the last one be shorter, or be empty and alone.
        into: at least as long as ``plain`` and 16 bytes for each chunk.
    """
    place = 0
    count = max(-(-plain.nbytes // CHUNK), 1)
    for number in range(count):
        piece = plain[number * CHUNK : (number + 1) * CHUNK]
        if piece.nbytes != CHUNK and not ends:
            raise ValueError("only whole chunks are sealed before the end")
        last = ends and number == count - 1
        after = place + piece.nbytes + TAG
        aead.encrypt_into(((first + number) << 8 | last).to_bytes(12, "big"), piece, None, into[place:after])
        place = after
    return place


class ChunkReader:
    """Opens any range of a payload. That the payload is whole is known before any of it is given out."""

    def __init__(self, source: ByteRanges, *, start: int, stop: int, key: bytes) -> None:
        """Open the payload in bytes ``start`` to ``stop`` of the source, under its payload key.

        Raises:
            CannotOpen: the length cannot be a payload's, or the last chunk is not the authentic last chunk.
        """
        sealed = stop - start
        count = -(-sealed // SEALED_CHUNK)
        last = sealed - (count - 1) * SEALED_CHUNK
        # Only an empty payload has an empty chunk, or one file could have two sealed forms.
        if sealed < TAG or last < TAG or (last == TAG and count > 1):
            raise CannotOpen("the payload is cut short")
        self._source = source
        self._start = start
        self._aead = ChaCha20Poly1305(key)
        self._final = count - 1
        self._final_plain = self._open(fetch(source, stop - last, last), self._final, last=1)
        self.plain_length = sealed - count * TAG
        """Length of the plaintext in bytes; known to be true."""

    def read_range(self, start: int, stop: int) -> Iterator[bytes]:
        """Give plaintext ``start`` to ``stop`` in pieces of up to 64 KiB, each verified before it is given.

        Args:
            start: first byte wanted.
            stop: one after the last byte wanted.

        Raises:
            ValueError: at once, when the range is not within the plaintext.
            CannotOpen: while iterating, before the first piece that does not verify.
        """
        if not 0 <= start <= stop <= self.plain_length:
            raise ValueError("the range is not within the plaintext")
        return self._pieces(start, stop)

    def _pieces(self, start: int, stop: int) -> Iterator[bytes]:
        if start == stop:
            return
        for number, plain in self._chunks(start // CHUNK, (stop - 1) // CHUNK):
            base = number * CHUNK
            if start > base or stop < base + len(plain):
                yield plain[max(start - base, 0) : stop - base]
            else:
                yield plain

    def _chunks(self, first: int, last: int) -> Iterator[tuple[int, bytes]]:
        stop = min(last + 1, self._final)
        for group in range(first, stop, _CHUNKS_PER_READ):
            # In a generator of its own, so that what one read brought is let go before the next read.
            yield from self._group(group, min(_CHUNKS_PER_READ, stop - group))
        if last == self._final:
            yield self._final, self._final_plain

    def _group(self, first: int, count: int) -> Iterator[tuple[int, bytes]]:
        sealed = fetch(self._source, self._start + first * SEALED_CHUNK, count * SEALED_CHUNK)
        for place in range(count):
            chunk = sealed[place * SEALED_CHUNK : (place + 1) * SEALED_CHUNK]
            yield first + place, self._open(chunk, first + place, last=0)

    def _open(self, chunk: memoryview, number: int, *, last: int) -> bytes:
        plain: bytes | None
        try:
            plain = self._aead.decrypt((number << 8 | last).to_bytes(12, "big"), chunk, None)
        except InvalidTag:
            plain = None
        # Raised outside the handler, so that the library's error is not chained.
        if plain is None:
            raise CannotOpen("a part of the payload was altered, moved or cut short")
        return plain
