"""Fixity: stored bodies are read again in time, a little at a time, and what is wrong is noted; nothing needs a key."""

import hashlib
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from django.conf import settings

from daybook import doors
from daybook.evidence.errors import BodyDamaged
from daybook.evidence.exhibits import ReadExhibit, get_exhibit_for
from daybook.evidence.fixity import (
    FixityRound,
    Found,
    damage_for,
    due_bodies,
    fixity_for,
    note_damage,
    note_found,
)
from daybook.evidence.models import Blob, BodyCheck
from tests.cast import NOW, Member

DAY = timedelta(days=1)
LONG = bytes(range(256)) * 400


def body_of(exhibit: ReadExhibit) -> Path:
    return Path(settings.HOME.files / "kept" / exhibit.blob_key)


def keep(person: Member, content: bytes, *, now: datetime = NOW) -> ReadExhibit:
    """Keep a file whose sealed bytes have a digest to compare with."""
    exhibit = person.keep_file(content, now=now)
    digest = hashlib.sha256(body_of(exhibit).read_bytes()).digest()
    Blob.objects.filter(key=exhibit.blob_key).update(sealed_sha256=digest)
    return exhibit


def found(exhibit: ReadExhibit) -> str:
    return BodyCheck.objects.get(blob_id=exhibit.blob_key).found


def read_everything(at: datetime) -> int:
    return FixityRound(most_seconds=60).work(at)


def damage(exhibit: ReadExhibit) -> bytes:
    """Change one bit; gives what was there before."""
    before = body_of(exhibit).read_bytes()
    body_of(exhibit).write_bytes(before[:5000] + bytes([before[5000] ^ 1]) + before[5001:])
    return before


@pytest.fixture
def three(person: Member) -> list[ReadExhibit]:
    return [keep(person, bytes([number]) + LONG) for number in range(3)]


def test_a_new_body_is_read_after_a_day_and_then_once_in_thirty_days(
    person: Member, three: list[ReadExhibit]
) -> None:
    assert read_everything(NOW + DAY / 2) == 0
    assert read_everything(NOW + DAY) == sum(body_of(one).stat().st_size for one in three)
    assert [found(one) for one in three] == [Found.WHOLE] * 3
    assert read_everything(NOW + 30 * DAY) == 0
    assert read_everything(NOW + 31 * DAY) > 0
    summed = fixity_for(person.viewer, now=NOW + 31 * DAY)
    assert (summed.size, summed.read_lately, summed.unread, summed.damaged) == (3, 3, 0, 0)
    assert summed.last_read == NOW + 31 * DAY


