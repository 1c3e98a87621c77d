"""Reading parsed JSON field by field, noting every problem with its place, not only the first."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Hashable, Mapping, Sequence
from typing import TypeVar
from uuid import UUID

from .errors import Fault, Problem
from .limits import CLEAN, LONGEST_LIST, SAYS_SOMETHING, SHORT_TEXT, UUID_FORM

T = TypeVar("T")

_UNCLEAN = re.compile(CLEAN.removeprefix("^[^").removesuffix("]*$").join(("[", "]")))
_SAYS_SOMETHING = re.compile(SAYS_SOMETHING)
_UUID_FORM = re.compile(UUID_FORM)
_LONGEST_SHOWN = 40


class Reader:
    """Collects the problems of one entry while it is read."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []

    def fail(self, path: str, words: str, fault: Fault) -> None:
        """Note a problem at a path."""
        self.problems.append(Problem(path, words, fault))

    def mapping(self, value: object, path: str, known: Collection[str]) -> Mapping[str, object] | None:
        """The object at a path, or None. An unknown field is a problem: dropping it would lose words."""
        if not isinstance(value, Mapping) or not all(isinstance(key, str) for key in value):
            self.fail(path, f"Give an object with these fields: {', '.join(known)}.", "shape")
            return None
        for key in value:
            if key not in known:
                words = f'There is no field "{_shown(key)}" here. The fields are: {", ".join(known)}.'
                self.fail(f"{path}/{_pointer(key)}", words, "unknown field")
        return value

    def text(
        self, given: Mapping[str, object], key: str, path: str, *, longest: int = SHORT_TEXT, needed: str = ""
    ) -> str:
        """The text in a field; blank is empty. `needed` says what to do when it may not be."""
        path = f"{path}/{key}"
        if key not in given:
            if needed:
                self.fail(path, needed, "missing")
            return ""
        return self.text_value(given[key], path, longest=longest, needed=needed)

    def text_value(self, value: object, path: str, *, longest: int = SHORT_TEXT, needed: str = "") -> str:
        """The text at a path, with its line ends as single line feeds."""
        if not isinstance(value, str):
            self.fail(
                path, "Give text here, between quotation marks. Leave the field out if it is empty.", "shape"
            )
            return ""
        if len(value) > longest:
            words = f"This has {len(value):,} characters, and {longest:,} fit. Put the rest in another entry."
            self.fail(path, words, "long")
        elif unclean := _UNCLEAN.search(value):
            where = f"Character {unclean.start() + 1:,}, on line {_line(value, unclean.start()):,},"
            self.fail(path, f"{where} is a hidden control character. Take it out.", "character")
        elif _SAYS_SOMETHING.search(value):
            return value.replace("\r\n", "\n").replace("\r", "\n")
        elif needed:
            self.fail(path, needed, "missing")
        return ""

    def items(
        self,
        given: Mapping[str, object],
        key: str,
        path: str,
        read: Callable[[Reader, object, str], T | None],
    ) -> tuple[T, ...]:
        """What `read` makes of each item of the list in a field."""
        path = f"{path}/{key}"
        value = given.get(key, [])
        if not isinstance(value, list | tuple):
            self.fail(path, "Give a list here, between square brackets.", "shape")
            return ()
        if len(value) > LONGEST_LIST:
            words = (
                f"This list has {len(value):,} items, and {LONGEST_LIST} fit. Put the rest in another entry."
            )
            self.fail(path, words, "many")
            return ()
        made = [read(self, item, f"{path}/{number}") for number, item in enumerate(value)]
        return tuple(item for item in made if item is not None)

    def codes(
        self, given: Mapping[str, object], key: str, path: str, allowed: Sequence[str]
    ) -> tuple[str, ...]:
        """The codes in a list, each once."""

        def read(reader: Reader, item: object, at: str) -> str | None:
            return reader.choice_value(item, at, allowed)

        return tuple(dict.fromkeys(self.items(given, key, path, read)))

    def choice(self, given: Mapping[str, object], key: str, path: str, allowed: Sequence[str]) -> str | None:
        """The code in a field that must be there."""
        path = f"{path}/{key}"
        if key not in given:
            self.fail(path, f"Choose one of: {', '.join(allowed)}.", "missing")
            return None
        return self.choice_value(given[key], path, allowed)

    def choice_value(self, value: object, path: str, allowed: Sequence[str]) -> str | None:
        """The code at a path."""
        if isinstance(value, str) and value in allowed:
            return value
        fault: Fault = "choice" if isinstance(value, str) else "shape"
        self.fail(path, f"Choose one of: {', '.join(allowed)}.", fault)
        return None

    def uuid(self, given: Mapping[str, object], key: str, path: str) -> UUID | None:
        """The id in a field that must be there."""
        value = given.get(key)
        if isinstance(value, str) and _UUID_FORM.fullmatch(value):
            return UUID(value)
        words = "Give an id, such as 3f2b8c1e-0d4a-4a6e-9b57-1c2d3e4f5a6b."
        self.fail(f"{path}/{key}", words, "shape" if key in given else "missing")
        return None

    def no_one_twice(self, path: str, people: Sequence[Hashable]) -> None:
        """Note a problem when a person is in a list twice: what was said of one would cover the other."""
        if len(set(people)) < len(people):
            self.fail(path, "The same person is there twice. Keep one of them.", "twice")


def _pointer(key: str) -> str:
    """A key as a part of a JSON pointer (RFC 6901)."""
    return _shown(key).replace("~", "~0").replace("/", "~1")


def _shown(key: str) -> str:
    """A key that came from outside, short and without characters that could upset a terminal or page."""
    short = key if len(key) <= _LONGEST_SHOWN else key[:_LONGEST_SHOWN] + "…"
    return "".join(character if character.isprintable() else "�" for character in short)


def _line(text: str, position: int) -> int:
    return len(re.findall(r"\r\n|\r|\n", text[:position])) + 1
