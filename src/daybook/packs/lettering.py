"""Makes any text printable: what the fonts cannot draw becomes [U+XXXX], so that no text can make a pack
fail.

PDF/A and PDF/UA refuse a page with a missing glyph, and a few code points altogether. Direction overrides
are printed as their names too: they can make a line read other than it is.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

from daybook.packs.contents import PackFault

_IGNORABLE = frozenset(
    map(chr, (0xAD, 0x34F, 0x200B, 0x200C, 0x200D, 0x200E, 0x200F, 0x2060, *range(0xFE00, 0xFE10)))
)
"""Code points that draw nothing and need no glyph."""
_OVERRIDES = frozenset(map(chr, (*range(0x202A, 0x202F), *range(0x2066, 0x206A))))
_LAYOUT = frozenset("\n\t")
_RIGHT_TO_LEFT = re.compile(
    "[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufeff\U00010800-\U00010fff\U0001e800-\U0001efff]"
)
# Runs that a line cannot break in. Scripts that break anywhere (Han, kana, Hangul, Thai, Lao, Khmer) need
# no help.
_LONG_RUN = re.compile("[^\\s\u0e00-\u0eff\u1780-\u17ff\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff]{36,}")
_RUN_STEP = 18
_ZERO_WIDTH_SPACE = "\u200b"

PLAIN = frozenset(map(chr, (*range(0x20, 0x7F), *range(0xA1, 0xAD), *range(0xAE, 0x180)))) | frozenset(
    "–—‘’“”…•€"
)
"""Letters every font of ours has on its own: what is left when a text still cannot be set."""


@dataclass(frozen=True, slots=True)
class Lettering:
    """What a set of fonts can draw: ``families`` in the order to try, the characters of each font, and of
    all together.
    """

    families: tuple[str, ...]
    fonts: tuple[frozenset[str], ...]
    covered: frozenset[str] = field(repr=False)

    @classmethod
    def of_folder(cls, folder: Path) -> Lettering:
        """Read the coverage.json the front-end build puts beside the fonts. Raises PackFault when it is not
        there.
        """
        path = folder / "coverage.json"
        try:
            return _read_coverage(path, path.stat().st_mtime_ns)
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise PackFault("the fonts for the PDF are missing; build the front end first") from error

    def plain(self) -> Lettering:
        """The same fonts held to plain Latin letters, for a text that could not be set otherwise."""
        return Lettering(self.families, (PLAIN,), PLAIN & self.covered)

    def printable(self, text: str) -> str:
        """``text`` with everything that cannot be drawn as [U+XXXX]; newlines and tabs stay."""
        wrong = set(text) - self.covered - _IGNORABLE - _LAYOUT
        if wrong:
            text = text.translate({ord(char): _name(char) for char in wrong})
        if not text.isascii():
            text = self._split_impossible_clusters(text)
        return _LONG_RUN.sub(_make_breakable, text)

    def paragraphs(self, text: str) -> list[str | dict[str, str]]:
        """The lines of a text, printable; one that reads from right to left says so."""
        lines = text.replace("\r\n", "\n").replace("\r", "\n").replace("\u2028", "\n").replace("\u2029", "\n")
        return [self.line(line) for line in lines.split("\n") if line.strip()]

    def line(self, text: str) -> str | dict[str, str]:
        """One line, printable, with its direction when that is not left to right."""
        printable = self.printable(text.replace("\t", "    "))
        return {"rtl": printable} if _RIGHT_TO_LEFT.search(text) and _starts_rtl(text) else printable

    def _split_impossible_clusters(self, text: str) -> str:
        """Name a mark whose base stands in another font: no font can draw the two together."""
        made: list[str] = []
        cluster = ""
        for char in text:
            if char not in _IGNORABLE and unicodedata.category(char)[0] == "M":
                together = set(cluster) | {char}
                if not any(together - _IGNORABLE <= font for font in self.fonts):
                    made.append(cluster)
                    cluster = ""
                    made.append(_name(char))
                    continue
                cluster += char
            elif char in _IGNORABLE:
                cluster += char
            else:
                made.append(cluster)
                cluster = char
        made.append(cluster)
        return "".join(made)


@lru_cache(maxsize=2)
def _read_coverage(path: Path, _changed: int) -> Lettering:
    document = json.loads(path.read_text(encoding="utf-8"))
    fonts = tuple(_characters(font["ranges"]) for font in document["fonts"])
    return Lettering(tuple(document["families"]), fonts, frozenset().union(*fonts))


def _characters(ranges: Iterable[tuple[int, int]]) -> frozenset[str]:
    """The characters in inclusive ranges, without those PDF/A refuses whatever the font."""
    return frozenset(
        char
        for first, last in ranges
        for char in map(chr, range(first, last + 1))
        if char not in _OVERRIDES
        and char != "\ufeff"
        and unicodedata.category(char) not in ("Cc", "Co", "Cs", "Zl", "Zp")
    )


def _name(char: str) -> str:
    return f"[U+{ord(char):04X}]"


def _starts_rtl(text: str) -> bool:
    """Whether the first letter with a direction reads from right to left (Unicode bidirectional rules P2
    and P3).
    """
    for char in text:
        direction = unicodedata.bidirectional(char)
        if direction in ("R", "AL"):
            return True
        if direction == "L":
            return False
    return False


def _make_breakable(run: re.Match[str]) -> str:
    text, pieces, start = run.group(), [], 0
    for place in range(1, len(text)):
        if (
            place - start >= _RUN_STEP
            and text[place] not in _IGNORABLE
            and text[place - 1] not in _IGNORABLE
            and unicodedata.category(text[place])[0] != "M"
            and unicodedata.category(text[place]) != "Sk"
        ):
            pieces.append(text[start:place])
            start = place
    return _ZERO_WIDTH_SPACE.join([*pieces, text[start:]])
