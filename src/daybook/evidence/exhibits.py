"""Exhibits: admitting what was taken in, listing it, and opening it again byte for byte."""

import hashlib
import hmac
import uuid
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import orjson
from django.db import transaction
from django.db.models import Exists, OuterRef

from daybook import doors
from daybook.evidence.derived import keep_copies, open_copy, said_later
from daybook.evidence.describing import Describe, Description, describe
from daybook.evidence.errors import BodyDamaged, NoSuchExhibit, NotKept
from daybook.evidence.intake import Received, discard, not_kept_if_unwritable
from daybook.evidence.models import Blob, DerivedCopy, Exhibit, PreviewDue
from daybook.kernel.consent import Viewer
from daybook.kernel.custody import EventKind
from daybook.kernel.media.previews import THUMBNAIL, Place, read_picture
from daybook.kernel.sealing.age import AgeReader
from daybook.kernel.sealing.blob_store import BlobError
from daybook.kernel.sealing.errors import SealingError
from daybook.kernel.sealing.keys import Section
from daybook.ledger.chains import append, instant
from daybook.people.accounts import Unlocked, evidence_identity
from daybook.people.errors import RecordAltered
from daybook.people.models import Record

MOST_NAME = 4096
_AT_A_TIME = 500


@dataclass(frozen=True, slots=True)
class ReadExhibit:
    """An exhibit's sealed row, opened. ``size`` is in bytes; ``metadata`` is what the file itself says, not what is true.

    ``facts_left`` means that nobody had read that when it was admitted; ``said_later`` is what was found afterwards.
    """

    id: uuid.UUID
    reference: str
    name: str
    sha256: str
    size: int
    type: str
    sealed_length: int
    received_at: str
    source: str
    parent: uuid.UUID | None
    metadata: Mapping[str, Any]
    blob_key: str
    unseen: bool
    has_thumbnail: bool
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
    """What became of a file: a new exhibit, or the one that already holds the very same bytes."""

    exhibit: ReadExhibit
    duplicate: bool


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

    The very same bytes are kept once: a second upload gives back the exhibit that holds them. ``unseen`` keeps no picture
    of it; what it says of itself is read all the same, so that a place it gives away is known before anyone is given it.
    ``described`` gives what was read of it already, beside other files (see `describing.described_together`).
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
        discard(received)
        return Admitted(get_exhibit_for(viewer, twin), duplicate=True)
    if parent is not None:
        get_exhibit_for(viewer, parent)
    read = described() if described is not None else _describe(viewer, received, name, declared_type)
    exhibit_id = uuid.uuid4()
    with not_kept_if_unwritable(), transaction.atomic():
        record = Record.objects.select_for_update().get(pk=viewer.record)
        # Again, now that nobody else can add to this record: two windows may have sent the same file.
        twin = _twin(viewer, tag, received.sha256)
        if twin is not None:
            discard(received)
            return Admitted(get_exhibit_for(viewer, twin), duplicate=True)
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
        body = {**committed, "sealed_length": received.sealed_length, "facts_left": read.facts_left}
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
        append(viewer.keys, EventKind.EXHIBIT_ADMITTED, item=exhibit_id, version=1, values=committed, now=now)
    return Admitted(get_exhibit_for(viewer, exhibit_id), duplicate=False)


def exhibits_for(viewer: Viewer, ids: Iterable[uuid.UUID] | None = None) -> list[ReadExhibit]:
    """The record's exhibits (or those in ``ids``) in the order of their numbers. Raises SealingError on an altered row."""
    small = DerivedCopy.objects.filter(exhibit=OuterRef("pk"), slot=Place(THUMBNAIL).slot)
    rows = Exhibit.objects.filter(record_id=viewer.record).order_by("number")
    if ids is not None:
        rows = rows.filter(pk__in=list(ids))
    return [_read(viewer, row) for row in rows.annotate(has_thumbnail=Exists(small))]


