"""Reading text: the beginning of a plain file, or of a document in Rich Text Format. Runs in a confined child only."""

import re
from typing import Final

from daybook.gateways.decoding import frames
from daybook.gateways.decoding.conversation import Refusal, Window, say_text
from daybook.gateways.decoding.limits import MOST_TEXT

TYPES: Final = ("text/plain", "text/vcard", "text/calendar", "application/rtf")

_MOST_BYTES: Final = 4 * MOST_TEXT
# A picture inside such a document is written as text, and is longer than all its words.
_MOST_RICH_BYTES: Final = 3 * 1024 * 1024

_TOKEN: Final = re.compile(
    rb"\\([a-z]{1,32})(-?\d{1,10})? ?|\\'([0-9a-f]{2})|\\([^a-z])|([{}])|[\r\n]+|([^\\{}\r\n]+)",
    re.IGNORECASE,
)
_NOT_TEXT: Final = frozenset(
    {"fonttbl", "colortbl", "stylesheet", "info", "pict", "object", "themedata", "datastore", "fldinst"}
)
_AS_TEXT: Final = {
    "par": "\n",
    "line": "\n",
    "row": "\n",
    "cell": "\t",
    "tab": "\t",
    "page": "\n",
    "sect": "\n",
} | {
    "emdash": "—",
    "endash": "–",
    "lquote": "‘",
    "rquote": "’",
    "ldblquote": "“",
    "rdblquote": "”",
    "bullet": "•",
}


def warm_up() -> None:
    """Have every way of reading letters in place."""
    for encoding in ("utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"):
        b"a\0".decode(encoding, "replace")


def look(kind: str, size: int | None) -> None:
    """Give the beginning as text, never as anything else."""
    rich = kind == "application/rtf"
    most = _MOST_RICH_BYTES if rich else _MOST_BYTES
    content = _beginning(Window(size), most)
    if not content:
        raise Refusal(frames.EMPTY)
    text = _words_of(content) if rich else _decoded(content, whole=len(content) < most)
    if not text.strip():
        raise Refusal(frames.NOTHING_TO_SHOW)
    say_text(text[:MOST_TEXT], cut=len(text) > MOST_TEXT or len(content) == most)


def _beginning(window: Window, most: int) -> bytes:
    content = b""
    while len(content) < most and (piece := window.read(most - len(content))):
        content += piece
    return content


def _decoded(content: bytes, *, whole: bool) -> str:
    """Text as its writer most likely meant it: by its mark, as UTF-8, or as Windows wrote it in Western Europe."""
    for mark, encoding in (
        (b"\xef\xbb\xbf", "utf-8"),
        (b"\xff\xfe", "utf-16-le"),
        (b"\xfe\xff", "utf-16-be"),
    ):
        if content.startswith(mark):
            return content[len(mark) :].decode(encoding, "replace")
    # A letter may have been cut in two at the end.
    for cut in range(1 if whole else 4):
        try:
            return content[: len(content) - cut].decode("utf-8")
        except UnicodeDecodeError:
            continue
    return content.decode("cp1252", "replace")


def _words_of(content: bytes) -> str:
    """The words of a Rich Text document (Microsoft's specification 1.9.1), without what describes their looks."""
    text: list[str] = []
    hidden, skip, after = False, 0, 1
    groups: list[tuple[bool, int]] = []
    length = 0
    for word, value, code, sign, brace, plain in _TOKEN.findall(content):
        if length > MOST_TEXT:
            break
        said = ""
        if brace == b"{":
            groups.append((hidden, after))
        elif brace == b"}":
            hidden, after = groups.pop() if groups else (False, 1)
        elif sign == b"*" or word.decode().lower() in _NOT_TEXT:
            hidden = True
        elif word == b"u" and value:
            said, skip = _letter(int(value)), after + 1
        elif word == b"uc" and value:
            after = min(max(int(value), 0), 8)
        elif word:
            said = _AS_TEXT.get(word.decode().lower(), "")
        elif code:
            said = bytes.fromhex(code.decode()).decode("cp1252", "replace")
        elif sign:
            said = {b"~": "\N{NO-BREAK SPACE}", b"_": "-"}.get(sign, sign.decode("cp1252", "replace"))
        else:
            said = plain.decode("cp1252", "replace")
        if skip and said:
            # After a letter by its number comes what older programs show in its place.
            skip -= 1
            if skip < after:
                said = said[1:] if plain else ""
        if said and not hidden:
            text.append(said)
            length += len(said)
    return "".join(text)


def _letter(number: int) -> str:
    number %= 65_536
    return "\N{REPLACEMENT CHARACTER}" if 0xD800 <= number < 0xE000 else chr(number)
