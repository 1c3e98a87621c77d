"""A letter, a voice note and a film are kept: soon their page shows what is in them, blurred, with nothing to wait for."""

import time

import pytest
from playwright.sync_api import Page, expect

from tests import pdf_files, recordings
from tests.rig.browser import accessibility_faults
from tests.rig.running import LiveDaybook
from tests.stories.walking import Person, add_file, make_record, press, see_heading

pytestmark = pytest.mark.story

_PATIENCE_SECONDS = 60


def test_what_is_in_her_files_can_be_seen_without_opening_them_elsewhere(
    daybook: LiveDaybook, phone_page: Page
) -> None:
    page = phone_page
    person = make_record(page, daybook)
    letter = keep(person, "letter.pdf", pdf_files.document("I know where you work.", "Second page."), 1)
    note = keep(person, "note.amr", recordings.voice_note("audio/amr"), 2)
    film = keep(person, "door.mp4", recordings.video(sound=True), 3)

    # When she comes to a file's page, its preview was made beside her work, or soon is.
    see_shown(person, letter, "It has 2 pages.")
    assert accessibility_faults(page) == []
    press(page, "Look at the pages")
    see_heading(page, "AB/1, page 1 of 2")
    picture = page.locator("main .db-picture")
    expect(picture).not_to_have_class("db-picture--open")
    press(page, "Show page 1")
    expect(page.get_by_role("img", name="Page 1 of 2")).to_be_visible()
    assert accessibility_faults(page) == []
    press(page, "Next page")
    see_heading(page, "AB/1, page 2 of 2")
    page.goto(letter)
    press(page, "Read the text in it")
    expect(page.get_by_text("I know where you work.")).to_be_visible()

    # Then a voice note shows how long and how loud it is, and says so in words.
    see_shown(person, note, "It lasts 3 seconds.")
    expect(page.get_by_text("There is sound from")).to_be_visible()
    assert accessibility_faults(page) == []

    # And a film shows pictures from it, blurred until she opens one.
    see_shown(person, film, "It lasts 4 seconds.")
    press(page, "Show picture 2 of 4")
    expect(page.get_by_role("img", name="Picture 2 of 4 from the video AB/3")).to_be_visible()
    assert accessibility_faults(page) == []


def keep(person: Person, name: str, content: bytes, number: int) -> str:
    """Keep one file; gives the address of its page."""
    person.go("/files/add/")
    add_file(person, name, content, "application/octet-stream")
    see_heading(person.page, "1 file kept")
    press(person.page, f"AB/{number}")
    see_heading(person.page, f"AB/{number}")
    return person.page.url


def see_shown(person: Person, address: str, words: str) -> None:
    """Look at a file's page, again and again as the page says, until what it shows is there."""
    deadline = time.monotonic() + _PATIENCE_SECONDS
    person.page.goto(address)
    while person.page.get_by_text(words).count() == 0 and time.monotonic() < deadline:
        time.sleep(0.5)
        person.page.goto(address)
    expect(person.page.get_by_text(words)).to_be_visible()
