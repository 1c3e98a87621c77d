"""The order of events: sealed pairs of (time, entry), so that one page of the list opens one page of entries.

A new entry carries its pair with it, sealed ("loose"); every so often the loose ones are gathered into leaves of at most 512
pairs of 24 bytes, sorted. Writing therefore costs nothing more, and reading opens the leaves it needs and the few loose ones.
An entry's place in time is the earliest instant its event may have happened, or the time of writing where that is unknown. All
of this follows from the entries and can be made again from them.

Nothing here is trusted to be whole: what does not open is left out and said, so that one damaged row does not take the diary
away. A loose pair is bound to its entry's version, a leaf's count is sealed with its first pair, and an entry that stands
twice is given once.
"""

import struct
import uuid
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from daybook.diary.models import Item, TimelineLeaf
from daybook.kernel.consent import Viewer
from daybook.kernel.sealing.errors import SealingError
from daybook.kernel.sealing.keys import Section

MOST_IN_LEAF = 512
GATHER_EVERY = 256
_AT_A_TIME = 500
_PAIR = struct.Struct(">Q16s")
_COUNT = struct.Struct(">I")
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


@dataclass(frozen=True, slots=True)
class Placed:
    """Entries in the order of events, and how many the timeline holds in all. ``whole`` is False where part of it was
    altered and does not open.
    """

    entries: list[uuid.UUID]
    total: int
    whole: bool


def loose_columns(viewer: Viewer, entry: uuid.UUID, moment: datetime, *, version: int = 1) -> dict[str, Any]:
    """The columns of an entry's row that put ``version`` of it at ``moment``."""
    keys = viewer.keys
    sealed = keys.seal(
        Section.DIARY, item=str(entry), version=version, field="moment", plaintext=_pair(entry, moment)
    )
    return {"loose_epoch": keys.epoch, "sealed_moment": sealed}


def move(viewer: Viewer, entry: uuid.UUID, moment: datetime, *, version: int) -> None:
    """Put an entry, now in this version, somewhere else. Must run in the transaction that amends it, after its ledger event:
    the lock on the ledger's head keeps two writers apart.
    """
    for leaf in _leaves(viewer)[0]:
        pairs = _open(viewer, leaf)
        if pairs is None:
            continue
        kept = b"".join(pair for pair in _each(pairs) if pair[8:] != entry.bytes)
        if len(kept) != len(pairs):
            _replace(viewer, leaf, kept)
    Item.objects.filter(pk=entry).update(**loose_columns(viewer, entry, moment, version=version))


def gather(viewer: Viewer) -> int:
    """Take the loose entries into the leaves; returns how many. Must run like `move`."""
    loose, _ = _loose(viewer)
    waiting = list(loose)
    # A leaf that does not open takes nothing in: what is put beside it is found, what is put into it would be lost.
    opened = [(leaf, _open(viewer, leaf)) for leaf in _leaves(viewer)[0]] if waiting else []
    leaves = [(leaf, pairs) for leaf, pairs in opened if pairs is not None]
    for place, (leaf, pairs) in enumerate(leaves):
        following = leaves[place + 1][0].first if place + 1 < len(leaves) else None
        mine = [pair for pair in waiting if following is None or pair < following]
        if not mine:
            continue
        waiting = waiting[len(mine) :]
        _spread(viewer, leaf, _merged(pairs, mine))
    _spread(viewer, None, waiting)
    entries = [uuid.UUID(bytes=pair[8:]) for pair in loose]
    for start in range(0, len(entries), _AT_A_TIME):
        Item.objects.filter(pk__in=entries[start : start + _AT_A_TIME]).update(
            sealed_moment=None, loose_epoch=0
        )
    return len(loose)


def newest_first(viewer: Viewer, *, start: int, count: int) -> Placed:
    """``count`` entries from place ``start`` (0 is the newest event); opens only the leaves they stand in."""
    (leaves, all_leaves), (loose, all_loose) = _leaves(viewer), _loose(viewer)
    whole = all_leaves and all_loose
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
            opened = _open(viewer, leaf)
            whole = whole and opened is not None
            page += _merged(opened or b"", mine, loose)[::-1][max(0, start - seen) : wanted - seen]
        seen += here
    page += newest[max(0, start - seen) : max(0, wanted - seen)]
    return Placed(list(dict.fromkeys(uuid.UUID(bytes=pair[8:]) for pair in page)), total, whole)


def in_order(viewer: Viewer, among: Mapping[uuid.UUID, object] | None = None) -> list[uuid.UUID]:
    """Every entry the timeline holds (or those of ``among``) once, earliest event first."""
    entries = dict.fromkeys(pair[8:] for pair in _pairs(viewer)[0])
    if among is None:
        return [uuid.UUID(bytes=entry) for entry in entries]
    wanted = {entry.bytes: entry for entry in among}
    return [wanted[entry] for entry in entries if entry in wanted]


