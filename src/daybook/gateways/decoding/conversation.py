"""A decoding child's side of the conversation: asking for parts of its file, and answering.

Nothing here opens anything: the one socket was there before confinement, and every byte of the file comes through it.
"""

import io
import json
import os
from collections.abc import Mapping
from typing import Final

from daybook.gateways.decoding import frames

_SOCKET: Final = 0
_AHEAD: Final = 256 * 1024


class Refusal(Exception):
    """The file is not read any further, for a reason that has a code.

    Args:
        code: one of the codes in `frames`.
    """

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def hear() -> bytes:
    """Receive one frame."""
    return _read_exactly(frames.LENGTH.unpack(_read_exactly(frames.LENGTH.size))[0])


def say(**value: object) -> None:
    """Send one JSON frame."""
    _write(frames.frame(json.dumps(value).encode("ascii")))


def say_picture(what: str, number: int, content: bytes) -> None:
    """Send a finished picture: ``what`` is "thumbnail", "page" or "frame", ``number`` counts from 1."""
    say(picture=what, number=number)
    _write(frames.frame(content))


def say_text(text: str, *, cut: bool) -> None:
    """Send text that was taken out of the file; ``cut`` where there is more of it."""
    say(text=cut)
    _write(frames.frame(text.encode("utf-8", "replace")))


def say_facts(facts: Mapping[str, object]) -> None:
    """Send what a picture says of itself."""
    say(facts=dict(facts))


def say_recording(facts: Mapping[str, object]) -> None:
    """Send what a recording says of itself."""
    say(recording=dict(facts))


class Window(io.RawIOBase):
    """The file, seen through the socket: any place of it can be read, and no more of it is ever held than is asked for.

    Args:
        size: its length in bytes; None where it can only be read from its start on.
    """

    def __init__(self, size: int | None) -> None:
        self._size = size
        self._at = 0

    def readable(self) -> bool:
        """It can."""
        return True

    def seekable(self) -> bool:
        """Whether any place can be read."""
        return self._size is not None

    def tell(self) -> int:
        """The place that is read next."""
        return self._at

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Go to a place; beyond the end there is nothing to read."""
        if self._size is None:
            raise io.UnsupportedOperation
        start = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._size}[whence]
        if start + offset < 0:
            raise ValueError("before the start of the file")
        self._at = start + offset
        return self._at

    def readinto(self, buffer: object) -> int:
        """Read what there is at this place, at most as much as fits."""
        view = memoryview(buffer).cast("B")  # type: ignore[arg-type]  # whatever can be written into
        content = self._ask(len(view))
        view[: len(content)] = content
        return len(content)

    def _ask(self, length: int) -> bytes:
        length = min(length, frames.MAX_READ)
        if self._size is not None:
            length = min(length, self._size - self._at)
        if length <= 0:
            return b""
        say(read=[self._at, length])
        content = hear()
        self._at += len(content)
        return content


def buffered(size: int | None) -> io.BufferedReader:
    """The file, read some way ahead, for readers that take a few bytes at a time."""
    return io.BufferedReader(Window(size), _AHEAD)


def whole(size: int | None, limit: int) -> io.BytesIO:
    """The whole file. Raises Refusal when it is empty, or longer than ``limit`` bytes."""
    window, content = Window(size), io.BytesIO()
    while piece := window.read(frames.MAX_READ):
        if content.tell() + len(piece) > limit:
            raise Refusal(frames.TOO_LARGE)
        content.write(piece)
    if content.tell() == 0:
        raise Refusal(frames.EMPTY)
    content.seek(0)
    return content


def _read_exactly(length: int) -> bytes:
    gathered = bytearray()
    while len(gathered) < length:
        piece = os.read(_SOCKET, length - len(gathered))
        if not piece:
            raise BrokenPipeError
        gathered += piece
    return bytes(gathered)


def _write(content: bytes) -> None:
    view = memoryview(content)
    while view:
        view = view[os.write(_SOCKET, view) :]
