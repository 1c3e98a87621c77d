"""A file's page: what it is, what it says of itself with its doubts, its picture, and what it belongs to."""

import io

import pytest
from django.test import Client
from PIL import Image

from daybook.diary.attachments import exhibits_by_entry
from daybook.diary.kept_people import keep_place
from daybook.evidence.models import DerivedCopy
from daybook.kernel.custody import EventKind
from daybook.ledger.access import access_notes_for
from daybook.site.pages.files.tests.sending import text_of
from tests import hostile_files
from tests.cast import NOW, Member, picture

BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,image/webp,*/*;q=0.8"
IMAGE = "image/avif,image/webp,image/apng,*/*;q=0.8"


def photo_with_place() -> bytes:
    return hostile_files.picture(exif=hostile_files.honest_exif())


def test_the_page_says_what_the_file_is_and_what_it_says_of_itself(person: Member) -> None:
    exhibit = person.keep_file(photo_with_place(), "IMG_1.jpg")
    page = text_of(person.browser().get(f"/files/{exhibit.id}/"))
    assert "by its content (image/jpeg)" in page
    assert exhibit.sha256 in page
    assert "It may be wrong" in page
    assert "52.63625° north, 1.13479° west" in page
    assert "its clock was at UTC" in page
    assert f"/people/place/new/?photo={exhibit.id}" in page


def test_a_place_of_hers_that_the_file_gives_away_is_named(person: Member) -> None:
    exhibit = person.keep_file(photo_with_place(), "IMG_1.jpg")
    values = {"label": "Home", "address": "", "latitude": 52.6363, "longitude": -1.1348, "radius_m": 100}
    keep_place(person.viewer, values, now=NOW)
    page = text_of(person.browser().get(f"/files/{exhibit.id}/"))
    assert "Anyone who gets this file can see from it where" in page
    assert "Home" in page


def test_what_cannot_be_right_is_shown_as_a_doubt_and_not_as_a_fact(person: Member) -> None:
    broken = hostile_files.broken_exifs()
    for name, block in broken.items():
        exhibit = person.keep_file(hostile_files.picture(exif=block), f"{name}.jpg")
        page = text_of(person.browser().get(f"/files/{exhibit.id}/"))
        if exhibit.metadata.get("doubts"):
            assert "What cannot be right" in page, name


def test_a_file_that_says_nothing_is_said_to_say_nothing(person: Member) -> None:
    exhibit = person.keep_file(picture(), "screen.jpg")
    assert "no time, place or device is written in it" in text_of(
        person.browser().get(f"/files/{exhibit.id}/")
    )


def test_the_small_picture_is_sent_so_that_it_can_do_nothing(person: Member) -> None:
    exhibit = person.keep_file(picture(), "a.jpg")
    answer = person.browser().get(f"/files/thumb/{exhibit.id}/")
    assert answer["Content-Type"] == "image/jpeg"
    assert answer["Cache-Control"] == "no-store"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert Image.open(io.BytesIO(answer.content)).size == (480, 360)


def test_pictures_are_blurred_in_the_page(person: Member) -> None:
    exhibit = person.keep_file(picture(), "a.jpg")
    page = text_of(person.browser().get(f"/files/{exhibit.id}/"))
    assert f'<img src="/files/thumb/{exhibit.id}/" alt="AB/1, blurred"' in page
    assert "db-picture--open" not in page


def test_an_opened_picture_comes_as_a_picture_or_on_a_page_with_a_way_out(person: Member) -> None:
    exhibit = person.keep_file(picture(), "a.jpg")
    browser, path = person.browser(), f"/files/{exhibit.id}/picture/"
    assert browser.get(path, HTTP_ACCEPT=IMAGE)["Content-Type"] == "image/jpeg"
    page = browser.get(path, HTTP_ACCEPT=BROWSER)
    assert page["Content-Type"].startswith("text/html")
    assert "Exit this page" in text_of(page)


def test_a_picture_made_from_another_file_never_passes_for_this_one(person: Member) -> None:
    one, other = person.keep_file(picture("red"), "a.jpg"), person.keep_file(picture("blue"), "b.jpg")
    taken = DerivedCopy.objects.get(exhibit_id=other.id)
    DerivedCopy.objects.filter(exhibit_id=one.id).update(sealed=bytes(taken.sealed))
    assert person.browser().get(f"/files/thumb/{one.id}/").status_code == 404