def places_of(viewer: Viewer) -> tuple[list[tuple[uuid.UUID, datetime]], bool]:
    """Every place the timeline gives, as it stands, and whether all of it opens."""
    pairs, whole = _pairs(viewer, once=False)
    places = ((uuid.UUID(bytes=entry), moment) for moment, entry in map(_PAIR.unpack, pairs))
    return [(entry, _EPOCH + timedelta(microseconds=moment - _BIAS)) for entry, moment in places], whole


def lay_anew(viewer: Viewer, moments: Iterable[tuple[uuid.UUID, datetime]]) -> None:
    """Make the leaves again from the entries, after damage. Must run in a transaction."""
    TimelineLeaf.objects.filter(record_id=viewer.record).delete()
    Item.objects.filter(record_id=viewer.record).update(sealed_moment=None, loose_epoch=0)
    _spread(viewer, None, sorted(_pair(entry, moment) for entry, moment in moments))


def _pairs(viewer: Viewer, *, once: bool = True) -> tuple[list[bytes], bool]:
    """Every pair in order, and whether all opened; with ``once``, a loose pair counts before one in a leaf."""
    (leaves, all_leaves), (loose, all_loose) = _leaves(viewer), _loose(viewer)
    opened = [_open(viewer, leaf) for leaf in leaves]
    inside = [pair for pairs in opened for pair in _each(pairs or b"")]
    whole = all_leaves and all_loose and None not in opened
    if not loose:
        return inside, whole
    return (_without(inside, loose, loose) if once else sorted([*inside, *loose])), whole


def _merged(pairs: bytes, mine: list[bytes], loose: list[bytes] | None = None) -> list[bytes]:
    """The pairs of a leaf with those that stand among them, in order."""
    return _without(list(_each(pairs)), mine, mine if loose is None else loose)


def _without(inside: list[bytes], mine: list[bytes], loose: list[bytes]) -> list[bytes]:
    if not loose:
        return inside
    newer = {pair[8:] for pair in loose}
    return sorted([*(pair for pair in inside if pair[8:] not in newer), *mine])


def _loose(viewer: Viewer) -> tuple[list[bytes], bool]:
    """The loose pairs in order, and whether all of them open: one from before an amendment does not."""
    open_one = viewer.keys.opener(Section.DIARY, "moment")
    rows = Item.objects.filter(record_id=viewer.record, sealed_moment__isnull=False)
    found, whole = [], True
    for entry, version, epoch, sealed in rows.values_list("id", "versions", "loose_epoch", "sealed_moment"):
        try:
            found.append(open_one(entry, version, epoch, bytes(sealed or b"")))
        except SealingError:
            whole = False
    return sorted(found), whole


def _spread(viewer: Viewer, leaf: _Leaf | None, pairs: list[bytes]) -> None:
    """Put sorted pairs into ``leaf`` and as many new ones as they need."""
    if leaf is not None:
        head = len(pairs) if len(pairs) <= MOST_IN_LEAF else MOST_IN_LEAF // 2
        _replace(viewer, leaf, b"".join(pairs[:head]))
        pairs = pairs[head:]
    for start in range(0, len(pairs), MOST_IN_LEAF):
        _add(viewer, b"".join(pairs[start : start + MOST_IN_LEAF]))


def _leaves(viewer: Viewer) -> tuple[list[_Leaf], bool]:
    """Every leaf in order, by its first pair and its count alone, and whether all of them open."""
    open_one = viewer.keys.opener(Section.DIARY, "first")
    rows = TimelineLeaf.objects.filter(record_id=viewer.record)
    found, whole = [], True
    for leaf, revision, epoch, sealed in rows.values_list("id", "revision", "epoch", "sealed_first"):
        try:
            opened = open_one(leaf, revision, epoch, bytes(sealed))
        except SealingError:
            whole = False
            continue
        (count,) = _COUNT.unpack_from(opened, _PAIR.size)
        found.append(_Leaf(leaf, revision, count, opened[: _PAIR.size]))
    return sorted(found, key=lambda leaf: leaf.first), whole


def _open(viewer: Viewer, leaf: _Leaf) -> bytes | None:
    """The pairs of a leaf; None where they do not open, or are gone since."""
    row = TimelineLeaf.objects.filter(pk=leaf.id).values_list("epoch", "sealed").first()
    if row is None:
        return None
    epoch, sealed = row
    try:
        return viewer.keys.opener(Section.DIARY, "pairs")(leaf.id, leaf.revision, epoch, bytes(sealed))
    except SealingError:
        return None


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
        "epoch": viewer.keys.epoch,
        "sealed_first": seal("first", pairs[: _PAIR.size] + _COUNT.pack(len(pairs) // _PAIR.size)),
        "sealed": seal("pairs", pairs),
    }


def _pair(entry: uuid.UUID, moment: datetime) -> bytes:
    return _PAIR.pack((moment - _EPOCH) // timedelta(microseconds=1) + _BIAS, entry.bytes)


def _each(pairs: bytes) -> Iterator[bytes]:
    for start in range(0, len(pairs), _PAIR.size):
        yield pairs[start : start + _PAIR.size]
