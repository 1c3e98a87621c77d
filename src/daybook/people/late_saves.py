"""Words and files that arrive after the lock: sealed to the record's capture key at once, offered at the next unlock."""

import io
import json
import struct
import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from daybook.kernel.sealing.age import AgeReader, AgeWriter
from daybook.kernel.sealing.errors import CannotOpen, SealingError
from daybook.kernel.sealing.padding import padme
from daybook.people.accounts import Unlocked, capture_identity
from daybook.people.models import LateSave
from daybook.people.recipients import recipients_of

MOST_KEPT = 200
FETCHED_BACK_WITHIN = timedelta(days=7)
LEAST_PADDED = 256
_LENGTH = struct.Struct(">I")


@dataclass(frozen=True, slots=True)
class LateWords:
    """A form that came too late: the page it was sent to, its fields in the order they came, and its files.

    ``files`` is what the room that took them in wrote of each; it alone can read it. ``by_itself`` means that the page saved
    itself while it was being written, and nobody had pressed a button yet.
    """

    id: uuid.UUID
    received_at: datetime
    path: str
    fields: Mapping[str, Sequence[str]]
    files: Sequence[Mapping[str, Any]] = field(default=())
    by_itself: bool = False
    damaged: bool = False
    let_go_at: datetime | None = None

    def written(self) -> list[tuple[str, str]]:
        """What the person typed or chose, as (field, text) pairs, without empty ones."""
        return [(name, value) for name, values in self.fields.items() for value in values if value.strip()]


def keep_late_save(
    record: uuid.UUID,
    *,
    path: str,
    fields: Mapping[str, Sequence[str]],
    now: datetime,
    tag: bytes,
    files: Sequence[Mapping[str, Any]] = (),
    by_itself: bool = False,
) -> LateSave:
    """Seal a form that arrived while the record was locked. Needs no key but the public capture key.

    ``tag`` (32 bytes) is the same for the same form sent twice, which is then kept once; forms with files are always kept.
    For a page that saves itself (``by_itself``) the tag names the form, and what came before gives way to its newest state.
    Raises RecordAltered.
    """
    recipient = recipients_of(record).capture
    sealed = _sealed(recipient, path, fields, files, by_itself=by_itself)
    if not files:
        same = LateSave.objects.filter(record_id=record, tag=tag, let_go_at=None).first()
        if same is not None:
            if by_itself:
                same.sealed, same.received_at = sealed, now
                same.save(update_fields=["sealed", "received_at"])
            return same
    return LateSave.objects.create(record_id=record, received_at=now, tag=tag, sealed=sealed)


def late_saves_wait(unlocked: Unlocked) -> bool:
    """Whether anything arrived while the record was locked, and was not let go."""
    return LateSave.objects.filter(record_id=unlocked.record_id, let_go_at=None).exists()


def late_words_for(unlocked: Unlocked, *, let_go: bool = False) -> list[LateWords]:
    """What arrived while the record was locked, oldest first: the newest 200. One that does not open is listed as damaged.

    With ``let_go``, what the person let go and can still fetch back, instead.
    """
    rows = LateSave.objects.filter(record_id=unlocked.record_id, let_go_at__isnull=not let_go)
    return _read_all(unlocked, reversed(rows.order_by("-received_at")[:MOST_KEPT]))


def every_late_save_of(unlocked: Unlocked) -> list[LateWords]:
    """All that arrived while the record was locked, however much it is, and what was let go as well."""
    return _read_all(unlocked, LateSave.objects.filter(record_id=unlocked.record_id).order_by("received_at"))


def _read_all(unlocked: Unlocked, rows: Iterable[LateSave]) -> list[LateWords]:
    found = list(rows)
    identity = capture_identity(unlocked.viewer) if found else ""
    return [_read(row, identity) for row in found]


def get_late_words_for(unlocked: Unlocked, late_save: uuid.UUID) -> LateWords | None:
    """One of them; None when there is no such thing in this record."""
    row = LateSave.objects.filter(record_id=unlocked.record_id, pk=late_save).first()
    return None if row is None else _read(row, capture_identity(unlocked.viewer))


def let_go_late_save(unlocked: Unlocked, late_save: uuid.UUID, *, now: datetime) -> None:
    """Put a late save aside, as not wanted: for a week it can be fetched back, so that nobody destroys it in one moment."""
    LateSave.objects.filter(record_id=unlocked.record_id, pk=late_save, let_go_at=None).update(let_go_at=now)


