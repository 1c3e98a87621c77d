"""What a file is, decided by its content alone: names and declared types are claims (see claims.py)."""

import re
from typing import Final

# Signatures by `filetype` (MIT): a plain table of byte comparisons. Tried beside puremagic (calls a plain zip
# a Word document) and pure-magic-rs (better on text, but runs the whole libmagic language on hostile bytes).
# It is only ever given bytes: a str would be opened as a path.
import filetype

HEAD_BYTES: Final = 8192
"""How many of a file's first bytes are looked at."""

UNKNOWN: Final = "application/octet-stream"
EMPTY: Final = "application/x-empty"

_SAME_AS: Final = {
    "image/apng": "image/png",
    "audio/x-wav": "audio/wav",
    "audio/x-flac": "audio/flac",
    "audio/x-aiff": "audio/aiff",
    "video/x-m4v": "video/mp4",
    "application/x-rar-compressed": "application/vnd.rar",
}

# Signatures that must be known before the text rules run, because the first bytes can be all text,
# and those the library lacks.
_EARLY: Final = (
    (b"%PDF-", "application/pdf"),
    (b"{\\rtf", "application/rtf"),
    (b"%!PS", "application/postscript"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "application/x-ole-storage"),
    (b"caff\x00\x01", "audio/x-caf"),
    (b"#!AMR-WB\n", "audio/amr-wb"),
    (b"#!AMR\n", "audio/amr"),
)

# ISO/IEC 14496-12, 4.3: the brands of a box file, the major one first. Registered at mp4ra.org.
_BRANDS: Final = (
    (re.compile(rb"avi[fs]"), "image/avif"),
    (re.compile(rb"he[iv][cxms]"), "image/heic"),
    (re.compile(rb"qt  "), "video/quicktime"),
    (re.compile(rb"M4[ABP] |F4[AB] "), "audio/mp4"),
    (re.compile(rb"3g[2egprs].|kddi"), "video/3gpp"),
    (re.compile(rb"iso[0-9a-m]|mp4[12]|avc1|dash|M4V.|MSNV|F4V |f4v |hvc1|XAVC|cmfc|mmp4"), "video/mp4"),
)
_STILL_BRANDS: Final = (b"mif1", b"msf1", b"mif2")
_OLD_QUICKTIME: Final = (b"moov", b"mdat", b"wide")

# APPNOTE 4.3.7: where a packed file's name stands after its signature.
_PACKED: Final = re.compile(rb"PK\x03\x04.{22}(..)(..)", re.S)
_OFFICE_OPEN: Final = "application/vnd.openxmlformats-officedocument."
_OFFICE_FOLDERS: Final = {
    b"word/": f"{_OFFICE_OPEN}wordprocessingml.document",
    b"xl/": f"{_OFFICE_OPEN}spreadsheetml.sheet",
    b"ppt/": f"{_OFFICE_OPEN}presentationml.presentation",
}
_OFFICE_STARTS: Final = (b"[Content_Types].xml", b"_rels/", b"docProps/", b"customXml/", *_OFFICE_FOLDERS)
_OPEN_DOCUMENT: Final = re.compile(
    rb"application/vnd\.oasis\.opendocument\.(text|spreadsheet|presentation)(?:-template)?(?![a-z-])"
)

# WHATWG MIME Sniffing, section 3: these never occur in text.
_BINARY_BYTE: Final = re.compile(rb"[\x00-\x08\x0b\x0e-\x1a\x1c-\x1f]")

# WHATWG MIME Sniffing, section 7.1, plus the elements a page is most often begun with.
_MARKUP: Final = re.compile(
    r"<(?:!doctype\s+html|html|head|script|iframe|h1|div|font|table|a|style|title|b|body|br|p|meta|link|img|form|base|object|embed)"
    r"[\s/>]",
    re.IGNORECASE,
)
_PROLOGUE: Final = re.compile(
    r"(?:\s+|<!--.*?-->|<\?.*?\?>|<!doctype\s+(?!html)[^>\[]*(?:\[.*?\])?\s*>)", re.I | re.S
)
_SVG: Final = re.compile(r"<(?:[\w.-]+:)?svg[\s/>]", re.IGNORECASE)
_XHTML: Final = re.compile(r"<(?:!doctype\s+html|(?:[\w.-]+:)?html)[\s/>]", re.IGNORECASE)
_MAIL_HEADER: Final = re.compile(
    r"(?:return-path|received|delivered-to|message-id|mime-version|from|to|date|subject|x-[a-z-]+):[ \t]",
    re.I,
)


