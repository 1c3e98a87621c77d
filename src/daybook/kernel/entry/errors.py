"""What can be wrong with an entry that was handed in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

Fault: TypeAlias = Literal[
    "missing", "shape", "unknown field", "choice", "long", "many", "character", "time", "twice"
]


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing to put right. `path` is a JSON pointer into what was handed in; `words` say what to do."""

    path: str
    words: str
    fault: Fault


class InvalidEntry(ValueError):
    """An entry that cannot be kept as given. It lists every problem found, not only the first."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(f"{problem.path or '/'}: {problem.words}" for problem in self.problems))


class PeopleNotKept(ValueError):
    """The entry still names people who are not kept in the record, so it cannot be committed to."""
