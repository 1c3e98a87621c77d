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
_JOINER = "\u200d"
EMOJI = (
    (0x200D, 0x200D), (0x2194, 0x2195), (0x231A, 0x23FF), (0x25AA, 0x25FE), (0x2600, 0x27BF),
    (0x2B05, 0x2B55), (0xFE0F, 0xFE0F), (0x1F000, 0x1FAFF), (0xE0020, 0xE007F),
)  # fmt: skip
"""Code points an emoji sequence can be made of, besides digits; a font with only some of them must not be tried first."""
_MODIFIERS = frozenset(map(chr, (*range(0x1F3FB, 0x1F400), *range(0xE0020, 0xE0080))))
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
    emoji: str
    fonts: tuple[frozenset[str], ...]
    covered: frozenset[str] = field(repr=False)
    unseen: frozenset[str] = _IGNORABLE

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
        return Lettering(self.families, self.emoji, (PLAIN,), PLAIN & self.covered, frozenset())

    def printable(self, text: str) -> str:
        """``text`` with everything that cannot be drawn as [U+XXXX]; newlines and tabs stay."""
        wrong = set(text) - self.covered - self.unseen - _LAYOUT
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
        """Name a mark that no font draws together with its base.

        The typesetter looks for a font for both; when it meets one that has only the mark, it takes that one and loses
        the base without a word. A letter must never vanish from what someone wrote.
        """
        made: list[str] = []
        cluster = ""
        joined = False
        for char in text:
            sequel = joined and _is_emoji(char)
            joined = char == _JOINER
            if char in _IGNORABLE:
                cluster += char
            elif not (sequel or _extends(char)):
                made.append(cluster)
                cluster = char
            elif self._draws(cluster + char):
                cluster += char
            elif sequel:
                made.append(cluster.rstrip(_JOINER))
                cluster = char
            else:
                made += (cluster, _name(char))
                cluster = ""
        made.append(cluster)
        return "".join(made)

    def _draws(self, cluster: str) -> bool:
        """Whether the typesetter, trying the fonts in order, finds one that has all of a cluster."""
        visible = [char for char in cluster if char not in _IGNORABLE]
        base = visible[0]
        for font in self.fonts:
            held = [char for char in visible if char in font]
            if len(held) == len(visible):
                return True
            if held and base not in font:
                return False
        return False


@lru_cache(maxsize=2)
def _read_coverage(path: Path, _changed: int) -> Lettering:
    document = json.loads(path.read_text(encoding="utf-8"))
    of_family: dict[str, frozenset[str]] = {name: frozenset() for name in document["families"]}
    for font in document["fonts"]:
        of_family[font["family"]] |= _characters(font["ranges"])
    emoji = next((name for name in of_family if "Emoji" in name), "")
    first = [frozenset(filter(_is_emoji, of_family[emoji]))] if emoji else []
    fonts = (*first, *of_family.values())
    return Lettering(tuple(of_family), emoji, fonts, frozenset().union(*fonts))


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


def emoji_pattern() -> str:
    """EMOJI as a regular expression of the typesetter."""
    return "[" + "".join(f"\\x{{{first:X}}}-\\x{{{last:X}}}" for first, last in EMOJI) + "]"


def _is_emoji(char: str) -> bool:
    return any(first <= ord(char) <= last for first, last in EMOJI)


def _extends(char: str) -> bool:
    return char in _MODIFIERS or unicodedata.category(char)[0] == "M"


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


def bare(line: str | dict[str, str]) -> str:
    """The letters of a line of ``Lettering.line``, whatever its direction."""
    return line["rtl"] if isinstance(line, dict) else line
