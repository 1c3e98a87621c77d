"""What changed between two versions of an entry, row by row."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from daybook.kernel.entry import EntryFields
from daybook.site.pages.diary.entry_words import Row, rows_of
from daybook.site.pages.diary.sections.around import Around

MOST_PIECES = 2000
LEAST_ALIKE = 0.6
_WORDS = re.compile(r"\s+|[^\s]+")
_LINES = re.compile(r"[^\n]*\n|[^\n]+")


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of text that is in both versions ("same"), only in the old ("gone") or only in the new one ("new")."""

    state: str
    text: str


@dataclass(frozen=True, slots=True)
class Change:
    """One row that differs; ``marked`` is empty where the texts are too long or too different to mark."""

    key: str
    before: str
    after: str
    marked: Sequence[Piece]


def changes_between(old: EntryFields, new: EntryFields, around: Around) -> list[Change]:
    """Every row that differs, the words first."""
    before, after = _by_key(old, around), _by_key(new, around)
    keys = list(dict.fromkeys([*before, *after]))
    return [
        Change(key, before.get(key, ""), after.get(key, ""), _marked(before.get(key, ""), after.get(key, "")))
        for key in keys
        if before.get(key, "") != after.get(key, "")
    ]


def _by_key(fields: EntryFields, around: Around) -> dict[str, str]:
    rows = [Row("words", "In my own words", fields.words), *rows_of(fields, around)]
    return {row.key: row.value for row in rows}


def _marked(before: str, after: str) -> list[Piece]:
    for pattern in (_WORDS, _LINES):
        old, new = pattern.findall(before), pattern.findall(after)
        if len(old) + len(new) <= MOST_PIECES:
            return _compared(old, new)
    return []


def _compared(old: list[str], new: list[str]) -> list[Piece]:
    matcher = SequenceMatcher(None, old, new, autojunk=False)
    if matcher.ratio() < LEAST_ALIKE:
        return []
    pieces: list[Piece] = []
    for tag, a, b, c, d in matcher.get_opcodes():
        if tag == "equal":
            pieces.append(Piece("same", "".join(old[a:b])))
            continue
        if a < b:
            pieces.append(Piece("gone", "".join(old[a:b])))
        if c < d:
            pieces.append(Piece("new", "".join(new[c:d])))
    return pieces