def content_type(head: bytes, *, size: int) -> str:
    """Decide what a file is from its first bytes. Never raises.

    Args:
        head: the first bytes of the file; `HEAD_BYTES` of them, or all there are. More is ignored.
        size: the whole file's length in bytes.

    Returns:
        A bare media type; `EMPTY` for a file without content, `UNKNOWN` when nothing fits.
    """
    head = bytes(head[:HEAD_BYTES])
    if size == 0 or not head:
        return EMPTY
    for signature, kind in _EARLY:
        if head.startswith(signature):
            return kind
    text = _as_text(head)
    if text is not None:
        return _kind_of_text(text)
    known = _kind_of_boxes(head) or _kind_of_packed(head)
    if known:
        return known
    found = filetype.guess(head)
    if found is None:
        return UNKNOWN
    kind = str(found.mime)
    return _SAME_AS.get(kind, kind)


def _as_text(head: bytes) -> str | None:
    """Return the head as text, or None where it holds bytes that no text has."""
    for mark, encoding in (
        (b"\xef\xbb\xbf", "utf-8"),
        (b"\xff\xfe", "utf-16-le"),
        (b"\xfe\xff", "utf-16-be"),
    ):
        if head.startswith(mark):
            text = head[len(mark) :].decode(encoding, "replace")
            return None if _BINARY_BYTE.search(text.encode("utf-8")) else text
    if _BINARY_BYTE.search(head):
        return None
    return head.decode("utf-8", "replace")


def _kind_of_boxes(head: bytes) -> str:
    """The type of a file made of boxes, as phones write pictures, video and sound; "" for anything else."""
    if head[4:8] in _OLD_QUICKTIME:
        return "video/quicktime"
    if head[4:8] != b"ftyp":
        return ""
    stop = min(int.from_bytes(head[:4], "big"), len(head))
    brands = [head[8:12], *(head[at : at + 4] for at in range(16, stop - 3, 4))]
    still = brands[0] in _STILL_BRANDS
    # A still picture's first brand is often the general one, and what it is made with stands among the others.
    for brand in brands if still else brands[:1]:
        for pattern, kind in _BRANDS:
            if pattern.fullmatch(brand) and not (still and not kind.startswith("image/")):
                return kind
    return "image/heif" if still else ""


def _kind_of_packed(head: bytes) -> str:
    """The type of an office document, which is a packed archive; "" for any other archive."""
    if not head.startswith(b"PK\x03\x04"):
        return ""
    names = []
    for found in _PACKED.finditer(head):
        start = found.end()
        names.append(head[start : start + int.from_bytes(found[1], "little")])
    if names[:1] == [b"mimetype"] and (said := _OPEN_DOCUMENT.search(head, 30, 300)):
        return f"application/vnd.oasis.opendocument.{said[1].decode()}"
    if names and names[0].startswith(_OFFICE_STARTS):
        for name in names:
            for folder, kind in _OFFICE_FOLDERS.items():
                if name.startswith(folder):
                    return kind
    return ""


def _kind_of_text(text: str) -> str:
    position = 0
    # Step over whitespace, comments, processing instructions and foreign doctypes, as a browser would.
    while (skipped := _PROLOGUE.match(text, position)) is not None and skipped.end() > position:
        position = skipped.end()
    start = text.lstrip()
    if _SVG.match(text, position):
        return "image/svg+xml"
    if start[:5].lower() == "<?xml":
        return "text/html" if _XHTML.match(text, position) else "application/xml"
    if _MARKUP.match(text, position):
        return "text/html"
    if start.startswith("<!--"):
        # A browser calls this a web page before it has seen anything else.
        return "text/html"
    if start.startswith("BEGIN:VCARD"):
        return "text/vcard"
    if start.startswith("BEGIN:VCALENDAR"):
        return "text/calendar"
    lines = start.splitlines()[:2]
    if len(lines) == 2 and all(_MAIL_HEADER.match(line) for line in lines):
        return "message/rfc822"
    return "text/plain"
