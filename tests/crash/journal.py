"""What the people of a round know: of each thing they made, what it may be now.

A thing is named by a text such as ``writing/<mark>``. Once an answer was received whole, there is one thing it may be; from
the moment a form is sent until then, it may be as before or as sent, and nothing between unless an act says so.
Absent is None.
"""

import hashlib
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any

State = Any
"""What a thing is, as JSON; None when it is not there."""


@dataclass(frozen=True, slots=True, eq=False)
class Beginning:
    """As much of a content as the checker finds, if that is more than ``above`` bytes of it and ``most`` at the most.

    It equals such a finding: a length in bytes, and the SHA-256 of the content up to there.
    """

    content: bytes = field(repr=False)
    above: int
    most: int

    def __eq__(self, other: object) -> bool:
        match other:
            case [int(length), str()]:
                return self.above < length <= self.most and other == arrived(self.content, length)
            case _:
                return NotImplemented


def arrived(content: bytes, length: int) -> list[Any]:
    """The first bytes of a content, as the checker tells what has arrived of a file: how many, and their SHA-256."""
    return [length, hashlib.sha256(content[:length]).hexdigest()]


class Unexpected(AssertionError):
    """Daybook answered, and the answer is not what was promised."""


@dataclass(slots=True)
class Sending:
    """One form on its way. It stays uncertain what it did until `acknowledge` is called."""

    done: bool = False
    answer: str = ""

    def acknowledge(self, promised: bool, answer: object = "") -> None:
        """The answer was received whole, and says that it was done. Raises Unexpected when it says anything else."""
        if not promised:
            raise Unexpected(f"not acknowledged: {answer}")
        self.done = True


@dataclass(slots=True)
class Count:
    """How often something was asked for, and how often an answer said that it was done."""

    begun: int = 0
    done: int = 0


@dataclass(slots=True)
class Journal:
    """Everything that was sent and acknowledged in one home, since it began.

    ``ids`` are the ids of things by name, ``references`` the reference each file was given, by SHA-256, for ever, ``seen`` the
    files whose small picture somebody saw, ``packs`` the files that were downloaded and whether their last byte came.
    ``ending`` are things whose time is up, and what they are in the end.
    ``either`` are pairs of things of which one is there whatever happens: what one was becomes the other.
    """

    things: dict[str, list[State]] = field(default_factory=dict)
    ids: dict[str, str] = field(default_factory=dict)
    drafts: dict[str, str] = field(default_factory=dict)
    references: dict[str, str] = field(default_factory=dict)
    seen: set[str] = field(default_factory=set)
    packs: dict[str, bool] = field(default_factory=dict)
    either: list[tuple[str, str]] = field(default_factory=list)
    ending: dict[str, State] = field(default_factory=dict)
    unlocks: Count = field(default_factory=Count)
    acknowledged: list[str] = field(default_factory=list)
    _lock: threading.RLock = field(default_factory=threading.RLock)

    @contextmanager
    def sending(self, changes: Mapping[str, Sequence[State]]) -> Iterator[Sending]:
        """Send a form that changes things: for each, the states it may go through, the last being what is asked for."""
        with self._lock:
            before = {thing: deepcopy(self.may_be(thing)) for thing in changes}
            for thing, states in changes.items():
                self.things[thing] = _each_once([*before[thing], *deepcopy(list(states))])
        sent = Sending()
        try:
            yield sent
        finally:
            with self._lock:
                if sent.done:
                    for thing, states in changes.items():
                        self.things[thing] = [deepcopy(states[-1])]
                        self.acknowledged.append(thing)

    def learn(self, thing: str, state: State) -> None:
        """An answer said what a thing is by now. Raises Unexpected where it may not be that."""
        with self._lock:
            if state not in self.may_be(thing):
                raise Unexpected(f"{thing} is said to be {state}, and may be {self.may_be(thing)}")
            self.things[thing] = [deepcopy(state)]

    def may_be(self, thing: str) -> list[State]:
        """All that a thing may be now."""
        with self._lock:
            return self.things.get(thing, [None])

    def is_now(self, thing: str) -> State:
        """What a thing is, where that is certain; None else, as if it were not there."""
        states = self.may_be(thing)
        return deepcopy(states[0]) if len(states) == 1 else None

    def certain(self, kind: str) -> list[str]:
        """The things of a kind that are there for certain, in the order they were begun."""
        with self._lock:
            return [thing for thing in self.things if thing.startswith(f"{kind}/") and self.is_now(thing)]

    def give_reference(self, sha256: str, reference: str) -> None:
        """A file was said to have this reference. Raises Unexpected where that contradicts what was said before."""
        with self._lock:
            owner = next((file for file, known in self.references.items() if known == reference), sha256)
            known = self.references.setdefault(sha256, reference)
            if (owner, known) != (sha256, reference):
                raise Unexpected(
                    f"{reference} is given to {sha256[:8]}, which is {known}; it was {owner[:8]}"
                )


def _each_once(states: list[State]) -> list[State]:
    found: list[State] = []
    for state in states:
        if state not in found:
            found.append(state)
    return found
