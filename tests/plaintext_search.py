"""Looking for words in folders, in every form they may lie there: raw, encoded, and inside anything that inflates."""

import base64
import gzip
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path

_ZLIB_HEADS = (b"\x78\x01", b"\x78\x5e", b"\x78\x9c", b"\x78\xda")
_MOST_INFLATED = 4 * 1024 * 1024


def forms_of(mark: str) -> dict[str, bytes]:
    """Every way of writing a mark that the search knows, by name."""
    raw = mark.encode()
    forms = {
        "plain": raw,
        "UTF-16LE": mark.encode("utf-16-le"),
        "UTF-16BE": mark.encode("utf-16-be"),
        "hex": raw.hex().encode(),
        "HEX": raw.hex().upper().encode(),
        "backwards": raw[::-1],
    }
    for shift in range(3):
        # Of a mark inside a longer text, these letters are the same whatever stands around it.
        letters = base64.b64encode(b"\x00" * shift + raw + b"\x00" * 2)
        first, past = -(-shift * 8 // 6), (shift + len(raw)) * 8 // 6
        forms[f"base64, shifted {shift}"] = letters[first:past]
        forms[f"base64 for addresses, shifted {shift}"] = base64.urlsafe_b64encode(
            b"\x00" * shift + raw + b"\x00" * 2
        )[first:past]
    return forms


def find_marks(marks: Iterable[str], places: Iterable[Path]) -> list[str]:
    """Where any of the marks lies in these folders and files: one line for each find. Names of files count too."""
    wanted = {(mark, form): needle for mark in marks for form, needle in forms_of(mark).items()}
    found = []
    for path in _files(places):
        layers = [(path.name + layer, content) for layer, content in _layers(path.read_bytes())]
        layers.append((f"the name of {path}", str(path).encode()))
        found += [
            f"{mark} ({form}) in {where}"
            for where, content in layers
            for (mark, form), needle in wanted.items()
            if needle in content
        ]
    return found


def _files(places: Iterable[Path]) -> Iterator[Path]:
    for place in places:
        if place.is_file():
            yield place
        else:
            yield from (path for path in sorted(place.rglob("*")) if path.is_file() and not path.is_symlink())


def _layers(content: bytes) -> Iterator[tuple[str, bytes]]:
    yield "", content
    for head in _ZLIB_HEADS:
        for start in _places(content, head):
            if inflated := _inflate(content[start:], zlib.MAX_WBITS):
                yield f", inflated from byte {start}", inflated
    for start in _places(content, b"\x1f\x8b\x08"):
        if inflated := _inflate(content[start:], 16 + zlib.MAX_WBITS):
            yield f", unpacked from byte {start}", inflated
    for start in _places(content, b"PK\x03\x04"):
        # A part of a zip: 30 bytes, the lengths of its name and extra field at 26, then raw deflate.
        name, extra = (int.from_bytes(content[start + at : start + at + 2], "little") for at in (26, 28))
        if inflated := _inflate(content[start + 30 + name + extra :], -zlib.MAX_WBITS):
            yield f", unzipped from byte {start}", inflated


def _places(content: bytes, head: bytes) -> Iterator[int]:
    start = content.find(head)
    while start >= 0:
        yield start
        start = content.find(head, start + 1)


def _inflate(content: bytes, window: int) -> bytes:
    inflater = zlib.decompressobj(window)
    given = bytearray()
    # In small bites: what stands before a fault in the stream is looked at too.
    for start in range(0, min(len(content), _MOST_INFLATED), 512):
        try:
            given += inflater.decompress(content[start : start + 512], _MOST_INFLATED)
        except zlib.error:
            break
        if inflater.eof or len(given) > _MOST_INFLATED:
            break
    return bytes(given)


def hidden_in_every_way(mark: str) -> dict[str, bytes]:
    """A mark hidden in each way that the search must see through, for testing the search itself."""
    text = f"before {mark} after".encode()
    ways = {name: b"\x00\xff" + needle + b"\xff" for name, needle in forms_of(mark).items()}
    ways |= {f"base64 {shift}": base64.b64encode(b"x" * shift + text) for shift in range(3)}
    return ways | {
        "zlib": b"padding" + zlib.compress(text),
        "gzip": b"padding" + gzip.compress(text),
        "cut zlib": zlib.compress(text * 50)[:-6],
        "zlib of UTF-16": zlib.compress(f"{mark}".encode("utf-16-le")),
    }
