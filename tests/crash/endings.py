"""What is destroyed when its time is up: removed files, and another record in the same home that was asked to be erased."""

import time

from tests.crash.checking import Checker
from tests.crash.journal import Journal, State
from tests.crash.people import NAME

ANOTHER = "record/another"
_WITHIN_SECONDS = 60


def let_the_time_be_up(journal: Journal, checker: Checker) -> bool:
    """Let all of it be due that stands nowhere else; says whether there is any. From now on it may be gone."""
    files = []
    for thing in journal.certain("file"):
        state, reference = journal.is_now(thing), journal.references.get(thing.removeprefix("file/"))
        if "removed" not in state or reference is None or _is_with_writing(journal, thing):
            continue
        files.append(journal.ids[thing])
        gone = f"destroyed/{reference}"
        journal.things[thing], journal.things[gone] = [state, None], [None, state["removed"]]
        journal.ending |= {thing: None, gone: state["removed"]}
        journal.either.append((thing, gone))
    if journal.is_now(ANOTHER):
        journal.things[ANOTHER] = ["whole", "being erased", None]
        journal.ending[ANOTHER] = None
    if journal.ending:
        checker.ask("let the time be up", files=files, name=NAME)
    return bool(journal.ending)


def _is_with_writing(journal: Journal, thing: str) -> bool:
    """Whether a file may stand with an entry or in a draft: that it did stays known after its end."""
    states: list[State] = [
        state
        for one in journal.things
        if one.startswith("writing/")
        for state in journal.may_be(one)
        if state
    ]
    lists = [state["files"] for state in states] + [
        one["files"] for state in states for one in state["drafts"]
    ]
    return any(thing.removeprefix("file/") in files for files in lists)


def wait_for_them(journal: Journal, checker: Checker) -> list[str]:
    """Wait until a running server has destroyed what is due: then nothing of it may be there."""
    if not journal.ending:
        return []
    until = time.monotonic() + _WITHIN_SECONDS
    while any((left := checker.ask("still to be destroyed")).values()) and time.monotonic() < until:
        time.sleep(0.05)
    journal.things |= {thing: [state] for thing, state in journal.ending.items()}
    journal.ending.clear()
    journal.either.clear()
    return [f"what is due was not destroyed: {left}"] if any(left.values()) else []
