"""Parts of a file over HTTP: what a request asks for, and the answer's status and headers (RFC 9110, section 14)."""

import re
from dataclasses import dataclass
from typing import Final

_INT_RANGE: Final = re.compile(r"([0-9]{1,18})-([0-9]{0,18})", re.ASCII)
_SUFFIX_RANGE: Final = re.compile(r"-([0-9]{1,18})", re.ASCII)


class NotSatisfiable(ValueError):
    """The part asked for lies outside the file: answered 416 (section 15.5.17)."""


@dataclass(frozen=True, slots=True)
class Part:
    """The bytes from ``start`` to before ``stop`` of a file of ``size`` bytes; ``asked`` says whether it is a part at all."""

    start: int
    stop: int
    size: int
    asked: bool

    @property
    def length(self) -> int:
        """How many bytes it has."""
        return self.stop - self.start

    @property
    def status(self) -> int:
        """The status of the answer."""
        return 206 if self.asked else 200

    @property
    def headers(self) -> dict[str, str]:
        """The headers that say which part this is."""
        said = {"Content-Length": str(self.length)}
        if self.asked:
            said["Content-Range"] = f"bytes {self.start}-{self.stop - 1}/{self.size}"
        return said

    def cut(self, most: int) -> "Part":
        """At most ``most`` bytes of it. A part says itself which it is, so the browser asks for the rest (section 15.3.7)."""
        stop = min(self.stop, self.start + most)
        return Part(self.start, stop, self.size, self.asked) if self.asked else self


def whole(size: int) -> Part:
    """The whole file."""
    return Part(0, size, size, asked=False)


def wanted_part(header: str | None, if_range: str | None, *, size: int, etag: str) -> Part:
    """The part that a GET asks for.

    The whole, where it asks for none, for several at once, in words that are not understood, or only if the file is one that
    it is not (sections 14.2 and 13.1.5; a date never fits, since none is given out).

    Args:
        header: the field Range.
        if_range: the field If-Range.
        size: the file's length in bytes.
        etag: the file's strong entity tag, with its quotation marks.

    Raises:
        NotSatisfiable: it asks for bytes after the file's end, or for its last 0.
    """
    if header is None or (if_range is not None and if_range.strip() != etag):
        return whole(size)
    unit, equals, said = header.partition("=")
    if not equals or unit.strip().lower() != "bytes":
        return whole(size)
    # A list may have empty elements (section 5.6.1).
    ranges = [one.strip(" \t") for one in said.split(",") if one.strip(" \t")]
    return _one_part(ranges[0], size) if len(ranges) == 1 else whole(size)


def _one_part(said: str, size: int) -> Part:
    if suffix := _SUFFIX_RANGE.fullmatch(said):
        length = int(suffix[1])
        if length == 0:
            raise NotSatisfiable
        # The last bytes of nothing are nothing, which no Content-Range can say.
        return Part(max(0, size - length), size, size, asked=True) if size else whole(size)
    found = _INT_RANGE.fullmatch(said)
    if found is None:
        return whole(size)
    start = int(found[1])
    last = int(found[2]) if found[2] else None
    if last is not None and last < start:
        return whole(size)
    if start >= size:
        raise NotSatisfiable
    return Part(start, size if last is None else min(last + 1, size), size, asked=True)
