"""Exhibits: admitting what was taken in, listing it, and opening it again byte for byte."""

import hmac
import uuid
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import orjson
from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet

from daybook import doors
from daybook.evidence import wanted
from daybook.evidence.derived import keep_copies, open_copy, said_later
from daybook.evidence.describing import Describe, Description, describe
from daybook.evidence.errors import NoSuchExhibit, NotKept
from daybook.evidence.intake import Received, discard, not_kept_if_unwritable
from daybook.evidence.models import Blob, BodyCheck, DerivedCopy, Exhibit, PreviewDue
from daybook.evidence.reading import opening_of, opens
from daybook.kernel.consent import Viewer
from daybook.kernel.custody import EventKind
from daybook.kernel.media.previews import THUMBNAIL, Place, read_picture
from daybook.kernel.sealing.blob_store import BlobError
from daybook.kernel.sealing.errors import SealingError
from daybook.kernel.sealing.keys import Section
from daybook.ledger.chains import append, instant
from daybook.people.accounts import Unlocked, evidence_identity
from daybook.people.errors import RecordAltered
from daybook.people.models import Record

MOST_NAME = 4096
_AT_A_TIME = 500
_NOT_READ_BACK = "This file was taken in, but could not be read back. Try again."


@dataclass(frozen=True, slots=True)
class ReadExhibit:
    """An exhibit's sealed row, opened. ``size`` is in bytes; ``metadata`` is what the file itself says, not what is true.

    ``preview_due`` means that nobody has looked into it yet. ``facts_left`` means that nobody had read what it says of itself
    when it was admitted; ``said_later`` is what was found afterwards. ``opening_sha256`` binds the sealed body to it,
    see `evidence.reading`. ``damage`` is what the last reading found wrong with the body (a `BodyCheck.Found`), empty where
    nothing was.
    """

    id: uuid.UUID
    reference: str
    name: str
    sha256: str
    size: int
    type: str
    sealed_length: int
    opening_sha256: str
    received_at: str
    source: str
    parent: uuid.UUID | None
    metadata: Mapping[str, Any]
    blob_key: str
    unseen: bool
    has_thumbnail: bool
    damage: str = ""
    preview_due: bool = False
    facts_left: bool = False
    said_later: Mapping[str, Any] = field(default_factory=dict)

    @property
    def committed(self) -> dict[str, Any]:
        """The fields the ledger commits to, by name."""
        return {
            "reference": self.reference,
            "sha256": self.sha256,
            "name": self.name,
            "size": self.size,
            "type": self.type,
            "received_at": self.received_at,
            "metadata": self.metadata,
            "parent": str(self.parent) if self.parent else None,
            "source": self.source,
        }

    @property
    def said(self) -> Mapping[str, Any]:
        """What the file says of itself, whether it was read before the ledger was written or only later."""
        return {**self.said_later, **self.metadata}

    @property
    def place(self) -> tuple[float, float] | None:
        """Latitude and longitude in degrees, where the file carries them."""
        latitude, longitude = self.said.get("latitude"), self.said.get("longitude")
        return None if latitude is None or longitude is None else (latitude, longitude)


@dataclass(frozen=True, slots=True)
class SmallPicture:
    """The derived picture of an exhibit: a JPEG without metadata, ``width`` and ``height`` in pixels."""

    exhibit: uuid.UUID
    content: bytes
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Admitted:
    """What became of a file: a new exhibit, or the one that already holds the very same bytes.

    ``put_back``: what was stored of that one was missing or damaged, and this file has taken its place.
    """

    exhibit: ReadExhibit
    duplicate: bool
    put_back: bool = False


