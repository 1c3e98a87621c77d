"""The full check: every piece of a body opened with its owner's keys, and the whole compared with the original's SHA-256.

It runs beside the pages, one at a time for each record, and says how far it is. Its keys live no longer than the browser that
asked for it is unlocked: it looks every second or so, and stops when that was locked. What it found so far stays noted.
"""

import hashlib
import logging
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import Enum
from uuid import UUID

from django.db import connections

from daybook import doors
from daybook.evidence.errors import BodyDamaged
from daybook.evidence.exhibits import ReadExhibit
from daybook.evidence.fixity import Found, keep_digest, note_found
from daybook.evidence.models import Blob, BodyCheck
from daybook.evidence.reading import open_body
from daybook.kernel.consent import Viewer
from daybook.kernel.sealing.blob_store import BlobError

_log = logging.getLogger(__name__)

_LOOK_EVERY_SECONDS = 1.0
_PIECE = 4 * 1024 * 1024


class State(Enum):
    """Where a check is."""

    RUNNING = "running"
    DONE = "done"
    STOPPED = "stopped"
    LOCKED = "locked"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a check is: files and bytes done and to be done, and the references of those that are not whole."""

    state: State
    files_done: int
    files: int
    bytes_done: int
    bytes: int
    damaged: tuple[str, ...]

    @property
    def percent(self) -> int:
        """How much is done, in whole per cent; 100 only when nothing is left."""
        return 100 if self.files_done == self.files else min(99, self.bytes_done * 100 // max(1, self.bytes))


class _NoLonger(Exception):
    """The check is to end here."""


class FullCheck:
    """One check of some exhibits. ``still_unlocked`` is asked now and then; when it says no, the check ends."""

    def __init__(
        self, viewer: Viewer, exhibits: Sequence[ReadExhibit], *, still_unlocked: Callable[[], bool]
    ) -> None:
        self._viewer: Viewer | None = viewer
        self._exhibits = _longest_unopened_first(exhibits)
        self._files = len(exhibits)
        self._still_unlocked = still_unlocked
        self._stop = threading.Event()
        self._state = State.RUNNING
        self._files_done = 0
        self._bytes_done = 0
        self._bytes = sum(exhibit.size for exhibit in exhibits)
        self._damaged: list[str] = []
        self._looked_at = time.monotonic()

    @property
    def progress(self) -> Progress:
        """How far it is now."""
        return Progress(
            self._state,
            self._files_done,
            self._files,
            self._bytes_done,
            self._bytes,
            tuple(self._damaged),
        )

    def stop(self) -> None:
        """Ask it to end; it does so at the next piece."""
        self._stop.set()

    def run(self) -> None:
        """Check one exhibit after the other, then let go of the keys. Raises nothing."""
        viewer, exhibits = self._viewer, self._exhibits
        self._viewer, self._exhibits = None, []
        if viewer is None:
            return
        try:
            for exhibit in exhibits:
                self._check(viewer, exhibit)
                self._files_done += 1
            self._state = State.DONE
        except _NoLonger:
            self._state = State.STOPPED if self._stop.is_set() else State.LOCKED
        except Exception as error:  # noqa: BLE001 – a thread's error would be seen by nobody; the page says that it failed
            self._state = State.FAILED
            _log.error("A full check failed: %s", type(error).__name__)

    def _check(self, viewer: Viewer, exhibit: ReadExhibit) -> None:
        before = self._bytes_done
        try:
            for piece in open_body(viewer, exhibit):
                self._bytes_done += len(piece)
                self._look()
        except BodyDamaged as error:
            self._damaged.append(exhibit.reference)
            found = Found.MISSING if error.missing else Found.ALTERED
        else:
            found = Found.WHOLE
            self._keep_digest(exhibit)
        note_found(exhibit.blob_key, found, now=doors.clock().now(), with_keys=True, opened=True)
        self._bytes_done = before + exhibit.size

    def _keep_digest(self, exhibit: ReadExhibit) -> None:
        """The original is whole: what the keyless rounds compare with is taken anew where it is missing or differs."""
        [kept] = Blob.objects.filter(key=exhibit.blob_key).values_list("sealed_sha256", flat=True)
        if kept is not None and not exhibit.damage:
            return
        digest = hashlib.sha256()
        try:
            ranges = doors.blobs().ranges(exhibit.blob_key)
            for start in range(0, ranges.size, _PIECE):
                digest.update(ranges.read(start, _PIECE))
                self._look()
        except BlobError:
            return  # it went away this very moment; the next reading says so
        keep_digest(exhibit.blob_key, digest.digest())

    def _look(self) -> None:
        if self._stop.is_set():
            raise _NoLonger
        if time.monotonic() - self._looked_at >= _LOOK_EVERY_SECONDS:
            self._looked_at = time.monotonic()
            if not self._still_unlocked():
                raise _NoLonger


_checks: dict[UUID, FullCheck] = {}
_one_at_a_time = threading.Lock()


def begin_full_check(
    viewer: Viewer, exhibits: Sequence[ReadExhibit], *, still_unlocked: Callable[[], bool]
) -> FullCheck:
    """Begin a check in a thread of its own, or give the one of this record that is under way."""
    with _one_at_a_time:
        before = _checks.get(viewer.record)
        if before is not None and before.progress.state is State.RUNNING:
            return before
        check = FullCheck(viewer, exhibits, still_unlocked=still_unlocked)
        _checks[viewer.record] = check
    threading.Thread(target=_run, args=(check,), name="full check", daemon=True).start()
    return check


def full_check_of(record: UUID) -> FullCheck | None:
    """The check of a record that is under way, or the last one since the server was started."""
    return _checks.get(record)


def _run(check: FullCheck) -> None:
    try:
        check.run()
    finally:
        connections.close_all()


def _longest_unopened_first(exhibits: Sequence[ReadExhibit]) -> list[ReadExhibit]:
    """So that a check which was stopped goes on, next time, with what it had not come to."""
    keys = [exhibit.blob_key for exhibit in exhibits]
    rows = BodyCheck.objects.filter(blob_id__in=keys, opened_at__isnull=False)
    opened = {key: at.timestamp() for key, at in rows.values_list("blob_id", "opened_at") if at is not None}
    return sorted(exhibits, key=lambda exhibit: opened.get(exhibit.blob_key, 0.0))
