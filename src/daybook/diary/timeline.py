"""The order of events: sealed leaves of (entry, time) pairs, so that one page of the list opens one page of entries.

Each leaf holds at most 512 pairs of 24 bytes, sorted. An entry's place in time is the earliest instant its event may have
happened, or the time of writing where that is unknown. The leaves follow from the entries and can be made again from them.
"""

import struct
import uuid
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from daybook.diary.models import TimelineLeaf
from daybook.kernel.consent import Viewer
from daybook.kernel.sealing.keys import Section

MOST_IN_LEAF = 512
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


def place_new(viewer: Viewer, entry: uuid.UUID, moment: datetime) -> None:
    """Put a new entry at ``moment``. Must run in the transaction that writes the entry, after its ledger event: the lock on
    the ledger's head keeps two writers apart.
    """
    pair = _pair(entry, moment)
    leaves = _leaves(viewer)
    target = next((leaf for leaf in reversed(leaves) if leaf.first <= pair), leaves[0] if leaves else None)
    if target is None:
        _add(viewer, pair)
        return
    pairs = _open(viewer, target)
    place = bisect_left(range(target.count), pair, key=lambda at: _nth(pairs, at))
    pairs = pairs[: place * _PAIR.size] + pair + pairs[place * _PAIR.size :]
    count = target.count + 1
    if count > MOST_IN_LEAF:
        # New events mostly come last: leave the old leaf nearly full then, and split in the middle otherwise.
        cut = (MOST_IN_LEAF if place == target.count else count // 2) * _PAIR.size
        pairs, tail = pairs[:cut], pairs[cut:]
        _add(viewer, tail)
    _replace(viewer, target, pairs)


def move(viewer: Viewer, entry: uuid.UUID, moment: datetime) -> None:
    """Move an entry whose time was amended. Must run like `place_new`."""
    for leaf in _leaves(viewer):
        pairs = _open(viewer, leaf)
        kept = b"".join(pair for pair in _each(pairs) if pair[8:] != entry.bytes)
        if len(kept) != len(pairs):
            _replace(viewer, leaf, kept)
    place_new(viewer, entry, moment)


def newest_first(viewer: Viewer, *, start: int, count: int) -> tuple[list[uuid.UUID], int]:
    """``count`` entries from place ``start`` (0 is the newest event), and how many there are in all."""
    leaves = _leaves(viewer)
    total = sum(leaf.count for leaf in leaves)
    page: list[uuid.UUID] = []
    skip = start
    for leaf in reversed(leaves):
        if skip >= leaf.count:
            skip -= leaf.count
            continue
        pairs = _open(viewer, leaf)
        for at in range(leaf.count - skip - 1, -1, -1):
            page.append(uuid.UUID(bytes=_nth(pairs, at)[8:]))
            if len(page) == count:
                return page, total
        skip = 0
    return page, total


def in_order(viewer: Viewer, among: Mapping[uuid.UUID, object] | None = None) -> list[uuid.UUID]:
    """Every entry (or those of ``among``), earliest event first."""
    entries = (pair[8:] for leaf in _leaves(viewer) for pair in _each(_open(viewer, leaf)))
    if among is None:
        return [uuid.UUID(bytes=entry) for entry in entries]
    wanted = {entry.bytes: entry for entry in among}
    return [wanted[entry] for entry in entries if entry in wanted]


def lay_anew(viewer: Viewer, moments: Iterable[tuple[uuid.UUID, datetime]]) -> None:
    """Make the leaves again from the entries, after damage. Must run in a transaction."""
    TimelineLeaf.objects.filter(record_id=viewer.record).delete()
    pairs = sorted(_pair(entry, moment) for entry, moment in moments)
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
