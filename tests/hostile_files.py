"""Makers of files as a stalker might craft them. Each returns bytes; nothing is downloaded."""

import base64
import io
import struct
import zipfile
import zlib
from typing import Final

from PIL import Image

HTML: Final = b"<!DOCTYPE html><html><body><script>alert(document.cookie)</script></body></html>"
SVG: Final = (
    b'<?xml version="1.0"?>\n<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)">'
    b"<script>alert(document.domain)</script></svg>"
)
XML_ENTITIES: Final = (
    b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "bbbbbbbbbb"><!ENTITY c "&b;&b;&b;&b;&b;">]><a>&c;</a>'
)
EMPTY: Final = b""
ONE_ZERO_BYTE: Final = b"\x00"

HOSTILE_NAMES: Final = (
    "../../etc/passwd",
    "..\\..\\Windows\\System32\\drivers\\etc\\hosts",
    "/etc/shadow",
    "photo.jpg\x00.html",
    "photo\u202egpj.exe",
    "a\u2066b\u2069.png",
    "n" * 4096 + ".jpeg",
    "CON",
    "con.jpg",
    "LPT1.txt",
    "trailing. . .",
    "line\nbreak\r\n.png",
    "..",
    ".",
    "",
    " ",
    "-rf",
    "~root",
    "<img src=x onerror=alert(1)>.png",
    'quo"te;rm -rf *.jpg',
    "%2e%2e%2fetc%2fpasswd",
    "\ud800lone.jpg",
    "\u200b\u200b",
    ".htaccess",
    "e\u0301tude.jpg",
)
"""File names meant to leave a folder, hide an ending, break a line, or be read as something else."""


