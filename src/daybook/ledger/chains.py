"""Appending to a record's chains and reading them back.

`append` runs inside the caller's transaction, beside the rows it speaks of: either both are there or neither.
"""

import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import orjson
from django.db import transaction

from daybook.doors.rows import insert_row, read_row, update_row
from daybook.kernel.consent import Viewer
from daybook.kernel.custody import (
    BrokenChain,
    Chain,
    Commitment,
    CustodyError,
    Event,
    EventKind,
    commit,
    event_digest,
    extend,
    genesis,
    parse_event,
)
from daybook.kernel.sealing.errors import SealingError
from daybook.kernel.sealing.keys import RecordKeys, Section
from daybook.ledger.models import ChainHead, ChainLink
from daybook.people.late_saves import open_sealed_to, seal_to
from daybook.people.recipients import recipients_of

WITHOUT_KEY = frozenset({EventKind.UNLOCK_FAILED})
LEDGER = ChainHead.Chain.LEDGER
ACCESS = ChainHead.Chain.ACCESS


@dataclass(frozen=True, slots=True)
class Link:
    """One link of a chain as its owner reads it: the event, the salt of each commitment, and the head after it."""

    event: Event
    salts: Mapping[str, str]
    digest: bytes
    head: bytes
    kept_with_key: bool = True


def begin_chains(record: UUID) -> None:
    """Lay the first stone of a new record's two chains."""
    ChainHead.objects.bulk_create(
        ChainHead(record_id=record, chain=chain, head=genesis(record, chain=chain.value))
        for chain in (LEDGER, ACCESS)
    )


def append(
    keys: RecordKeys,
    kind: EventKind,
    *,
    item: UUID,
    version: int = 0,
    values: Mapping[str, Any] | None = None,
    details: Mapping[str, Any] | None = None,
    now: datetime,
    chain: ChainHead.Chain = LEDGER,
) -> Link:
    """Append one event: ``values`` are committed to field by field under fresh salts, ``details`` stand in clear inside it.

    Must run in the transaction that writes what the event speaks of. Locks the chain's head until that ends. An event never
    carries an earlier time than the one before it was given by the machine's clock: a clock set back shows in ``at``, the
    order is the sequence.
    """
    commitments = commit(values or {})
    record = UUID(keys.record)

    def seal(seq: int, plaintext: bytes) -> tuple[int, bytes]:
        return keys.epoch, keys.seal(
            Section.CUSTODY, item=chain.value, version=seq, field="event", plaintext=plaintext
        )

    def seal_end(seq: int, head: bytes) -> dict[str, Any]:
        sealed = keys.seal(Section.CUSTODY, item=chain.value, version=seq, field="head", plaintext=head)
        return {"sealed_length": seq, "epoch": keys.epoch, "sealed": sealed}

    return _append(record, chain, kind, item, version, commitments, details or {}, now, seal, seal_end)


def append_while_locked(
    record: UUID, kind: EventKind, *, details: Mapping[str, Any] | None = None, now: datetime
) -> Link:
    """Append to the access chain without any key: the event is sealed to the record's capture key.

    Only for what happens while nobody is unlocked (`WITHOUT_KEY`); anyone who can write the database could write the same.
    Raises ValueError for another kind, RecordAltered.
    """
    if kind not in WITHOUT_KEY:
        raise ValueError(f"{kind} is written by someone who is unlocked")
    recipient = recipients_of(record).capture

    def seal(seq: int, plaintext: bytes) -> tuple[int, bytes]:
        return 0, seal_to(recipient, plaintext)

    with transaction.atomic():
        return _append(record, ACCESS, kind, record, 0, (), details or {}, now, seal, lambda *_: {})


def links_for(
    viewer: Viewer,
    *,
    chain: ChainHead.Chain = LEDGER,
    capture_identity: str | None = None,
    newest_first: bool = False,
    while_locked: bool | None = None,
) -> Iterator[Link]:
    """The links of a chain, opened. Raises SealingError or BrokenChain at a link that was tampered with.

    ``capture_identity`` opens links written while the record was locked; without it they raise. ``while_locked`` picks those
    alone, or all others.
    """
    rows = ChainLink.objects.filter(record_id=viewer.record, chain=chain)
    if while_locked is not None:
        rows = rows.filter(epoch=0) if while_locked else rows.exclude(epoch=0)
    for row in rows.order_by("-seq" if newest_first else "seq").iterator(chunk_size=2000):
        yield _read(viewer.keys, row, capture_identity)


def head_of(record: UUID, chain: ChainHead.Chain = LEDGER) -> tuple[int, bytes]:
    """Length and head (32 bytes) of a chain."""
    row = ChainHead.objects.get(record_id=record, chain=chain)
    return row.length, bytes(row.head)


def check_chain(
    viewer: Viewer, *, chain: ChainHead.Chain = LEDGER, capture_identity: str | None = None
) -> int:
    """Walk a whole chain; returns its length. Raises BrokenChain or SealingError naming the first fault."""
    try:
        return _walk(viewer, chain, capture_identity)
    except (CustodyError, SealingError):
        # Something may have been appended behind the walk, in another window: once more, with nobody appending.
        with transaction.atomic():
            ChainHead.objects.select_for_update().filter(record_id=viewer.record, chain=chain).first()
            return _walk(viewer, chain, capture_identity)