@pytest.mark.parametrize("path", ["", "picture/", "original/", "entries/"])
def test_a_strangers_file_looks_just_like_none(person: Member, neighbour: Member, path: str) -> None:
    exhibit = person.keep_file(picture(), "a.jpg")
    browser = neighbour.browser()
    there = browser.get(f"/files/{exhibit.id}/{path}")
    nowhere = browser.get(f"/files/00000000-0000-4000-8000-000000000000/{path}")
    assert (there.status_code, nowhere.status_code) == (404, 404)
    assert text_of(there).split("<main")[1] == text_of(nowhere).split("<main")[1]
    assert browser.get(f"/files/thumb/{exhibit.id}/").status_code == 404


@pytest.mark.parametrize("path", ["look/", "apart/", "entries/"])
def test_nobody_changes_a_strangers_file(person: Member, neighbour: Member, path: str) -> None:
    exhibit, entry = person.keep_file(picture(), "a.jpg", unseen=True), neighbour.write()
    answer = neighbour.browser().post(f"/files/{exhibit.id}/{path}", {"entry": str(entry.id)})
    assert answer.status_code == 404
    assert exhibits_by_entry(neighbour.viewer) == {}


@pytest.mark.parametrize("path", ["", "added/", "add/"])
def test_someone_who_is_not_unlocked_is_sent_to_unlock(someone: Client, db: None, path: str) -> None:
    answer = someone.get(f"/files/{path}")
    assert answer.status_code == 302
    assert answer["Location"].startswith("/unlock/")


def test_a_file_kept_without_looking_shows_only_what_does_not_show_it(person: Member) -> None:
    exhibit = person.keep_file(photo_with_place(), "the name.jpg", unseen=True)
    browser = person.browser()
    page = text_of(browser.get(f"/files/{exhibit.id}/"))
    assert "Nothing of it is shown" in page
    assert "52.6" not in page
    assert "the name" not in page
    assert browser.get(f"/files/thumb/{exhibit.id}/").status_code == 404
    assert browser.get(f"/files/{exhibit.id}/picture/").status_code == 404


def test_looking_later_makes_the_picture_and_shows_the_rest(person: Member) -> None:
    exhibit = person.keep_file(photo_with_place(), "the name.jpg", unseen=True)
    browser = person.browser()
    assert browser.post(f"/files/{exhibit.id}/look/").status_code == 302
    page = text_of(browser.get(f"/files/{exhibit.id}/"))
    assert "the name.jpg" in page
    assert "52.63625° north" in page
    assert browser.get(f"/files/thumb/{exhibit.id}/").status_code == 200


def test_looking_at_a_link_changes_nothing(person: Member) -> None:
    exhibit = person.keep_file(picture(), "a.jpg", unseen=True)
    assert person.browser().get(f"/files/{exhibit.id}/look/").status_code == 405


def test_a_file_is_put_with_an_entry_and_taken_away_again(person: Member) -> None:
    exhibit, entry = person.keep_file(b"words"), person.write("He came to the gate.")
    browser = person.browser()
    assert "He came to the gate." in text_of(browser.get(f"/files/{exhibit.id}/entries/"))
    browser.post(f"/files/{exhibit.id}/entries/", {"entry": str(entry.id)})
    assert exhibits_by_entry(person.viewer) == {entry.id: [exhibit.id]}
    assert "He came to the gate." in text_of(browser.get(f"/files/{exhibit.id}/"))
    browser.post(f"/files/{exhibit.id}/apart/", {"entry": str(entry.id)})
    assert exhibits_by_entry(person.viewer) == {}
    assert browser.get(f"/files/{exhibit.id}/").status_code == 200


def test_an_entry_is_found_by_its_words_which_never_stand_in_an_address(person: Member) -> None:
    exhibit = person.keep_file(b"words")
    person.write("He came to the gate.")
    person.write("A letter on the mat.")
    page = person.browser().post(f"/files/{exhibit.id}/entries/", {"words": "letter"})
    assert page.status_code == 200
    assert "A letter on the mat." in text_of(page)
    assert "He came to the gate." not in text_of(page)


def test_opening_a_file_and_its_picture_is_noted(person: Member) -> None:
    exhibit = person.keep_file(picture(), "a.jpg")
    browser = person.browser()
    browser.get(f"/files/{exhibit.id}/")
    browser.get(f"/files/{exhibit.id}/picture/", HTTP_ACCEPT=IMAGE)
    noted = [note for note in access_notes_for(person.unlocked) if note.kind is EventKind.VIEWED]
    assert [(note.what, note.label) for note in noted] == [("picture", "AB/1"), ("file", "AB/1")]
