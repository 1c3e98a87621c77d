"""A record's fingerprint: how many steps its ledger has and where they lead. Written on paper, it outlives every copy here."""

from dataclasses import dataclass
from uuid import UUID

from daybook.kernel.consent import Viewer
from daybook.kernel.custody import Chain
from daybook.ledger.chains import head_of, links_for

GROUP = 4


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """``steps`` is the length of the ledger, ``head`` the 64 hexadecimal digits after the last step."""

    steps: int
    head: str

    @property
    def groups(self) -> list[str]:
        """The digits in groups of four, as they are written down."""
        return [self.head[start : start + GROUP] for start in range(0, len(self.head), GROUP)]


def fingerprint_of(record: UUID) -> Fingerprint:
    """The fingerprint of a record as it is now."""
    length, head = head_of(record)
    return Fingerprint(length, head.hex())


def fingerprint_after(viewer: Viewer, steps: int) -> Fingerprint | None:
    """What the fingerprint was after so many steps, worked out from the events themselves; None when there are fewer.

    Raises BrokenChain or SealingError where the chain was tampered with.
    """
    walk = Chain.begin(viewer.record)
    for link in links_for(viewer):
        walk.follow(link.event.seq, link.event)
        if walk.length == steps:
            return Fingerprint(steps, walk.head.hex())
    return None
