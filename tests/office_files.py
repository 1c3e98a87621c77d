"""Makers of office documents as programs write them, and of those that a stalker might craft. Each returns bytes."""

import io
import zipfile
from collections.abc import Iterable, Mapping
from typing import Final
from xml.sax.saxutils import escape

OPEN_XML: Final = "application/vnd.openxmlformats-officedocument."
OPEN_DOCUMENT: Final = "application/vnd.oasis.opendocument."

_WORDS = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
_CELLS = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
_SLIDE = (
    'xmlns:p="http://schemas.openxmlformats.org/presentationml/2006/main" '
    'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"'
)
_ODF = " ".join(
    f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{long}:1.0"'
    for name, long in (("office", "office"), ("text", "text"), ("table", "table"), ("draw", "drawing"))
)


def packed(parts: Mapping[str, str | bytes], *, first: str = "") -> bytes:
    """A zip of these parts, in their order; ``first`` is stored uncompressed before them, as OpenDocument wants its type."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        if first:
            archive.writestr("mimetype", first, zipfile.ZIP_STORED)
        for name, content in parts.items():
            archive.writestr(name, content)
    return made.getvalue()


def _office(parts: Mapping[str, str | bytes]) -> bytes:
    return packed({"[Content_Types].xml": "<Types/>", "_rels/.rels": "<Relationships/>", **parts})


def _paragraphs(text: str, tag: str) -> str:
    return "".join(f"<{tag}>{escape(line)}</{tag}>" for line in text.split("\n"))


def docx(text: str, *, before: str = "") -> bytes:
    """A Word document of these lines; ``before`` stands in front of its root element."""
    lines = "".join(
        f'<w:p><w:r><w:t xml:space="preserve">{escape(line)}</w:t></w:r></w:p>' for line in text.split("\n")
    )
    return _office(
        {"word/document.xml": f"{before}<w:document {_WORDS}><w:body>{lines}</w:body></w:document>"}
    )


def xlsx(rows: Iterable[Iterable[str]]) -> bytes:
    """A workbook of one sheet."""
    words: list[str] = []
    lines = []
    for row in rows:
        cells = []
        for cell in row:
            if cell.isdigit():
                cells.append(f"<c><v>{cell}</v></c>")
            else:
                cells.append(f'<c t="s"><v>{len(words)}</v></c>')
                words.append(f"<si><t>{escape(cell)}</t></si>")
        lines.append(f"<row>{''.join(cells)}</row>")
    return _office(
        {
            "xl/workbook.xml": f"<workbook {_CELLS}/>",
            "xl/sharedStrings.xml": f"<sst {_CELLS}>{''.join(words)}</sst>",
            "xl/worksheets/sheet1.xml": f"<worksheet {_CELLS}><sheetData>{''.join(lines)}</sheetData></worksheet>",
        }
    )


def pptx(slides: Iterable[str]) -> bytes:
    """Slides of one text each."""
    return _office(
        {"ppt/presentation.xml": "<p/>"}
        | {
            f"ppt/slides/slide{number}.xml": f"<p:sld {_SLIDE}><a:p><a:r><a:t>{escape(text)}</a:t></a:r></a:p></p:sld>"
            for number, text in enumerate(slides, start=1)
        }
    )


def odt(text: str) -> bytes:
    """An OpenDocument text of these lines."""
    return _open_document("text", f"<office:text>{_paragraphs(text, 'text:p')}</office:text>")


def ods(rows: Iterable[Iterable[str]], *, times: int = 1) -> bytes:
    """An OpenDocument spreadsheet; each cell says that it stands there ``times`` times."""
    repeated = f' table:number-columns-repeated="{times}"' if times > 1 else ""
    lines = "".join(
        "<table:table-row>"
        + "".join(
            f"<table:table-cell{repeated}>{_paragraphs(cell, 'text:p')}</table:table-cell>" for cell in row
        )
        + "</table:table-row>"
        for row in rows
    )
    return _open_document(
        "spreadsheet", f"<office:spreadsheet><table:table>{lines}</table:table></office:spreadsheet>"
    )


def odp(slides: Iterable[str]) -> bytes:
    """OpenDocument slides of one text each."""
    pages = "".join(f"<draw:page>{_paragraphs(text, 'text:p')}</draw:page>" for text in slides)
    return _open_document("presentation", f"<office:presentation>{pages}</office:presentation>")


def _open_document(kind: str, body: str) -> bytes:
    content = f"<office:document-content {_ODF}><office:body>{body}</office:body></office:document-content>"
    return packed({"content.xml": content, "META-INF/manifest.xml": "<a/>"}, first=OPEN_DOCUMENT + kind)


def rtf(body: str = r"Hello \b there\b0 , caf\'e9 \u8364? and \{braces\}\par second line") -> bytes:
    """A Rich Text document as Word writes it, with a table of fonts and a picture that are no text."""
    return (
        r"{\rtf1\ansi\ansicpg1252{\fonttbl{\f0 Calibri;}}{\*\generator Riched20;}{\info{\author Somebody}}"
        rf"{{\pict\pngblip 89504e470d0a}}\f0\fs22 {body}\par}}"
    ).encode("cp1252")


def bomb(megabytes: int = 200) -> bytes:
    """A Word document of a few hundred kilobytes that unpacks to very much more, before its text begins."""
    return docx("late", before="<!--" + " " * (megabytes * 1024 * 1024) + "-->")


def entity_bomb() -> bytes:
    """A Word document whose text is a few letters that stand for thousands of millions."""
    levels = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    return docx("x", before=f'<!DOCTYPE w [<!ENTITY l0 "lol">{levels}]>')


def many_parts(count: int = 20_000) -> bytes:
    """A Word document of very many parts."""
    return _office({f"word/a{number}": b"" for number in range(count)} | {"word/document.xml": "<a/>"})
