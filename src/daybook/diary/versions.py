"""Keeping and reading items in versions: nothing is ever overwritten, and each version is bound into the ledger."""

import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
from django.db import transaction

from daybook.diary.errors import AmendedMeanwhile, NotFound
from daybook.diary.models import Item, Version
from daybook.doors.rows import insert_row
from daybook.kernel.consent import Viewer
from daybook.kernel.custody import EventKind
from daybook.kernel.sealing.errors import CannotOpen, SealingError
from daybook.kernel.sealing.keys import Section
from daybook.ledger.chains import LEDGER, append
from daybook.ledger.models import ChainHead

Values = Mapping[str, Any]

_EVENTS = {
    Item.Kind.ENTRY: (EventKind.ENTRY_WRITTEN, EventKind.ENTRY_AMENDED),
    Item.Kind.SUSPECT: (EventKind.SUSPECT_KEPT, EventKind.SUSPECT_AMENDED),
    Item.Kind.WITNESS: (EventKind.WITNESS_KEPT, EventKind.WITNESS_AMENDED),
    Item.Kind.PLACE: (EventKind.PLACE_KEPT, EventKind.PLACE_KEPT),
}
_SECTION = {
    Item.Kind.ENTRY: Section.DIARY,
    Item.Kind.SUSPECT: Section.DIARY,
    Item.Kind.WITNESS: Section.DIARY,
    Item.Kind.PLACE: Section.IDENTITY,
}
# Fields that are sealed under a section of their own: private feelings, and how to reach a witness.
_APART: dict[Item.Kind, tuple[str, Section]] = {
    Item.Kind.ENTRY: ("feelings", Section.FEELINGS),
    Item.Kind.WITNESS: ("contact", Section.IDENTITY),
}


@dataclass(frozen=True, slots=True)
class ReadVersion:
    """One version of an item, opened: ``values`` are its fields (without those this viewer may not open)."""

    item: uuid.UUID
    kind: Item.Kind
    version: int
    written_at: datetime
    values: Values

    @property
    def reason(self) -> str:
        """Why this version was written; empty for the first."""
        return str(self.values.get("reason", ""))


@dataclass(frozen=True, slots=True)
class AlteredVersion:
    """A version whose row does not open: something other than Daybook changed or moved it. Nothing of it is known but what
    stands in clear; ``written_at`` is None where the row itself is gone.
    """

    item: uuid.UUID
    kind: Item.Kind
    version: int
    written_at: datetime | None


def keep_version(
    viewer: Viewer,
    kind: Item.Kind,
    values: Values,
    *,
    now: datetime,
    item: uuid.UUID | None = None,
    expected: int | None = None,
    new_id: uuid.UUID | None = None,
    columns: Mapping[str, Any] | None = None,
) -> ReadVersion:
    """Write the first version of a new item, or (with ``item``) the next version of one.

    ``new_id`` is the id a new item gets (default: a random one), ``columns`` are further columns of its row. ``values`` is
    what is sealed and, field by field, committed to in the ledger. ``expected`` is the version the writer last saw. Runs in
    the caller's transaction if there is one. Raises NotFound, AmendedMeanwhile.
    """
    with transaction.atomic(savepoint=False):
        if item is None:
            item, number = new_id or uuid.uuid4(), 1
            placed = columns or {"loose_epoch": 0, "sealed_moment": None}
            insert_row(Item, id=item, record_id=viewer.record, kind=kind.value, versions=1, **placed)
        else:
            row = _locked_item(viewer, kind, item)
            if expected is not None and row.versions != expected:
                raise AmendedMeanwhile(
                    "This was changed in another window. Look at the newest version, then amend that."
                )
            number = row.versions + 1
            Version.objects.filter(item=row, current=True).update(current=False)
            Item.objects.filter(pk=row.pk).update(versions=number)
        sealed, sealed_apart = _seal(viewer, kind, item, number, values)
        insert_row(
            Version,
            item_id=item,
            record_id=viewer.record,
            kind=kind.value,
            version=number,
            current=True,
            written_at=now,
            epoch=viewer.keys.epoch,
            sealed=sealed,
            sealed_apart=sealed_apart,
        )
        event = _EVENTS[kind][0 if number == 1 else 1]
        append(viewer.keys, event, item=item, version=number, values=committed_values(kind, values), now=now)
    return ReadVersion(item, kind, number, now, dict(values))


