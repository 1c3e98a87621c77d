"""Custody: canonical events, salted commitments and the hash chain that binds them. No IO, no clock.

SEALING.md's contract: ``h_i = SHA-256(h_{i-1} || SHA-256(event))`` over RFC 8785 canonical JSON.
"""

from daybook.kernel.custody.chain import GENESIS_TAG, Chain, extend, genesis
from daybook.kernel.custody.commitments import Commitment, commit, commitment_hex
from daybook.kernel.custody.errors import BrokenChain, CustodyError, NotAnEvent
from daybook.kernel.custody.events import Event, EventKind, canonical, event_digest, parse_event

__all__ = [
    "GENESIS_TAG",
    "BrokenChain",
    "Chain",
    "Commitment",
    "CustodyError",
    "Event",
    "EventKind",
    "NotAnEvent",
    "canonical",
    "commit",
    "commitment_hex",
    "event_digest",
    "extend",
    "genesis",
    "parse_event",
]
