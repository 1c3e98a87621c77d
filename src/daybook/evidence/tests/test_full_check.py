"""The full check: every piece with keys; it can be stopped, goes on next time, and holds its keys no longer than unlocked."""

import hashlib
import threading
import time
from collections.abc import Sequence
from pathlib import Path

import pytest
from django.conf import settings

from daybook.evidence.exhibits import ReadExhibit, exhibits_for
from daybook.evidence.fixity import Found, note_found
from daybook.evidence.full_check import FullCheck, State, begin_full_check, full_check_of
from daybook.evidence.models import Blob, BodyCheck
from tests.cast import NOW, Member

LONG = bytes(range(256)) * 2000


def body_of(exhibit: ReadExhibit) -> Path:
    return Path(settings.HOME.files / "kept" / exhibit.blob_key)


def check_of(person: Member, exhibits: Sequence[ReadExhibit] | None = None) -> FullCheck:
    chosen = exhibits_for(person.viewer) if exhibits is None else exhibits
    return FullCheck(person.viewer, chosen, still_unlocked=lambda: True)


def row(exhibit: ReadExhibit) -> BodyCheck:
    return BodyCheck.objects.get(blob_id=exhibit.blob_key)


def test_whole_files_are_found_whole_and_get_a_digest_to_compare_with(person: Member) -> None:
    one, other = person.keep_file(LONG), person.keep_file(b"")
    check = check_of(person)
    check.run()
    progress = check.progress
    assert (progress.state, progress.files_done, progress.bytes_done) == (State.DONE, 2, len(LONG))
    assert (progress.percent, progress.damaged) == (100, ())
    for exhibit in (one, other):
        assert row(exhibit).found == Found.WHOLE
        assert row(exhibit).opened_at is not None
        kept = Blob.objects.get(key=exhibit.blob_key).sealed_sha256
        assert kept is not None
        assert bytes(kept) == hashlib.sha256(body_of(exhibit).read_bytes()).digest()


def test_what_is_missing_or_altered_is_named_and_gets_no_digest(person: Member) -> None:
    whole, altered, missing = (person.keep_file(bytes([number]) + LONG) for number in range(3))
    Blob.objects.update(sealed_sha256=None)
    content = bytearray(body_of(altered).read_bytes())
    content[300_000] ^= 1
    body_of(altered).write_bytes(content)
    body_of(missing).unlink()
    check = check_of(person)
    check.run()
    assert check.progress.damaged == ("AB/2", "AB/3")
    assert check.progress.state is State.DONE
    assert [row(one).found for one in (whole, altered, missing)] == [
        Found.WHOLE,
        Found.ALTERED,
        Found.MISSING,
    ]
    assert Blob.objects.get(key=altered.blob_key).sealed_sha256 is None


def test_a_body_swapped_together_with_its_digest_is_found(person: Member) -> None:
    one, other = person.keep_file(LONG), person.keep_file(LONG[::-1])
    body_of(one).write_bytes(body_of(other).read_bytes())
    digest = hashlib.sha256(body_of(one).read_bytes()).digest()
    Blob.objects.filter(key=one.blob_key).update(sealed_sha256=digest)
    check = check_of(person)
    check.run()
    assert check.progress.damaged == ("AB/1",)


def test_only_padding_that_changed_leaves_the_file_whole_and_the_digest_new(person: Member) -> None:
    exhibit = person.keep_file(LONG)
    body = body_of(exhibit)
    Blob.objects.filter(key=exhibit.blob_key).update(sealed_sha256=hashlib.sha256(body.read_bytes()).digest())
    content = bytearray(body.read_bytes())
    assert len(content) > exhibit.sealed_length
    content[-1] ^= 1
    body.write_bytes(content)
    note_found(exhibit.blob_key, Found.ALTERED, now=NOW)
    check_of(person).run()
    assert row(exhibit).found == Found.WHOLE
    kept = Blob.objects.get(key=exhibit.blob_key).sealed_sha256
    assert kept is not None
    assert bytes(kept) == hashlib.sha256(content).digest()


def test_a_check_that_is_stopped_is_gone_on_with_what_it_had_not_come_to(
    person: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = person.keep_file(LONG), person.keep_file(LONG[::-1])
    check_of(person, [first]).run()
    pieces_of_one = 8
    monkeypatch.setattr("daybook.evidence.full_check._LOOK_EVERY_SECONDS", 0.0)
    looks = 0

    def stop_after_one_file() -> bool:
        nonlocal looks
        looks += 1
        if looks > pieces_of_one + 2:
            check.stop()
        return True

    check = FullCheck(person.viewer, exhibits_for(person.viewer), still_unlocked=stop_after_one_file)
    opened_before = row(first).opened_at
    check.run()
    assert (check.progress.state, check.progress.files_done) == (State.STOPPED, 1)
    assert row(second).found == Found.WHOLE
    assert row(first).opened_at == opened_before


def test_a_check_ends_when_the_record_is_locked(person: Member, monkeypatch: pytest.MonkeyPatch) -> None:
    person.keep_file(LONG)
    monkeypatch.setattr("daybook.evidence.full_check._LOOK_EVERY_SECONDS", 0.0)
    check = FullCheck(person.viewer, exhibits_for(person.viewer), still_unlocked=lambda: False)
    check.run()
    assert (check.progress.state, check.progress.files_done) == (State.LOCKED, 0)
    assert not BodyCheck.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_one_check_at_a_time_runs_beside_everything_else(
    person: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("daybook.evidence.full_check._LOOK_EVERY_SECONDS", 0.0)
    person.keep_file(LONG)
    chosen = exhibits_for(person.viewer)
    held = threading.Event()
    begun = begin_full_check(person.viewer, chosen, still_unlocked=lambda: held.wait(20))
    again = begin_full_check(person.viewer, chosen, still_unlocked=lambda: True)
    held.set()
    until = time.monotonic() + 20
    while begun.progress.state is State.RUNNING and time.monotonic() < until:
        time.sleep(0.01)
    assert begun.progress.state is State.DONE
    assert again is begun
    assert full_check_of(person.unlocked.record_id) is begun
