"""What the server does by itself, in one thread, while nobody asks: work that needs nobody's key.

Each round is a function of the time, run again and again. A round that fails is tried again at its next turn, and never keeps
the others from theirs; what it raised is logged by its name and kind alone, since an error's text could hold a person's words.
"""

import logging
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import close_old_connections, connections

from daybook import doors
from daybook.evidence.fixity import FixityRound
from daybook.evidence.intake import sweep_unadmitted
from daybook.evidence.resumable import sweep_uploads
from daybook.people.unlocks import lock_idle
from daybook.site.erasing import erase_what_is_due

_STOP_SECONDS = 5

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Round:
    """``work`` takes the time and returns how much it did; it begins anew ``every`` so often."""

    name: str
    every: timedelta
    work: Callable[[datetime], int]


ROUNDS: tuple[Round, ...] = (
    Round("lock what lies idle", timedelta(seconds=30), lambda now: lock_idle(now=now)),
    Round("read stored files again", timedelta(seconds=10), FixityRound().work),
    Round("remove what never became evidence", timedelta(hours=1), lambda now: sweep_unadmitted(now=now)),
    Round("erase what is due", timedelta(minutes=10), lambda now: erase_what_is_due(now=now)),
    Round("remove uploads nobody came back to", timedelta(hours=1), lambda now: sweep_uploads(now=now)),
)


class Rounds:
    """The thread that makes the rounds. Use as a context: leaving it waits a few seconds for the round under way.

    ``ended`` says whether it has ended. One that has not is broken off with the process, and made again from its beginning.
    """

    def __init__(
        self, rounds: Sequence[Round] = ROUNDS, *, look_every: timedelta = timedelta(seconds=5)
    ) -> None:
        self._rounds = rounds
        self._look_every = look_every
        self._done_at: dict[str, datetime] = {}
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="rounds", daemon=True)

    def __enter__(self) -> "Rounds":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join(_STOP_SECONDS)

    @property
    def ended(self) -> bool:
        """Whether no round is under way any more."""
        return not self._thread.is_alive()

    def make(self, now: datetime) -> list[str]:
        """Do what is due at ``now``; returns the names of the rounds that were made, failed ones too.

        A clock that was set back makes a round due, so that nothing waits for the old time to come again.
        """
        made = []
        for one in self._rounds:
            before = self._done_at.get(one.name)
            if before is not None and before <= now < before + one.every:
                continue
            self._done_at[one.name] = now
            made.append(one.name)
            try:
                one.work(now)
            except Exception as error:  # noqa: BLE001 – whatever it is, the other rounds go on
                _log.error("A round failed: %s (%s)", one.name, type(error).__name__)
        return made

    def _run(self) -> None:
        while not self._stop.is_set():
            close_old_connections()
            self.make(doors.clock().now())
            self._stop.wait(self._look_every.total_seconds())
        connections.close_all()
