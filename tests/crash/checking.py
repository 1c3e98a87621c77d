"""Asking the checker: its process, and what it says."""

import json
from typing import IO, Any, Self, cast

from tests.crash.people import NAME, PASSPHRASE
from tests.rig.running import LiveDaybook


class Fault(AssertionError):
    """What was promised is not there, or something half done is; says which, and how to run the round again."""


class Checker:
    """The checker's process on one home; see `tests.crash.checker`. Use as a context."""

    def __init__(self, daybook: LiveDaybook) -> None:
        self._process = daybook.python_beside("tests.crash.checker")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            cast(IO[str], pipe).close()

    def ask(self, order: str, **more: object) -> dict[str, Any]:
        """One order and its answer. Raises Fault when the checker itself broke on what it found."""
        stdin, stdout = cast(IO[str], self._process.stdin), cast(IO[str], self._process.stdout)
        stdin.write(json.dumps({"order": order, **more}) + "\n")
        stdin.flush()
        answer = json.loads(stdout.readline() or '{"raised": "the checker ended"}')
        if "raised" in answer:
            raise Fault(answer["raised"])
        return cast(dict[str, Any], answer)

    def look(self) -> dict[str, Any]:
        """Everything the record holds, and every fault of the home."""
        return self.ask("look", name=NAME, passphrase=PASSPHRASE)
