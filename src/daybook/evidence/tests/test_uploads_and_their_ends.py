"""Uploads are found again, kept once they are whole, let go of, or swept; and they give nothing away meanwhile."""

import hashlib
import os
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest
from django.conf import settings
from django.db.models.query import QuerySet

from daybook import doors
from daybook.evidence import receiving, upload_windows
from daybook.evidence.errors import (
    NoSuchUpload,
    NotKept,
)
from daybook.evidence.exhibits import exhibits_for
from daybook.evidence.intake import sweep_unadmitted
from daybook.evidence.models import Blob, Upload
from daybook.evidence.receiving import Sitting
from daybook.evidence.resumable import (
    admit_upload,
    find_upload_for,
    finish_upload,
    get_upload_for,
    is_the_same,
    let_go_upload,
    sweep_uploads,
    uploads_for,
)
from daybook.evidence.tests.sending import (
    WINDOW,
    Crash,
    admit,
    begin,
    content_of,
    die,
    restart,
    send,
    unfinished_kind,
)
from daybook.kernel.sealing.resuming import CHUNK
from tests.cast import NOW, Member


@pytest.fixture(autouse=True)
def small_windows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(receiving, "WINDOW_CHUNKS", 4)


def test_an_upload_is_found_again_by_name_length_and_first_bytes_and_by_its_owner_alone(
    person: Member, neighbour: Member
) -> None:
    upload = begin(person, 1000)

    def find(who: Member, name: str = "clip.mp4", length: int = 1000, head: str = "x") -> UUID | None:
        found = find_upload_for(who.viewer, name=name, length=length, head_digest=head)
        return found.id if found else None

    assert find(person) == upload
    assert find(neighbour) is None
    assert find(person, name="other.mp4") is None
    assert find(person, length=1001) is None
    assert find(person, head="y") is None
    for act in (
        lambda: get_upload_for(neighbour.viewer, upload, now=NOW),
        lambda: let_go_upload(neighbour.viewer, upload),
        lambda: finish_upload(neighbour.viewer, upload, now=NOW),
        lambda: send(neighbour, upload, b"x", 0, 1),
    ):
        with pytest.raises(NoSuchUpload):
            act()