def exhibit_ids_for(
    viewer: Viewer, *, unseen: bool = False, pictures: bool = False
) -> list[tuple[uuid.UUID, int]]:
    """The exhibits' ids and numbers, the newest first; opens nothing, so that a page opens only what it shows.

    ``unseen`` leaves only those kept without looking, ``pictures`` only those with a small picture.
    """
    rows = Exhibit.objects.filter(record_id=viewer.record)
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
    rows = DerivedCopy.objects.filter(exhibit__record_id=viewer.record, slot=place.slot)
    wanted = list(ids)
    for start in range(0, len(wanted), _AT_A_TIME):
        for row in rows.filter(exhibit_id__in=wanted[start : start + _AT_A_TIME]):
            small = read_picture(open_copy(viewer, row, place))
            yield SmallPicture(row.exhibit_id, small.content, small.width, small.height)


def open_body(viewer: Viewer, exhibit: ReadExhibit) -> Iterator[bytes]:
    """The exhibit's original bytes, every piece verified before it is given out.

    Raises BodyDamaged before the first byte when the body is missing, cut or altered at its end, and in the middle of the
    stream when a piece inside was altered: what came before was verified, what follows is never given. The last piece is
    given only when the whole has the SHA-256 it was admitted with, so the body of another exhibit never passes for it.
    """
    try:
        ranges = doors.blobs().ranges(exhibit.blob_key)
        reader = AgeReader(ranges, length=exhibit.sealed_length, identity=evidence_identity(viewer))
    except (BlobError, SealingError) as error:
        raise BodyDamaged(
            f"The stored file {exhibit.reference} is missing or was altered, and is not shown."
        ) from error
    return _pieces(exhibit, reader)


def check_body(viewer: Viewer, exhibit: ReadExhibit) -> None:
    """Read the whole body without giving it to anyone. Raises BodyDamaged when it is missing or was altered anywhere."""
    for _ in open_body(viewer, exhibit):
        pass


def count_exhibits(viewer: Viewer) -> int:
    """How many exhibits the record has."""
    return Exhibit.objects.filter(record_id=viewer.record).count()


def _describe(viewer: Viewer, received: Received, name: str, declared_type: str) -> Description:
    return describe(received, evidence_identity(viewer), name=name, declared_type=declared_type)


def _twin(viewer: Viewer, tag: bytes, sha256: str) -> uuid.UUID | None:
    """The exhibit that holds the very same bytes. What its sealed row says counts; the tag alone could have been put there."""
    rows = Exhibit.objects.filter(record_id=viewer.record, digest_tag=tag)
    ids = list(rows.order_by("number").values_list("pk", flat=True))
    return (
        next((read.id for read in exhibits_for(viewer, ids) if read.sha256 == sha256), None) if ids else None
    )


def _pieces(exhibit: ReadExhibit, reader: AgeReader) -> Iterator[bytes]:
    digest = hashlib.sha256()
    last = b""
    try:
        for piece in reader.read_all():
            digest.update(piece)
            if last:
                yield last
            last = piece
    except (BlobError, SealingError) as error:
        raise _altered(exhibit) from error
    if digest.hexdigest() != exhibit.sha256:
        raise _altered(exhibit)
    if last:
        yield last


def _altered(exhibit: ReadExhibit) -> BodyDamaged:
    return BodyDamaged(f"The stored file {exhibit.reference} was altered; the rest of it is not shown.")


def _digest_tag(viewer: Viewer, sha256: str) -> bytes:
    key = viewer.keys.section(Section.EVIDENCE, 1).derived(b"digest-tag/v1")
    return hmac.digest(key, bytes.fromhex(sha256), "sha256")


def _seal(viewer: Viewer, exhibit: uuid.UUID, field: str, plaintext: bytes) -> bytes:
    return viewer.keys.seal(Section.EVIDENCE, item=str(exhibit), version=1, field=field, plaintext=plaintext)


def _read(viewer: Viewer, row: Exhibit) -> ReadExhibit:
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
        received_at=body["received_at"],
        source=body["source"],
        parent=uuid.UUID(body["parent"]) if body["parent"] else None,
        metadata=body["metadata"],
        blob_key=row.blob_id,
        unseen=row.unseen,
        has_thumbnail=row.has_thumbnail,  # type: ignore[attr-defined]  # it is annotated
        facts_left=facts_left,
        said_later=said_later(viewer, row.pk) if facts_left else {},
    )
