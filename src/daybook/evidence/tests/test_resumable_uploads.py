"""A file that arrives in many sittings: whatever breaks in between, it is kept as it is or not at all, and only once."""

import hashlib
import os
import random
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.conf import settings
from django.db.models.query import QuerySet

from daybook import doors
from daybook.evidence import receiving
from daybook.evidence.errors import (
    AnotherFile,
    NoRoom,
    NoSuchUpload,
    NotKept,
    TooLong,
    UploadBusy,
    UploadLost,
    WrongPlace,
)
from daybook.evidence.exhibits import exhibits_for, open_body
from daybook.evidence.intake import sweep_unadmitted
from daybook.evidence.models import Blob, Upload
from daybook.evidence.receiving import Sitting
from daybook.evidence.resumable import (
    MOST_UPLOAD_BYTES,
    admit_upload,
    begin_upload,
    find_upload_for,
    finish_upload,
    get_upload_for,
    is_the_same,
    let_go_upload,
    sweep_uploads,
    uploads_for,
)
from daybook.evidence.upload_hashes import remembered
from daybook.kernel.sealing.resuming import CHUNK, SEALED_CHUNK
from tests.cast import NOW, Member

WINDOW = 4 * CHUNK


@pytest.fixture(autouse=True)
def small_windows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(receiving, "WINDOW_CHUNKS", 4)


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


@pytest.mark.parametrize(
    "length", [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, WINDOW, WINDOW + 1, 2 * WINDOW, 3 * WINDOW + 77_777]
)
def test_a_file_in_one_sitting_is_kept_to_the_byte(person: Member, length: int) -> None:
    content = content_of(length)
    before = set(doors.blobs().unfinished())
    upload = begin(person, length)
    if length:
        assert send(person, upload, content, 0, length) == length
    assert admit(person, upload) == content
    [exhibit] = exhibits_for(person.viewer)
    assert (exhibit.name, exhibit.size) == ("clip.mp4", length)
    assert exhibit.sha256 == hashlib.sha256(content).hexdigest()
    assert not Upload.objects.exists()
    assert set(doors.blobs().unfinished()) == before


def test_the_blob_row_has_the_hash_of_what_is_stored_padding_included(person: Member) -> None:
    content = content_of(WINDOW + 5)
    upload = begin(person, len(content))
    send(person, upload, content, 0, len(content))
    admit(person, upload)
    kept = person.keep_file(b"through the form")
    for blob in Blob.objects.all():
        stored = (Path(settings.HOME.files) / "kept" / blob.key).read_bytes()
        assert bytes(blob.sealed_sha256 or b"") == hashlib.sha256(stored).digest()
    assert Blob.objects.filter(key=kept.blob_key).exists()


@pytest.mark.parametrize("seed", range(12))
def test_sittings_may_end_anywhere_and_the_server_may_restart_between_them(person: Member, seed: int) -> None:
    luck = random.Random(seed)
    content = content_of(luck.choice([3 * WINDOW, 2 * WINDOW + 12_345, WINDOW + CHUNK, 5 * CHUNK + 1]))
    upload = begin(person, len(content))
    offset = 0
    while offset < len(content):
        step = luck.choice([1, 17, CHUNK - 1, CHUNK, CHUNK + 1, WINDOW, 90_000])
        stop = min(offset + step, len(content))
        assert send(person, upload, content, offset, stop, piece=luck.choice([1000, CHUNK, 300_000])) == stop
        offset = get_upload_for(person.viewer, upload, now=NOW).offset
        assert offset == stop
        if luck.random() < 0.4:
            restart()
    assert admit(person, upload) == content


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


@pytest.mark.parametrize("what", ["append", "checkpoint"])
@pytest.mark.parametrize("after", [1, 2, 3])
def test_a_crash_in_the_middle_of_a_write_loses_nothing_that_was_acknowledged(
    person: Member, what: str, after: int
) -> None:
    content = content_of(6 * WINDOW + 100)
    upload = begin(person, len(content))
    send(person, upload, content, 0, WINDOW + 10)
    acknowledged = get_upload_for(person.viewer, upload, now=NOW).offset
    with crashing_at(what, after):
        send(person, upload, content, acknowledged, len(content), piece=CHUNK)
    restart()
    offset = get_upload_for(person.viewer, upload, now=NOW).offset
    assert acknowledged <= offset < len(content)
    send(person, upload, content, offset, len(content))
    assert admit(person, upload) == content


def test_after_a_crash_no_chunk_is_ever_written_with_other_bytes(person: Member) -> None:
    """Both could have been seen on the disk, under one nonce."""
    content = content_of(3 * WINDOW)
    other = content[:WINDOW] + bytes(len(content) - WINDOW)
    upload = begin(person, len(content))
    send(person, upload, content, 0, WINDOW)
    with crashing_at("append", 1):
        send(person, upload, content, WINDOW, len(content), piece=CHUNK)
    restart()
    seen = unfinished_file(upload).read_bytes()
    offset = get_upload_for(person.viewer, upload, now=NOW).offset
    assert WINDOW < offset < 2 * WINDOW
    with pytest.raises(AnotherFile):
        send(person, upload, other, offset, len(content), piece=CHUNK)
    after = unfinished_file(upload).read_bytes()
    shared = min(len(seen), len(after))
    assert after[:shared] == seen[:shared]
    assert get_upload_for(person.viewer, upload, now=NOW).offset == offset
    send(person, upload, content, offset, len(content))
    whole = unfinished_file(upload).read_bytes()
    assert whole[: len(seen)] == seen
    assert admit(person, upload) == content


