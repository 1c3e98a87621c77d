"""Files that someone else looks at: nothing is shown by surprise, everything can be changed, and who looked is known."""

import pytest

from daybook.evidence.models import DerivedCopy, Note
from daybook.evidence.notes import May, keep_for, noted_about
from daybook.kernel.custody import EventKind
from daybook.ledger.access import access_notes_for
from daybook.site.pages.files.tests.sending import send, text_of
from tests.cast import NOW, Member, picture


def add(person: Member, **fields: str) -> str:
    """Add one file by the form; the last exhibit's id."""
    answer = send(person.browser(), "/files/add/", ("the name.jpg", picture()), fields=fields)
    assert answer.status_code == 302, text_of(answer)
    return answer["Location"].partition("kept=")[2].partition("&")[0]


def shown(person: Member, path: str) -> str:
    return text_of(person.browser().get(path))


def test_nobody_for_now_is_what_an_unseen_file_begins_with(person: Member) -> None:
    exhibit = add(person, unseen="on")
    page = shown(person, f"/files/{exhibit}/")
    assert "You kept this without looking" in page
    assert "Make a preview now" in page


def test_a_helper_named_with_the_form_is_named_on_the_page_and_in_the_list(person: Member) -> None:
    exhibit = add(person, unseen="on", may_look="helper", helper="Sam")
    assert "Kept for Sam to look at" in shown(person, f"/files/{exhibit}/")
    assert "Make a preview now" not in shown(person, f"/files/{exhibit}/")
    for path in ("/files/", "/files/?show=helper"):
        page = shown(person, path)
        assert "Kept for Sam to look at" in page
        assert "the name" not in page
        assert "/files/thumb/" not in page
    assert "No file is like that" in shown(person, "/files/?show=never")


@pytest.mark.parametrize("fields", [{"may_look": "helper"}, {"helper": "Sam"}, {"may_look": "never"}])
def test_naming_who_looks_keeps_the_file_unseen_by_itself(person: Member, fields: dict[str, str]) -> None:
    exhibit = add(person, **fields)
    assert DerivedCopy.objects.count() == 0
    assert "Nothing of it is shown" in shown(person, f"/files/{exhibit}/")


def test_never_shows_nothing_and_offers_no_button_that_would(person: Member) -> None:
    exhibit = add(person, may_look="never")
    page = shown(person, f"/files/{exhibit}/")
    assert "Never to be shown to you" in page
    assert "/look/" not in page
    assert "/open/" not in page
    assert "Never to be shown to you" in shown(person, "/files/?show=never")
    browser = person.browser()
    assert browser.post(f"/files/{exhibit}/look/")["Location"] == f"/files/{exhibit}/who/"
    assert browser.get(f"/files/{exhibit}/open/")["Location"] == f"/files/{exhibit}/"
    assert browser.post(f"/files/{exhibit}/open/", {"name": "Sam"})["Location"] == f"/files/{exhibit}/"
    assert browser.get(f"/files/thumb/{exhibit}/").status_code == 404
    assert DerivedCopy.objects.count() == 0


def test_opening_asks_first_shows_once_and_keeps_nothing(person: Member) -> None:
    exhibit = add(person, may_look="helper", helper="Sam")
    browser = person.browser()
    asked = text_of(browser.get(f"/files/{exhibit}/open/"))
    assert "Are you <bdi>Sam</bdi>?" in asked
    assert "Opening it shows it on this screen" in asked
    assert "data:image" not in asked
    opened = browser.post(f"/files/{exhibit}/open/", {"name": "Sam"})
    assert 'src="data:image/jpeg;base64,' in text_of(opened)
    assert opened["Cache-Control"] == "no-store"
    assert DerivedCopy.objects.count() == 0
    after = shown(person, f"/files/{exhibit}/")
    assert "Kept for Sam to look at" in after
    assert "/files/thumb/" not in after
    assert "data:image" not in after


@pytest.mark.parametrize(
    ("typed", "noted"),
    [("Sam", "Sam"), ("Alex", "Alex"), ("", "Sam"), ("محمد \u202e", "محمد \u202e".strip())],
)
def test_who_opened_it_is_in_the_list_of_who_looked(person: Member, typed: str, noted: str) -> None:
    exhibit = add(person, may_look="helper", helper="Sam")
    browser = person.browser()
    browser.get(f"/files/{exhibit}/open/")
    assert not [note for note in access_notes_for(person.unlocked) if note.by]
    browser.post(f"/files/{exhibit}/open/", {"name": typed})
    (note,) = [note for note in access_notes_for(person.unlocked) if note.by]
    assert (note.kind, note.label, note.by) == (EventKind.VIEWED, "AB/1", noted)
    page = text_of(browser.get("/account/looked/"))
    assert "Looked at: file AB/1, by “" in page
    assert "\u202e" not in page


