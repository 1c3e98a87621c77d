"""What of an office document's XML is text: words, ends of paragraphs, cells. Runs in a confined child only.

Names: ECMA-376 part 1 (WordprocessingML, SpreadsheetML, DrawingML), OASIS OpenDocument 1.3 part 3. Only local names are looked
at.
"""

from collections.abc import Mapping
from typing import Final

_MOST_ROWS: Final = 100
_MOST_COLUMNS: Final = 20
_MOST_WORDS: Final = 50_000
_MOST_CELL: Final = 1_000

# OpenDocument writes its words straight into paragraphs; the others put them into elements called "t".
_OPEN_DOCUMENT: Final = "urn:oasis:names:tc:opendocument"
_NOT_SHOWN: Final = frozenset({"delText", "instrText", "tracked-changes", "annotation", "notes", "forms"})


class Enough(Exception):
    """As much text was taken as is shown."""


class Writer:
    """Gathers text up to a number of characters. Raises Enough when there is no more room."""

    def __init__(self, most: int) -> None:
        self._pieces: list[str] = []
        self._room = most
        self.cut = False

    @property
    def text(self) -> str:
        """All of it."""
        return "".join(self._pieces).strip("\n")

    @property
    def full(self) -> bool:
        """Whether there is no more room."""
        return self._room <= 0

    def write(self, text: str) -> None:
        """Add text."""
        self._pieces.append(text[: self._room])
        self._room -= len(text)
        if self.full:
            raise Enough

    def heading(self, text: str) -> None:
        """Add a line of our own between two parts."""
        self.write(f"\n\n[{text}]\n" if self._pieces else f"[{text}]\n")


class Paragraphs:
    """Running text: documents and slides."""

    def __init__(self, writer: Writer) -> None:
        self._writer = writer
        self._in_words = 0
        self._left_out = 0
        self._open_document = False

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        """An element begins."""
        space, _, local = name.rpartition(" ")
        self._open_document = self._open_document or space.startswith(_OPEN_DOCUMENT)
        if local in _NOT_SHOWN:
            self._left_out += 1
        if local == "t" or (self._open_document and local in ("p", "h")):
            self._in_words += 1
        elif local == "tab" and not self._left_out:
            self._writer.write("\t")
        elif local in ("br", "cr", "line-break") and not self._left_out:
            self._writer.write("\n")
        elif local == "s" and self._open_document and not self._left_out:
            self._writer.write(" ")
        elif local == "page" and space.endswith("drawing:1.0"):
            self._writer.write("\n")

    def end(self, name: str) -> None:
        """An element ends."""
        local = name.rpartition(" ")[2]
        if local in _NOT_SHOWN:
            self._left_out -= 1
        if local == "t" or (self._open_document and local in ("p", "h")):
            self._in_words -= 1
        if local in ("p", "h") and not self._left_out:
            self._writer.write("\n")

    def letters(self, text: str) -> None:
        """Letters between two elements."""
        if self._in_words and not self._left_out:
            self._writer.write(text)


class SharedWords:
    """The words of a workbook, which its cells name by number."""

    def __init__(self) -> None:
        self.words: list[str] = []
        self._word: list[str] = []
        self._in_words = False

    def start(self, name: str, _attributes: Mapping[str, str]) -> None:
        """An element begins."""
        match name.rpartition(" ")[2]:
            case "si":
                self._word = []
            case "t":
                self._in_words = True
            case _:
                pass

    def end(self, name: str) -> None:
        """An element ends."""
        match name.rpartition(" ")[2]:
            case "t":
                self._in_words = False
            case "si":
                self.words.append("".join(self._word)[:_MOST_CELL])
                if len(self.words) >= _MOST_WORDS:
                    raise Enough
            case _:
                pass

    def letters(self, text: str) -> None:
        """Letters between two elements."""
        if self._in_words:
            self._word.append(text[:_MOST_CELL])


class _Rows:
    """Cells, gathered row by row: the first ones of a sheet."""

    def __init__(self, writer: Writer) -> None:
        self._writer = writer
        self._cells: list[str] = []
        self._cell: list[str] = []
        self._rows = 0

    def _end_cell(self, text: str, times: int = 1) -> None:
        room = _MOST_COLUMNS - len(self._cells)
        if times > room and text:
            self._writer.cut = True
        self._cells += [text.replace("\n", " ")[:_MOST_CELL]] * min(times, room)

    def _end_row(self) -> None:
        line = "\t".join(self._cells).rstrip("\t")
        self._cells = []
        if not line:
            return
        self._rows += 1
        if self._rows > _MOST_ROWS:
            raise Enough
        self._writer.write(f"{line}\n")


class Sheet(_Rows):
    """One sheet of a workbook. Numbers are given as they are stored: a date is a number of days there."""

    def __init__(self, writer: Writer, words: list[str]) -> None:
        super().__init__(writer)
        self._words = words
        self._kind = ""
        self._in_value = False

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        """An element begins."""
        match name.rpartition(" ")[2]:
            case "c":
                self._kind = attributes.get("t", "n")
                self._cell = []
            case "v" | "t":
                self._in_value = True
            case _:
                pass

    def end(self, name: str) -> None:
        """An element ends."""
        match name.rpartition(" ")[2]:
            case "v" | "t":
                self._in_value = False
            case "c":
                self._end_cell(self._shown("".join(self._cell)))
            case "row":
                self._end_row()
            case _:
                pass

    def letters(self, text: str) -> None:
        """Letters between two elements."""
        if self._in_value:
            self._cell.append(text[:_MOST_CELL])

    def _shown(self, stored: str) -> str:
        if self._kind == "s" and stored.isascii() and stored.isdigit() and len(stored) < 10:
            place = int(stored)
            return self._words[place] if place < len(self._words) else ""
        if self._kind == "b":
            return {"1": "TRUE", "0": "FALSE"}.get(stored, stored)
        return stored


class Tables(_Rows):
    """The tables of an OpenDocument spreadsheet. A cell that is said to stand there many times is written as often as fits."""

    def __init__(self, writer: Writer) -> None:
        super().__init__(writer)
        self._times = 1
        self._tables = 0
        self._in_words = 0
        self._over = False

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        """An element begins."""
        match name.rpartition(" ")[2]:
            case "table":
                self._tables += 1
                self._rows, self._over = 0, False
                self._writer.heading(f"Sheet {self._tables}")
            case "table-cell" | "covered-table-cell":
                self._cell = []
                self._times = _times(attributes)
            case "p":
                self._in_words += 1
            case _:
                pass

    def end(self, name: str) -> None:
        """An element ends."""
        match name.rpartition(" ")[2]:
            case "p":
                self._in_words -= 1
                self._cell.append(" ")
            case "table-cell" | "covered-table-cell":
                self._end_cell("".join(self._cell).strip(), self._times)
            case "table-row" if not self._over:
                try:
                    self._end_row()
                except Enough:
                    self._over = self._writer.cut = True
                    if self._writer.full:
                        raise
            case _:
                pass

    def letters(self, text: str) -> None:
        """Letters between two elements."""
        if self._in_words and not self._over:
            self._cell.append(text[:_MOST_CELL])


def _times(attributes: Mapping[str, str]) -> int:
    written = next(
        (value for name, value in attributes.items() if name.endswith("number-columns-repeated")), "1"
    )
    return int(written) if written.isascii() and written.isdigit() and len(written) < 6 else 1
