"""Makers of PDF documents: as programs write them, and as a stalker might. Each returns bytes."""

from collections.abc import Sequence
from typing import Final

_HEAD: Final = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n"


def assembled(objects: Sequence[bytes], *, trailer: bytes = b"") -> bytes:
    """A PDF of these objects, numbered from 1; the first is its catalogue."""
    made = bytearray(_HEAD)
    places = []
    for number, content in enumerate(objects, 1):
        places.append(len(made))
        made += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    table = len(made)
    made += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    made += b"".join(b"%010d 00000 n \n" % place for place in places)
    made += b"trailer << /Size %d /Root 1 0 R %s >>\n" % (len(objects) + 1, trailer)
    return bytes(made + b"startxref\n%d\n%%%%EOF\n" % table)


def stream(content: bytes, entries: bytes = b"") -> bytes:
    """A stream object."""
    return b"<< /Length %d %s >>\nstream\n%s\nendstream" % (len(content), entries, content)


def document(*pages: str, size: tuple[int, int] = (595, 842)) -> bytes:
    """Pages of A4 with one line of words each."""
    count = len(pages)
    kids = b" ".join(b"%d 0 R" % (4 + 2 * place) for place in range(count))
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [%s] /Count %d /MediaBox [0 0 %d %d] >>" % (kids, count, *size),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
    ]
    for place, words in enumerate(pages):
        text = words.encode("cp1252").replace(b"\\", b"\\\\").replace(b"(", b"\\(").replace(b")", b"\\)")
        resources = b"/Resources << /Font << /F 3 0 R >> >>"
        objects.append(b"<< /Type /Page /Parent 2 0 R /Contents %d 0 R %s >>" % (5 + 2 * place, resources))
        objects.append(stream(b"BT /F 24 Tf 60 700 Td (%s) Tj ET" % text))
    return assembled(objects)


def of_many_pages(count: int = 100_000) -> bytes:
    """One page that stands in the list of pages very many times."""
    return assembled(
        [
            b"<< /Type /Catalog /Pages 2 0 R >>",
            b"<< /Type /Pages /Kids [%s] /Count %d >>" % (b"3 0 R " * count, count),
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 72 72] >>",
        ]
    )


def of_endless_pages() -> bytes:
    """A list of pages that holds itself, and says that there are thousands of millions."""
    return assembled(
        [
            b"<< /Type /Catalog /Pages 2 0 R >>",
            b"<< /Type /Pages /Kids [2 0 R 2 0 R] /Count 2147483647 >>",
        ]
    )


def of_huge_page(side: int = 14_400_000) -> bytes:
    """A page of many kilometres."""
    return document("far away", size=(side, side))


def with_broken_font() -> bytes:
    """A page written in a font that is nonsense after a good beginning, of each kind that can be embedded."""
    noise = bytes((value * 73 + 41) % 256 for value in range(40_000))
    fonts = [
        (b"/Subtype /TrueType", b"/FontFile2", b"\x00\x01\x00\x00\x00\x0c\x00\x80\x00\x03\x00\x40" + noise),
        (b"/Subtype /Type1", b"/FontFile3", b"\x01\x00\x04\x04" + noise),
        (b"/Subtype /Type1", b"/FontFile", b"%!PS-AdobeFont-1.0: A\n" + noise),
    ]
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        (
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 300 300] /Contents 4 0 R /Resources << /Font << /A 5 0 R /B 8 0 R "
            b"/C 11 0 R >> >> >>"
        ),
        stream(b"BT /A 30 Tf 10 200 Td (broken) Tj /B 30 Tf (broken) Tj /C 30 Tf (broken) Tj ET"),
    ]
    for kind, place, content in fonts:
        number = len(objects) + 1
        objects += [
            b"<< /Type /Font %s /BaseFont /A /FirstChar 97 /LastChar 122 /FontDescriptor %d 0 R >>"
            % (kind, number + 1),
            b"<< /Type /FontDescriptor /FontName /A /Flags 4 /FontBBox [0 0 999 999] %s %d 0 R >>"
            % (place, number + 2),
            stream(content, b"/Length1 %d /Subtype /Type1C" % len(content)),
        ]
    return assembled(objects)


def with_bomb(megabytes: int = 2_000) -> bytes:
    """A page whose contents are packed a thousandfold, twice over."""
    import zlib

    once = zlib.compressobj(9)
    packed = b"".join(once.compress(b" " * 1_000_000) for _ in range(megabytes)) + once.flush()
    twice = zlib.compress(packed, 9)
    return assembled(
        [
            b"<< /Type /Catalog /Pages 2 0 R >>",
            b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 72 72] /Contents 4 0 R >>",
            stream(twice, b"/Filter [/FlateDecode /FlateDecode]"),
        ]
    )


def that_never_ends(depth: int = 60) -> bytes:
    """A page that draws a form twice, which draws a form twice, and so on: each alone is harmless."""
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 600 600] /Contents 4 0 R /Resources << /XObject << /X 5 0 R >> >> >>",
        stream(b"/X Do /X Do"),
    ]
    box = b"/Type /XObject /Subtype /Form /BBox [0 0 600 600]"
    for level in range(depth):
        inner = b"/Resources << /XObject << /X %d 0 R >> >>" % (6 + level)
        objects.append(stream(b"0 0 600 600 re f /X Do /X Do", box + inner))
    objects.append(stream(b"0 0 1 1 re f", box))
    return assembled(objects)
