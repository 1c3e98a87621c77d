"""Fixity: sealed bodies are read again on a schedule, without any key, and what is missing or changed is noted for the owner.

A body's sealed bytes are compared with the digest that was taken of them when they were written. That shows what a disk, a
copy or a mistake did. Someone who can write both the store and the database could change body and digest together: only the
check with keys (`evidence.full_check`), a download or a pack shows that, and what is found with keys is taken back only so.
"""

import hashlib
import hmac
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.db import transaction
from django.db.models import F, Q, QuerySet

from daybook import doors
from daybook.evidence.errors import BodyDamaged
from daybook.evidence.models import Blob, BodyCheck, Exhibit
from daybook.kernel.consent import Viewer
from daybook.kernel.sealing.blob_store import BlobError, BlobMissing, BlobRanges

READ_EVERY: Final = timedelta(days=30)
"""How old a reading may get before the body is read again."""

SOON: Final = timedelta(days=1)
"""A new body is read after a day, when the disk and no longer memory has it; so is one that was found damaged."""

Found = BodyCheck.Found
DAMAGED: Final = frozenset({Found.MISSING, Found.ALTERED, Found.UNREADABLE})

_PIECE = 4 * 1024 * 1024
_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Damage:
    """An exhibit whose sealed body is not as it was: what is wrong with it, and since when that is known."""

    exhibit: UUID
    number: int
    found: Found
    since: datetime


@dataclass(frozen=True, slots=True)
class Fixity:
    """How the bodies of a record, or of a whole home, were found. Numbers count bodies, ``size`` those there are.

    ``read_lately`` were read to their end within the last 30 days, ``unread`` never; ``opened`` were ever checked with keys.
    ``last_read`` and ``first_read`` are the newest and the oldest reading.
    """

    size: int
    read_lately: int
    unread: int
    opened: int
    last_read: datetime | None
    first_read: datetime | None
    last_opened: datetime | None
    damaged: int


@dataclass(slots=True)
class _UnderWay:
    """A body that is being read: it may take many rounds."""

    key: str
    ranges: BlobRanges
    wanted: bytes
    digest: "hashlib._Hash"
    place: int = 0


class FixityRound:
    """Reads what is due, a little at each round, so that the machine stays usable.

    What was read is kept in rows. A body half-read when the server stops is begun anew later, after the others that are due,
    so that one long body never keeps the rest from being read.

    Args:
        most_bytes: how much one round reads at most.
        most_seconds: how long one round takes at most, but for the piece it is at.
    """

    def __init__(self, *, most_bytes: int = 512 * 1024 * 1024, most_seconds: float = 1.0) -> None:
        self._most_bytes = most_bytes
        self._most_seconds = most_seconds
        self._under_way: _UnderWay | None = None

    def work(self, now: datetime) -> int:
        """Go on reading for a while; returns how many bytes were read."""
        until = time.monotonic() + self._most_seconds
        left = self._most_bytes
        while left > 0 and time.monotonic() < until:
            if self._under_way is None:
                begun = self._begin(now)
                if begun is None:
                    break
                self._under_way = begun
            left -= self._read_on(self._under_way, left, now)
        return self._most_bytes - left

    def _begin(self, now: datetime) -> _UnderWay | None:
        """The next body that is due and can be read; those that cannot be are noted on the way."""
        for blob in due_bodies(now=now)[:_AT_ONCE]:
            BodyCheck.objects.update_or_create(
                blob=blob, defaults={"begun_at": now}, create_defaults={"begun_at": now, "found_since": now}
            )
            try:
                ranges = doors.blobs().ranges(blob.key)
            except BlobError as error:
                note_found(blob.key, _found_by(error), now=now)
                continue
            if blob.sealed_sha256 is None:
                # Nothing to compare with until its owner has checked it with her keys.
                note_found(blob.key, Found.UNKNOWN, now=now)
                continue
            return _UnderWay(blob.key, ranges, bytes(blob.sealed_sha256), hashlib.sha256())
        return None

    def _read_on(self, body: _UnderWay, most: int, now: datetime) -> int:
        length = min(_PIECE, most, body.ranges.size - body.place)
        try:
            piece = body.ranges.read(body.place, length)
        except BlobError as error:
            self._end(body, _found_by(error), now)
            return 0
        body.digest.update(piece)
        body.place += len(piece)
        if not piece or body.place >= body.ranges.size:
            same = hmac.compare_digest(body.digest.digest(), body.wanted)
            self._end(body, Found.WHOLE if same else Found.ALTERED, now)
        return len(piece)

    def _end(self, body: _UnderWay, found: Found, now: datetime) -> None:
        self._under_way = None
        note_found(body.key, found, now=now)