def instant(moment: datetime) -> str:
    """An instant as events write it: UTC, microseconds, ``Z``."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def _walk(viewer: Viewer, chain: ChainHead.Chain, capture_identity: str | None) -> int:
    walk = Chain.begin(viewer.record, chain=chain.value)
    heads: dict[int, bytes | None] = {0: walk.head}
    for link in links_for(viewer, chain=chain, capture_identity=capture_identity):
        walk.follow(link.event.seq, link.event)
        if walk.head != link.head:
            raise BrokenChain(f"link {link.event.seq} does not lead to the head stored with it")
        heads[link.event.seq] = link.head if link.kept_with_key else None
    length, head = head_of(viewer.record, chain)
    if (walk.length, walk.head) != (length, head):
        raise BrokenChain(f"the chain ends at link {walk.length}, the record says {length}")
    _check_end(viewer.keys, chain, walk.length, heads)
    return length


def _append(
    record: UUID,
    chain: ChainHead.Chain,
    kind: EventKind,
    item: UUID,
    version: int,
    commitments: tuple[Commitment, ...],
    details: Mapping[str, Any],
    now: datetime,
    seal: Callable[[int, bytes], tuple[int, bytes]],
    seal_end: Callable[[int, bytes], dict[str, Any]],
) -> Link:
    found = read_row(ChainHead, "id", "length", "head", lock=True, record_id=record, chain=chain.value)
    if found is None:
        raise BrokenChain("this record has no chain to append to")
    head_id, length, head = found
    seq = length + 1
    event = Event(
        record=str(record),
        seq=seq,
        at=instant(now),
        kind=kind.value,
        item=str(item),
        version=version,
        commitments={made.field: made.digest for made in commitments},
        details=dict(details),
        salt=os.urandom(16).hex(),
    )
    salts = {made.field: made.salt for made in commitments}
    digest = event_digest(event)
    new_head = extend(bytes(head), digest)
    kept = {"event": event.to_json(), "salts": salts, "head": new_head.hex()}
    epoch, sealed = seal(seq, orjson.dumps(kept))
    insert_row(
        ChainLink,
        record_id=record,
        chain=chain.value,
        seq=seq,
        at=now,
        digest=digest,
        head=new_head,
        epoch=epoch,
        sealed=sealed,
    )
    end = {"length": seq, "head": new_head, **seal_end(seq, new_head)}
    moved = update_row(ChainHead, end, id=head_id, length=length)
    if moved != 1:
        raise BrokenChain("another writer moved the head of this chain at the same time")
    return Link(event, salts, digest, new_head)


def _read(keys: RecordKeys, row: ChainLink, capture_identity: str | None) -> Link:
    if row.epoch:
        opened = keys.open(
            Section.CUSTODY,
            item=row.chain,
            version=row.seq,
            field="event",
            epoch=row.epoch,
            sealed=bytes(row.sealed),
        )
    elif capture_identity is not None:
        opened = open_sealed_to(capture_identity, bytes(row.sealed))
    else:
        raise SealingError("this link was written while the record was locked, and needs the capture key")
    value = orjson.loads(opened)
    event = parse_event(value["event"])
    if event_digest(event) != bytes(row.digest) or event.seq != row.seq or event.record != keys.record:
        raise BrokenChain(f"link {row.seq} holds another event than the one it was sealed with")
    if value["head"] != bytes(row.head).hex():
        raise BrokenChain(f"link {row.seq} does not stand where it was written")
    if not row.epoch and (row.chain != ACCESS or event.kind not in WITHOUT_KEY):
        raise BrokenChain(f"link {row.seq} says what nobody who was locked out could have done")
    return Link(event, value["salts"], bytes(row.digest), bytes(row.head), kept_with_key=bool(row.epoch))


def _check_end(
    keys: RecordKeys, chain: ChainHead.Chain, length: int, heads: Mapping[int, bytes | None]
) -> None:
    """The end that was sealed last must be an end of this chain, with nothing after it but what needs no key."""
    row = ChainHead.objects.get(record_id=keys.record, chain=chain)
    if row.sealed is None:
        if any(heads[seq] is not None for seq in range(1, length + 1)):
            raise BrokenChain("the sealed end of this chain is gone")
        return
    end = keys.open(
        Section.CUSTODY,
        item=chain.value,
        version=row.sealed_length,
        field="head",
        epoch=row.epoch,
        sealed=bytes(row.sealed),
    )
    if row.sealed_length > length or heads[row.sealed_length] != end:
        raise BrokenChain(f"the chain was cut: it reached link {row.sealed_length} before")
    if any(heads[seq] is not None for seq in range(row.sealed_length + 1, length + 1)):
        raise BrokenChain(f"the sealed end at link {row.sealed_length} was put back from before")
