"""Removing a file: out of every list at once, fetched back for thirty days, then destroyed; its number is never used again."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import OperationalError, connection

from daybook import doors
from daybook.evidence.derived import summary_for
from daybook.evidence.errors import NoSuchExhibit
from daybook.evidence.exhibits import (
    copies_for,
    count_exhibits,
    exhibit_ids_for,
    exhibits_for,
    get_exhibit_for,
    thumbnail_for,
)
from daybook.evidence.models import Blob, DerivedCopy, Exhibit, PreviewDue, Removal
from daybook.evidence.previews import due_previews, look_at, make_preview, preview_is_due
from daybook.evidence.reading import check_body
from daybook.evidence.removing import (
    count_removed,
    destroy_what_is_due,
    fetch_back_exhibit,
    remove_exhibit,
    removed_for,
)
from daybook.kernel.custody import EventKind, commitment_hex
from daybook.kernel.sealing.blob_store import StoreUnusable
from daybook.ledger.chains import check_chain, links_for
from tests import pdf_files
from tests.cast import NOW, Member, picture

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def let_days_pass(days: int, *, after: int = 0) -> int:
    """Daybook runs a while each day, up to this one; returns how many files were destroyed."""
    return sum(destroy_what_is_due(now=NOW + day * DAY) for day in range(after + 1, days + 1))


class PowerCut:
    """From the statement of this number on, the database takes no more."""

    def __init__(self, number: int) -> None:
        self._left = number

    def __call__(self, execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        self._left -= 1
        if self._left <= 0 and not sql.startswith(("ROLLBACK", "RELEASE", "SAVEPOINT")):
            raise OperationalError("the power went")
        return execute(sql, params, many, context)


def test_a_removed_file_is_in_no_list_at_once(person: Member) -> None:
    kept, gone = person.keep_file(b"kept"), person.keep_file(picture())
    assert remove_exhibit(person.viewer, gone.id, reason="Not mine", now=NOW)
    assert [one.id for one in exhibits_for(person.viewer)] == [kept.id]
    assert exhibits_for(person.viewer, [gone.id]) == []
    assert exhibit_ids_for(person.viewer) == [(kept.id, 1)]
    assert count_exhibits(person.viewer) == 1
    assert thumbnail_for(person.viewer, gone.id) is None
    with pytest.raises(NoSuchExhibit):
        get_exhibit_for(person.viewer, gone.id)
    with pytest.raises(NoSuchExhibit):
        look_at(person.unlocked, gone.id, now=NOW)


def test_all_that_was_made_to_show_it_goes_with_it(person: Member) -> None:
    shown = person.keep_file(pdf_files.document("He asked for me.", "Two"), "letter.pdf")
    make_preview(person.viewer, shown.id, now=NOW)
    waiting = person.keep_file(pdf_files.document("Not looked into yet"), "other.pdf")
    for one in (shown, waiting):
        remove_exhibit(person.viewer, one.id, reason="", now=NOW)
    assert due_previews(person.viewer, now=NOW) == []
    assert not preview_is_due(person.viewer, waiting.id)
    assert summary_for(person.viewer, shown.id) is None
    assert DerivedCopy.objects.filter(exhibit_id=shown.id).count() > 3
    let_days_pass(31)
    assert not DerivedCopy.objects.exists()
    assert not PreviewDue.objects.exists()


def test_it_can_be_fetched_back_for_thirty_days_and_is_whole_then(person: Member) -> None:
    gone = person.keep_file(b"gone", "gone.txt")
    remove_exhibit(person.viewer, gone.id, reason="", now=NOW)
    assert let_days_pass(29) == 0
    assert fetch_back_exhibit(person.viewer, gone.id, now=NOW + 29 * DAY)
    assert not fetch_back_exhibit(person.viewer, gone.id, now=NOW + 29 * DAY)
    let_days_pass(100)
    back = get_exhibit_for(person.viewer, gone.id)
    assert back == gone
    check_body(person.viewer, back)
    assert removed_for(person.viewer) == []


def test_after_thirty_days_the_body_the_row_and_the_picture_are_destroyed(person: Member) -> None:
    gone = person.keep_file(picture(), "IMG_1.jpg")
    remove_exhibit(person.viewer, gone.id, reason="Not mine", tell=True, now=NOW)
    assert doors.blobs().exists(gone.blob_key)
    assert let_days_pass(30) == 1
    assert not doors.blobs().exists(gone.blob_key)
    assert not Blob.objects.filter(key=gone.blob_key).exists()
    assert not DerivedCopy.objects.filter(exhibit_id=gone.id).exists()
    row = Exhibit.objects.get(pk=gone.id)
    assert (bytes(row.sealed), bytes(row.digest_tag), row.number) == (b"", b"", 1)
    assert not fetch_back_exhibit(person.viewer, gone.id, now=NOW + 31 * DAY)
    (told,) = removed_for(person.viewer)
    assert (told.reference, told.reason, told.told, told.destroyed, told.name) == (
        "AB/1",
        "Not mine",
        True,
        True,
        "",
    )
    assert destroy_what_is_due(now=NOW + 60 * DAY) == 0
    assert check_chain(person.viewer) > 0


def test_its_number_is_never_given_to_another_file(person: Member) -> None:
    gone = person.keep_file(b"same bytes")
    remove_exhibit(person.viewer, gone.id, reason="", now=NOW)
    again = person.keep_file(b"same bytes")
    let_days_pass(30)
    later = person.keep_file(b"later")
    assert [one.reference for one in (gone, again, later)] == ["AB/1", "AB/2", "AB/3"]
    check_body(person.viewer, again)


def test_edited_copies_of_it_stay(person: Member) -> None:
    original = person.keep_file(picture())
    copy = person.keep_file(picture("red"), parent=original.id)
    remove_exhibit(person.viewer, original.id, reason="", now=NOW)
    let_days_pass(30)
    check_body(person.viewer, get_exhibit_for(person.viewer, copy.id))
    other = person.keep_file(picture("blue"))
    mine = person.keep_file(picture("green"), parent=other.id)
    remove_exhibit(person.viewer, mine.id, reason="", now=NOW)
    assert copies_for(person.viewer, other.id) == []


def test_the_ledger_keeps_both_facts_and_no_word_of_the_reason(person: Member) -> None:
    gone = person.keep_file(b"gone")
    remove_exhibit(person.viewer, gone.id, reason="He is in it", now=NOW)
    fetch_back_exhibit(person.viewer, gone.id, now=NOW)
    removed, restored = list(links_for(person.viewer))[-2:]
    assert (removed.event.kind, restored.event.kind) == (
        EventKind.EXHIBIT_REMOVED,
        EventKind.EXHIBIT_RESTORED,
    )
    assert removed.event.item == restored.event.item == str(gone.id)
    assert removed.event.details == {}
    salt = bytes.fromhex(removed.salts["reason"])
    assert commitment_hex("reason", "He is in it", salt) == removed.event.commitments["reason"]
    assert "He is in it" not in str(removed.event.to_json())


def test_removing_twice_changes_nothing_the_second_time(person: Member) -> None:
    gone = person.keep_file(b"gone")
    assert remove_exhibit(person.viewer, gone.id, reason="first", now=NOW)
    steps = check_chain(person.viewer)
    assert not remove_exhibit(person.viewer, gone.id, reason="second", now=NOW + DAY)
    assert check_chain(person.viewer) == steps
    assert [one.reason for one in removed_for(person.viewer)] == ["first"]


def test_a_file_removed_again_waits_anew(person: Member) -> None:
    gone = person.keep_file(b"gone")
    remove_exhibit(person.viewer, gone.id, reason="", now=NOW)
    let_days_pass(29)
    fetch_back_exhibit(person.viewer, gone.id, now=NOW + 29 * DAY)
    remove_exhibit(person.viewer, gone.id, reason="", now=NOW + 29 * DAY)
    assert let_days_pass(58, after=29) == 0
    assert let_days_pass(60, after=58) == 1


def test_a_stranger_removes_and_fetches_back_nothing(person: Member, neighbour: Member) -> None:
    mine = person.keep_file(b"mine")
    for exhibit in (mine.id, uuid4()):
        with pytest.raises(NoSuchExhibit):
            remove_exhibit(neighbour.viewer, exhibit, reason="", now=NOW)
        with pytest.raises(NoSuchExhibit):
            fetch_back_exhibit(neighbour.viewer, exhibit, now=NOW)
    assert count_exhibits(person.viewer) == 1
    remove_exhibit(person.viewer, mine.id, reason="", now=NOW)
    assert removed_for(neighbour.viewer) == []
    assert (count_removed(neighbour.unlocked.record_id), count_removed(person.unlocked.record_id)) == (0, 1)


@pytest.mark.parametrize("days", [31, 4000])
def test_a_clock_set_forward_once_and_back_destroys_nothing(person: Member, days: int) -> None:
    gone = person.keep_file(b"gone")
    remove_exhibit(person.viewer, gone.id, reason="", now=NOW)
    assert destroy_what_is_due(now=NOW + days * DAY) == 0
    assert let_days_pass(29) == 0
    assert let_days_pass(30) == 1


def test_a_removal_that_was_altered_is_named_and_the_others_are_listed(person: Member) -> None:
    first, second = person.keep_file(b"one"), person.keep_file(b"two")
    for one in (first, second):
        remove_exhibit(person.viewer, one.id, reason="Not mine", now=NOW)
    swapped = bytes(Removal.objects.get(pk=second.id).sealed)
    Removal.objects.filter(pk=first.id).update(sealed=swapped)
    found = {one.exhibit: one for one in removed_for(person.viewer)}
    assert (found[first.id].altered, found[second.id].altered) == (True, False)


@pytest.mark.django_db(transaction=True)
def test_broken_off_at_any_statement_or_file_the_next_round_ends_it(
    make_member: Callable[[str], Member], monkeypatch: pytest.MonkeyPatch
) -> None:
    person = make_member("wren")
    number, broken = 1, 0
    while True:
        gone = person.keep_file(picture(size=(64, 48 + number)))
        remove_exhibit(person.viewer, gone.id, reason="Not mine", now=NOW)
        for day in range(1, 30):
            destroy_what_is_due(now=NOW + day * DAY)
        ended = False
        with connection.execute_wrapper(PowerCut(number)):
            try:
                ended = destroy_what_is_due(now=NOW + 30 * DAY) == 1
            except OperationalError:
                broken += 1
        row = Removal.objects.get(pk=gone.id)
        whole = doors.blobs().exists(gone.blob_key)
        assert whole or row.begun_at is not None, "a body is gone, and the file could be fetched back"
        if row.begun_at is not None:
            assert not fetch_back_exhibit(person.viewer, gone.id, now=NOW)
        if ended:
            break
        assert destroy_what_is_due(now=NOW + 30 * DAY) == 1
        assert not doors.blobs().exists(gone.blob_key)
        assert Removal.objects.get(pk=gone.id).shredded_at is not None
        number += 1
    assert broken > 8
    other = person.keep_file(b"other")
    remove_exhibit(person.viewer, other.id, reason="", now=NOW)
    for day in range(1, 30):
        destroy_what_is_due(now=NOW + day * DAY)

    def refuse(key: str) -> None:
        raise StoreUnusable("The place where files are kept is gone.")

    with monkeypatch.context() as patch:
        patch.setattr(doors.blobs(), "delete", refuse)
        with pytest.raises(StoreUnusable):
            destroy_what_is_due(now=NOW + 30 * DAY)
    assert destroy_what_is_due(now=NOW + 30 * DAY) == 1


def test_a_body_that_is_missing_already_is_no_fault(person: Member) -> None:
    gone = person.keep_file(b"gone")
    doors.blobs().delete(gone.blob_key)
    remove_exhibit(person.viewer, gone.id, reason="", now=NOW)
    assert let_days_pass(30) == 1
