"""One scene: a moment of the story and the words to fill a sentence with.

Sentences are plain strings with names in braces. A name stands for a detail, a person of the cast, the time
as one would say it, or an identifier; using an identifier also puts it among the identifiers of the entry.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from datetime import datetime

from daybook.site.demo.details import DETAILS
from daybook.site.demo.identifiers import address_of
from daybook.site.demo.people import Cast, Identifier


class Deck:
    """Deals from a pool, no card twice until the pool is used up, as people vary their words."""

    def __init__(self, rng: random.Random) -> None:
        self._rng = rng
        self._piles: dict[tuple[str, ...], list[str]] = {}

    def deal(self, pool: tuple[str, ...]) -> str:
        """The next card of `pool`, which must not be empty."""
        pile = self._piles.get(pool)
        if not pile:
            pile = self._piles[pool] = list(pool)
            self._rng.shuffle(pile)
        return pile.pop()


@dataclass(slots=True)
class Scene:
    """Where and when one entry happens, and the words dealt for it so far. `told_when` is the phrase
    for its time, `told_day` the looser one without a clock.
    """

    rng: random.Random
    deck: Deck
    cast: Cast
    day: float
    moment: datetime
    written_at: datetime
    told_when: str
    told_day: str
    progress: float
    identifiers: list[Identifier] = field(default_factory=list)
    _words: dict[str, str] = field(default_factory=dict)

    def tell(self, sentence: str) -> str:
        """Fill the names in braces; the same name keeps its meaning all through one scene."""
        return sentence.format_map(_Names(self))

    def name(self, key: str) -> str:
        """What `key` stands for in this scene."""
        if key not in self._words:
            self._words[key] = self._find(key)
        return self._words[key]

    @property
    def used(self) -> frozenset[str]:
        """The names that have been given a meaning so far."""
        return frozenset(self._words)

    def note(self, kind: str, value: str) -> None:
        """Keep an identifier once."""
        identifier = {"kind": kind, "value": value}
        if identifier not in self.identifiers:
            self.identifiers.append(identifier)

    def _find(self, key: str) -> str:
        if key in DETAILS:
            return self.tell(self.deck.deal(DETAILS[self._fitting(key)]))
        match key:
            case "when":
                return self.told_when
            case "When":
                return self.told_when[0].upper() + self.told_when[1:]
            case "day":
                return self.told_day
            case "work":
                return self.cast.job.place
            case "desk":
                return self.cast.job.desk
            case "parking":
                return self.cast.job.parking
            case _:
                return self._trace(key) or str(getattr(self.cast, key))

    def _fitting(self, key: str) -> str:
        """The list of details for the hour and the season, where there is one."""
        if (self.moment.hour >= 21 or self.moment.hour < 6) and f"{key}-night" in DETAILS:
            return f"{key}-night"
        if self.moment.month in (11, 12, 1, 2) and f"{key}-cold" in DETAILS:
            return f"{key}-cold"
        return key

    def _trace(self, key: str) -> str | None:
        """Identifiers from later in their list as the story goes on: a blocked number is soon replaced."""
        traces = self.cast.traces
        match key:
            case "number":
                kind, value = "phone", self._later(traces.numbers)
            case "handle":
                kind, value = "handle", self._later(traces.handles)
            case "mail":
                kind, value = "email", self._later(traces.mails)
            case "url":
                kind, value = "url", address_of(self.name("handle"))
            case "ex_number":
                kind, value = "phone", traces.ex_number
            case "ex_mail":
                kind, value = "email", traces.ex_mail
            case "ex_handle":
                kind, value = "handle", traces.ex_handle
            case "plate":
                kind, value = "plate", traces.ex_plate
            case "mate_number":
                kind, value = "phone", traces.friend_number
            case "mate_plate":
                kind, value = "plate", traces.friend_plate
            case _:
                return None
        self.note(kind, value)
        return value

    def _later(self, pool: tuple[str, ...]) -> str:
        newest = 1 + int(self.progress * (len(pool) - 1))
        return pool[max(0, newest - 1 - self.rng.randrange(min(3, newest)))]


class _Names(dict[str, str]):
    """The names of a scene as `str.format_map` asks for them."""

    def __init__(self, scene: Scene) -> None:
        super().__init__()
        self._scene = scene

    def __missing__(self, key: str) -> str:
        return self._scene.name(key)