def test_what_arrived_is_compared_with_the_file_chosen_again(
    person: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("daybook.evidence.resumable.COMPARED_CHUNKS", 16)
    piece = 16 * CHUNK
    content = content_of(3 * piece)
    for arrived in (0, 10, CHUNK, piece, piece + 5, 2 * piece + CHUNK):
        upload = begin(person, len(content))
        send(person, upload, content, 0, arrived)
        restart()
        held = content[:arrived]
        digests = [
            hashlib.sha256(held[place : place + piece]).hexdigest() for place in range(0, arrived, piece)
        ]
        assert is_the_same(person.viewer, upload, digests, now=NOW)
        if arrived:
            assert not is_the_same(person.viewer, upload, [*digests[:-1], "0" * 64], now=NOW)
            assert not is_the_same(person.viewer, upload, digests[:-1], now=NOW)
        send(person, upload, content, arrived, len(content))
        assert finish_upload(person.viewer, upload, now=NOW).sha256 == hashlib.sha256(content).hexdigest()
        let_go_upload(person.viewer, upload)


@pytest.mark.parametrize("when", ["before its name", "before it is admitted", "after it is admitted"])
def test_a_file_whose_server_stopped_at_its_end_is_still_there_to_be_kept_once(
    person: Member, monkeypatch: pytest.MonkeyPatch, when: str
) -> None:
    content = content_of(WINDOW + 9)
    upload = begin(person, len(content))
    send(person, upload, content, 0, len(content))
    if when == "before its name":
        monkeypatch.setattr(unfinished_kind(), "commit", die)
        with pytest.raises(Crash):
            finish_upload(person.viewer, upload, now=NOW)
    if when == "after it is admitted":
        delete = QuerySet.delete
        monkeypatch.setattr(QuerySet, "delete", lambda rows: die() if rows.model is Upload else delete(rows))
        with pytest.raises(Crash):
            admit(person, upload)
    monkeypatch.undo()
    restart()
    sweep_unadmitted(now=NOW + timedelta(days=2))
    assert [one.offset for one in uploads_for(person.viewer)] == [len(content)]
    assert admit(person, upload) == content
    assert [one.sha256 for one in exhibits_for(person.viewer)] == [hashlib.sha256(content).hexdigest()]
    assert not uploads_for(person.viewer)


def test_the_very_same_file_is_kept_once(person: Member) -> None:
    content = content_of(CHUNK + 3)
    first = person.keep_file(content, "first.mp4")
    upload = begin(person, len(content))
    send(person, upload, content, 0, len(content))
    admitted = admit_upload(person.unlocked, upload, source="upload", now=NOW)
    assert (admitted.exhibit.id, admitted.duplicate) == (first.id, True)
    assert not Upload.objects.exists()
    assert Blob.objects.count() == 1


def test_an_upload_is_swept_after_a_week_without_a_byte_and_no_sooner(person: Member) -> None:
    content = content_of(WINDOW)
    old, whole, young = (begin(person, len(content), name) for name in ("old", "whole", "young"))
    send(person, whole, content, 0, len(content))
    stored = finish_upload(person.viewer, whole, now=NOW).blob_key
    Upload.objects.filter(pk=young).update(touched_at=NOW + timedelta(days=3))
    orphan = doors.blobs().begin_unfinished("ab/orphan")
    orphan.close()
    os.utime(Path(settings.HOME.files) / "unfinished/ab+orphan", (0, 0))
    assert sweep_uploads(now=NOW + timedelta(days=6)) == 1
    assert "ab/orphan" not in list(doors.blobs().unfinished())
    assert Upload.objects.filter(pk__in=[old, whole, young]).count() == 3
    assert sweep_uploads(now=NOW + timedelta(days=8)) == 2
    assert [one.id for one in uploads_for(person.viewer)] == [young]
    assert not Blob.objects.exists()
    assert not doors.blobs().exists(stored)


@pytest.mark.parametrize("whole", [False, True])
def test_one_that_is_let_go_as_the_server_stops_is_in_no_list_and_its_body_is_swept(
    person: Member, monkeypatch: pytest.MonkeyPatch, whole: bool
) -> None:
    content = content_of(WINDOW)
    upload = begin(person, len(content))
    send(person, upload, content, 0, len(content) if whole else CHUNK)
    if whole:
        finish_upload(person.viewer, upload, now=NOW)
    key = Upload.objects.get(pk=upload).blob_key
    monkeypatch.setattr(type(doors.blobs()), "drop_unfinished", die)
    with pytest.raises(Crash):
        let_go_upload(person.viewer, upload)
    monkeypatch.undo()
    restart()
    assert not uploads_for(person.viewer)
    assert key in {*doors.blobs().unfinished(), *doors.blobs().keys()}
    for path in (Path(settings.HOME.files) / "unfinished").iterdir():
        os.utime(path, (0, 0))
    sweep_uploads(now=NOW)
    sweep_unadmitted(now=NOW + timedelta(days=2))
    assert key not in {*doors.blobs().unfinished(), *doors.blobs().keys()}
    assert not Blob.objects.exists()


def test_one_that_is_being_sent_is_not_swept(person: Member) -> None:
    upload = begin(person, WINDOW)
    with Sitting(person.viewer, upload, now=NOW):
        assert sweep_uploads(now=NOW + timedelta(days=30)) == 0
    assert sweep_uploads(now=NOW + timedelta(days=30)) == 1


def test_rows_say_neither_name_nor_length(person: Member) -> None:
    upload = begin(person, 1_234_567, name="he follows me.mp4")
    row = Upload.objects.filter(pk=upload).values().get()
    assert 1_234_567 not in row.values()
    written = repr(row).encode() + b"".join(
        bytes(value) for value in row.values() if isinstance(value, bytes)
    )
    assert b"follows" not in written


def test_there_cannot_be_endless_uploads(person: Member, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("daybook.evidence.resumable.MOST_UPLOADS", 2)
    begin(person, 10)
    begin(person, 10)
    with pytest.raises(NotKept, match="let go"):
        begin(person, 10)


def test_what_was_readable_in_memory_is_overwritten_before_it_is_used_again(person: Member) -> None:
    content = b"nobody else may read this " * 30_000
    upload = begin(person, len(content))
    send(person, upload, content, 0, len(content) - 1000)
    windows = upload_windows.windows_of(4)
    assert [bytes(window).strip(b"\0") for window in windows.plain] == [b"", b""]
    assert any(bytes(window).strip(b"\0") for window in windows.sealed)
