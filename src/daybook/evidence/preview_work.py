"""Making previews in the background, while the owner is unlocked and her keys are in memory anyway.

A round is begun after a request of hers, and ends with the last preview that is due, or with the first file after every
browser of hers was locked. The keys are held by the round alone, never written. What a crash or a stop of Daybook leaves is
still due.
"""

import threading
import time
import uuid
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings
from django.db import connections
from django.db.utils import DatabaseError

from daybook import doors
from daybook.evidence import wanted
from daybook.evidence.errors import NoSuchExhibit
from daybook.evidence.previews import due_previews, make_preview
from daybook.kernel.consent import Viewer
from daybook.kernel.sealing.errors import SealingError
from daybook.people.accounts import Unlocked
from daybook.people.unlocks import is_unlocked

LOOK_EVERY_SECONDS = 60.0

_lock = threading.Lock()
_under_way: set[uuid.UUID] = set()
_looked_at: dict[uuid.UUID, float] = {}


def begin_due_previews(unlocked: Unlocked) -> threading.Thread | None:
    """Begin a round for this record, unless one is under way, or there was one just now and nothing was kept since.

    Asked after every request of hers, so it asks no database.

    Returns:
        The thread of the round, where one was begun.
    """
    if not settings.PREVIEW_WORKERS:
        return None
    viewer = unlocked.viewer
    now = time.monotonic()
    with _lock:
        looked = _looked_at.get(viewer.record)
        lately = looked is not None and now - looked < LOOK_EVERY_SECONDS
        if viewer.record in _under_way or (lately and not wanted.take(viewer.record)):
            return None
        _under_way.add(viewer.record)
        _looked_at[viewer.record] = now
    # Nothing of it survives the process: Daybook never waits for it to end.
    thread = threading.Thread(target=_round, args=(viewer,), name="previews", daemon=True)
    thread.start()
    return thread


def _round(viewer: Viewer) -> None:
    try:
        with _closing_connections():
            due = deque(due_previews(viewer, now=doors.clock().now()))
        workers = [
            threading.Thread(target=_work, args=(viewer, due), name="preview", daemon=True)
            for _ in range(min(settings.PREVIEW_WORKERS, len(due)))
        ]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
    finally:
        with _lock:
            _under_way.discard(viewer.record)


def _work(viewer: Viewer, due: "deque[uuid.UUID]") -> None:
    with _closing_connections():
        while due and is_unlocked(viewer.record):
            try:
                exhibit = due.popleft()
            except IndexError:
                return
            try:
                make_preview(viewer, exhibit, now=doors.clock().now())
            except (NoSuchExhibit, SealingError, DatabaseError):
                # Removed or altered meanwhile, or the disk is full: it stays due, and the next one has its turn.
                continue


@contextmanager
def _closing_connections() -> Iterator[None]:
    """A thread of ours has database connections of its own, and nobody else closes them."""
    try:
        yield
    finally:
        connections.close_all()
