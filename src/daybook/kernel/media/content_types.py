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
