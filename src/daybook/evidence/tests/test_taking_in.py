"""Taking bytes in: sealed as they arrive, refused in words, and nothing left of what was refused."""

import hashlib
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings

from daybook import doors
from daybook.evidence.errors import NotKept
from daybook.evidence.exhibits import admit_exhibit, count_exhibits
from daybook.evidence.intake import MOST_BYTES, Intake, discard, remove_unadmitted, sweep_unadmitted
from daybook.evidence.models import Blob
from daybook.kernel.sealing.padding import padme
from tests.cast import NOW, Member

MARK = b"a sentence nobody else may read"


def stored() -> set[Path]:
    return {path for path in settings.HOME.files.rglob("*") if path.is_file()}


def test_what_is_stored_is_not_what_was_written(person: Member) -> None:
    before = stored()
    intake = Intake(person.unlocked.record_id, now=NOW)
    intake.write(MARK * 1000)
    received = intake.finish()
    [body] = stored() - before
    assert MARK not in body.read_bytes()
    assert received.sha256 == hashlib.sha256(MARK * 1000).hexdigest()
    assert received.size == len(MARK) * 1000


def test_the_stored_length_says_little_about_the_files_length(person: Member) -> None:
    before = stored()
    intake = Intake(person.unlocked.record_id, now=NOW)
    intake.write(b"x" * 123_457)
    received = intake.finish()
    [body] = stored() - before
    assert body.stat().st_size == padme(received.sealed_length) > received.sealed_length


def test_the_most_is_two_hundred_megabytes() -> None:
    assert MOST_BYTES == 200 * 1024 * 1024


@pytest.mark.parametrize("pieces", [[101], [100, 1], [1] * 101])
def test_a_file_over_the_most_is_refused_in_words_and_gone(person: Member, pieces: list[int]) -> None:
    before = stored()
    intake = Intake(person.unlocked.record_id, now=NOW, most_bytes=100)
    for length in pieces[:-1]:
        intake.write(b"x" * length)
    with pytest.raises(NotKept, match="larger than"):
        intake.write(b"x" * pieces[-1])
    assert stored() == before
    assert not Blob.objects.exists()


def test_a_file_of_exactly_the_most_is_taken(person: Member) -> None:
    intake = Intake(person.unlocked.record_id, now=NOW, most_bytes=100)
    intake.write(b"x" * 100)
    assert intake.finish().size == 100


@pytest.mark.parametrize("written", [0, 10, 5_000_000])
def test_what_is_aborted_is_gone(person: Member, written: int) -> None:
    before = stored()
    intake = Intake(person.unlocked.record_id, now=NOW)
    intake.write(b"x" * written)
    intake.abort()
    assert stored() == before
    assert not Blob.objects.exists()


def test_what_is_discarded_is_gone_and_what_was_admitted_stays(person: Member) -> None:
    before = stored()
    for content in (b"one", b"two"):
        intake = Intake(person.unlocked.record_id, now=NOW)
        intake.write(content)
        received = intake.finish()
        if content == b"one":
            admit_exhibit(person.unlocked, received, name="one", source="upload", now=NOW)
        discard(received)
    assert len(stored() - before) == 1
    assert count_exhibits(person.viewer) == 1


def test_the_sweep_takes_what_was_never_admitted_after_a_day_and_nothing_else(person: Member) -> None:
    before = stored()
    kept = person.keep_file(b"kept")
    for begun in (NOW - timedelta(hours=25), NOW - timedelta(hours=23)):
        intake = Intake(person.unlocked.record_id, now=begun)
        intake.write(b"never admitted")
        intake.finish()
    held = Intake(person.unlocked.record_id, now=NOW - timedelta(days=30))
    Blob.objects.filter(key=held.finish().blob_key).update(held=True)
    assert sweep_unadmitted(now=NOW) == 1
    assert Blob.objects.filter(key=kept.blob_key, admitted=True).exists()
    assert len(stored() - before) == 3


class Stopped(BaseException):
    """The process ends here."""


@pytest.mark.parametrize("waits", [False, True])
@pytest.mark.parametrize("file_is_gone", [False, True])
def test_a_removal_that_is_stopped_half_way_leaves_a_row_for_the_sweep(
    person: Member, monkeypatch: pytest.MonkeyPatch, file_is_gone: bool, waits: bool
) -> None:
    before = stored()
    blob = Blob.objects.filter(key=Intake(person.unlocked.record_id, now=NOW).finish().blob_key)
    blob.update(held=waits)
    store = doors.blobs()
    delete = store.delete

    def stopped(key: str) -> None:
        if file_is_gone:
            delete(key)
        raise Stopped

    with monkeypatch.context() as patch:
        patch.setattr(store, "delete", stopped)
        with pytest.raises(Stopped):
            remove_unadmitted(blob, waits=waits)
    # The row is still there, and says that nobody is to be offered it.
    assert list(blob.values_list("admitted", "held")) == [(False, False)]
    assert sweep_unadmitted(now=NOW + timedelta(days=2)) == 1
    assert (stored(), blob.exists()) == (before, False)


def test_nothing_that_is_evidence_or_waits_is_removed_as_unadmitted(person: Member) -> None:
    blob = Blob.objects.filter(key=person.keep_file(b"kept").blob_key)
    before = stored()
    assert not remove_unadmitted(blob, waits=True)
    blob.update(admitted=False, held=True)
    assert not remove_unadmitted(blob)
    assert stored() == before
