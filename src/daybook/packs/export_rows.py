"""Rows of an export: each kind of thing a record holds, as JSON and as tables."""

import json
from collections.abc import Iterator
from typing import Any
from uuid import UUID

from daybook import doors
from daybook.diary.versions import KeptVersion
from daybook.evidence.exhibits import ReadExhibit
from daybook.evidence.late_files import LateFile
from daybook.evidence.notes import ReadNote
from daybook.packs.safe_names import safe_name
from daybook.packs.tables import table
from daybook.people.late_saves import LateWords

_PIECE = 1024 * 1024


def as_stored(exhibit: ReadExhibit) -> Iterator[bytes]:
    """The sealed body as it lies in the store, without the padding behind it: an age file."""
    ranges = doors.blobs().ranges(exhibit.blob_key)
    for start in range(0, exhibit.sealed_length, _PIECE):
        yield ranges.read(start, min(_PIECE, exhibit.sealed_length - start))


def place_of(exhibit: ReadExhibit) -> str:
    """Where an original stands in an export."""
    return f"files/{safe_name(exhibit.reference.replace('/', '-'))}/{safe_name(exhibit.name)}"


def version_row(row: KeptVersion) -> dict[str, Any]:
    """A version of an item as JSON."""
    return {
        "id": str(row.item),
        "version": row.version,
        "current": row.current,
        "written_at": row.written_at.isoformat(),
        "fields": dict(row.read.values) if row.read else {},
    }


def removed_row(one: Any) -> dict[str, Any]:
    """A file that was removed, as JSON."""
    return {
        "id": str(one.exhibit),
        "reference": one.reference,
        "name": one.name,
        "removed_at": one.removed_at.isoformat(),
        "reason": one.reason,
        "packs_may_give_the_reason": one.told,
        "destroyed": one.destroyed,
        "destroyed_at_the_earliest": one.gone_at.isoformat(),
    }


def late_row(words: LateWords, files: list[LateFile], places: list[str]) -> dict[str, Any]:
    """Words that came after a lock, as JSON; ``places`` are where their files stand."""
    return {
        "id": str(words.id),
        "received_at": words.received_at.isoformat(),
        "let_go_at": words.let_go_at.isoformat() if words.let_go_at else None,
        "saved_itself": words.by_itself,
        "damaged": words.damaged,
        "page": words.path,
        "fields": {name: list(values) for name, values in words.fields.items()},
        "files": [
            {"name": one.name, "sha256": one.received.sha256, "file": place if one.waits else None}
            for one, place in zip(files, places, strict=True)
        ],
    }


def as_exhibit(file: LateFile) -> ReadExhibit:
    """A file that waits, as what reads bodies wants it."""
    received = file.received
    return ReadExhibit(
        id=UUID(int=0),
        reference="A file that came after a lock",
        name=file.name,
        sha256=received.sha256,
        size=received.size,
        type=received.type,
        sealed_length=received.sealed_length,
        opening_sha256="",
        received_at="",
        source="",
        parent=None,
        metadata={},
        blob_key=received.blob_key,
        unseen=False,
        has_thumbnail=False,
    )


def versions_csv(versions: list[dict[str, Any]]) -> bytes:
    """Versions as a table."""
    names = list(dict.fromkeys(name for one in versions for name in one["fields"]))
    rows = [
        [one["id"], one["version"], "yes" if one["current"] else "no", one["written_at"]]
        + [_text(one["fields"].get(name, "")) for name in names]
        for one in versions
    ]
    return table(["id", "version", "newest", "written at (UTC)", *names], rows)


def files_csv(listed: list[dict[str, Any]]) -> bytes:
    """The files as a table."""
    columns = (
        "reference",
        "name",
        "type",
        "size",
        "sha256",
        "received_at",
        "source",
        "parent",
        "unseen",
        "file",
        "id",
    )
    return table(columns, [[_text(row[name]) for name in columns] for row in listed])


def _text(value: Any) -> Any:
    match value:
        case None:
            return ""
        case bool():
            return "yes" if value else "no"
        case dict() | list():
            return json.dumps(value, ensure_ascii=False)
        case _:
            return value


def note_row(note: ReadNote) -> dict[str, Any]:
    """What was noted about a file, as JSON."""
    return {
        "file": str(note.exhibit),
        "version": note.version,
        "kind": note.kind.value,
        "written_at": note.written_at.isoformat() if note.written_at else None,
        "fields": dict(note.values),
    }
