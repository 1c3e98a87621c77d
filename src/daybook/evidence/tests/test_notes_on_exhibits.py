"""Who may look, what it shows and what she answered: sealed, in versions, each an event, and never in the way of the file."""

from uuid import uuid4

import pytest

from daybook.evidence.errors import NoSuchExhibit, NotForHer
from daybook.evidence.exhibits import get_exhibit_for, thumbnail_for
from daybook.evidence.handling import show_once
from daybook.evidence.models import DerivedCopy, Exhibit, Note, PreviewDue
from daybook.evidence.notes import (
    DateAndNumber,
    May,
    answer_date_and_number,
    describe_exhibit,
    keep_for,
    noted_about,
    noted_for,
    notes_beside,
)
from daybook.evidence.previews import look_at, make_preview, try_again
from daybook.evidence.reading import open_body
from daybook.kernel.custody import EventKind
from daybook.kernel.sealing.errors import SealingError
from daybook.ledger.chains import check_chain, links_for
from tests import pdf_files
from tests.cast import NOW, Member, picture


def kinds(person: Member) -> list[str]:
    return [link.event.kind for link in links_for(person.viewer)][-3:]


def test_nothing_is_noted_about_a_file_at_first(person: Member) -> None:
    exhibit = person.keep_file(picture(), "a.jpg")
    noted = noted_about(person.viewer, exhibit.id)
    assert (noted.may, noted.who, noted.description, noted.date_and_number) == (May.NOBODY, "", None, None)


def test_a_file_kept_for_a_helper_loses_its_small_picture_and_gets_none(person: Member) -> None:
    exhibit = person.keep_file(picture(), "a.jpg")
    assert thumbnail_for(person.viewer, exhibit.id) is not None
    assert keep_for(person.viewer, exhibit.id, may=May.HELPER, who="  Sam \n", now=NOW)
    assert noted_about(person.viewer, exhibit.id).who == "Sam"
    assert thumbnail_for(person.viewer, exhibit.id) is None
    assert get_exhibit_for(person.viewer, exhibit.id).unseen
    with pytest.raises(NotForHer):
        look_at(person.unlocked, exhibit.id, now=NOW)
    assert thumbnail_for(person.viewer, exhibit.id) is None
    assert b"".join(open_body(person.viewer, get_exhibit_for(person.viewer, exhibit.id))) == picture()


@pytest.mark.parametrize("may", [May.HELPER, May.NEVER])
def test_nothing_made_of_a_file_is_left_when_it_is_for_others_and_nothing_is_made_later(
    person: Member, may: May
) -> None:
    shown = person.keep_file(pdf_files.document("He asked for me.", "Two"), "letter.pdf").id
    make_preview(person.viewer, shown, now=NOW)
    waiting = person.keep_file(pdf_files.document("Not looked into yet"), "other.pdf").id
    assert DerivedCopy.objects.count() > 3
    for exhibit in (shown, waiting):
        keep_for(person.viewer, exhibit, may=may, now=NOW)
    assert not DerivedCopy.objects.exists()
    assert not PreviewDue.objects.exists()
    # Even where a row says otherwise, the note counts.
    PreviewDue.objects.create(exhibit_id=waiting)
    Exhibit.objects.update(unseen=False)
    assert make_preview(person.viewer, waiting, now=NOW) is None
    assert try_again(person.unlocked, waiting, now=NOW) is None
    assert not DerivedCopy.objects.exists()


def test_a_document_is_shown_once_to_a_helper_and_nothing_is_kept(person: Member) -> None:
    exhibit = person.keep_file(pdf_files.document("He asked for me."), "letter.pdf", unseen=True)
    keep_for(person.viewer, exhibit.id, may=May.HELPER, now=NOW)
    assert show_once(person.viewer, get_exhibit_for(person.viewer, exhibit.id)) is not None
    assert not DerivedCopy.objects.exists()
    assert not PreviewDue.objects.exists()


def test_never_is_kept_until_she_changes_it(person: Member) -> None:
    exhibit = person.keep_file(picture(), "a.jpg", unseen=True)
    keep_for(person.viewer, exhibit.id, may=May.NEVER, who="ignored", now=NOW)
    assert noted_about(person.viewer, exhibit.id).who == ""
    with pytest.raises(NotForHer):
        look_at(person.unlocked, exhibit.id, now=NOW)
    keep_for(person.viewer, exhibit.id, may=May.NOBODY, now=NOW)
    assert look_at(person.unlocked, exhibit.id, now=NOW).has_thumbnail


