"""The order of events: sealed pairs of (time, entry), so that one page of the list opens one page of entries.

A new entry carries its pair with it, sealed ("loose"); every so often the loose ones are gathered into leaves of at most 512
pairs of 24 bytes, sorted. Writing therefore costs nothing more, and reading opens the leaves it needs and the few loose ones.
An entry's place in time is the earliest instant its event may have happened, or the time of writing where that is unknown. All
of this follows from the entries and can be made again from them.
"""

import struct
import uuid
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from daybook.diary.models import Item, TimelineLeaf
from daybook.kernel.consent import Viewer
from daybook.kernel.sealing.keys import Section

MOST_IN_LEAF = 512
GATHER_EVERY = 256
_AT_A_TIME = 500
_PAIR = struct.Struct(">Q16s")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

# A pair as bytes: microseconds since 1970 plus 2^63, then the entry. Pairs in order are bytes in order.
_BIAS = 2**63


@dataclass(frozen=True, slots=True)
class _Leaf:
    """A leaf whose range is known; its pairs are opened when they are needed."""

    id: uuid.UUID
    revision: int
    count: int
    first: bytes


def loose_columns(viewer: Viewer, entry: uuid.UUID, moment: datetime) -> dict[str, Any]:
    """The columns of an entry's row that put it at ``moment``."""
    keys = viewer.keys
    sealed = keys.seal(
        Section.DIARY, item=str(entry), version=0, field="moment", plaintext=_pair(entry, moment)
    )
    return {"loose_epoch": keys.epoch, "sealed_moment": sealed}


def move(viewer: Viewer, entry: uuid.UUID, moment: datetime) -> None:
    """Put an entry somewhere else. Must run in the transaction that amends it, after its ledger event: the lock on the
    ledger's head keeps two writers apart.
    """
    for leaf in _leaves(viewer):
        pairs = _open(viewer, leaf)
        kept = b"".join(pair for pair in _each(pairs) if pair[8:] != entry.bytes)
        if len(kept) != len(pairs):
            _replace(viewer, leaf, kept)
    Item.objects.filter(pk=entry).update(**loose_columns(viewer, entry, moment))


def gather(viewer: Viewer) -> int:
    """Take the loose entries into the leaves; returns how many. Must run like `move`."""
    loose = _loose(viewer)
    waiting = list(loose)
    leaves = _leaves(viewer)
    for place, leaf in enumerate(leaves):
        following = leaves[place + 1].first if place + 1 < len(leaves) else None
        mine = [pair for pair in waiting if following is None or pair < following]
        if not mine:
            continue
        waiting = waiting[len(mine) :]
        _spread(viewer, leaf, sorted([*_each(_open(viewer, leaf)), *mine]))
    _spread(viewer, None, waiting)
    entries = [uuid.UUID(bytes=pair[8:]) for pair in loose]
    for start in range(0, len(entries), _AT_A_TIME):
        Item.objects.filter(pk__in=entries[start : start + _AT_A_TIME]).update(
            sealed_moment=None, loose_epoch=0
        )
    return len(loose)


def newest_first(viewer: Viewer, *, start: int, count: int) -> tuple[list[uuid.UUID], int]:
    """``count`` entries from place ``start`` (0 is the newest event), and how many there are in all."""
    leaves, loose = _leaves(viewer), _loose(viewer)
    total = sum(leaf.count for leaf in leaves) + len(loose)
    newest = loose[::-1]
    wanted, seen = start + count, 0
    page: list[bytes] = []
    for place in range(len(leaves) - 1, -1, -1):
        leaf = leaves[place]
        # Loose entries that belong after this leaf's first pair stand among its own.
        mine = [pair for pair in newest if pair >= leaf.first]
        newest = newest[len(mine) :]
        here = leaf.count + len(mine)
        if seen + here > start and seen < wanted:
            pairs = sorted([*_each(_open(viewer, leaf)), *mine], reverse=True)
            page += pairs[max(0, start - seen) : wanted - seen]
        seen += here
    page += newest[max(0, start - seen) : max(0, wanted - seen)]
    return [uuid.UUID(bytes=pair[8:]) for pair in page], total


