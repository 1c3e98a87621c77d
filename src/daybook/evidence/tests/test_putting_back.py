"""A file that was lost or damaged in the store is put back by adding the very same file again."""

from collections.abc import Callable
from pathlib import Path

import pytest
from django.conf import settings

from daybook.evidence.exhibits import ReadExhibit, exhibits_for
from daybook.evidence.fixity import Found, damage_for, note_found
from daybook.evidence.models import Blob
from daybook.evidence.reading import open_body, open_part
from tests.cast import NOW, Member

LONG = bytes(range(256)) * 1000


def body_of(exhibit: ReadExhibit) -> Path:
    return Path(settings.HOME.files / "kept" / exhibit.blob_key)


def gone(exhibit: ReadExhibit) -> None:
    body_of(exhibit).unlink()


def found_damaged_inside(exhibit: ReadExhibit) -> None:
    content = bytearray(body_of(exhibit).read_bytes())
    content[100_000] ^= 1
    body_of(exhibit).write_bytes(content)
    note_found(exhibit.blob_key, Found.ALTERED, now=NOW)


@pytest.mark.parametrize("harm", [gone, found_damaged_inside])
@pytest.mark.django_db(transaction=True)
def test_the_same_file_added_again_takes_the_place_of_what_was_lost(
    person: Member, harm: Callable[[ReadExhibit], None]
) -> None:
    exhibit = person.keep_file(LONG, "first.bin")
    harm(exhibit)
    again = person.keep_file(LONG, "second name.bin")
    [only] = exhibits_for(person.viewer)
    assert again == only
    assert only.id == exhibit.id
    # What the ledger is bound to is as it was: name, time and digest are those of the first time.
    assert only.committed == exhibit.committed
    assert (only.damage, damage_for(person.viewer)) == ("", [])
    assert b"".join(open_body(person.viewer, only)) == LONG
    assert b"".join(open_part(person.viewer, only, 99_990, 100_010)) == LONG[99_990:100_010]
    assert [blob.key for blob in Blob.objects.all()] == [only.blob_key]
    assert not body_of(exhibit).exists()


def test_the_same_file_added_again_changes_nothing_where_nothing_is_wrong(person: Member) -> None:
    exhibit = person.keep_file(LONG)
    body = body_of(exhibit).read_bytes()
    assert person.keep_file(LONG).blob_key == exhibit.blob_key
    assert body_of(exhibit).read_bytes() == body


def test_another_file_never_takes_the_place(person: Member) -> None:
    exhibit = person.keep_file(LONG)
    gone(exhibit)
    other = person.keep_file(LONG[::-1])
    assert other.reference == "AB/2"
    assert not body_of(exhibit).exists()
