"""Handing a file to a decoding child: the parts it asks for, and no more than its kind may have."""

from collections.abc import Iterator
from typing import Final

from daybook.gateways.decoding import frames
from daybook.gateways.decoding.limits import Limits
from daybook.gateways.decoding.programs import NONSENSE
from daybook.kernel.media.decoder import Ranges, Source
from daybook.kernel.media.errors import DecoderKilled, Undecodable

TOO_LARGE: Final = "The file is too large to look into."
_MOST_QUESTIONS: Final = 20_000


class Supply:
    """One file for one child.

    Args:
        source: the file.
        limits: what its kind may cost.
        input_limit: a smaller length in bytes after which it is given up, or None.

    Raises:
        Undecodable: the file is longer than is looked into.
    """

    def __init__(self, source: Source, limits: Limits, input_limit: int | None) -> None:
        self._ranges: Ranges | None = None
        self._pieces: Iterator[bytes] = iter(())
        self.size: int | None = None
        self._most = min(limits.most_bytes, input_limit or limits.most_bytes)
        self._room = min(limits.most_read, input_limit or limits.most_read)
        self._questions = _MOST_QUESTIONS
        self._at = 0
        self._held = b""
        if isinstance(source, Ranges):
            self._ranges = source
            self.size = source.size
            if self.size > self._most:
                raise Undecodable(TOO_LARGE)
        else:
            self._pieces = iter(source)

    def give(self, asked: object) -> bytes:
        """Answer ``[offset, length]``.

        Raises:
            Undecodable: the child has had as much as it may.
            DecoderKilled: the question makes no sense.
        """
        match asked:
            case [int(offset), int(length)] if offset >= 0 and 0 < length <= frames.MAX_READ:
                pass
            case _:
                raise DecoderKilled(NONSENSE)
        self._questions -= 1
        content = self._next(offset, length) if self._ranges is None else self._ranges.read(offset, length)
        self._room -= len(content)
        if self._room < 0 or self._questions < 0:
            raise Undecodable(TOO_LARGE)
        return content

    def _next(self, offset: int, length: int) -> bytes:
        if offset != self._at:
            raise DecoderKilled(NONSENSE)
        # One question may take many pieces; what is left of one waits for the next question.
        gathered = bytearray(self._held)
        while len(gathered) < length and (piece := next(self._pieces, b"")):
            gathered += piece
        content, self._held = bytes(gathered[:length]), bytes(gathered[length:])
        self._at += len(content)
        return content
