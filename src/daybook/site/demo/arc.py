"""How nine months go: when it is loud, when it is quiet, and when the great turns come."""

from __future__ import annotations

import random
from bisect import bisect_right
from dataclasses import dataclass
from datetime import datetime, timedelta

from daybook.site.demo.times import to_london

DAYS = 274
"""Length of the case in days: about nine months."""

AFTERMATH, TURNING_UP, FIRST_QUIET, ESCALATION, AFTER_ORDER_QUIET, INDIRECT, SECOND_QUIET, RETURN = range(8)

FIRST_REPORT_DAY = 66
ORDER_DAY = 171
"""The day the Stalking Protection Order is served in the story."""


@dataclass(frozen=True, slots=True)
class Phase:
    """A stretch of the story. `per_day` is how busy it is compared with the others, not a count."""

    code: int
    first_day: int
    per_day: float


PHASES = (
    Phase(AFTERMATH, 0, 1.0),
    Phase(TURNING_UP, 34, 1.05),
    Phase(FIRST_QUIET, 77, 0.24),
    Phase(ESCALATION, 98, 1.7),
    Phase(AFTER_ORDER_QUIET, ORDER_DAY, 0.28),
    Phase(INDIRECT, 188, 0.8),
    Phase(SECOND_QUIET, 224, 0.22),
    Phase(RETURN, 237, 1.25),
)
_STARTS = [phase.first_day for phase in PHASES]


def phase_on(day: float) -> Phase:
    """The phase that day `day` of the story (0 is the first) belongs to."""
    return PHASES[max(0, bisect_right(_STARTS, day) - 1)]


def story_start(now: datetime) -> datetime:
    """Midnight, by UK clocks, of the first day: the case ends about two days before `now`."""
    first = to_london(now - timedelta(days=DAYS + 2))
    return first.replace(hour=0, minute=0, second=0, microsecond=0)


def draw_days(rng: random.Random, count: int) -> list[float]:
    """Draw `count` days of the story (with a fraction), earliest first, by how busy each phase is.

    Days come in small runs, as they do in life: a bad day is likelier to be followed by another.
    """
    edges = [*_STARTS[1:], DAYS]
    weights = [phase.per_day * (end - phase.first_day) for phase, end in zip(PHASES, edges, strict=True)]
    days: list[float] = []
    while len(days) < count:
        index = rng.choices(range(len(PHASES)), weights)[0]
        first, end = PHASES[index].first_day, edges[index]
        day = first + rng.random() * (end - first)
        run = 1 if rng.random() < 0.7 else rng.randint(2, 3)
        for step in range(run):
            later = day + step * rng.choice((0.3, 0.6, 1.0))
            if later < end and len(days) < count:
                days.append(later)
    return sorted(days)
