"""Sending a file in parts, and dying on the way."""

import random
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.conf import settings

from daybook import doors
from daybook.evidence.models import Upload
from daybook.evidence.reading import open_body
from daybook.evidence.receiving import Sitting
from daybook.evidence.resumable import (
    admit_upload,
    begin_upload,
)
from daybook.evidence.upload_hashes import remembered
from daybook.kernel.sealing.resuming import CHUNK
from tests.cast import NOW, Member

WINDOW = 4 * CHUNK


def content_of(length: int) -> bytes:
    return random.Random(length).randbytes(length)


def begin(person: Member, length: int, name: str = "clip.mp4") -> UUID:
    return begin_upload(
        person.unlocked, name=name, declared_type="video/mp4", length=length, head_digest="x", now=NOW
    ).id


def send(person: Member, upload: UUID, content: bytes, start: int, stop: int, *, piece: int = 50_000) -> int:
    """Send a part of a file, as one request does; gives the offset it ended at."""
    with Sitting(person.viewer, upload, now=NOW) as sitting:
        sitting.expect(start)
        for place in range(start, stop, piece):
            sitting.write(content[place : min(place + piece, stop)])
    return sitting.offset


def admit(person: Member, upload: UUID) -> bytes:
    admitted = admit_upload(person.unlocked, upload, source="upload", now=NOW)
    return b"".join(open_body(person.viewer, admitted.exhibit))


def unfinished_file(upload: UUID) -> Path:
    key = Upload.objects.get(pk=upload).blob_key
    return Path(settings.HOME.files) / "unfinished" / key.replace("/", "+")


def restart() -> None:
    remembered.forget_all()


class Crash(BaseException):
    """The process is as good as dead."""


def die(*_: Any, **__: Any) -> Any:
    raise Crash


def unfinished_kind() -> type:
    """What the store that is used makes of unfinished blobs."""
    key = f"zz/{secrets.token_hex(8)}"
    with doors.blobs().begin_unfinished(key) as made:
        kind = type(made)
    doors.blobs().drop_unfinished(key)
    return kind


@contextmanager
def crashing_at(what: str, after: int) -> Iterator[None]:
    """Die when the unfinished file does something for the ``after``-th time; nothing that follows happens."""
    kind = unfinished_kind()
    real = getattr(kind, what)
    left = [after]

    def dying(self: Any, *arguments: Any) -> Any:
        left[0] -= 1
        if left[0] > 0:
            return real(self, *arguments)
        if left[0] == 0 and what == "append":
            # A power cut leaves a part of what was being written.
            real(self, bytes(arguments[0])[: len(arguments[0]) // 3 + 100])
        raise Crash

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(kind, what, dying)
        patch.setattr(Sitting, "settle", die)
        with pytest.raises(Crash):
            yield