def due_bodies(*, now: datetime) -> QuerySet[Blob]:
    """The bodies that are to be read again, those first that were never or least lately begun."""
    never = Q(check_row__isnull=True, begun_at__lte=now - SOON)
    old = Q(check_row__begun_at__lte=now - READ_EVERY)
    again = Q(check_row__found__in=DAMAGED, check_row__begun_at__lte=now - SOON)
    # A reading that was begun and came to no end, because the server was stopped.
    cut = Q(check_row__read_at__isnull=True) | Q(check_row__read_at__lt=F("check_row__begun_at"))
    half = cut & Q(check_row__begun_at__lte=now - timedelta(hours=1))
    rows = Blob.objects.filter(never | old | again | half, admitted=True)
    return rows.order_by(F("check_row__begun_at").asc(nulls_first=True), "key")


def note_found(
    blob: str, found: Found, *, now: datetime, with_keys: bool = False, opened: bool = False
) -> None:
    """Note what a reading of a body found. ``opened`` says that every piece was opened and the whole compared.

    Without keys, what was found with them stays; a body that is not there is missing for everyone.
    """
    with transaction.atomic():
        # The blob's own row is locked first: nobody else can then be making the row beside it.
        if not Blob.objects.select_for_update().filter(key=blob).exists():
            return
        before = BodyCheck.objects.filter(blob_id=blob).first()
        stays = before is not None and before.with_keys and before.found in DAMAGED and not with_keys
        row = before or BodyCheck(blob_id=blob, begun_at=now, found_since=now)
        row.read_at = now
        if with_keys:
            row.begun_at = now
        if opened:
            row.opened_at = now
        if not stays or found is Found.MISSING:
            if row.found != found:
                row.found_since = now
            row.found, row.with_keys = found, with_keys or stays
        row.save()


def note_damage(blob: str, damage: BodyDamaged, *, now: datetime) -> None:
    """Note what showed while a body was opened for its owner, so that its page, lists and packs name it from now on."""
    note_found(blob, Found.MISSING if damage.missing else Found.ALTERED, now=now, with_keys=True)


def keep_digest(blob: str, digest: bytes) -> None:
    """Keep what a body's sealed bytes are compared with from now on: their SHA-256, taken when all of it was verified."""
    Blob.objects.filter(key=blob).update(sealed_sha256=digest)


def last_look_at(blob: str) -> BodyCheck | None:
    """What the last reading of a body found, or None where there was none yet."""
    return BodyCheck.objects.filter(blob_id=blob).first()


def damage_for(viewer: Viewer) -> list[Damage]:
    """The exhibits of a record whose bodies are not as they were, by number; without those that were removed."""
    rows = Exhibit.objects.filter(
        record_id=viewer.record, removed_at=None, blob__check_row__found__in=DAMAGED
    )
    wanted = rows.order_by("number").values_list(
        "pk", "number", "blob__check_row__found", "blob__check_row__found_since"
    )
    return [Damage(exhibit, number, Found(found), since) for exhibit, number, found, since in wanted]


def fixity_for(viewer: Viewer, *, now: datetime) -> Fixity:
    """How the bodies of a record were found, without those of files that were removed."""
    keys = Exhibit.objects.filter(record_id=viewer.record, removed_at=None).values("blob_id")
    return _summed(Blob.objects.filter(pk__in=keys), now)


def fixity_of_all(*, now: datetime) -> Fixity:
    """How the bodies of every record of this home were found."""
    return _summed(Blob.objects.filter(admitted=True), now)


def _summed(blobs: QuerySet[Blob], now: datetime) -> Fixity:
    columns = ("check_row__read_at", "check_row__opened_at", "check_row__found")
    rows: Sequence[tuple[datetime | None, datetime | None, str | None]] = list(blobs.values_list(*columns))
    # One that cannot be compared yet was not read, whatever was looked at.
    read = [at for at, _, found in rows if at is not None and found != Found.UNKNOWN]
    opened = [at for _, at, _ in rows if at is not None]
    return Fixity(
        size=len(rows),
        read_lately=sum(at > now - READ_EVERY - SOON for at in read),
        unread=len(rows) - len(read),
        opened=len(opened),
        last_read=max(read, default=None),
        first_read=min(read, default=None),
        last_opened=max(opened, default=None),
        damaged=sum(found in DAMAGED for _, _, found in rows),
    )


def _found_by(error: BlobError) -> Found:
    return Found.MISSING if isinstance(error, BlobMissing) else Found.UNREADABLE