def test_what_arrived_is_verified_when_the_server_starts_anew(person: Member) -> None:
    content = content_of(3 * WINDOW)
    for place in (10, 300, 200 + SEALED_CHUNK * 2):
        upload = begin(person, len(content))
        send(person, upload, content, 0, 2 * WINDOW)
        restart()
        body = bytearray(unfinished_file(upload).read_bytes())
        body[place] ^= 1
        unfinished_file(upload).write_bytes(body)
        with pytest.raises(UploadLost):
            send(person, upload, content, 2 * WINDOW, len(content))
        let_go_upload(person.viewer, upload)


@pytest.mark.parametrize("left", [0, 50, 1000])
def test_a_body_that_became_shorter_is_said_to_be_lost_and_can_be_let_go(person: Member, left: int) -> None:
    content = content_of(2 * WINDOW)
    upload = begin(person, len(content))
    send(person, upload, content, 0, WINDOW)
    os.truncate(unfinished_file(upload), left)
    with pytest.raises(UploadLost, match="Let go of it"):
        send(person, upload, content, WINDOW, len(content))
    unfinished_file(upload).unlink()
    with pytest.raises(UploadLost, match="Let go of it"):
        send(person, upload, content, WINDOW, len(content))
    let_go_upload(person.viewer, upload)
    assert uploads_for(person.viewer) == []


def test_bytes_at_another_place_or_too_many_are_refused_and_change_nothing(person: Member) -> None:
    content = content_of(WINDOW)
    upload = begin(person, len(content))
    send(person, upload, content, 0, 1000)
    for offset in (0, 999, 1001, WINDOW):
        with pytest.raises(WrongPlace):
            send(person, upload, content, offset, WINDOW)
    with pytest.raises(TooLong), Sitting(person.viewer, upload, now=NOW) as sitting:
        sitting.write(content)
    assert get_upload_for(person.viewer, upload, now=NOW).offset == 1000
    send(person, upload, content, 1000, WINDOW)
    assert admit(person, upload) == content


def test_two_windows_cannot_add_to_one_file_at_once(person: Member) -> None:
    content = content_of(WINDOW)
    upload = begin(person, len(content))
    with Sitting(person.viewer, upload, now=NOW) as first:
        first.write(content[:CHUNK])
        with pytest.raises(UploadBusy), Sitting(person.viewer, upload, now=NOW):
            pass
        with pytest.raises(UploadBusy):
            let_go_upload(person.viewer, upload)
        first.write(content[CHUNK : 2 * CHUNK])
    assert send(person, upload, content, 2 * CHUNK, WINDOW) == WINDOW
    assert admit(person, upload) == content


def test_a_lock_stops_the_sitting_after_a_window_and_what_arrived_is_kept(person: Member) -> None:
    content = content_of(4 * WINDOW)
    upload = begin(person, len(content))
    with Sitting(person.viewer, upload, now=NOW, may_go_on=lambda: False) as sitting:
        for place in range(0, len(content), CHUNK):
            sitting.write(content[place : place + CHUNK])
        assert sitting.stopped
    assert get_upload_for(person.viewer, upload, now=NOW).offset == WINDOW
    send(person, upload, content, WINDOW, len(content))
    assert admit(person, upload) == content


class FullStore:
    """The real store, on a disk that says it has only so much room."""

    def __init__(self, real: Any, free: int) -> None:
        self._real, self.free = real, free

    def __getattr__(self, name: str) -> Any:
        return getattr(self._real, name)

    def free_space(self) -> int:
        return self.free


def test_a_disk_that_fills_up_on_the_way_stops_it_and_it_goes_on_when_there_is_room(
    person: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    content = content_of(3 * WINDOW)
    upload = begin(person, len(content))
    send(person, upload, content, 0, WINDOW + 500)
    full = FullStore(doors.blobs(), 64 * 1024 * 1024)
    with monkeypatch.context() as patch:
        patch.setattr(doors, "blobs", lambda: full)
        with pytest.raises(NoRoom, match="no room"):
            send(person, upload, content, WINDOW + 500, len(content))
        with pytest.raises(NoRoom, match="no room"):
            begin(person, 1000)
    assert get_upload_for(person.viewer, upload, now=NOW).offset == WINDOW + 500
    send(person, upload, content, WINDOW + 500, len(content))
    assert admit(person, upload) == content


def test_a_file_over_ten_gigabytes_is_refused_before_a_byte_of_it(person: Member) -> None:
    before = set(doors.blobs().unfinished())
    with pytest.raises(TooLong, match="10 GB"):
        begin(person, MOST_UPLOAD_BYTES + 1)
    assert not Upload.objects.exists()
    assert set(doors.blobs().unfinished()) == before


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