def committed_values(kind: Item.Kind, values: Values) -> Values:
    """What the ledger commits to, field by field.

    Every entry commits to private feelings, empty where none were written: otherwise a pack without them would show which
    entries have some.
    """
    return {"feelings": "", **values} if kind == Item.Kind.ENTRY else values


def read_current(
    viewer: Viewer, kind: Item.Kind, ids: Iterable[uuid.UUID] | None = None
) -> list[ReadVersion]:
    """The newest version of every item of a kind (or of those in ``ids``), in no particular order.

    Raises SealingError when a row was altered or moved.
    """
    opener = _Opener(viewer, kind)
    return [opener.open(*row) for row in _current_rows(viewer, kind, ids)]


def read_what_opens(
    viewer: Viewer,
    kind: Item.Kind,
    ids: Iterable[uuid.UUID] | None = None,
    *,
    look: Callable[[str], bool] | None = None,
    keep: Callable[[ReadVersion], bool] | None = None,
) -> tuple[list[ReadVersion], list[AlteredVersion]]:
    """As `read_current`, row by row: what opens, and apart from it what was altered. Raises nothing for an altered row.

    ``keep`` says which of those that open are wanted. ``look``, where there is one, is asked first, with the JSON text of the
    values alone: what it turns down is not read any further, so that looking through thousands is quick and holds little.
    """
    opener = _Opener(viewer, kind)
    opened: list[ReadVersion] = []
    altered: list[AlteredVersion] = []
    for item, version, written_at, *sealed in _current_rows(viewer, kind, ids):
        try:
            texts = opener.texts(item, version, *sealed)
        except SealingError:
            altered.append(AlteredVersion(item, kind, version, written_at))
            continue
        if look is not None and not look(b"\n".join(texts).decode()):
            continue
        read = opener.read(item, version, written_at, texts)
        if keep is None or keep(read):
            opened.append(read)
    return opened, altered


def _current_rows(viewer: Viewer, kind: Item.Kind, ids: Iterable[uuid.UUID] | None) -> Iterator[Any]:
    if ids is None:
        rows = Version.objects.filter(record_id=viewer.record, kind=kind, current=True)
        yield from _columns(rows).iterator(chunk_size=2000)
        return
    # By item alone: with the record in the question, SQLite walks every current version of the record instead.
    found = _columns(Version.objects.filter(item_id__in=list(ids), current=True), "record_id", "kind")
    yield from (row for *row, record, its_kind in found if (record, its_kind) == (viewer.record, kind))


def read_versions(viewer: Viewer, kind: Item.Kind, item: uuid.UUID) -> list[ReadVersion]:
    """Every version of one item, oldest first.

    Raises NotFound for anything that is not this viewer's, SealingError when one was altered or is missing in between.
    """
    rows = Version.objects.filter(record_id=viewer.record, kind=kind, item_id=item).order_by("version")
    opener = _Opener(viewer, kind)
    found = [opener.open(*row) for row in _columns(rows)]
    if not found:
        raise NotFound(f"There is no such {kind} in this record.")
    if [one.version for one in found] != list(range(1, len(found) + 1)):
        raise CannotOpen("a version is missing")
    return found


def read_history(viewer: Viewer, kind: Item.Kind) -> Iterator[ReadVersion]:
    """Every version of every item of a kind. Raises SealingError when a row was altered or moved."""
    rows = Version.objects.filter(record_id=viewer.record, kind=kind).order_by("pk")
    opener = _Opener(viewer, kind)
    for row in _columns(rows).iterator(chunk_size=2000):
        yield opener.open(*row)


@dataclass(frozen=True, slots=True)
class KeptVersion:
    """The row of a version as it stands, with what it opens to; ``read`` is None where it was altered."""

    item: uuid.UUID
    kind: str
    version: int
    current: bool
    written_at: datetime
    read: ReadVersion | None


