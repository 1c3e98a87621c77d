"""What a turning point of the case is, and which of them a case of a given length has room for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from daybook.site.demo.scenario import Scenario


@dataclass(frozen=True, slots=True)
class Milestone:
    """A turning point. `rank` 0 is told even in the shortest case; `reported` gives it a police reference."""

    rank: int
    day: int
    scenario: Scenario
    reported: bool = False


def told_in(entries: int, milestones: Sequence[Milestone]) -> list[Milestone]:
    """The turning points a case of so many entries has room for: one entry in five at most, one always."""
    room = min(len(milestones), max(1, entries // 5)) if entries else 0
    chosen = sorted(milestones, key=lambda milestone: milestone.rank)[:room]
    return sorted(chosen, key=lambda milestone: milestone.day)
