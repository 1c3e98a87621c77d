"""Delays: how long something waits before it is destroyed, told by clocks that anyone may have set.

Nothing here can tell a machine that lay switched off from a clock that was set forward. So two things must hold before a delay
is over: the clock has reached the day it was to end, and so much time was seen to go by, look after look, of which a pause
counts for a limited while only. A clock set forward once, and back, gains nothing; after a pause there is always time left in
which the person can see the notice. Someone who sets it again and again is not kept out: they can delete the home folder too.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta


@dataclass(frozen=True, slots=True)
class Rule:
    """``length`` is how long it waits; of a pause between two looks ``most_at_once`` counts."""

    length: timedelta
    most_at_once: timedelta


@dataclass(frozen=True, slots=True)
class Delay:
    """A delay under way: when it was asked for, from when on it may be over by the clock, the last look, and the time that was
    seen to go by.
    """

    asked_at: datetime
    over_at: datetime
    seen_at: datetime
    waited: timedelta = timedelta(0)


def begin(rule: Rule, *, now: datetime) -> Delay:
    """A delay that begins now."""
    return Delay(asked_at=now, over_at=now + rule.length, seen_at=now)


def look(delay: Delay, rule: Rule, *, now: datetime) -> Delay:
    """The delay after looking at the clock once more.

    A clock that was set back adds nothing. Where it now stands before the day it was asked for, it was wrong then: the day it
    ends is counted anew from now, and what was seen to go by stays.
    """
    if now < delay.seen_at:
        over_at = now + rule.length if now < delay.asked_at else delay.over_at
        return replace(delay, seen_at=now, over_at=min(over_at, delay.over_at))
    passed = min(now - delay.seen_at, rule.most_at_once)
    return replace(delay, seen_at=now, waited=min(delay.waited + passed, rule.length))


def is_over(delay: Delay, rule: Rule, *, now: datetime) -> bool:
    """Whether both hold: the clock has reached the day, and all the time was seen to go by."""
    return now >= delay.over_at and delay.waited >= rule.length


def earliest_end(delay: Delay, rule: Rule, *, now: datetime) -> datetime:
    """When it is over if Daybook runs all the time from now on."""
    seen = look(delay, rule, now=now)
    return max(seen.over_at, now + (rule.length - seen.waited))