def test_each_change_is_an_event_and_no_change_is_none(person: Member) -> None:
    exhibit = person.keep_file(picture(), "a.jpg", unseen=True).id
    assert keep_for(person.viewer, exhibit, may=May.HELPER, who="Sam", now=NOW)
    assert not keep_for(person.viewer, exhibit, may=May.HELPER, who="Sam", now=NOW)
    assert describe_exhibit(person.viewer, exhibit, words="A letter.", by="Sam", by_helper=True, now=NOW)
    assert not describe_exhibit(person.viewer, exhibit, words="A letter.", by="Sam", by_helper=True, now=NOW)
    assert answer_date_and_number(person.viewer, exhibit, answer=DateAndNumber.NO, now=NOW)
    assert not answer_date_and_number(person.viewer, exhibit, answer=DateAndNumber.NO, now=NOW)
    assert kinds(person) == [
        EventKind.EXHIBIT_KEPT_FOR,
        EventKind.EXHIBIT_DESCRIBED,
        EventKind.EXHIBIT_ANSWERED,
    ]
    check_chain(person.viewer)
    assert Note.objects.count() == 3


def test_words_about_a_file_can_be_changed_and_taken_back_and_stay_as_versions(person: Member) -> None:
    exhibit = person.keep_file(picture(), "a.jpg").id
    describe_exhibit(person.viewer, exhibit, words="A letter.", by="Sam", by_helper=True, now=NOW)
    describe_exhibit(person.viewer, exhibit, words="A letter with my name.", now=NOW)
    told = noted_about(person.viewer, exhibit).description
    assert told is not None
    assert (told.words, told.by, told.by_helper) == ("A letter with my name.", "", False)
    describe_exhibit(person.viewer, exhibit, words=" ", now=NOW)
    assert noted_about(person.viewer, exhibit).description is None
    assert Note.objects.count() == 3


@pytest.mark.parametrize("name", ["Ayşe", "محمد", "李雷", "\u202eevil", "👩🏽‍🦱", "a" * 5000])
def test_names_in_any_script_come_back(person: Member, name: str) -> None:
    exhibit = person.keep_file(picture(), "a.jpg", unseen=True).id
    keep_for(person.viewer, exhibit, may=May.HELPER, who=name, now=NOW)
    assert noted_about(person.viewer, exhibit).who == name[:80]


def test_nobody_notes_anything_on_a_strangers_file(person: Member, neighbour: Member) -> None:
    exhibit = person.keep_file(picture(), "a.jpg").id
    for one in (exhibit, uuid4()):
        with pytest.raises(NoSuchExhibit):
            keep_for(neighbour.viewer, one, may=May.NEVER, now=NOW)
        with pytest.raises(NoSuchExhibit):
            describe_exhibit(neighbour.viewer, one, words="x", now=NOW)
        with pytest.raises(NoSuchExhibit):
            answer_date_and_number(neighbour.viewer, one, answer=DateAndNumber.YES, now=NOW)
    keep_for(person.viewer, exhibit, may=May.HELPER, who="Sam", now=NOW)
    assert noted_for(neighbour.viewer, [exhibit]) == {}


def test_a_note_that_was_altered_moved_taken_out_or_put_in_is_named(person: Member) -> None:
    one, other = (
        person.keep_file(picture(colour), f"{colour}.jpg", unseen=True).id for colour in ("red", "blue")
    )
    keep_for(person.viewer, one, may=May.HELPER, who="Sam", now=NOW)
    keep_for(person.viewer, other, may=May.NEVER, now=NOW)
    links = list(links_for(person.viewer))
    assert notes_beside(person.viewer, links)[1] == []
    row = Note.objects.get(exhibit_id=one)
    good = bytes(row.sealed)
    Note.objects.filter(pk=row.pk).update(sealed=bytes(Note.objects.get(exhibit_id=other).sealed))
    assert notes_beside(person.viewer, links)[1] == ["A note on a file was altered, and does not open."]
    with pytest.raises(SealingError):
        noted_about(person.viewer, one)
    Note.objects.filter(pk=row.pk).update(sealed=good, exhibit_id=other, version=2)
    assert len(notes_beside(person.viewer, links)[1]) == 2
    Note.objects.filter(pk=row.pk).delete()
    assert notes_beside(person.viewer, links)[1] == ["A note on a file is missing."]
