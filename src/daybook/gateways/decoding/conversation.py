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


def hear() -> bytearray:
    """Receive one frame."""
    return _read_exactly(_length())


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
        room = memoryview(buffer).cast("B")  # type: ignore[arg-type]  # whatever can be written into
        length = min(len(room), frames.MAX_READ)
        if self._size is not None:
            length = min(length, self._size - self._at)
        if length <= 0:
            return 0
        say(read=[self._at, length])
        given = _length()
        if given > length:
            raise BrokenPipeError
        _read_into(room[:given])
        self._at += given
        return given


def buffered(size: int | None, ahead: int = _AHEAD) -> io.BufferedReader:
    """The file, read some way ahead (in bytes), for readers that take a few at a time."""
    return io.BufferedReader(Window(size), ahead)


def whole(size: int | None, limit: int) -> io.BytesIO:
    """The whole file. Raises Refusal when it is empty, or longer than ``limit`` bytes."""
    if size is not None and size > limit:
        raise Refusal(frames.TOO_LARGE)
    content = _of_known_size(size) if size is not None else _of_unknown_size(limit)
    if not content.getbuffer().nbytes:
        raise Refusal(frames.EMPTY)
    content.seek(0)
    return content


def _of_known_size(size: int) -> io.BytesIO:
    """The file, put together where it stays: each copy of it would cost as much as a good part of decoding."""
    content = io.BytesIO()
    content.seek(max(0, size - 1))
    content.write(b"\0"[:size])
    window, at = Window(size), 0
    with content.getbuffer() as room:
        while at < size and (length := window.readinto(room[at : at + frames.MAX_READ])):
            at += length
    content.truncate(at)
    return content


def _of_unknown_size(limit: int) -> io.BytesIO:
    window, content = Window(None), io.BytesIO()
    while piece := window.read(frames.MAX_READ):
        if content.tell() + len(piece) > limit:
            raise Refusal(frames.TOO_LARGE)
        content.write(piece)
    return content


def _length() -> int:
    return int(frames.LENGTH.unpack(_read_exactly(frames.LENGTH.size))[0])


def _read_exactly(length: int) -> bytearray:
    gathered = bytearray(length)
    _read_into(memoryview(gathered))
    return gathered


def _read_into(room: memoryview) -> None:
    """Fill this room from the socket."""
    while room:
        received = os.readv(_SOCKET, [room])
        if not received:
            raise BrokenPipeError
        room = room[received:]


def _write(content: bytes) -> None:
    view = memoryview(content)
    while view:
        view = view[os.write(_SOCKET, view) :]
