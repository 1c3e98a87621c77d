"""The order of events: sealed leaves of (entry, time) pairs, so that one page of the list opens one page of entries.

Each leaf holds at most 512 pairs of 24 bytes, sorted. An entry's place in time is the earliest instant its event may have
happened, or the time of writing where that is unknown. The leaves follow from the entries and can be made again from them.
"""

import struct
import uuid
from bisect import insort
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from daybook.diary.models import TimelineLeaf
from daybook.kernel.consent import Viewer
from daybook.kernel.sealing.keys import Section

MOST_IN_LEAF = 512
_PAIR = struct.Struct(">q16s")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

Pair = tuple[int, bytes]


@dataclass(slots=True)
class _Leaf:
    row: TimelineLeaf
    pairs: list[Pair]


def place_in_time(viewer: Viewer, entry: uuid.UUID, moment: datetime) -> None:
    """Put an entry at ``moment``, or move it there. Must run in the transaction that writes the entry."""
    leaves = _leaves(viewer)
    changed = []
    for leaf in leaves:
        kept = [pair for pair in leaf.pairs if pair[1] != entry.bytes]
        if len(kept) != len(leaf.pairs):
            leaf.pairs = kept
            changed.append(leaf)
    pair = (_microseconds(moment), entry.bytes)
    target = next((leaf for leaf in reversed(leaves) if leaf.pairs and leaf.pairs[0] <= pair), None)
    target = target or (leaves[0] if leaves else None)
    if target is None:
        _write(viewer, TimelineLeaf(record_id=viewer.record, revision=0), [pair])
        return
    insort(target.pairs, pair)
    if len(target.pairs) > MOST_IN_LEAF:
        # New events mostly come last: leave the old leaf nearly full then, and split in the middle otherwise.
        cut = MOST_IN_LEAF if target.pairs[-1] == pair else len(target.pairs) // 2
        target.pairs, tail = target.pairs[:cut], target.pairs[cut:]
        _write(viewer, TimelineLeaf(record_id=viewer.record, revision=0), tail)
    if target not in changed:
        changed.append(target)
    for leaf in changed:
        _write(viewer, leaf.row, leaf.pairs)


def newest_first(viewer: Viewer, *, start: int, count: int) -> tuple[list[uuid.UUID], int]:
    """``count`` entries from place ``start`` (0 is the newest event), and how many there are in all."""
    leaves = _leaves(viewer)
    total = sum(len(leaf.pairs) for leaf in leaves)
    page: list[uuid.UUID] = []
    skip = start
    for leaf in reversed(leaves):
        if skip >= len(leaf.pairs):
            skip -= len(leaf.pairs)
            continue
        for _, entry in reversed(leaf.pairs[: len(leaf.pairs) - skip]):
            page.append(uuid.UUID(bytes=entry))
            if len(page) == count:
                return page, total
        skip = 0
    return page, total


def in_order(viewer: Viewer) -> list[uuid.UUID]:
    """Every entry, earliest event first."""
    return [uuid.UUID(bytes=entry) for leaf in _leaves(viewer) for _, entry in leaf.pairs]


def lay_anew(viewer: Viewer, moments: Iterable[tuple[uuid.UUID, datetime]]) -> None:
    """Make the leaves again from the entries, after damage. Must run in a transaction."""
    TimelineLeaf.objects.filter(record_id=viewer.record).delete()
    pairs = sorted((_microseconds(moment), entry.bytes) for entry, moment in moments)
    for start in range(0, len(pairs), MOST_IN_LEAF):
        _write(viewer, TimelineLeaf(record_id=viewer.record, revision=0), pairs[start : start + MOST_IN_LEAF])


def _leaves(viewer: Viewer) -> list[_Leaf]:
    found = []
    for row in TimelineLeaf.objects.filter(record_id=viewer.record):
        opened = viewer.keys.open(
            Section.DIARY,
            item=str(row.pk),
            version=row.revision,
            field="timeline",
            epoch=row.epoch,
            sealed=bytes(row.sealed),
        )
        found.append(_Leaf(row, list(_PAIR.iter_unpack(opened))))
    return sorted(found, key=lambda leaf: leaf.pairs[:1])


def _write(viewer: Viewer, row: TimelineLeaf, pairs: list[Pair]) -> None:
    if not pairs:
        if not row._state.adding:
            row.delete()
        return
    row.revision += 1
    row.count = len(pairs)
    row.epoch = viewer.keys.epoch
    plaintext = b"".join(_PAIR.pack(*pair) for pair in pairs)
    row.sealed = viewer.keys.seal(
        Section.DIARY, item=str(row.pk), version=row.revision, field="timeline", plaintext=plaintext
    )
    row.save()


def _microseconds(moment: datetime) -> int:
    return (moment - _EPOCH) // timedelta(microseconds=1)
