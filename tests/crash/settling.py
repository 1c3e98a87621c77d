"""Holding what is there against what was promised: each fault as a sentence, and the journal made certain again."""

from collections.abc import Mapping
from typing import Any

from tests.crash.journal import Journal, Unexpected

Observed = Mapping[str, Any]
"""What the checker saw: its ``things``, ``ids``, ``drafts``, ``references``, ``pictures`` and ``faults``."""

NOT_KEPT_APART = ("session/",)
"""Kinds of things that the checker cannot see: a browser asks for those."""


def settle(journal: Journal, observed: Observed) -> list[str]:
    """Every way in which what is there is not what was promised. What was uncertain is known afterwards."""
    faults = list(observed["faults"])
    there = dict(observed["things"])
    for thing, states in journal.things.items():
        if thing.startswith(NOT_KEPT_APART):
            continue
        found = there.pop(thing, None)
        if found not in states:
            faults.append(_what_differs(thing, states, found))
        journal.things[thing] = [found]
    faults += [f"{thing} is there, and nobody made it: {state}" for thing, state in there.items()]
    faults += [
        f"neither {one} nor {other} is there"
        for one, other in journal.either
        if observed["things"].get(one) is None and observed["things"].get(other) is None
    ]
    # Of what is certain now it is told by itself.
    journal.either.clear()
    for sha256, reference in observed["references"].items():
        try:
            journal.give_reference(sha256, reference)
        except Unexpected as contradiction:
            faults.append(str(contradiction))
    faults += [
        f"the small picture of {sha256[:8]} was seen, and is gone"
        for sha256 in journal.seen - set(observed["pictures"])
        if journal.is_now(f"file/{sha256}")
    ]
    if not journal.unlocks.done <= observed["unlocks"] <= journal.unlocks.begun:
        faults.append(f"{journal.unlocks.done} unlocks were acknowledged, {observed['unlocks']} are noted")
    journal.unlocks.begun = journal.unlocks.done = observed["unlocks"]
    journal.ids.update(observed["ids"])
    journal.drafts.clear()
    journal.drafts.update(observed["drafts"])
    return faults


def _what_differs(thing: str, states: list[Any], found: Any) -> str:
    if len(states) == 1:
        wanted = f"was acknowledged as {states[0]}"
    else:
        wanted = "may be one of " + " or ".join(map(str, states))
    return f"{thing} {wanted}, but " + ("is not there" if found is None else f"is {found}")