def test_what_the_helper_found_is_kept_folded_away(person: Member) -> None:
    exhibit = add(person, may_look="helper", helper="Sam")
    browser = person.browser()
    words = "A letter. “I know where you work” <b>twice</b>."
    browser.post(f"/files/{exhibit}/shows/", {"words": words, "helped": "on", "name": "Sam"})
    page = text_of(browser.get(f"/files/{exhibit}/"))
    folded = page.partition('<details class="govuk-details">')[2]
    assert "I know where you work" in folded.partition("</details>")[0]
    assert "&lt;b&gt;twice" in folded
    assert "I know where you work" not in text_of(browser.get("/files/"))


def test_she_can_change_her_mind_both_ways(person: Member) -> None:
    exhibit = person.keep_file(picture(), "a.jpg")
    browser = person.browser()
    assert "I do not want to see it again" in text_of(browser.get(f"/files/{exhibit.id}/"))
    browser.post(f"/files/{exhibit.id}/who/", {"may_look": "never"})
    assert browser.get(f"/files/thumb/{exhibit.id}/").status_code == 404
    browser.post(f"/files/{exhibit.id}/who/", {"may_look": "helper", "helper": "Sam"})
    assert "Kept for Sam to look at" in text_of(browser.get(f"/files/{exhibit.id}/"))
    browser.post(f"/files/{exhibit.id}/who/", {"may_look": "nobody"})
    browser.post(f"/files/{exhibit.id}/look/")
    assert browser.get(f"/files/thumb/{exhibit.id}/").status_code == 200


def test_a_file_that_she_sees_is_hidden_for_now_only_when_she_chooses_it(person: Member) -> None:
    exhibit = person.keep_file(picture(), "the name.jpg")
    browser = person.browser()
    page = text_of(browser.get(f"/files/{exhibit.id}/who/"))
    assert "I may, as it is now" in page
    assert "hide it from me" in page

    # Leaving it as it is changes nothing, not even a row,
    browser.post(f"/files/{exhibit.id}/who/", {"may_look": "", "helper": ""})
    assert browser.get(f"/files/thumb/{exhibit.id}/").status_code == 200

    # and hiding it hides it everywhere, until she wants to see it.
    browser.post(f"/files/{exhibit.id}/who/", {"may_look": "nobody"})
    assert DerivedCopy.objects.count() == 0
    for path in ("/files/", f"/files/{exhibit.id}/"):
        assert "the name" not in text_of(browser.get(path))
    assert "Make a preview now" in text_of(browser.get(f"/files/{exhibit.id}/"))
    browser.post(f"/files/{exhibit.id}/look/")
    assert "the name" in text_of(browser.get(f"/files/{exhibit.id}/"))


def test_a_form_that_is_wrong_says_so_and_changes_nothing(person: Member) -> None:
    exhibit = person.keep_file(picture(), "a.jpg", unseen=True)
    browser = person.browser()
    for path, fields in (
        ("who/", {"may_look": "everyone"}),
        ("who/", {"may_look": "helper", "helper": "x" * 81}),
        ("shows/", {"words": "x" * 2001}),
    ):
        assert browser.post(f"/files/{exhibit.id}/{path}", fields).status_code == 422
    noted = noted_about(person.viewer, exhibit.id)
    assert (noted.may, noted.description) == (May.NOBODY, None)


@pytest.mark.parametrize("path", ["who/", "open/", "shows/", "screen/"])
def test_nobody_touches_a_strangers_file(person: Member, neighbour: Member, path: str) -> None:
    exhibit = person.keep_file(picture(), "a.jpg", unseen=True)
    keep_for(person.viewer, exhibit.id, may=May.HELPER, who="Sam", now=NOW)
    fields = {"may_look": "nobody", "words": "x", "name": "Sam", "answer": "yes"}
    assert neighbour.browser().post(f"/files/{exhibit.id}/{path}", fields).status_code == 404
    assert noted_about(person.viewer, exhibit.id).may is May.HELPER


def test_an_altered_note_hides_the_file_and_names_nothing(person: Member) -> None:
    exhibit = person.keep_file(picture(), "a.jpg", unseen=True)
    keep_for(person.viewer, exhibit.id, may=May.HELPER, who="Sam", now=NOW)

    Note.objects.update(sealed=b"\x00" * 64)
    page = shown(person, f"/files/{exhibit.id}/")
    assert "Nothing of it is shown" in page
    assert "/open/" not in page
    assert "Never to be shown to you" in shown(person, "/files/")
