"""Where tries at a name wait their turn, and the count of those that were turned away. Held in memory only.

Waiting takes a thread of the server, so few may wait at once: whoever comes on top of them is turned away at once, untried.
The waits are short and served side by side, so that someone who guesses once a second leaves a place free for the person.
"""

import threading
import time
from collections import Counter
from datetime import datetime, timedelta

TOLD_EVERY = timedelta(minutes=1)
MOST_NAMES = 1000


class WaitingRoom:
    """At most ``most_for_one`` wait for one name, and ``most`` for all names together."""

    def __init__(self, *, most_for_one: int, most: int) -> None:
        self._most_for_one = most_for_one
        self._most = most
        self._waiting: Counter[bytes] = Counter()
        self._lock = threading.Lock()

    def wait(self, name: bytes, seconds: float) -> bool:
        """Wait for so long; False, at once, when too many wait already. Must not be called inside a transaction."""
        with self._lock:
            if self._waiting[name] >= self._most_for_one or self._waiting.total() >= self._most:
                return False
            self._waiting[name] += 1
        try:
            time.sleep(seconds)
        finally:
            with self._lock:
                self._waiting[name] -= 1
                if not self._waiting[name]:
                    del self._waiting[name]
        return True


class TurnedAway:
    """How many tries at each name were turned away since that was last written down: at most once a minute for one name."""

    def __init__(self) -> None:
        self._untold: Counter[bytes] = Counter()
        self._told_at: dict[bytes, datetime] = {}
        self._lock = threading.Lock()

    def count(self, name: bytes, now: datetime) -> int:
        """Count one more; returns how many are to be written down now, 0 when none are yet."""
        with self._lock:
            self._untold[name] += 1
            told_at = self._told_at.get(name)
            if told_at is not None and abs(now - told_at) < TOLD_EVERY:
                return 0
            if len(self._told_at) >= MOST_NAMES:
                self._forget_quiet_ones(now)
            self._told_at[name] = now
            return self._untold.pop(name)

    def take(self, name: bytes) -> int:
        """How many are not written down yet; they count as written down from here on."""
        with self._lock:
            return self._untold.pop(name, 0)

    def _forget_quiet_ones(self, now: datetime) -> None:
        quiet = [name for name, at in self._told_at.items() if abs(now - at) >= TOLD_EVERY]
        for name in quiet or list(self._told_at):
            del self._told_at[name]
            self._untold.pop(name, None)
