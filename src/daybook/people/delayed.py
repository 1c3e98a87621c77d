"""Looking at the clock for what is to be destroyed after a delay: needs nobody's key."""

from datetime import datetime, timedelta
from typing import Any

from daybook.kernel.delays import Delay, Rule, is_over, look
from daybook.people.models import Delayed

LEAST_STEP = timedelta(minutes=1)


def columns_of(delay: Delay) -> dict[str, Any]:
    """A delay as the columns of a `Delayed` row."""
    return {
        "asked_at": delay.asked_at,
        "over_at": delay.over_at,
        "seen_at": delay.seen_at,
        "waited": delay.waited,
    }


def look_at_the_clock(rows: type[Delayed], rule: Rule, *, now: datetime) -> list[Delayed]:
    """Note what time it is for every such row, and return those whose delay is over, and those whose destruction had begun.

    Two looks at once, in two processes, count as one.
    """
    over = []
    for row in rows._default_manager.all():
        if row.begun_at is not None:
            over.append(row)
            continue
        seen = look(row.delay, rule, now=now)
        if abs(now - row.seen_at) >= LEAST_STEP:
            same = rows._default_manager.filter(pk=row.pk, seen_at=row.seen_at, begun_at=None)
            if not same.update(**columns_of(seen)):
                continue  # someone else looked meanwhile, or it was undone
        elif seen.waited != rule.length:
            continue
        if is_over(seen, rule, now=now):
            over.append(row)
    return over