def admit_exhibit(
    unlocked: Unlocked,
    received: Received,
    *,
    name: str,
    declared_type: str = "",
    source: str,
    now: datetime,
    parent: uuid.UUID | None = None,
    unseen: bool = False,
    described: Describe | None = None,
) -> Admitted:
    """Make a received file evidence: give it a reference, read what it says of itself, bind it into the ledger.

    The very same bytes are kept once: a second upload gives back the exhibit that holds them, and puts its body back where
    that was found missing or damaged. ``unseen`` keeps no picture of it; what it says of itself is read all the same, so that
    a place it gives away is known before anyone is given it. ``described`` gives what was read of it already, beside other
    files (see `describing.described_together`).
    Raises NoSuchExhibit when ``parent`` is not in this record, NotKept when the disk is full; nothing is admitted then.
    """
    viewer = unlocked.viewer
    try:
        evidence_identity(viewer)
    except RecordAltered as error:
        discard(received)
        raise NotKept(str(error)) from error
    tag = _digest_tag(viewer, received.sha256)
    # A name that is not text (a file system allows it) is kept as the bytes it is made of.
    name = name.encode("utf-8", "backslashreplace").decode()
    twin = _twin(viewer, tag, received.sha256)
    if twin is not None:
        return _kept_before(viewer, twin, received)
    if parent is not None:
        get_exhibit_for(viewer, parent)
    opening = _opening(viewer, received)
    read = described() if described is not None else _describe(viewer, received, name, declared_type)
    exhibit_id = uuid.uuid4()
    with not_kept_if_unwritable(), transaction.atomic():
        record = Record.objects.select_for_update().get(pk=viewer.record)
        # Again, now that nobody else can add to this record: two windows may have sent the same file.
        twin = _twin(viewer, tag, received.sha256)
        if twin is not None:
            return _kept_before(viewer, twin, received)
        number = record.exhibits_numbered + 1
        Record.objects.filter(pk=record.pk).update(exhibits_numbered=number)
        committed = {
            "reference": f"{unlocked.profile.initials}/{number}",
            "sha256": received.sha256,
            "name": name[:MOST_NAME],
            "size": received.size,
            "type": received.type,
            "received_at": instant(now),
            "metadata": read.metadata,
            "parent": str(parent) if parent else None,
            "source": source,
        }
        body = {**committed, **_beside(received, opening), "facts_left": read.facts_left}
        mine = Blob.objects.filter(key=received.blob_key, record_id=viewer.record, admitted=False)
        if not mine.update(admitted=True):
            raise NotKept("This file is no longer there. Choose it again.")
        Exhibit.objects.create(
            id=exhibit_id,
            record_id=viewer.record,
            number=number,
            blob_id=received.blob_key,
            parent_id=parent,
            admitted_at=now,
            unseen=unseen,
            digest_tag=tag,
            epoch=viewer.keys.epoch,
            sealed=_seal(viewer, exhibit_id, "body", orjson.dumps(body)),
        )
        if read.decoded is not None and not unseen:
            keep_copies(viewer, exhibit_id, read.decoded, now=now)
        elif read.later and not unseen:
            PreviewDue.objects.create(exhibit_id=exhibit_id)
            wanted.note(viewer.record)
        append(viewer.keys, EventKind.EXHIBIT_ADMITTED, item=exhibit_id, version=1, values=committed, now=now)
    return Admitted(get_exhibit_for(viewer, exhibit_id), duplicate=False)


def exhibits_for(viewer: Viewer, ids: Iterable[uuid.UUID] | None = None) -> list[ReadExhibit]:
    """The record's exhibits (or those in ``ids``) in the order of their numbers, without those that were removed.

    Raises SealingError on an altered row.
    """
    rows = with_what_is_beside(Exhibit.objects.filter(record_id=viewer.record, removed_at=None))
    rows = rows.order_by("number")
    if ids is not None:
        rows = rows.filter(pk__in=list(ids))
    return [read_exhibit(viewer, row) for row in rows]


def with_what_is_beside(rows: QuerySet[Exhibit]) -> QuerySet[Exhibit]:
    """Rows as `read_exhibit` wants them: with what tells whether there is a small picture, or may be one soon, and damage."""
    small = DerivedCopy.objects.filter(exhibit=OuterRef("pk"), slot=Place(THUMBNAIL).slot)
    return rows.select_related("blob__check_row", "preview_due").annotate(has_thumbnail=Exists(small))


def exhibit_ids_for(
    viewer: Viewer, *, unseen: bool = False, pictures: bool = False
) -> list[tuple[uuid.UUID, int]]:
    """The exhibits' ids and numbers, the newest first; opens nothing, so that a page opens only what it shows.

    ``unseen`` leaves only those kept without looking, ``pictures`` only those with a small picture.
    """
    rows = Exhibit.objects.filter(record_id=viewer.record, removed_at=None)
    if unseen:
        rows = rows.filter(unseen=True)
    if pictures:
        rows = rows.filter(derived__slot=Place(THUMBNAIL).slot)
    return list(rows.order_by("-number").values_list("pk", "number"))


def copies_for(viewer: Viewer, exhibit: uuid.UUID) -> list[ReadExhibit]:
    """The exhibits that are edited copies of this one, by number. Raises SealingError on an altered row."""
    rows = Exhibit.objects.filter(record_id=viewer.record, parent_id=exhibit)
    copies = exhibits_for(viewer, rows.values_list("pk", flat=True))
    # The link beside the sealed row is only there to find it; the sealed row is what counts.
    return [copy for copy in copies if copy.parent == exhibit]


def get_exhibit_for(viewer: Viewer, exhibit: uuid.UUID) -> ReadExhibit:
    """One exhibit. Raises NoSuchExhibit for anything that is not this viewer's."""
    found = exhibits_for(viewer, [exhibit])
    if not found:
        raise NoSuchExhibit("There is no such file in this record.")
    return found[0]


def thumbnail_for(viewer: Viewer, exhibit: uuid.UUID) -> SmallPicture | None:
    """The small picture made from an exhibit, or None where there is none."""
    return next(thumbnails_for(viewer, [exhibit]), None)


def thumbnails_for(viewer: Viewer, ids: Iterable[uuid.UUID]) -> Iterator[SmallPicture]:
    """The small pictures of those exhibits that have one. Raises SealingError on an altered row."""
    place = Place(THUMBNAIL)
    rows = DerivedCopy.objects.filter(
        exhibit__record_id=viewer.record, exhibit__removed_at=None, slot=place.slot
    )
    wanted = list(ids)
    for start in range(0, len(wanted), _AT_A_TIME):
        for row in rows.filter(exhibit_id__in=wanted[start : start + _AT_A_TIME]):
            small = read_picture(open_copy(viewer, row, place))
            yield SmallPicture(row.exhibit_id, small.content, small.width, small.height)


