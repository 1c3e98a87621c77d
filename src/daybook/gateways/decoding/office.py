"""Reading office documents for their text alone. Runs in a confined child only.

They are zip files with XML in them. Only the parts that hold text are unpacked, bit by bit and up to a limit, and a document
that declares entities or a type of its own is refused: no office program writes one.
"""

import re
import zipfile
from collections.abc import Iterator
from typing import Final
from xml.parsers import expat

from daybook.gateways.decoding import frames
from daybook.gateways.decoding.conversation import Refusal, buffered, say_text
from daybook.gateways.decoding.limits import MOST_TEXT
from daybook.gateways.decoding.office_text import Enough, Paragraphs, SharedWords, Sheet, Tables, Writer

_OPEN_XML: Final = "application/vnd.openxmlformats-officedocument."
_OPEN_DOCUMENT: Final = "application/vnd.oasis.opendocument."
TYPES: Final = (
    f"{_OPEN_XML}wordprocessingml.document",
    f"{_OPEN_XML}spreadsheetml.sheet",
    f"{_OPEN_XML}presentationml.presentation",
    f"{_OPEN_DOCUMENT}text",
    f"{_OPEN_DOCUMENT}spreadsheet",
    f"{_OPEN_DOCUMENT}presentation",
)

MOST_PARTS: Final = 10_000
MOST_UNPACKED: Final = 64 * 1024 * 1024
# The parser begins anew with each piece where something does not end: many small ones would take for ever.
_PIECE: Final = 1024 * 1024
_SHEETS: Final = 5


def warm_up() -> None:
    """Unpack and read a little of our own, so that every part of it is loaded."""
    import io

    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.xml", "<a>b</a>")
    with zipfile.ZipFile(packed) as archive:
        _Parts(archive).read("a.xml", Paragraphs(Writer(MOST_TEXT)))


def look(kind: str, size: int | None) -> None:
    """Take the text out."""
    try:
        archive = zipfile.ZipFile(buffered(size))
    except (zipfile.BadZipFile, NotImplementedError) as error:
        raise Refusal(frames.UNREADABLE) from error
    parts = _Parts(archive)
    writer = Writer(MOST_TEXT)
    try:
        _write(kind, parts, writer)
    except Enough:
        writer.cut = True
    text = writer.text
    if not text.strip():
        raise Refusal(frames.NOTHING_TO_SHOW)
    say_text(text, cut=writer.cut)


def _write(kind: str, parts: "_Parts", writer: Writer) -> None:
    match kind.rpartition(".")[2]:
        case "document" if "wordprocessingml" in kind:
            parts.read("word/document.xml", Paragraphs(writer))
        case "sheet":
            _write_sheets(parts, writer)
        case "presentation" if "presentationml" in kind:
            for place, name in enumerate(parts.numbered("ppt/slides/slide"), start=1):
                writer.heading(f"Slide {place}")
                parts.read(name, Paragraphs(writer))
        case "spreadsheet":
            parts.read("content.xml", Tables(writer))
        case _:
            parts.read("content.xml", Paragraphs(writer))


def _write_sheets(parts: "_Parts", writer: Writer) -> None:
    words = SharedWords()
    if "xl/sharedStrings.xml" in parts:
        try:
            parts.read("xl/sharedStrings.xml", words)
        except Enough:
            writer.cut = True
    for place, name in enumerate(parts.numbered("xl/worksheets/sheet"), start=1):
        if place > _SHEETS:
            writer.cut = True
            break
        writer.heading(f"Sheet {place}")
        sheet = Sheet(writer, words.words)
        try:
            parts.read(name, sheet)
        except Enough:
            writer.cut = True
            if writer.full:
                raise


class _Parts:
    """The parts of a packed document, read within limits."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        if len(archive.namelist()) > MOST_PARTS:
            raise Refusal(frames.TOO_MUCH_INSIDE)
        self._archive = archive
        self._room = MOST_UNPACKED

    def __contains__(self, name: str) -> bool:
        return name in self._archive.NameToInfo

    def numbered(self, stem: str) -> list[str]:
        """The parts whose names are this and a number, in the order of the numbers."""
        pattern = re.compile(re.escape(stem) + r"(\d{1,6})\.xml")
        found = ((pattern.fullmatch(name), name) for name in self._archive.NameToInfo)
        return [name for _, name in sorted((int(match[1]), name) for match, name in found if match)]

    def read(self, name: str, handler: Paragraphs | Tables | Sheet | SharedWords) -> None:
        """Give one part's elements to a handler. Raises Refusal where it is missing, broken, or too much."""
        parser = expat.ParserCreate(namespace_separator=" ")
        parser.buffer_text = True
        parser.StartDoctypeDeclHandler = _refuse
        parser.StartElementHandler = handler.start
        parser.EndElementHandler = handler.end
        parser.CharacterDataHandler = handler.letters
        try:
            for piece in self._pieces(name):
                parser.Parse(piece)
            parser.Parse(b"", True)
        except (expat.ExpatError, zipfile.BadZipFile, KeyError, NotImplementedError, RuntimeError) as error:
            encrypted = isinstance(error, RuntimeError) and "encrypted" in str(error)
            raise Refusal(frames.LOCKED if encrypted else frames.UNREADABLE) from error

    def _pieces(self, name: str) -> Iterator[bytes]:
        entry = self._archive.getinfo(name)
        if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise Refusal(frames.UNREADABLE)
        with self._archive.open(entry) as part:
            while piece := part.read(_PIECE):
                self._room -= len(piece)
                if self._room < 0:
                    raise Refusal(frames.TOO_MUCH_INSIDE)
                yield piece


def _refuse(*_declared: object) -> None:
    raise Refusal(frames.UNREADABLE)
