"""A file that arrives in many sittings: whatever breaks in between, it is kept as it is or not at all."""

import hashlib
import os
import random
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from daybook import doors
from daybook.evidence import receiving
from daybook.evidence.errors import (
    AnotherFile,
    NoRoom,
    TooLong,
    UploadBusy,
    UploadLost,
    WrongPlace,
)
from daybook.evidence.exhibits import exhibits_for
from daybook.evidence.models import Blob, Upload
from daybook.evidence.receiving import Sitting
from daybook.evidence.resumable import (
    MOST_UPLOAD_BYTES,
    get_upload_for,
    let_go_upload,
    uploads_for,
)
from daybook.evidence.tests.sending import (
    WINDOW,
    admit,
    begin,
    content_of,
    crashing_at,
    restart,
    send,
    unfinished_file,
)
from daybook.kernel.sealing.resuming import CHUNK, SEALED_CHUNK
from tests.cast import NOW, Member


@pytest.fixture(autouse=True)
def small_windows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(receiving, "WINDOW_CHUNKS", 4)


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
