"""Admitting: references never used twice, the same bytes once, and a row that holds all the ledger commits to."""

import hashlib
from uuid import uuid4

import pytest

from daybook.evidence.errors import NoSuchExhibit, NotKept
from daybook.evidence.exhibits import (
    admit_exhibit,
    copies_for,
    count_exhibits,
    exhibit_ids_for,
    exhibits_for,
    get_exhibit_for,
    thumbnail_for,
)
from daybook.evidence.intake import Intake, Received
from daybook.evidence.models import Blob, Exhibit
from daybook.kernel.custody import EventKind, commitment_hex
from daybook.ledger.chains import links_for
from tests import hostile_files
from tests.cast import NOW, Member, picture


def received(person: Member, content: bytes) -> Received:
    intake = Intake(person.unlocked.record_id, now=NOW)
    intake.write(content)
    return intake.finish()


def test_references_go_on_and_are_never_used_again(person: Member) -> None:
    first = person.keep_file(b"one")
    second = person.keep_file(b"two")
    # Even if a row is lost, its number is not given to another file.
    Exhibit.objects.filter(pk=second.id).delete()
    third = person.keep_file(b"three")
    assert [first.reference, second.reference, third.reference] == ["AB/1", "AB/2", "AB/3"]


def test_each_record_counts_for_itself(person: Member, neighbour: Member) -> None:
    assert person.keep_file(b"same").reference == "AB/1"
    assert neighbour.keep_file(b"same").reference == "CD/1"


def test_the_same_bytes_taken_in_twice_before_either_was_admitted_are_kept_once(person: Member) -> None:
    one, two = received(person, b"same"), received(person, b"same")
    first = admit_exhibit(person.unlocked, one, name="a", source="upload", now=NOW)
    second = admit_exhibit(person.unlocked, two, name="b", source="upload", now=NOW)
    assert (first.duplicate, second.duplicate) == (False, True)
    assert second.exhibit == first.exhibit
    assert Blob.objects.count() == 1


def test_the_database_holds_no_digest_that_a_list_of_known_files_could_match(
    person: Member, neighbour: Member
) -> None:
    content = b"a file everybody knows"
    person.keep_file(content)
    neighbour.keep_file(content)
    tags = [bytes(row.digest_tag) for row in Exhibit.objects.all()]
    assert len(set(tags)) == 2
    assert hashlib.sha256(content).digest() not in tags


def test_a_file_of_another_record_cannot_be_admitted(person: Member, neighbour: Member) -> None:
    theirs = received(neighbour, b"theirs")
    with pytest.raises(NotKept):
        admit_exhibit(person.unlocked, theirs, name="a", source="upload", now=NOW)
    assert count_exhibits(person.viewer) == 0
    assert not Blob.objects.get(key=theirs.blob_key).admitted


def test_a_parent_must_be_a_file_of_the_same_record(person: Member, neighbour: Member) -> None:
    theirs = neighbour.keep_file(b"theirs")
    for parent in (theirs.id, uuid4()):
        with pytest.raises(NoSuchExhibit):
            admit_exhibit(
                person.unlocked, received(person, b"mine"), name="a", source="upload", now=NOW, parent=parent
            )
    assert count_exhibits(person.viewer) == 0


def test_a_copy_is_found_from_its_parent_only_when_its_sealed_row_says_so(person: Member) -> None:
    first, other = person.keep_file(b"first"), person.keep_file(b"other")
    copy = person.keep_file(b"copy", parent=first.id)
    assert [one.id for one in copies_for(person.viewer, first.id)] == [copy.id]
    Exhibit.objects.filter(pk=copy.id).update(parent_id=other.id)
    assert copies_for(person.viewer, other.id) == []


def test_a_name_that_is_not_text_is_kept_as_its_bytes(person: Member) -> None:
    assert person.keep_file(b"x", "caf\udce9.txt").name == "caf\\udce9.txt"


@pytest.mark.parametrize("name", hostile_files.HOSTILE_NAMES, ids=range(len(hostile_files.HOSTILE_NAMES)))
def test_any_name_can_be_kept_and_read_again(person: Member, name: str) -> None:
    exhibit = person.keep_file(b"content", name)
    assert get_exhibit_for(person.viewer, exhibit.id) == exhibit
    assert exhibit.name == name.encode("utf-8", "backslashreplace").decode()[:4096]


def test_the_ledger_commits_to_every_field_of_the_row(person: Member) -> None:
    exhibit = person.keep_file(hostile_files.picture(exif=hostile_files.honest_exif()), "IMG.jpg")
    [link] = [one for one in links_for(person.viewer) if one.event.kind == EventKind.EXHIBIT_ADMITTED]
    assert link.event.item == str(exhibit.id)
    expected = {
        name: commitment_hex(name, value, bytes.fromhex(link.salts[name]))
        for name, value in exhibit.committed.items()
    }
    assert dict(link.event.commitments) == expected


def test_without_looking_no_picture_is_kept_but_a_place_it_gives_away_is_known(person: Member) -> None:
    content = hostile_files.picture(exif=hostile_files.honest_exif())
    exhibit = person.keep_file(content, "IMG.jpg", unseen=True)
    assert exhibit.unseen
    assert not exhibit.has_thumbnail
    assert thumbnail_for(person.viewer, exhibit.id) is None
    assert exhibit.place is not None


def test_ids_are_listed_newest_first_without_opening_a_row(person: Member, neighbour: Member) -> None:
    one, two = person.keep_file(picture(), "a.jpg"), person.keep_file(b"b", unseen=True)
    neighbour.keep_file(b"theirs")
    Exhibit.objects.filter(pk=one.id).update(sealed=b"altered")
    assert exhibit_ids_for(person.viewer) == [(two.id, 2), (one.id, 1)]
    assert exhibit_ids_for(person.viewer, unseen=True) == [(two.id, 2)]
    assert exhibit_ids_for(person.viewer, pictures=True) == [(one.id, 1)]


def test_a_strangers_file_is_no_file(person: Member, neighbour: Member) -> None:
    theirs = neighbour.keep_file(picture(), "a.jpg")
    with pytest.raises(NoSuchExhibit):
        get_exhibit_for(person.viewer, theirs.id)
    assert exhibits_for(person.viewer, [theirs.id]) == []
    assert thumbnail_for(person.viewer, theirs.id) is None
