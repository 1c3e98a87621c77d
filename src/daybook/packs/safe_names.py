"""Names for exhibit files that every system can write, as near to the original as is safe.

The true original name is in chronology.json; what stands in the folder only has to be readable and harmless.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection

NAME_BYTES = 120
_EXTENSION = re.compile(r"\.[A-Za-z0-9]{1,10}\Z")
_FORBIDDEN = set('<>:"/\\|?*%')
"""What Windows refuses, and the percent sign BagIt would have to encode."""
_RESERVED = {"con", "prn", "aux", "nul", "conin$", "conout$", "clock$"} | {
    f"{device}{digit}" for device in ("com", "lpt") for digit in "0123456789¹²³"
}
_UNSEEN = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
"""Control, bidirectional override, surrogate, private, unassigned, line separators."""


def safe_name(original: str, taken: Collection[str] = ()) -> str:
    """A harmless file name like ``original`` of at most 120 UTF-8 bytes, not in ``taken`` (folded)."""
    last = re.split(r"[/\\]", original)[-1]
    kept = "".join(
        "_" if char in _FORBIDDEN or unicodedata.category(char) in _UNSEEN else char
        for char in unicodedata.normalize("NFC", last)
    )
    kept = " ".join(kept.split()).strip(" .") or "file"
    if kept.startswith("-"):
        kept = "_" + kept[1:]  # not an option when someone types *
    stem, extension = _split(kept)
    if stem.split(".")[0].strip().casefold() in _RESERVED:
        stem = "_" + stem
    stem = _cap(stem, NAME_BYTES - len(extension.encode()))
    name, count = stem + extension, 1
    while fold_name(name) in taken:
        count += 1
        tail = f"-{count}"
        name = _cap(stem, NAME_BYTES - len(extension.encode()) - len(tail)) + tail + extension
    return name


def fold_name(path: str) -> str:
    """What two names share when some file system takes them for the same file."""
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", path).casefold())


def _split(name: str) -> tuple[str, str]:
    found = _EXTENSION.search(name)
    if not found or not found.start():
        return name, ""
    return name[: found.start()].rstrip(" .") or "file", found.group()


def _cap(stem: str, most: int) -> str:
    """The beginning of ``stem`` that fits into ``most`` bytes, cut between characters."""
    return stem.encode()[:most].decode("utf-8", "ignore").rstrip(" .") or "file"
