"""A file's page shows what is in it: blurred or behind a link, as pictures and text only, with words for each."""

import re

import pytest
from django.test import Client

from daybook.evidence.models import DerivedCopy, PreviewDue
from daybook.evidence.previews import make_preview
from daybook.kernel.custody import EventKind
from daybook.ledger.access import access_notes_for
from daybook.site.pages.files.previews import clock_of, length_in_words
from tests import office_files, pdf_files, recordings
from tests.cast import NOW, Member

pytestmark = pytest.mark.django_db


def shown(person: Member, content: bytes, name: str) -> tuple[str, Client, str]:
    """The page of a kept file whose preview was made, the browser, and the page's address."""
    exhibit = person.keep_file(content, name)
    make_preview(person.viewer, exhibit.id, now=NOW)
    browser, address = person.browser(), f"/files/{exhibit.id}/"
    return browser.get(address).content.decode(), browser, address


def test_the_pages_of_a_document_are_pictures_one_by_one_blurred(person: Member) -> None:
    page, browser, address = shown(person, pdf_files.document("One", "Two", "Three"), "letter.pdf")
    assert "It has 3 pages." in page
    assert f'href="{address}pages/1/"' in page
    second = browser.get(f"{address}pages/2/").content.decode()
    assert 'data-alt="Page 2 of 3"' in second
    assert f'src="{address}page/2/blurred/"' in second
    assert f'href="{address}pages/1/"' in second
    assert f'href="{address}pages/3/"' in second
    assert browser.get(f"{address}pages/4/").status_code == 404
    assert browser.get(f"{address}pages/0/").status_code == 404


def test_a_page_is_sent_so_that_it_can_do_nothing(person: Member) -> None:
    _, browser, address = shown(person, pdf_files.document("One"), "letter.pdf")
    for path in ("page/1/blurred/", "page/1/"):
        answer = browser.get(f"{address}{path}")
        assert answer["Content-Type"] == "image/jpeg"
        assert answer["Content-Security-Policy"] == "default-src 'none'; sandbox"
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert "no-store" in answer["Cache-Control"]
        assert answer.content.startswith(b"\xff\xd8\xff")


def test_without_scripts_a_page_opens_on_a_page_with_a_way_out(person: Member) -> None:
    _, browser, address = shown(person, pdf_files.document("One"), "letter.pdf")
    opened = browser.get(f"{address}page/1/", HTTP_ACCEPT="text/html").content.decode()
    assert 'alt="Page 1 of 1"' in opened
    assert "/leave/" in opened


def test_what_was_opened_is_noted(person: Member) -> None:
    _, browser, address = shown(person, pdf_files.document("One"), "letter.pdf")
    browser.get(f"{address}page/1/")
    browser.get(f"{address}text/")
    looked = [note.what for note in access_notes_for(person.unlocked) if note.kind is EventKind.VIEWED]
    assert {"page", "text"} <= set(looked)


def test_a_voice_note_shows_how_long_and_how_loud_it_is_in_words_too(person: Member) -> None:
    page, _, _ = shown(person, recordings.voice_note("audio/amr"), "note.amr")
    assert "It lasts 3 seconds." in page
    drawing = re.search(r"<svg.*?</svg>", page, re.S)
    assert drawing is not None
    assert 'role="img"' in drawing[0]
    assert "style=" not in drawing[0]
    assert "There is sound from 0:01 to 0:03. The rest is quiet." in page


def test_a_video_shows_pictures_from_it_blurred(person: Member) -> None:
    page, browser, address = shown(person, recordings.video(), "film.mp4")
    assert "It lasts 4 seconds. There is no sound in it." in page
    assert page.count("data-picture") == 4
    assert 'data-alt="Picture 2 of 4 from the video AB/1"' in page
    assert browser.get(f"{address}frame/4/")["Content-Type"] == "image/jpeg"
    assert browser.get(f"{address}frame/5/").status_code == 404


def test_text_is_shown_as_text_and_nothing_else(person: Member) -> None:
    words = "<script>alert(1)</script> & <b>again</b>"
    page, browser, address = shown(person, office_files.docx(words), "letter.docx")
    assert "alert(1)" not in page
    text = browser.get(f"{address}text/").content.decode()
    assert "&lt;script&gt;alert(1)&lt;/script&gt; &amp; &lt;b&gt;again&lt;/b&gt;" in text
    assert "<script>alert" not in text


def test_what_cannot_be_shown_is_said_with_a_way_to_try_again(person: Member) -> None:
    page, browser, address = shown(person, b"%PDF-1.7\n broken", "letter.pdf")
    assert "The PDF document is damaged" in page
    assert "Try again" in page
    assert browser.post(f"{address}again/").status_code == 302
    assert "The PDF document is damaged" in browser.get(address).content.decode()


def test_what_is_still_to_be_made_is_said_and_can_be_asked_for(person: Member) -> None:
    exhibit = person.keep_file(b"He asked for me.", "note.txt")
    browser, address = person.browser(), f"/files/{exhibit.id}/"
    assert "has not looked into this file yet" in browser.get(address).content.decode()
    browser.post(f"{address}again/")
    assert not PreviewDue.objects.exists()
    assert f'href="{address}text/"' in browser.get(address).content.decode()


def test_a_file_of_an_unknown_kind_stays_one_to_save(person: Member) -> None:
    exhibit = person.keep_file(bytes(range(256)), "strange.xyz")
    page = person.browser().get(f"/files/{exhibit.id}/").content.decode()
    assert "What is in it" not in page
    assert "Save the original" in page


def test_nothing_of_a_file_kept_without_looking_is_shown(person: Member) -> None:
    exhibit = person.keep_file(pdf_files.document("One"), "letter.pdf", unseen=True)
    browser, address = person.browser(), f"/files/{exhibit.id}/"
    assert "What is in it" not in browser.get(address).content.decode()
    for path in ("pages/1/", "page/1/", "page/1/blurred/", "text/"):
        assert browser.get(f"{address}{path}").status_code == 404
    browser.post(f"{address}look/")
    assert "It has 1 page." in browser.get(address).content.decode()


def test_an_altered_preview_is_said_and_not_shown(person: Member) -> None:
    _, browser, address = shown(person, pdf_files.document("One"), "letter.pdf")
    for row in DerivedCopy.objects.exclude(slot=0):
        row.sealed = bytes(row.sealed)[:-1] + bytes([bytes(row.sealed)[-1] ^ 1])
        row.save()
    page = browser.get(address).content.decode()
    assert "was altered, and is not shown" in page
    for path in ("pages/1/", "page/1/", "page/1/blurred/", "text/"):
        assert browser.get(f"{address}{path}").status_code == 404


def test_a_strangers_previews_look_like_none(person: Member, neighbour: Member) -> None:
    _, _, address = shown(neighbour, pdf_files.document("One"), "letter.pdf")
    for path in ("pages/1/", "page/1/", "page/1/blurred/", "frame/1/", "text/"):
        assert person.browser().get(f"{address}{path}").status_code == 404
    assert person.browser().post(f"{address}again/").status_code == 404


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0.4, "less than 1 second"), (1, "1 second"), (65, "1 minute 5 seconds"), (7260, "2 hours 1 minute")],
)
def test_a_length_is_said_as_people_say_it(seconds: float, words: str) -> None:
    assert length_in_words(seconds) == words


def test_a_place_in_a_recording_is_said_as_players_say_it() -> None:
    assert [clock_of(seconds) for seconds in (0, 65, 3725)] == ["0:00", "1:05", "1:02:05"]
