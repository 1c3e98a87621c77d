"""What checking a pack found: the outcome of each check, in plain words and for programs."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from daybook.packs.zip_reading import show_safely

JSON = Any
CHECKS = (
    "structure", "bag", "chain", "commitments", "entries",
    "csv", "exhibits", "contents", "signature", "stamp",
)  # fmt: skip
_MOST_FAULTS = 40
_LONGEST_FAULT = 600
"""Characters; two names of 200 with every character written as its number do not reach it."""


class State(StrEnum):
    """The outcome of one check; the four stay distinct."""

    VALID = "valid"
    ABSENT = "absent"
    UNKNOWN = "unknown"
    INVALID = "invalid"


@dataclass(frozen=True, slots=True)
class Check:
    """One check by name, its outcome, and what was found in plain words; every fault is named in
    ``detail``.
    """

    name: str
    state: State
    detail: str


@dataclass(frozen=True, slots=True)
class Report:
    """All checks of a pack. ``fingerprint`` is where the recomputed chain ends (64 hexadecimal digits, ""
    when it cannot be computed), ``printed_fingerprint`` the one the chronology and README print,
    recomputed at that place of the chain.
    """

    checks: tuple[Check, ...]
    fingerprint: str = ""
    printed_fingerprint: str = ""

    def is_valid(self, require: Iterable[str] = ()) -> bool:
        """Whether nothing is invalid, and every check named in ``require`` is valid."""
        needed = set(require)
        return all(
            check.state is State.VALID or (check.state is not State.INVALID and check.name not in needed)
            for check in self.checks
        )

    def to_json(self, require: Iterable[str] = ()) -> JSON:
        """The report as ``daybook verify --json`` prints it."""
        return {
            "valid": self.is_valid(require),
            "checks": [
                {"name": one.name, "state": str(one.state), "detail": one.detail} for one in self.checks
            ],
            "fingerprint": self.fingerprint,
            "printed_fingerprint": self.printed_fingerprint,
        }


def in_sentences(faults: list[str]) -> str:
    """All faults as one text; of very many only the first. They may hold what a stranger wrote: nothing of it acts on a
    terminal.
    """
    safe = [show_safely(fault, most=_LONGEST_FAULT) for fault in faults[:_MOST_FAULTS]]
    shown = [fault[:1].upper() + fault[1:] + "." for fault in safe]
    if len(faults) > _MOST_FAULTS:
        shown.append(f"And {len(faults) - _MOST_FAULTS} more.")
    return " ".join(shown)


def count_of(number: int, one: str, many: str = "") -> str:
    """A number and its noun: ``many`` where adding an s would be wrong."""
    return f"{number} {one if number == 1 else many or one + 's'}"