def count_exhibits(viewer: Viewer) -> int:
    """How many exhibits the record has, without those that were removed."""
    return Exhibit.objects.filter(record_id=viewer.record, removed_at=None).count()


def _kept_before(viewer: Viewer, twin: uuid.UUID, received: Received) -> Admitted:
    """The exhibit that holds the very same bytes. Where what is stored of them is gone or damaged, these take its place."""
    before = get_exhibit_for(viewer, twin)
    if not before.damage and opens(viewer, before):
        discard(received)
        return Admitted(before, duplicate=True)
    opening = _opening(viewer, received)
    body = {**before.committed, **_beside(received, opening), "facts_left": before.facts_left}
    with not_kept_if_unwritable(), transaction.atomic():
        mine = Blob.objects.filter(key=received.blob_key, record_id=viewer.record, admitted=False)
        if not mine.update(admitted=True):
            raise NotKept("This file is no longer there. Choose it again.")
        sealed = _seal(viewer, twin, "body", orjson.dumps(body))
        row = Exhibit.objects.filter(pk=twin, record_id=viewer.record)
        row.update(blob_id=received.blob_key, epoch=viewer.keys.epoch, sealed=sealed)
        Blob.objects.filter(key=before.blob_key).delete()
        transaction.on_commit(lambda: doors.blobs().delete(before.blob_key), robust=True)
    return Admitted(get_exhibit_for(viewer, twin), duplicate=True, put_back=True)


def _beside(received: Received, opening: str) -> dict[str, Any]:
    """What the sealed row says of the body besides what the ledger commits to."""
    return {"sealed_length": received.sealed_length, "opening_sha256": opening}


def _opening(viewer: Viewer, received: Received) -> str:
    """What binds the sealed body to its exhibit, read back from the store: one that is not all there is never admitted."""
    try:
        opening, size = opening_of(viewer, blob_key=received.blob_key, sealed_length=received.sealed_length)
    except (BlobError, SealingError) as error:
        raise NotKept(_NOT_READ_BACK) from error
    if size != received.size:
        raise NotKept(_NOT_READ_BACK)
    return opening


def _describe(viewer: Viewer, received: Received, name: str, declared_type: str) -> Description:
    return describe(received, evidence_identity(viewer), name=name, declared_type=declared_type)


def _twin(viewer: Viewer, tag: bytes, sha256: str) -> uuid.UUID | None:
    """The exhibit that holds the very same bytes. What its sealed row says counts; the tag alone could have been put there."""
    rows = Exhibit.objects.filter(record_id=viewer.record, digest_tag=tag)
    ids = list(rows.order_by("number").values_list("pk", flat=True))
    return (
        next((read.id for read in exhibits_for(viewer, ids) if read.sha256 == sha256), None) if ids else None
    )


def _digest_tag(viewer: Viewer, sha256: str) -> bytes:
    key = viewer.keys.section(Section.EVIDENCE, 1).derived(b"digest-tag/v1")
    return hmac.digest(key, bytes.fromhex(sha256), "sha256")


def _seal(viewer: Viewer, exhibit: uuid.UUID, field: str, plaintext: bytes) -> bytes:
    return viewer.keys.seal(Section.EVIDENCE, item=str(exhibit), version=1, field=field, plaintext=plaintext)


def read_exhibit(viewer: Viewer, row: Exhibit) -> ReadExhibit:
    """An exhibit's row (see `with_what_is_beside`), opened. Raises SealingError when it was altered."""
    opened = viewer.keys.open(
        Section.EVIDENCE, item=str(row.pk), version=1, field="body", epoch=row.epoch, sealed=bytes(row.sealed)
    )
    body = orjson.loads(opened)
    facts_left = body.get("facts_left", False)
    return ReadExhibit(
        id=row.pk,
        reference=body["reference"],
        name=body["name"],
        sha256=body["sha256"],
        size=body["size"],
        type=body["type"],
        sealed_length=body["sealed_length"],
        opening_sha256=body.get("opening_sha256", ""),
        received_at=body["received_at"],
        source=body["source"],
        parent=uuid.UUID(body["parent"]) if body["parent"] else None,
        metadata=body["metadata"],
        blob_key=row.blob_id or "",
        unseen=row.unseen,
        has_thumbnail=row.has_thumbnail,  # type: ignore[attr-defined]  # it is annotated
        damage=_damage(row.blob),
        preview_due=hasattr(row, "preview_due"),
        facts_left=facts_left,
        said_later=said_later(viewer, row.pk) if facts_left else {},
    )


def _damage(blob: Blob | None) -> str:
    found = (
        blob.check_row.found if blob is not None and hasattr(blob, "check_row") else BodyCheck.Found.UNKNOWN
    )
    return "" if found in {BodyCheck.Found.UNKNOWN, BodyCheck.Found.WHOLE} else found
