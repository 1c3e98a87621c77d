"""A guard for the object store library, whose background threads do not survive a fork.

Measured with obstore 0.12: a writer in a process forked after the library's first use waits for ever. A server must
fork first and keep files afterwards; one that does not gets an error at once, instead of an upload that never ends.
"""

import os

from daybook.kernel.sealing.blob_store import StoreUnusable


class _Threads:
    """Whether the library's threads run in this process, ran in the process it was forked from, or neither."""

    def __init__(self) -> None:
        self.started = False
        self.lost = False

    def note_fork(self) -> None:
        self.lost = self.lost or self.started


_threads = _Threads()
os.register_at_fork(after_in_child=_threads.note_fork)


def enter_library() -> None:
    """Call before every use of the library.

    Raises:
        StoreUnusable: it was used before this process was forked.
    """
    if _threads.lost:
        raise StoreUnusable(
            "Files cannot be kept in a process forked after files were kept. Start it afresh."
        )
    _threads.started = True
