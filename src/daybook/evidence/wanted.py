"""Which records have a preview to be made since somebody looked last: in memory, so that no request asks the database."""

import threading
from uuid import UUID

from django.db import transaction

_lock = threading.Lock()
_records: set[UUID] = set()


def note(record: UUID) -> None:
    """A preview is due from when the transaction of the caller is over."""
    transaction.on_commit(lambda: _add(record))


def take(record: UUID) -> bool:
    """Whether one was noted since this was asked last."""
    with _lock:
        noted = record in _records
        _records.discard(record)
    return noted


def _add(record: UUID) -> None:
    with _lock:
        _records.add(record)
