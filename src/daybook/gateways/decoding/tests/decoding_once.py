"""Decoding one file and saying how it went, readers planted in the real child, and which children are alive meanwhile."""

import contextlib
import os
import textwrap
from collections.abc import Callable
from pathlib import Path

from daybook.gateways.decoding import programs
from daybook.kernel.media import (
    Decoded,
    Decoder,
    DecodingFailed,
    ImageFacts,
    Thumbnail,
    can_decode,
    content_type,
    is_picture,
)

TYPES = {
    "JPEG": "image/jpeg",
    "PNG": "image/png",
    "WEBP": "image/webp",
    "GIF": "image/gif",
    "AVIF": "image/avif",
}


class Held:
    """A file in memory of which any place can be read; counts what is asked of it."""

    def __init__(self, content: bytes) -> None:
        self._content = content
        self.given = 0

    @property
    def size(self) -> int:
        return len(self._content)

    def read(self, start: int, length: int) -> bytes:
        piece = self._content[start : start + length]
        self.given += len(piece)
        return piece


def running() -> list[str]:
    """The decoding programs that this process has started, zombies too."""
    return [number for number, parent in _processes() if parent == os.getpid()]


def children() -> list[str]:
    """The children of those programs, zombies too: each reads a file at this moment."""
    own = set(running())
    return [number for number, parent in _processes() if str(parent) in own]


def _processes() -> list[tuple[str, int]]:
    found = []
    for entry in Path("/proc").iterdir():
        with contextlib.suppress(OSError, IndexError, StopIteration):
            if not entry.name.isdigit():
                continue
            started = (entry / "cmdline").read_bytes()
            if b"daybook.gateways.decoding" in started or not started:
                status = (entry / "status").read_text()
                parent = next(line for line in status.splitlines() if line.startswith("PPid:"))
                found.append((entry.name, int(parent.split()[1])))
    return found


def planted(body: str) -> Callable[[str], list[str]]:
    """The command of a program whose reader of pictures runs this in its confined child in place of reading."""
    return _program(f"def look(kind, size):\n{textwrap.indent(body, '    ')}\npictures.look = look")


def planted_child(body: str) -> Callable[[str], list[str]]:
    """The command of a program whose children run this in place of everything, confinement too."""
    return _program(
        f"def work(layers, process):\n{textwrap.indent(body, '    ')}\n"
        "from daybook.gateways.decoding import child\nchild.load = lambda name: work"
    )


def _program(plant: str) -> Callable[[str], list[str]]:
    imports = "import json, os, resource, signal, time\nfrom daybook.gateways.decoding import conversation, pictures"

    def command(name: str) -> list[str]:
        run = f"from daybook.gateways.decoding.program import main; main({name!r})"
        return programs.command_of(f"{imports}\n{plant}\n{run}")

    return command


def decode(decoder: Decoder, content: bytes, kind: str | None = None) -> Decoded:
    found = kind or content_type(content, size=len(content))
    if not is_picture(found):
        return decoder.decode(Held(content), content_type=found)
    return decoder.decode(
        (content[at : at + 65_536] for at in range(0, len(content), 65_536)), content_type=found
    )


def facts_of(found: Decoded) -> ImageFacts:
    assert isinstance(found.facts, ImageFacts)
    return found.facts


def small_of(found: Decoded) -> Thumbnail:
    assert found.thumbnail is not None
    return found.thumbnail


def learn(decoder: Decoder, content: bytes, kind: str) -> str:
    """Decode and say how it went; anything but a whole answer or a typed failure fails the test."""
    try:
        found = decode(decoder, content, kind)
    except DecodingFailed as failure:
        return failure.words
    if can_decode(kind):
        assert found.facts is not None
    if is_picture(kind):
        assert facts_of(found).width > 0
        assert (found.thumbnail is None) == bool(found.no_thumbnail)
    shown = found.facts or found.thumbnail or found.pages or found.frames or found.extract or found.recording
    assert shown is not None
    return found.no_thumbnail or "something to show"
