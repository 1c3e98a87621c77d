"""File names: shown so that they cannot lie, and made safe for folders we did not choose."""

import re
import unicodedata
from dataclasses import dataclass
from typing import Final

SHORT: Final = 80
"""The most characters of a name a page shows before it is folded in the middle."""

FILE_NAME_BYTES: Final = 120
"""The longest name written into a pack, in UTF-8 bytes; leaves room for folders on every system."""

_JOINERS: Final = frozenset({"\u200c", "\u200d"})
_HIDDEN: Final = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})

# Windows keeps these for devices, with any extension.
_DEVICE: Final = re.compile(
    r"(?:con|prn|aux|nul|clock\$|conin\$|conout\$|(?:com|lpt)[0-9\u00b9\u00b2\u00b3])(?=\.|\s*$)",
    re.IGNORECASE,
)
# Refused by Windows, read by shells, or percent-encoded differently by different BagIt readers (RFC 8493,
# 2.1.3).
_UNWANTED: Final = frozenset('<>:"|?*%')


@dataclass(frozen=True, slots=True)
class DisplayName:
    """A name as a page shows it. Plain text: the template still escapes it for HTML.

    Args:
        full: the whole name, with everything invisible written out, such as `[U+202E]`.
        short: the same, folded in the middle when long, so that both ends stay readable.
    """

    full: str
    short: str


def display_name(name: str) -> DisplayName:
    """Make a name visible that may have been chosen to deceive.

    Direction overrides, controls and other invisible characters are shown as their number, so
    `evidence[U+202E]gpj.exe` cannot pass for a picture. Nothing is dropped: the name is evidence too.
    """
    full = "".join(
        f"[U+{ord(character):04X}]" if _is_hidden(name, index) else character
        for index, character in enumerate(name)
    )
    if len(full) <= SHORT:
        return DisplayName(full, full)
    return DisplayName(full, f"{full[: SHORT - 31]} … {full[-28:]}")


def visible_text(text: str) -> str:
    """Make all of a text visible: invisible characters are shown as their number, lines and tabs stay lines and tabs."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    return "".join(
        f"[U+{ord(character):04X}]" if character not in "\n\t" and _is_hidden(lines, index) else character
        for index, character in enumerate(lines)
    )


def file_name(name: str, *, default: str = "file") -> str:
    """Turn any name into one that is safe to write on Linux, macOS and Windows.

    Only the last part of a path is kept; what is invisible, reserved or read by a shell becomes `_`; the
    extension survives shortening. Two names can become the same: the caller puts each in its own folder.

    Args:
        default: used where nothing is left of the name.
    """
    last = re.split(r"[/\\]", name)[-1]
    plain = unicodedata.normalize("NFC", last)
    cleaned = "".join(
        "_" if character in _UNWANTED or unicodedata.category(character) in _HIDDEN else character
        for character in plain
    )
    # Blanks of other widths look like a plain one, and are written as one.
    cleaned = " ".join(cleaned.split()).strip(" .")
    if not cleaned.strip("_"):
        return default
    if _DEVICE.match(cleaned) or cleaned.startswith(("-", "~")):
        cleaned = f"_{cleaned}"
    return _shorten(cleaned)


def _is_hidden(name: str, index: int) -> bool:
    character = name[index]
    if character in _JOINERS:
        # Joiners belong to emoji and to Persian and Indian scripts; between Latin letters they only hide.
        around = name[max(0, index - 1) : index] + name[index + 1 : index + 2]
        return len(around) < 2 or around.isascii()
    return unicodedata.category(character) in _HIDDEN


def _shorten(name: str) -> str:
    if len(name.encode("utf-8")) <= FILE_NAME_BYTES:
        return name
    stem, dot, extension = name.rpartition(".")
    if not dot or len(extension.encode("utf-8")) > 16 or not stem:
        stem, dot, extension = name, "", ""
    room = FILE_NAME_BYTES - len(f"{dot}{extension}".encode())
    cut = stem.encode("utf-8")[:room].decode("utf-8", "ignore").rstrip(" .")
    return f"{cut}{dot}{extension}"
