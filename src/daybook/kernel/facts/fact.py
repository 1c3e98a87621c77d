"""A fact: something we tell people, with its source, the day it was checked, and how sure we are."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal, TypeAlias

Confidence: TypeAlias = Literal["H", "M", "L"]
"""H: legislation or official text was seen. M: a secondary, older or partial copy was. L: not checked."""

STALE_AFTER = timedelta(days=365)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """One row of a table of facts.

    `code` is stable: sealed entries hold it for ever, so it is never renamed, reused or taken away. `fact`
    is the id in our list of sources; `ask` says whom to ask and is given when the confidence is L. Rows of
    law carry the territory and the days they are in force.
    """

    code: str
    label: str
    hint: str
    fact: str
    source: str
    checked: date
    confidence: Confidence
    ask: str = ""
    territory: str = ""
    in_force_from: date | None = None
    in_force_to: date | None = None

    @property
    def badge(self) -> str:
        """What must stand beside the fact wherever it is shown; empty when it was checked."""
        return f"not checked – ask {self.ask}" if self.confidence == "L" else ""

    def badge_on(self, today: date) -> str:
        """The badge on a given day: a fact checked more than a year ago says so."""
        if self.badge or today - self.checked <= STALE_AFTER:
            return self.badge
        return f"last checked in {self.checked.year} – ask before you rely on it"

    def in_force_on(self, day: date) -> bool:
        """Whether a row of law is in force on a day; rows that are not law always are."""
        started = self.in_force_from is None or self.in_force_from <= day
        return started and (self.in_force_to is None or day <= self.in_force_to)