def in_order(viewer: Viewer, among: Mapping[uuid.UUID, object] | None = None) -> list[uuid.UUID]:
    """Every entry (or those of ``among``), earliest event first."""
    loose = _loose(viewer)
    pairs = [pair for leaf in _leaves(viewer) for pair in _each(_open(viewer, leaf))]
    entries = (pair[8:] for pair in (sorted([*pairs, *loose]) if loose else pairs))
    if among is None:
        return [uuid.UUID(bytes=entry) for entry in entries]
    wanted = {entry.bytes: entry for entry in among}
    return [wanted[entry] for entry in entries if entry in wanted]


def lay_anew(viewer: Viewer, moments: Iterable[tuple[uuid.UUID, datetime]]) -> None:
    """Make the leaves again from the entries, after damage. Must run in a transaction."""
    TimelineLeaf.objects.filter(record_id=viewer.record).delete()
    Item.objects.filter(record_id=viewer.record).update(sealed_moment=None, loose_epoch=0)
    _spread(viewer, None, sorted(_pair(entry, moment) for entry, moment in moments))


def _loose(viewer: Viewer) -> list[bytes]:
    opened = viewer.keys.opener(Section.DIARY, "moment")
    rows = Item.objects.filter(record_id=viewer.record, sealed_moment__isnull=False)
    columns = rows.values_list("id", "loose_epoch", "sealed_moment")
    return sorted(opened(entry, 0, epoch, bytes(sealed or b"")) for entry, epoch, sealed in columns)


def _spread(viewer: Viewer, leaf: _Leaf | None, pairs: list[bytes]) -> None:
    """Put sorted pairs into ``leaf`` and as many new ones as they need."""
    if leaf is not None:
        head = len(pairs) if len(pairs) <= MOST_IN_LEAF else MOST_IN_LEAF // 2
        _replace(viewer, leaf, b"".join(pairs[:head]))
        pairs = pairs[head:]
    for start in range(0, len(pairs), MOST_IN_LEAF):
        _add(viewer, b"".join(pairs[start : start + MOST_IN_LEAF]))


def _leaves(viewer: Viewer) -> list[_Leaf]:
    """Every leaf in order, by its first pair alone."""
    opened = viewer.keys.opener(Section.DIARY, "first")
    rows = TimelineLeaf.objects.filter(record_id=viewer.record)
    found = [
        _Leaf(leaf, revision, count, opened(leaf, revision, epoch, bytes(sealed_first)))
        for leaf, revision, count, epoch, sealed_first in rows.values_list(
            "id", "revision", "count", "epoch", "sealed_first"
        )
    ]
    return sorted(found, key=lambda leaf: leaf.first)


def _open(viewer: Viewer, leaf: _Leaf) -> bytes:
    epoch, sealed = TimelineLeaf.objects.values_list("epoch", "sealed").get(pk=leaf.id)
    return viewer.keys.opener(Section.DIARY, "pairs")(leaf.id, leaf.revision, epoch, bytes(sealed))


def _add(viewer: Viewer, pairs: bytes) -> None:
    leaf = uuid.uuid4()
    TimelineLeaf.objects.create(
        id=leaf, record_id=viewer.record, revision=1, **_columns(viewer, leaf, 1, pairs)
    )


def _replace(viewer: Viewer, leaf: _Leaf, pairs: bytes) -> None:
    rows = TimelineLeaf.objects.filter(pk=leaf.id)
    if not pairs:
        rows.delete()
        return
    revision = leaf.revision + 1
    rows.update(revision=revision, **_columns(viewer, leaf.id, revision, pairs))


def _columns(viewer: Viewer, leaf: uuid.UUID, revision: int, pairs: bytes) -> dict[str, Any]:
    def seal(field: str, plaintext: bytes) -> bytes:
        return viewer.keys.seal(
            Section.DIARY, item=str(leaf), version=revision, field=field, plaintext=plaintext
        )

    return {
        "count": len(pairs) // _PAIR.size,
        "epoch": viewer.keys.epoch,
        "sealed_first": seal("first", _nth(pairs, 0)),
        "sealed": seal("pairs", pairs),
    }


def _pair(entry: uuid.UUID, moment: datetime) -> bytes:
    return _PAIR.pack((moment - _EPOCH) // timedelta(microseconds=1) + _BIAS, entry.bytes)


def _nth(pairs: bytes, at: int) -> bytes:
    return pairs[at * _PAIR.size : (at + 1) * _PAIR.size]


def _each(pairs: bytes) -> Iterator[bytes]:
    for start in range(0, len(pairs), _PAIR.size):
        yield pairs[start : start + _PAIR.size]
