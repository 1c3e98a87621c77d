"""Removed files beside the ledger: hers agree, and what someone else took out or put back is named."""

from datetime import timedelta

import pytest

from daybook.diary.agreement import Agreement, compare_with_ledger
from daybook.diary.attachments import attach_exhibit, entries_by_exhibit, exhibits_by_entry
from daybook.diary.errors import NotFound
from daybook.evidence.models import Exhibit, Removal
from daybook.evidence.removing import destroy_what_is_due, fetch_back_exhibit, remove_exhibit
from daybook.ledger.chains import links_for
from tests.cast import NOW, Member

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def compared(person: Member) -> Agreement:
    return compare_with_ledger(person.viewer)


def words_of(person: Member) -> str:
    return "\n".join(fault.words for fault in compared(person).faults)


def destroy() -> None:
    for day in range(1, 31):
        destroy_what_is_due(now=NOW + day * DAY)


def test_removed_destroyed_and_fetched_back_files_agree(person: Member) -> None:
    kept, back, gone = (person.keep_file(content) for content in (b"kept", b"back", b"gone"))
    for one in (back, gone):
        remove_exhibit(person.viewer, one.id, reason="Not mine", now=NOW)
    assert words_of(person) == ""
    fetch_back_exhibit(person.viewer, back.id, now=NOW)
    destroy()
    found = compared(person)
    assert words_of(person) == ""
    assert {one.id for one in found.exhibits} == {kept.id, back.id}
    assert list(found.removed) == [gone.id]
    assert len(list(links_for(person.viewer))) == len(found.links)


def test_a_removed_file_belongs_to_no_entry_until_it_is_fetched_back(person: Member) -> None:
    entry, gone = person.write(), person.keep_file(b"gone")
    attach_exhibit(person.viewer, entry=entry.id, exhibit=gone.id, now=NOW)
    remove_exhibit(person.viewer, gone.id, reason="", now=NOW)
    assert exhibits_by_entry(person.viewer) == {}
    assert entries_by_exhibit(person.viewer, [gone.id]) == {}
    with pytest.raises(NotFound):
        attach_exhibit(person.viewer, entry=entry.id, exhibit=gone.id, now=NOW)
    assert words_of(person) == ""
    fetch_back_exhibit(person.viewer, gone.id, now=NOW)
    assert exhibits_by_entry(person.viewer) == {entry.id: [gone.id]}


def test_someone_who_can_write_the_database_cannot_take_a_file_out_unseen(person: Member) -> None:
    kept = person.keep_file(b"kept")
    Exhibit.objects.filter(pk=kept.id).update(removed_at=NOW)
    assert "does not say that you removed it" in words_of(person)


def test_nor_put_a_removed_one_back(person: Member) -> None:
    gone = person.keep_file(b"gone")
    remove_exhibit(person.viewer, gone.id, reason="", now=NOW)
    Removal.objects.all().delete()
    Exhibit.objects.filter(pk=gone.id).update(removed_at=None)
    assert "is listed again, though you removed it" in words_of(person)


def test_nor_change_when_it_was_removed_why_or_what_it_was(person: Member) -> None:
    gone = person.keep_file(b"gone")
    remove_exhibit(person.viewer, gone.id, reason="Not mine", now=NOW)
    Exhibit.objects.filter(pk=gone.id).update(removed_at=NOW - DAY)
    assert "at another time" in words_of(person)
    Exhibit.objects.filter(pk=gone.id).update(removed_at=NOW)
    assert words_of(person) == ""

    removal = Removal.objects.get(pk=gone.id)
    fetch_back_exhibit(person.viewer, gone.id, now=NOW)
    remove_exhibit(person.viewer, gone.id, reason="He is in it", now=NOW)
    Removal.objects.filter(pk=gone.id).update(sealed=removal.sealed)
    assert "what is stored about that was altered" in words_of(person)


def test_nor_alter_one_that_can_still_be_fetched_back(person: Member) -> None:
    gone = person.keep_file(b"gone")
    remove_exhibit(person.viewer, gone.id, reason="", now=NOW)
    Exhibit.objects.filter(pk=gone.id).update(sealed=b"\0" * 300)
    assert words_of(person) != ""


def test_nor_lose_its_number(person: Member) -> None:
    gone = person.keep_file(b"gone")
    remove_exhibit(person.viewer, gone.id, reason="", now=NOW)
    destroy()
    Exhibit.objects.filter(pk=gone.id).update(number=7)
    assert "another number" in words_of(person)
    Removal.objects.all().delete()
    Exhibit.objects.all().delete()
    assert "is missing" in words_of(person)
