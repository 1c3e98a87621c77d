"""The row of an upload, opened and sealed: what it is called, how long it is, its file key, and how far it has come."""

import uuid
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any

import orjson

from daybook.evidence.errors import NoSuchUpload, UploadLost
from daybook.evidence.intake import Received
from daybook.evidence.models import Upload
from daybook.kernel.consent import Viewer
from daybook.kernel.sealing.errors import SealingError
from daybook.kernel.sealing.keys import Section
from daybook.kernel.sealing.resuming import CHUNK, ResumableSealer

__all__ = ["CHUNK", "ReadUpload", "State", "read_upload", "seal_body", "seal_state", "uploads_of"]

_FIELDS = (
    "pk",
    "record_id",
    "blob_key",
    "begun_at",
    "touched_at",
    "chunks",
    "promised",
    "finished",
    "epoch",
    "sealed",
    "revision",
    "state_epoch",
    "sealed_state",
)


@dataclass(frozen=True, slots=True)
class State:
    """What changes: the plaintext after the last whole chunk, and at the end what was received."""

    tail: bytes = b""
    received: Received | None = None


@dataclass(frozen=True, slots=True)
class ReadUpload:
    """An upload's row, opened. ``length`` is the file's in bytes, ``chunks`` those that are durable."""

    id: uuid.UUID
    blob_key: str
    begun_at: datetime
    touched_at: datetime
    name: str
    declared_type: str
    length: int
    chunks: int
    promised: bytes
    revision: int
    state: State
    file_key: bytes
    opening: bytes

    def __repr__(self) -> str:
        return f"ReadUpload({self.id})"

    @property
    def received(self) -> Received | None:
        """What was received, once all of it is here and whole."""
        return self.state.received

    @property
    def offset(self) -> int:
        """How many bytes have arrived and are durable."""
        return min(self.chunks * CHUNK + len(self.state.tail), self.length)

    @property
    def is_settled(self) -> bool:
        """Whether nothing but what the row calls durable can be in the file."""
        return not self.promised

    def sealer(self) -> ResumableSealer:
        """What seals and opens its chunks. Raises UploadLost."""
        try:
            return ResumableSealer(file_key=self.file_key, opening=self.opening, plain_length=self.length)
        except SealingError as error:
            raise UploadLost("What arrived of this file before was altered.") from error

    def with_state(self, *, chunks: int, promised: bytes, state: State) -> "ReadUpload":
        """The same upload after a change of its row."""
        revision = self.revision + (state != self.state)
        return replace(self, chunks=chunks, promised=promised, state=state, revision=revision)


def read_upload(viewer: Viewer, upload: uuid.UUID) -> ReadUpload:
    """One upload. Raises NoSuchUpload for anything that is not this viewer's, UploadLost when its row does not open."""
    row = Upload.objects.filter(pk=upload, record_id=viewer.record).only(*_FIELDS).first()
    if row is None:
        raise NoSuchUpload("There is no such file on its way.")
    return _read(viewer, row)


def uploads_of(viewer: Viewer, **where: Any) -> list[ReadUpload]:
    """The record's uploads, the newest first; one whose row does not open is left out, as nothing can be done with it."""
    found = []
    for row in Upload.objects.filter(record_id=viewer.record, **where).only(*_FIELDS).order_by("-begun_at"):
        try:
            found.append(_read(viewer, row))
        except UploadLost:
            continue
    return found


def seal_body(
    viewer: Viewer, upload: uuid.UUID, *, name: str, declared_type: str, sealer: ResumableSealer
) -> bytes:
    """What never changes of an upload, sealed for its row."""
    body = {
        "name": name,
        "declared_type": declared_type,
        "length": sealer.plain_length,
        "file_key": sealer.file_key.hex(),
        "opening": sealer.opening.hex(),
    }
    return viewer.keys.seal(
        Section.EVIDENCE, item=str(upload), version=1, field="upload", plaintext=orjson.dumps(body)
    )


def seal_state(viewer: Viewer, upload: ReadUpload, state: State) -> dict[str, Any]:
    """The columns of the next revision of its state."""
    revision = upload.revision + 1
    written: dict[str, Any] = {"tail": state.tail.hex(), "received": None}
    if state.received is not None:
        written["received"] = {**asdict(state.received), "record": str(state.received.record)}
    sealed = viewer.keys.seal(
        Section.EVIDENCE,
        item=str(upload.id),
        version=revision,
        field="upload-state",
        plaintext=orjson.dumps(written),
    )
    return {"revision": revision, "state_epoch": viewer.keys.epoch, "sealed_state": sealed}


def _read(viewer: Viewer, row: Upload) -> ReadUpload:
    body: Mapping[str, Any] = {}
    state: Mapping[str, Any] = {"tail": "", "received": None}
    broken = False
    try:
        body = orjson.loads(_open(viewer, row, "upload", 1, row.epoch, bytes(row.sealed)))
        if row.sealed_state is not None:
            opened = _open(
                viewer, row, "upload-state", row.revision, row.state_epoch, bytes(row.sealed_state)
            )
            state = orjson.loads(opened)
    except SealingError:
        broken = True
    if broken:
        raise UploadLost("What is known of this file was altered.")
    return ReadUpload(
        id=row.pk,
        blob_key=row.blob_key,
        begun_at=row.begun_at,
        touched_at=row.touched_at,
        name=body["name"],
        declared_type=body["declared_type"],
        length=body["length"],
        chunks=row.chunks,
        promised=bytes(row.promised),
        revision=row.revision,
        state=State(bytes.fromhex(state["tail"]), _received(state["received"])),
        file_key=bytes.fromhex(body["file_key"]),
        opening=bytes.fromhex(body["opening"]),
    )


def _open(viewer: Viewer, row: Upload, field: str, version: int, epoch: int, sealed: bytes) -> bytes:
    return viewer.keys.open(
        Section.EVIDENCE, item=str(row.pk), version=version, field=field, epoch=epoch, sealed=sealed
    )


def _received(written: Mapping[str, Any] | None) -> Received | None:
    return None if written is None else Received(**{**written, "record": uuid.UUID(written["record"])})