def kept_versions(viewer: Viewer) -> Iterator[KeptVersion]:
    """Every row of a version that the record has, of every kind, as it stands. Raises nothing for an altered row."""
    openers = {kind.value: _Opener(viewer, kind) for kind in Item.Kind}
    rows = _columns(Version.objects.filter(record_id=viewer.record), "kind", "current")
    for item, version, written_at, epoch, sealed, sealed_apart, kind, current in rows.iterator(
        chunk_size=2000
    ):
        opener = openers.get(kind)
        try:
            read = opener.open(item, version, written_at, epoch, sealed, sealed_apart) if opener else None
        except SealingError:
            read = None
        yield KeptVersion(item, kind, version, current, written_at, read)


def may_open_field(viewer: Viewer, kind: Item.Kind, field: str) -> bool:
    """Whether this viewer opens a field of items of this kind."""
    apart, section = _APART.get(kind, ("", Section.DIARY))
    return viewer.may_open(section if field == apart else _SECTION[kind])


def first_written(viewer: Viewer, kind: Item.Kind, ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, datetime]:
    """When the first version of each of these items was written; opens nothing."""
    rows = Version.objects.filter(record_id=viewer.record, kind=kind, version=1, item_id__in=list(ids))
    return dict(rows.values_list("item_id", "written_at"))


def hold_ledger(viewer: Viewer) -> None:
    """Keep other writers of this record waiting until the transaction ends: they all append to its ledger."""
    ChainHead.objects.select_for_update().filter(record_id=viewer.record, chain=LEDGER).first()


def count_of(viewer: Viewer, kind: Item.Kind) -> int:
    """How many items of a kind the record has."""
    return Item.objects.filter(record_id=viewer.record, kind=kind).count()


def _columns(rows: Any, *more: str) -> Any:
    return rows.values_list("item_id", "version", "written_at", "epoch", "sealed", "sealed_apart", *more)


def _locked_item(viewer: Viewer, kind: Item.Kind, item: uuid.UUID) -> Item:
    row = Item.objects.select_for_update().filter(record_id=viewer.record, kind=kind, pk=item).first()
    if row is None:
        raise NotFound(f"There is no such {kind} in this record.")
    return row


def _seal(
    viewer: Viewer, kind: Item.Kind, item: uuid.UUID, version: int, values: Values
) -> tuple[bytes, bytes | None]:
    body = dict(values)
    apart = _APART.get(kind)
    sealed_apart = None
    if apart is not None and apart[0] in body:
        field, section = apart
        sealed_apart = viewer.keys.seal(
            section, item=str(item), version=version, field=field, plaintext=orjson.dumps(body.pop(field))
        )
    sealed = viewer.keys.seal(
        _SECTION[kind], item=str(item), version=version, field="body", plaintext=orjson.dumps(body)
    )
    return sealed, sealed_apart


class _Opener:
    """Opens versions of one kind for one viewer; made once for as many as there are."""

    def __init__(self, viewer: Viewer, kind: Item.Kind) -> None:
        self._kind = kind
        self._body = viewer.keys.opener(_SECTION[kind], "body") if viewer.may_open(_SECTION[kind]) else None
        field, section = _APART.get(kind, ("", Section.DIARY))
        self._field = field
        self._apart = viewer.keys.opener(section, field) if field and viewer.may_open(section) else None

    def open(
        self,
        item: uuid.UUID,
        version: int,
        written_at: datetime,
        epoch: int,
        sealed: bytes,
        sealed_apart: bytes | None,
    ) -> ReadVersion:
        """One version. Raises SealingError when it was altered or moved."""
        return self.read(item, version, written_at, self.texts(item, version, epoch, sealed, sealed_apart))

    def texts(
        self, item: uuid.UUID, version: int, epoch: int, sealed: bytes, sealed_apart: bytes | None
    ) -> tuple[bytes, bytes]:
        """The JSON of a version's fields, and of the one that is sealed apart; empty where this viewer may not open it.

        Raises SealingError when the row was altered or moved.
        """
        return (
            b"" if self._body is None else self._body(item, version, epoch, bytes(sealed)),
            b""
            if sealed_apart is None or self._apart is None
            else self._apart(item, version, epoch, bytes(sealed_apart)),
        )

    def read(
        self, item: uuid.UUID, version: int, written_at: datetime, texts: tuple[bytes, bytes]
    ) -> ReadVersion:
        """The version that `texts` opened."""
        body, apart = texts
        values = orjson.loads(body) if body else {}
        if apart:
            values[self._field] = orjson.loads(apart)
        return ReadVersion(item, self._kind, version, written_at, values)
