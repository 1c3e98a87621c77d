"""What a scenario is: a kind of thing that happens in the case, with the sentences it is told in."""

from __future__ import annotations

from dataclasses import dataclass

from daybook.site.demo.people import EX, FRIEND_OF_EX, HOME, WORK

Blame = tuple[tuple[str, str], ...]
"""Who did it, as pairs of suspect key and how sure: known, think or unknown."""

EX_KNOWN: Blame = ((EX, "known"),)
EX_THINK: Blame = ((EX, "think"),)
EX_UNSURE: Blame = ((EX, "unknown"),)
FRIEND_KNOWN: Blame = ((FRIEND_OF_EX, "known"),)
FRIEND_THINK: Blame = ((FRIEND_OF_EX, "think"),)
BOTH: Blame = ((FRIEND_OF_EX, "known"), (EX, "think"))
NOBODY: Blame = ()

AT_HOME = ("mine", HOME, "Home")
AT_WORK = ("mine", WORK, "Work")


@dataclass(frozen=True, slots=True)
class Sighting:
    """A witness, the sentence that brings them in, and what they saw or heard."""

    witness: str
    sentence: str
    saw: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """`weights` says how often it happens in each of the eight phases of the story; `hours` when in the day.

    `timing` is how well the time is known: stamped (a machine kept it), seen, found (it happened while the
    person was away), heard (told later) or spell (a stretch of days). `reach` is what it would mean for the
    order: contact, place, indirect or none.
    """

    name: str
    weights: tuple[float, float, float, float, float, float, float, float]
    hours: tuple[int, ...]
    timing: str
    opening: tuple[str, ...]
    more: tuple[str, ...] = ()
    ending: tuple[str, ...] = ()
    said: tuple[str, ...] = ()
    behaviours: tuple[str, ...] = ()
    contact: tuple[str, ...] = ()
    places: tuple[tuple[str, str, str], ...] = ()
    blame: tuple[Blame, ...] = (NOBODY,)
    sightings: tuple[Sighting, ...] = ()
    reach: str = "none"
    exhibits: tuple[str, ...] = ()


DAYTIME = (8, 9, 10, 11, 12, 13, 14, 15, 16, 17)
EVENING = (17, 18, 18, 19, 19, 20, 20, 21, 21, 22, 23)
NIGHT = (22, 23, 23, 0, 0, 1, 1, 2, 3, 4)
COMMUTE = (7, 8, 8, 8, 17, 17, 18, 18, 19)
ANY_HOUR = (7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 0)
