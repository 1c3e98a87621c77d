"""The append-only hash chain of one record: ``h_i = SHA-256(h_{i-1} || SHA-256(event_i))``."""

import hashlib
from dataclasses import dataclass
from uuid import UUID

from daybook.kernel.custody.errors import BrokenChain
from daybook.kernel.custody.events import Event, event_digest

GENESIS_TAG = b"daybook/chain/1\n"


def genesis(record: UUID, *, chain: str = "ledger") -> bytes:
    """``h_0`` of a record's chain: 32 bytes.

    ``chain`` is "ledger" or "access"; the access chain starts elsewhere, so that one can never be passed off as the other.
    """
    tag = GENESIS_TAG if chain == "ledger" else GENESIS_TAG + chain.encode() + b"\n"
    return hashlib.sha256(tag + record.bytes).digest()


def extend(head: bytes, digest: bytes) -> bytes:
    """The next head after ``head`` (32 bytes) when an event with ``digest`` (32 bytes) is appended."""
    if len(head) != 32 or len(digest) != 32:
        raise ValueError("heads and digests are 32 bytes")
    return hashlib.sha256(head + digest).digest()


@dataclass(slots=True)
class Chain:
    """Walks a chain from its beginning, so that it can be checked while it streams.

    Feed every link in order, disclosed or not; ``head`` and ``length`` are then what the links really lead to.
    """

    record: UUID
    head: bytes
    length: int = 0

    @classmethod
    def begin(cls, record: UUID, *, chain: str = "ledger") -> "Chain":
        """A chain with no links yet."""
        return cls(record=record, head=genesis(record, chain=chain))

    def follow(self, seq: int, event: Event | None, digest: bytes | None = None) -> None:
        """Take the next link: a disclosed ``event``, or only the ``digest`` (32 bytes) of a withheld one.

        Raises BrokenChain when the link is out of order or belongs to another record.
        """
        if seq != self.length + 1:
            raise BrokenChain(f"link {seq} stands where link {self.length + 1} belongs")
        if event is not None:
            if event.seq != seq:
                raise BrokenChain(f"link {seq} holds an event numbered {event.seq}")
            if event.record != str(self.record):
                raise BrokenChain(f"link {seq} holds an event of another record")
            digest = event_digest(event)
        if digest is None or len(digest) != 32:
            raise BrokenChain(f"link {seq} has neither an event nor a digest")
        self.head = extend(self.head, digest)
        self.length = seq