def test_a_round_reads_no_more_than_it_may_and_the_next_goes_on(three: list[ReadExhibit]) -> None:
    size = body_of(three[0]).stat().st_size
    rounds = FixityRound(most_bytes=size // 3, most_seconds=60)
    read = [rounds.work(NOW + DAY + timedelta(seconds=10 * number)) for number in range(12)]
    assert max(read) <= size // 3
    assert sum(read) == 3 * size
    assert [found(one) for one in three] == [Found.WHOLE] * 3


def test_a_body_half_read_when_the_server_stopped_comes_after_the_others(three: list[ReadExhibit]) -> None:
    size = body_of(three[0]).stat().st_size
    FixityRound(most_bytes=size // 2, most_seconds=60).work(NOW + DAY)
    half = BodyCheck.objects.get().blob_id
    again = NOW + DAY + timedelta(hours=2)
    assert [blob.key for blob in due_bodies(now=again)][-1] == half
    read_everything(again)
    assert [found(one) for one in three] == [Found.WHOLE] * 3


@pytest.mark.parametrize("change", ["bit", "cut", "longer", "swapped"])
def test_a_body_that_was_changed_is_found_and_named(
    person: Member, three: list[ReadExhibit], change: str
) -> None:
    one, other, _ = three
    body = body_of(one)
    content = body.read_bytes()
    changed = {
        "bit": content[:5000] + bytes([content[5000] ^ 1]) + content[5001:],
        "cut": content[:-1],
        "longer": content + b"x",
        "swapped": body_of(other).read_bytes(),
    }
    body.write_bytes(changed[change])
    read_everything(NOW + DAY)
    assert [found(each) for each in three] == [Found.ALTERED, Found.WHOLE, Found.WHOLE]
    [named] = damage_for(person.viewer)
    assert (named.exhibit, named.number, named.found, named.since) == (one.id, 1, Found.ALTERED, NOW + DAY)
    assert get_exhibit_for(person.viewer, one.id).damage == "altered"
    assert get_exhibit_for(person.viewer, other.id).damage == ""


def test_a_missing_body_is_found_and_the_others_are_read_all_the_same(
    person: Member, three: list[ReadExhibit]
) -> None:
    body_of(three[0]).unlink()
    read_everything(NOW + DAY)
    assert [found(each) for each in three] == [Found.MISSING, Found.WHOLE, Found.WHOLE]


def test_a_body_that_was_put_back_is_found_whole_again_the_next_day(
    person: Member, three: list[ReadExhibit]
) -> None:
    before = damage(three[0])
    read_everything(NOW + DAY)
    body_of(three[0]).write_bytes(before)
    read_everything(NOW + DAY + timedelta(hours=1))
    assert found(three[0]) == Found.ALTERED
    read_everything(NOW + 2 * DAY)
    assert found(three[0]) == Found.WHOLE
    assert damage_for(person.viewer) == []


def test_what_was_found_with_keys_is_not_taken_back_without_them(
    person: Member, three: list[ReadExhibit]
) -> None:
    # Someone who writes store and database changes body and digest together: no keyless reading can tell.
    damage(three[0])
    digest = hashlib.sha256(body_of(three[0]).read_bytes()).digest()
    Blob.objects.filter(key=three[0].blob_key).update(sealed_sha256=digest)
    note_damage(three[0].blob_key, BodyDamaged("altered"), now=NOW)
    read_everything(NOW + 2 * DAY)
    assert found(three[0]) == Found.ALTERED
    body = body_of(three[0]).read_bytes()
    body_of(three[0]).unlink()
    read_everything(NOW + 4 * DAY)
    assert found(three[0]) == Found.MISSING
    body_of(three[0]).write_bytes(body)
    read_everything(NOW + 6 * DAY)
    assert found(three[0]) == Found.MISSING
    note_found(three[0].blob_key, Found.WHOLE, now=NOW + 7 * DAY, with_keys=True, opened=True)
    assert found(three[0]) == Found.WHOLE


def test_a_body_with_nothing_to_compare_is_said_to_be_unread_but_missed_when_it_is_gone(
    person: Member,
) -> None:
    one, other = person.keep_file(LONG), person.keep_file(b"x" + LONG)
    Blob.objects.update(sealed_sha256=None)
    body_of(other).unlink()
    assert read_everything(NOW + DAY) == 0
    assert [found(one), found(other)] == [Found.UNKNOWN, Found.MISSING]
    summed = fixity_for(person.viewer, now=NOW + DAY)
    assert (summed.size, summed.unread, summed.damaged) == (2, 1, 1)
    assert summed.last_read == NOW + DAY


def test_what_is_not_evidence_yet_is_not_read(person: Member) -> None:
    exhibit = keep(person, LONG)
    Blob.objects.filter(key=exhibit.blob_key).update(admitted=False)
    assert read_everything(NOW + DAY) == 0


def test_each_record_is_told_of_its_own_files_only(person: Member, neighbour: Member) -> None:
    mine, theirs = keep(person, LONG), keep(neighbour, LONG)
    body_of(theirs).unlink()
    read_everything(NOW + DAY)
    assert damage_for(person.viewer) == []
    assert fixity_for(person.viewer, now=NOW + DAY).damaged == 0
    assert [named.exhibit for named in damage_for(neighbour.viewer)] == [theirs.id]
    assert found(mine) == Found.WHOLE


def test_a_body_removed_while_it_is_read_is_noted_and_its_row_may_go_too(three: list[ReadExhibit]) -> None:
    size = body_of(three[0]).stat().st_size
    rounds = FixityRound(most_bytes=size // 2, most_seconds=60)
    rounds.work(NOW + DAY)
    under_way = BodyCheck.objects.get().blob_id
    doors.blobs().delete(under_way)
    rounds.work(NOW + DAY)
    assert BodyCheck.objects.get(blob_id=under_way).found == Found.MISSING
    note_found("aa/none", Found.WHOLE, now=NOW)
    assert not BodyCheck.objects.filter(blob_id="aa/none").exists()