def fetch_back_late_save(unlocked: Unlocked, late_save: uuid.UUID) -> None:
    """The person wants it after all."""
    LateSave.objects.filter(record_id=unlocked.record_id, pk=late_save).update(let_go_at=None)


def late_words_past_fetching(unlocked: Unlocked, *, now: datetime) -> list[LateWords]:
    """What was let go so long ago that it is to be removed for good."""
    rows = LateSave.objects.filter(
        record_id=unlocked.record_id, let_go_at__lt=now - FETCHED_BACK_WITHIN
    ).order_by("received_at")
    return _read_all(unlocked, rows)


def forget_late_save(unlocked: Unlocked, late_save: uuid.UUID, *, files_too: bool = False) -> None:
    """The person has put the words where they belong, or does not want them.

    Files that came along stay and wait, unless ``files_too``: the room that holds them has dealt with each of them.
    """
    row = LateSave.objects.filter(record_id=unlocked.record_id, pk=late_save).first()
    if row is None:
        return
    late = _read(row, capture_identity(unlocked.viewer))
    if not late.files or files_too:
        row.delete()
        return
    recipient = recipients_of(unlocked.record_id).capture
    sealed = _sealed(recipient, late.path, {}, late.files, by_itself=late.by_itself)
    LateSave.objects.filter(pk=row.pk).update(sealed=sealed)


def _sealed(
    recipient: str,
    path: str,
    fields: Mapping[str, Sequence[str]],
    files: Sequence[Mapping[str, Any]],
    *,
    by_itself: bool,
) -> bytes:
    payload = {
        "path": path,
        "fields": {name: list(values) for name, values in fields.items()},
        "files": [dict(file) for file in files],
        "by_itself": by_itself,
    }
    return seal_to(recipient, json.dumps(payload).encode())


def _read(row: LateSave, identity: str) -> LateWords:
    try:
        payload = _payload(open_sealed_to(identity, bytes(row.sealed)))
    except (SealingError, ValueError):
        return LateWords(row.pk, row.received_at, path="", fields={}, damaged=True, let_go_at=row.let_go_at)
    return LateWords(
        id=row.pk,
        received_at=row.received_at,
        path=payload["path"],
        fields=payload["fields"],
        files=payload["files"],
        by_itself=payload["by_itself"],
        let_go_at=row.let_go_at,
    )


def _payload(opened: bytes) -> dict[str, Any]:
    """What `_sealed` put in. Anyone can seal to a public key: what is not of our shape raises ValueError, and nothing else."""
    payload = json.loads(opened)
    if not isinstance(payload, dict) or payload.keys() != {"path", "fields", "files", "by_itself"}:
        raise ValueError("not a late save")
    fields, files = payload["fields"], payload["files"]
    ours = (
        isinstance(payload["path"], str)
        and isinstance(payload["by_itself"], bool)
        and isinstance(fields, dict)
        and all(isinstance(values, list) for values in fields.values())
        and all(isinstance(value, str) for values in fields.values() for value in values)
        and isinstance(files, list)
        and all(isinstance(file, dict) for file in files)
    )
    if not ours:
        raise ValueError("not a late save")
    return payload


def seal_to(recipient: str, plaintext: bytes) -> bytes:
    """Seal a small piece to an age recipient, padded (Padmé, at least 256 bytes), so that its length tells little."""
    sink = io.BytesIO()
    writer = AgeWriter(sink.write, recipient=recipient)
    framed = _LENGTH.pack(len(plaintext)) + plaintext
    writer.write(framed.ljust(padme(max(LEAST_PADDED, len(framed))), b"\0"))
    writer.close()
    return sink.getvalue()


def open_sealed_to(identity: str, sealed: bytes) -> bytes:
    """Open what `seal_to` sealed. Raises SealingError."""
    reader = AgeReader(_InMemory(sealed), length=len(sealed), identity=identity)
    framed = b"".join(reader.read_all())
    if len(framed) < _LENGTH.size:
        raise CannotOpen("this piece is shorter than its own length says")
    (length,) = _LENGTH.unpack_from(framed)
    if length > len(framed) - _LENGTH.size:
        raise CannotOpen("this piece is shorter than its own length says")
    return framed[_LENGTH.size : _LENGTH.size + length]


@dataclass(frozen=True, slots=True)
class _InMemory:
    data: bytes

    def read(self, start: int, length: int) -> bytes:
        return self.data[start : start + length]