def picture(
    kind: str = "JPEG", size: tuple[int, int] = (320, 240), *, exif: bytes = b"", **options: object
) -> bytes:
    """Make an honest picture with some detail in it.

    Args:
        kind: a Pillow format name.
        size: width and height in pixels.
        exif: a TIFF block as `exif_block` makes it.
    """
    made = io.BytesIO()
    pixels = Image.linear_gradient("L").resize(size).convert("RGB")
    pixels.paste((200, 30, 60), (0, 0, max(1, size[0] // 4), max(1, size[1] // 4)))
    if exif:
        options["exif"] = b"Exif\x00\x00" + exif if kind == "JPEG" else exif
    pixels.save(made, kind, **options)
    return made.getvalue()


# 96 × 64 pixels turned by Exif orientation 6, from "Acme Phone 1", 20 November 2026 18:00 +00:00, in
# Leicester. Kept as bytes because nothing we may ship can write HEVC.
HEIC: Final = base64.b64decode(
    """
    AAAAHGZ0eXBoZWljAAAAAG1pZjFoZWljbWlhZgAAAaFtZXRhAAAAAAAAACFoZGxyAAAAAAAAAABwaWN0AAAAAAAAAAAAAAAAAAAA
    ADRpbG9jAAAAAERAAAIAAQAAAAABxQABAAAAAAAAAC8AAgAAAAAB9AABAAAAAAAAAQIAAAA4aWluZgAAAAAAAgAAABVpbmZlAgAA
    AAABAABodmMxAAAAABVpbmZlAgAAAQACAABFeGlmAAAAAA5waXRtAAAAAAABAAAA4GlwcnAAAADAaXBjbwAAAHhodmNDAQNwAAAA
    kAAAAAAAHvAA/P34+AAADwNgAAEAGEABDAH//wNwAAADAJAAAAMAAAMAHroCQGEAAQArQgEBA3AAAAMAkAAAAwAAAwAeoDCBBZbq
    SSmubgIaDAgAAAMAyAAAAwAIQGIAAQAHRAHBcrAiQAAAABNjb2xybmNseAABAA0ABoAAAAAUaXNwZQAAAAAAAABgAAAAQAAAABBw
    aXhpAAAAAAMICAgAAAAJaXJvdAMAAAAYaXBtYQAAAAAAAAABAAEFgQIDBIUAAAAaaXJlZgAAAAAAAAAOY2RzYwACAAEAAQAAATlt
    ZGF0AAAAKygBr1j5DpJf//E+f/0bSQ+O1okt0l+L00Sf92suVW20ixvOk/7BfauvE8AAAAAGRXhpZgAATU0AKgAAAAgABQEPAAIA
    AAAFAAAASgEQAAIAAAAIAAAAUAESAAMAAAABAAYAAIdpAAQAAAABAAAAWIglAAQAAAABAAAAkgAAAABBY21lAABQaG9uZSAxAAAC
    kAMAAgAAABQAAAB2kBEAAgAAAAcAAACKAAAAADIwMjY6MTE6MjAgMTg6MDA6MDAAKzAwOjAwAAAABAABAAIAAAACTgAAAAACAAUA
    AAADAAAAyAADAAIAAAACVwAAAAAEAAUAAAADAAAA4AAAAAAAAAA0AAAAAQAAACYAAAABAAAAFQAAAAIAAAABAAAAAQAAAAgAAAAB
    AAAAFQAAAAQ=
    """
)


def truncated(content: bytes, part: float = 0.5) -> bytes:
    """Cut a file short.

    Args:
        part: how much of it is left, 0 to 1.
    """
    return content[: int(len(content) * part)]


def jpeg_and_zip() -> bytes:
    """A JPEG that every unpacker opens as a zip holding a web page."""
    packed = io.BytesIO()
    packed.write(picture())
    with zipfile.ZipFile(packed, "a") as archive:
        archive.writestr("index.html", HTML)
    return packed.getvalue()


def jpeg_and_html() -> bytes:
    """A JPEG with a web page in its comment: a browser that guesses types would run it."""
    plain = picture()
    comment = b"--><script>alert(1)</script><!--" + HTML
    return plain[:2] + b"\xff\xfe" + struct.pack(">H", len(comment) + 2) + comment + plain[2:] + HTML


def html_named_as_jpeg() -> tuple[str, bytes]:
    """A name that says picture and content that is a web page."""
    return "holiday.jpg", HTML


def pdf_with_script() -> bytes:
    """A small PDF that runs JavaScript when it is opened."""
    objects = (
        b"<< /Type /Catalog /Pages 2 0 R /OpenAction << /S /JavaScript /JS (app.alert('x')) >> >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 72 72] >>",
    )
    made = bytearray(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n")
    places = []
    for number, content in enumerate(objects, 1):
        places.append(len(made))
        made += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    table = len(made)
    made += b"xref\n0 4\n0000000000 65535 f \n" + b"".join(b"%010d 00000 n \n" % place for place in places)
    made += b"trailer << /Size 4 /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % table
    return bytes(made)


def _chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def png_bomb(side: int = 50_000, *, bits: int = 1, colour: int = 0) -> bytes:
    """A complete, valid PNG of `side` × `side` black pixels in a few hundred kilobytes.

    Args:
        bits: bits a sample, as PNG has it; colour: its colour type.
    """
    samples = {0: 1, 2: 3, 6: 4}[colour]
    row = b"\x00" * (1 + (side * bits * samples + 7) // 8)
    squeeze = zlib.compressobj(1)
    packed = bytearray()
    at_once = max(1, 1_000_000 // len(row))
    for start in range(0, side, at_once):
        packed += squeeze.compress(row * min(at_once, side - start))
    packed += squeeze.flush()
    header = struct.pack(">IIBBBBB", side, side, bits, colour, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", header) + _chunk(b"IDAT", bytes(packed)) + _chunk(b"IEND", b"")
    )


def png_with_exif(block: bytes) -> bytes:
    """A small PNG carrying any bytes as its Exif chunk."""
    plain = picture("PNG", (8, 8))
    return plain[:33] + _chunk(b"eXIf", block) + plain[33:]


Field = tuple[int, int, int, bytes]
"""Tag, type, count, content: an entry of a TIFF directory."""


def text_field(tag: int, words: str) -> Field:
    """An ASCII entry."""
    content = words.encode("utf-8") + b"\x00"
    return tag, 2, len(content), content


def fraction_field(tag: int, *parts: tuple[int, int]) -> Field:
    """An entry of unsigned fractions, which may have the denominator 0."""
    return tag, 5, len(parts), b"".join(struct.pack("<II", *part) for part in parts)


def short_field(tag: int, value: int) -> Field:
    """An entry of one 16-bit number."""
    return tag, 3, 1, struct.pack("<H", value)


def byte_field(tag: int, value: int) -> Field:
    """An entry of one byte."""
    return tag, 1, 1, struct.pack("<B", value)


def exif_block(
    main: list[Field], camera: list[Field] | None = None, place: list[Field] | None = None
) -> bytes:
    """Build a TIFF block by hand, so that it can hold what no library would write."""

    def long_field(tag: int, value: int) -> Field:
        return tag, 4, 1, struct.pack("<I", value)

    def directory(fields: list[Field], start: int) -> bytes:
        beside = start + 2 + 12 * len(fields) + 4
        entries, outside = b"", b""
        for tag, kind, count, content in sorted(fields):
            if len(content) <= 4:
                value = content.ljust(4, b"\x00")
            else:
                value = struct.pack("<I", beside + len(outside))
                outside += content + b"\x00" * (len(content) % 2)
            entries += struct.pack("<HHI", tag, kind, count) + value
        return struct.pack("<H", len(fields)) + entries + b"\x00" * 4 + outside

    inner = [(tag, fields) for tag, fields in ((0x8769, camera), (0x8825, place)) if fields is not None]
    first = directory(main + [long_field(tag, 0) for tag, _ in inner], 8)
    block, links = b"", []
    for tag, fields in inner:
        start = 8 + len(first) + len(block)
        links.append(long_field(tag, start))
        block += directory(fields, start)
    return b"II*\x00\x08\x00\x00\x00" + directory(main + links, 8) + block


def place_fields(
    latitude: tuple[tuple[int, int], ...],
    longitude: tuple[tuple[int, int], ...],
    sides: tuple[str, str] = ("N", "W"),
) -> list[Field]:
    """The GPS directory of a photograph; each part is a numerator and a denominator."""
    return [
        text_field(1, sides[0]),
        fraction_field(2, *latitude),
        text_field(3, sides[1]),
        fraction_field(4, *longitude),
    ]


LEICESTER: Final = (((52, 1), (38, 1), (1050, 100)), ((1, 1), (8, 1), (525, 100)))


def honest_exif() -> bytes:
    """What a phone writes."""
    return exif_block(
        [
            text_field(0x010F, "Acme"),
            text_field(0x0110, "Phone 1"),
            short_field(0x0112, 6),
            text_field(0x0131, "26.1"),
        ],
        [text_field(0x9003, "2026:11:20 18:00:00"), text_field(0x9011, "+00:00")],
        [*place_fields(*LEICESTER), byte_field(5, 0), fraction_field(6, (673, 10))],
    )


def broken_exifs() -> dict[str, bytes]:
    """Exif blocks that are impossible, endless or damaged, by what is wrong with them."""
    sevenths = ((7, 1), (0, 1), (0, 1))
    endless = struct.pack("<HHIHHII", 1, 0x8769, 0, 4, 1, 8, 8)
    return {
        "latitude beyond the pole": exif_block([], [], place_fields(((99, 1), (0, 1), (0, 1)), sevenths)),
        "longitude beyond the date line": exif_block(
            [], [], place_fields(sevenths, ((181, 1), (0, 1), (0, 1)))
        ),
        "nothing divided by nothing": exif_block([], [], place_fields(((0, 0),) * 3, ((0, 0),) * 3)),
        "null island": exif_block([], [], place_fields(((0, 1),) * 3, ((0, 1),) * 3)),
        "side of the Earth missing": exif_block(
            [], [], [fraction_field(2, *sevenths), fraction_field(4, *sevenths)]
        ),
        "seventy minutes": exif_block([], [], place_fields(((52, 1), (70, 1), (0, 1)), sevenths)),
        "no date": exif_block([], [text_field(0x9003, "0000:00:00 00:00:00")]),
        "thirteenth month": exif_block([], [text_field(0x9003, "2026:13:41 25:61:61")]),
        "date of words": exif_block([], [text_field(0x9003, "<script>alert(1)</script>")]),
        "zone of words": exif_block([], [text_field(0x9011, "+99:99")]),
        "ninth orientation": exif_block([short_field(0x0112, 99)]),
        "directory pointing at itself": b"II*\x00\x08\x00\x00\x00" + endless,
        "directory far outside": b"II*\x00\xff\xff\xff\x7f",
        "value far outside": exif_block([(0x010F, 2, 0x7FFFFFFF, b"AAAAAAAA")]),
        "not a TIFF block": b"\xde\xad\xbe\xef" * 20,
        "make with controls": exif_block([text_field(0x010F, "A\u202eB\x1b[2J" + "C" * 5000)]),
    }


def huge_exif(megabytes: int = 8, entries: int = 5_000) -> bytes:
    """An Exif block whose every entry claims all of it as its value: gigabytes, if anyone believes it."""
    start = 8 + 2 + 12 * entries + 4
    size = megabytes * 1024 * 1024
    listed = b"".join(
        struct.pack("<HHII", 0xC000 + number % 8192, 7, size, start) for number in range(entries)
    )
    return b"II*\x00\x08\x00\x00\x00" + struct.pack("<H", entries) + listed + b"\x00" * 4 + b"\xaa" * size


def gif_of_many_frames(frames: int = 10_000) -> bytes:
    """An animation of tiny frames on a full-HD canvas, in under half a megabyte."""
    header = b"GIF89a" + struct.pack("<HHBBB", 1920, 1080, 0x80, 0, 0) + b"\x00\x00\x00\xff\xff\xff"
    control = b"\x21\xf9\x04\x00\x01\x00\x00\x00"
    frame = control + b"\x2c" + struct.pack("<HHHHB", 0, 0, 1, 1, 0) + b"\x02\x02\x44\x01\x00"
    return header + frame * frames + b";"


def webp_of_many_frames(frames: int = 200) -> bytes:
    """An animated WebP."""
    made = io.BytesIO()
    pictures = [Image.new("RGB", (64, 48), (number % 256, 0, 0)) for number in range(frames)]
    pictures[0].save(made, "WEBP", save_all=True, append_images=pictures[1:], duration=20)
    return made.getvalue()


def noise_after_header(header: bytes, length: int = 100_000) -> bytes:
    """A good beginning and nonsense after it, the same on every run."""
    noise = bytearray()
    value = 12345
    while len(noise) < length:
        value = (value * 1103515245 + 12345) & 0x7FFFFFFF
        noise += value.to_bytes(4, "big")
    return header + bytes(noise[:length])
