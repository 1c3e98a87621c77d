"""Reading MP4 and QuickTime boxes (ISO/IEC 14496-12; Apple, QuickTime File Format): what a recording says of itself.

Strict and bounded, because the person's enemy may have made the file: it works on byte ranges and never reads the film itself,
a box that claims more than its parent holds ends its level, and depth, number of boxes and bytes read have limits. Runs in the
decoding child. Values are handed on unjudged: see `media_facts.read_media_facts`.
"""

import struct
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

MOST_BOXES: Final = 4_000
MOST_DEPTH: Final = 8
MOST_LEAF: Final = 64 * 1024
"""The longest box whose content is read."""
MOST_READ: Final = 4 * 1024 * 1024
"""The most bytes read in all."""

_TEXT: Final = 800
_INSIDE: Final = frozenset({b"moov", b"trak", b"mdia", b"udta", b"ilst"})
_QUICKTIME: Final = {
    b"\xa9xyz": "location",
    b"\xa9mak": "make",
    b"\xa9mod": "model",
    b"\xa9swr": "software",
    b"\xa9day": "day",
    b"\xa9too": "software",
}
_APPLE: Final = {
    "com.apple.quicktime.creationdate": "local_created",
    "com.apple.quicktime.location.ISO6709": "location",
    "com.apple.quicktime.make": "make",
    "com.apple.quicktime.model": "model",
    "com.apple.quicktime.software": "software",
    "com.android.manufacturer": "make",
    "com.android.model": "model",
}
# Phones give a film's place with a few decimals; 3GPP (TS 26.244, 8.10) gives it as 16.16 numbers.
_FIXED: Final = 65536

ReadAt = Callable[[int, int], bytes]
"""Returns up to `length` bytes from `offset`, both in bytes."""


class _TooMuch(Exception):
    """A limit is reached: what was found so far is all."""


@dataclass(frozen=True, slots=True)
class _Box:
    kind: bytes
    start: int
    """Where its content begins."""
    end: int


def read_boxes(read_at: ReadAt, length: int) -> dict[str, object]:
    """Collect what the boxes say.

    Args:
        read_at: gives bytes by place; what it raises passes through.
        length: the file's length in bytes.

    Returns:
        Any of `brand`, `location`, `make`, `model`, `software`, `day`, `local_created` (str, as written), `created`,
        `modified` (seconds since 1904, UTC), `timescale`, `duration` (in parts of a second), `width`, `height` (pixels),
        `latitude`, `longitude` (degrees), `tracks` (list of handler codes such as "vide"), and `damaged` (true) where a box
        is impossible or a limit was met. Never raises for what the file holds.
    """
    reader = _Boxes(read_at, length)
    try:
        for box in reader.inside(0, length, 0):
            if box.kind == b"ftyp":
                reader.found["brand"] = _letters(reader.content(box)[:4])
            elif box.kind in (b"moov", b"meta", b"udta"):
                reader.open(box, 1)
    except _TooMuch:
        reader.found["damaged"] = True
    if reader.tracks:
        reader.found["tracks"] = reader.tracks
    return reader.found


