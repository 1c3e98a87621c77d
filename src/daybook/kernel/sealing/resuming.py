"""An age file that is sealed over days: chunk by chunk under their numbers, and never a number with two contents.

Source: C2SP age.md, "Payload". Chunk ``i`` has the nonce ``i``, so the file key binds every number to one plaintext for ever:
who saw two different plaintexts sealed under one number could subtract them from each other, and forge further ones. A file
that is sealed in one go cannot come to that. One that is taken up again after a crash could: chunks that were on their way
to the disk are sent once more, and by then the person may have chosen a file that differs. Someone with two copies of the
disk, or with blocks that the disk gave up but did not clear, would then see both.

So nothing is sealed onto a disk before it is promised. A promise is the tags of the sealed chunks (16 bytes each, a part of
what will lie on the disk anyway), written durably *before* the chunks themselves. After a crash:

- a chunk that is there and opens is kept as it is: only we can have sealed it, and by induction it is its number's only one;
- a chunk that is not there whole is cut off and sealed again, and is given out only if its tag is the promised one, that is
  if it is the very same chunk. Anything else is refused with ``NotAsPromised`` before a byte of it is written.

A fresh file key is no way out here, since an age file has one key from its first chunk to its last.
"""

from collections.abc import Sequence
from typing import Final, Self

from cryptography.exceptions import InvalidTag

from daybook.kernel.sealing.age import open_payload, start_payload
from daybook.kernel.sealing.errors import CannotOpen, SealingError
from daybook.kernel.sealing.streams import CHUNK, SEALED_CHUNK, TAG, seal_run

__all__ = ["CHUNK", "SEALED_CHUNK", "TAG", "NotAsPromised", "ResumableSealer"]


class NotAsPromised(SealingError):
    """Other bytes than those that were promised for a chunk: this is not the file that was begun."""


class ResumableSealer:
    """Seals and opens the chunks of one age file of a known length. Holds keys and no state: the caller counts."""

    def __init__(self, *, file_key: bytes, opening: bytes, plain_length: int) -> None:
        """Take up a file.

        Args:
            file_key: 16 bytes; whoever has it opens the file.
            opening: the file's header and payload nonce, as `begin` gave them.
            plain_length: bytes of plaintext the whole file has.

        Raises:
            CannotOpen, UnknownEnvelope: the opening is not one, or not of this key.
        """
        self.file_key: Final = file_key
        self.opening: Final = opening
        self.plain_length: Final = plain_length
        self.last: Final = max(plain_length - 1, 0) // CHUNK
        """The number of the last chunk."""
        self._aead = open_payload(file_key, opening)

    @classmethod
    def begin(cls, *, recipient: str, plain_length: int) -> Self:
        """Begin a file with a fresh key, to a public X25519 recipient. Raises NotAKey."""
        file_key, opening = start_payload(recipient)
        return cls(file_key=file_key, opening=opening, plain_length=plain_length)

    def sealed_length(self, chunks: int) -> int:
        """How long the age file is in bytes, from its header on, when it holds so many chunks."""
        if chunks > self.last:
            return len(self.opening) + self.plain_length + chunks * TAG
        return len(self.opening) + chunks * SEALED_CHUNK

    def length_of(self, number: int) -> int:
        """How many bytes of plaintext this chunk has."""
        return CHUNK if number < self.last else self.plain_length - self.last * CHUNK

    def seal(
        self,
        first: int,
        plain: bytes | bytearray | memoryview,
        into: bytearray | memoryview,
        promised: bytes = b"",
    ) -> tuple[memoryview, bytes]:
        """Seal whole chunks; give them one behind the other, and what is promised from ``first`` on when they are written.

        Args:
            first: the number of the first chunk.
            plain: their plaintext; only the file's last chunk may be, and must be, as short as it is.
            into: where they are sealed to; long enough for them.
            promised: the tags promised before for chunks from ``first`` on.

        Raises:
            NotAsPromised: one of the chunks is not the promised one; nothing of any is given out.
            ValueError: the plaintext does not end with a chunk, or the file is not that long.
        """
        view = memoryview(plain)
        count = max(-(-view.nbytes // CHUNK), 1)
        if sum(self.length_of(first + place) for place in range(count)) != view.nbytes:
            raise ValueError("only whole chunks are sealed")
        if first + count > self.last + 1:
            raise ValueError("the file is not that long")
        sealed = memoryview(into)[: view.nbytes + count * TAG]
        seal_run(self._aead, first, view, sealed, ends=first + count > self.last)
        ends = [min((place + 1) * SEALED_CHUNK, sealed.nbytes) for place in range(count)]
        tags = b"".join(sealed[end - TAG : end] for end in ends)
        shared = min(len(tags), len(promised))
        if tags[:shared] != promised[:shared]:
            raise NotAsPromised("this is not the file that was begun")
        return sealed, tags + promised[shared:]

    def open(self, number: int, sealed: bytes | memoryview) -> bytes:
        """Open one chunk. Raises CannotOpen when it is not whole or not this file's chunk of that number."""
        plain: bytes | None
        try:
            plain = self._aead.decrypt(self._nonce(number), sealed, None)
        except InvalidTag:
            plain = None
        if plain is None or len(plain) != self.length_of(number):
            raise CannotOpen("a part of the payload was altered, moved or cut short")
        return plain

    def open_chunks(self, first: int, sealed: bytes) -> Sequence[bytes]:
        """Open chunks that lie one behind the other. Raises CannotOpen as `open`."""
        view = memoryview(sealed)
        return [
            self.open(first + place, view[start : start + SEALED_CHUNK])
            for place, start in enumerate(range(0, len(sealed), SEALED_CHUNK))
        ]

    def _nonce(self, number: int) -> bytes:
        return (number << 8 | (number == self.last)).to_bytes(12, "big")