class _Boxes:
    """One walk."""

    def __init__(self, read_at: ReadAt, length: int) -> None:
        self._read_at, self._length = read_at, length
        self._boxes = self._bytes = 0
        self._keys: list[str] = []
        self.found: dict[str, object] = {}
        self.tracks: list[str] = []

    def read(self, start: int, length: int) -> bytes:
        self._bytes += length
        if self._bytes > MOST_READ:
            raise _TooMuch
        return self._read_at(start, length)

    def content(self, box: _Box) -> bytes:
        """A leaf's bytes, or none where it is longer than any honest one."""
        if box.end - box.start > MOST_LEAF:
            self.found["damaged"] = True
            return b""
        return self.read(box.start, box.end - box.start)

    def inside(self, start: int, end: int, depth: int) -> Iterator[_Box]:
        """The boxes from `start` to `end`. What does not fit is marked, and ends the level."""
        if depth > MOST_DEPTH:
            raise _TooMuch
        while end - start >= 8:
            self._boxes += 1
            if self._boxes > MOST_BOXES:
                raise _TooMuch
            head = self.read(start, min(16, end - start))
            if len(head) < 8:
                self.found["damaged"] = True
                return
            size, kind = struct.unpack_from(">I4s", head)
            header = 8
            if size == 1 and len(head) == 16:
                size, header = struct.unpack_from(">Q", head, 8)[0], 16
            elif size == 0:
                if kind == b"\0\0\0\0":
                    return  # QuickTime ends a list with four zero bytes, and pads with more
                size = end - start
            if size < header or size > end - start:
                self.found["damaged"] = True
                return
            yield _Box(kind, start + header, start + size)
            start += size

    def open(self, box: _Box, depth: int) -> None:
        start = box.start
        if box.kind == b"meta" and self.read(start, min(8, box.end - start))[4:8] != b"hdlr":
            start += 4  # version and flags, which QuickTime leaves out
        for inner in self.inside(start, box.end, depth):
            self._meet(inner, depth)

    def _meet(self, box: _Box, depth: int) -> None:
        match box.kind:
            case b"meta":
                outer, self._keys = self._keys, []
                self.open(box, depth + 1)
                self._keys = outer
            case kind if kind in _INSIDE:
                if kind == b"ilst":
                    self._list(box, depth + 1)
                else:
                    self.open(box, depth + 1)
            case b"mvhd":
                self._head(self.content(box))
            case b"tkhd":
                self._track(self.content(box))
            case b"hdlr":
                code = self.content(box)[8:12]
                if code in (b"vide", b"soun") and len(self.tracks) < 16:
                    self.tracks.append(code.decode("ascii"))
            case b"keys":
                self._keys = list(_keys(self.content(box)))
            case b"loci":
                self._place(self.content(box))
            case kind if kind in _QUICKTIME:
                self._keep(_QUICKTIME[kind], _international(self.content(box)))
            case _:
                pass  # it says nothing that is asked for

    def _head(self, content: bytes) -> None:
        shape = ">QQIQ" if content[:1] == b"\x01" else ">IIII"
        if len(content) < 4 + struct.calcsize(shape):
            self.found["damaged"] = True
            return
        values = struct.unpack_from(shape, content, 4)
        for name, value in zip(("created", "modified", "timescale", "duration"), values, strict=True):
            self.found.setdefault(name, value)

    def _track(self, content: bytes) -> None:
        if len(content) in (84, 96):
            width, height = struct.unpack_from(">II", content, len(content) - 8)
            if width and height:
                self.found.setdefault("width", width // _FIXED)
                self.found.setdefault("height", height // _FIXED)

    def _list(self, box: _Box, depth: int) -> None:
        """Items of a list: numbered by the keys beside it, or named as iTunes does; the value is in a box `data`."""
        for item in self.inside(box.start, box.end, depth):
            number = struct.unpack(">I", item.kind)[0]
            key = self._keys[number - 1] if 0 < number <= len(self._keys) else ""
            field = _APPLE.get(key) or _QUICKTIME.get(item.kind)
            if field is None:
                continue
            for value in self.inside(item.start, item.end, depth + 1):
                content = self.content(value) if value.kind == b"data" else b""
                if len(content) >= 8 and content[:4] == b"\0\0\0\x01":  # 1: UTF-8 text
                    self._keep(field, content[8:])

    def _place(self, content: bytes) -> None:
        # Version and flags, language, a name ended by a zero, a role, then longitude, latitude, altitude.
        end = content.find(b"\0", 6)
        if end != -1 and len(content) >= end + 14:
            east, north = struct.unpack_from(">ii", content, end + 2)
            self.found.setdefault("longitude", east / _FIXED)
            self.found.setdefault("latitude", north / _FIXED)

    def _keep(self, field: str, text: bytes) -> None:
        words = text[:_TEXT].decode("utf-8", "replace").strip("\0 ")
        if words:
            # Apple's keyed list knows more than the older boxes beside it; of the rest the first counts.
            self.found.setdefault(field, words)


def _keys(content: bytes) -> Iterator[str]:
    at = 8
    while at + 8 <= len(content):
        size = struct.unpack_from(">I", content, at)[0]
        if size < 8 or at + size > len(content):
            return
        yield (
            content[at + 8 : at + size].decode("utf-8", "replace")
            if content[at + 4 : at + 8] == b"mdta"
            else ""
        )
        at += size


def _international(content: bytes) -> bytes:
    """The first text of a QuickTime user data box: its length and language, then the text; or an iTunes list inside."""
    if len(content) < 4:
        return b""
    length = struct.unpack_from(">H", content)[0]
    return content[4 : 4 + length]


def _letters(code: bytes) -> str:
    return "".join(chr(byte) if 32 <= byte < 127 else "?" for byte in code).strip()
