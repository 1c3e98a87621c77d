"""The whole way on a small phone, by touch: nothing scrolls sideways, every target can be hit, the exit is always there."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.rig.browser import accessibility_faults
from tests.rig.running import LiveDaybook
from tests.stories.neutral_place import NeutralPlace
from tests.stories.packs_received import download_pack, unseal
from tests.stories.photographs import photograph
from tests.stories.small_screens import small_screen_faults
from tests.stories.walking import control, open_question, see_heading

pytestmark = pytest.mark.story

LONG_WORD = "https://example.org/" + "a" * 300
WORDS = f"He wrote to me again from a new account.\n\n{LONG_WORD}\n\nI did not answer."


def test_on_a_phone_a_person_starts_writes_keeps_a_photo_and_hands_over(
    daybook: LiveDaybook, phone_page: Page, neutral_place: NeutralPlace
) -> None:
    page = phone_page
    page.goto(daybook.url)
    fits(page)
    for name in (re.compile("^Start"), re.compile("^This device is safe enough"), "Go on"):
        touch(page, name)
        fits(page)
    words = page.locator(".db-code").inner_text()
    page.get_by_label("Name", exact=True).fill("moth of the phone")
    page.get_by_label("Letters for your files").fill("AB")
    page.get_by_label("Passphrase", exact=True).fill(words)
    page.get_by_label("Passphrase again").fill(words)
    touch(page, "Make my record")
    see_heading(page, "Your recovery code")
    fits(page)
    code = "-".join(page.locator(".db-code").all_inner_texts())
    touch(page, "I have written it down")
    fits(page)
    page.get_by_label("Recovery code").fill(code)
    touch(page, "Check it")
    see_heading(page, "Diary")
    fits(page)

    touch(page, "Write something down")
    see_heading(page, "What happened?")
    fits(page)
    page.get_by_label("Write it in your own words").fill(WORDS)
    touch(page, "Add more")
    see_heading(page, "Your draft")
    fits(page)
    draft = page.url
    for title in questions(page):
        with page.expect_navigation():
            open_question(page, title)
        fits(page)
        page.goto(draft)
    open_question(page, "When it happened")
    touch(page, "It was today")
    page.goto(draft)
    touch(page, "Check and keep")
    fits(page)
    touch(page, "Keep it")
    expect(page.get_by_role("heading", name="Versions")).to_be_visible()
    fits(page)

    touch(page, "Add or take away files")
    fits(page)
    touch(page, "Add a new file")
    fits(page)
    add_file_by_touch(page)
    fits(page)
    touch(page, "Back to the entry")
    page.locator("main").get_by_role("button", name="Show AB/1").tap()
    expect(page.get_by_role("button", name="Blur AB/1 again")).to_be_visible()
    fits(page)

    for place in ("Files", "People", "Account"):
        go_to(page, place)
        fits(page)

    go_to(page, "Pack")
    fits(page)
    touch(page, "Choose what goes in")
    fits(page)
    touch(page, "Go on")
    see_heading(page, "Look it over")
    fits(page)
    words = page.get_by_role("region", name="The pack passphrase").locator(".db-code").inner_text()
    name, sealed = download_pack(page)
    assert name.endswith(".zip.age")
    assert unseal(sealed, words).startswith(b"PK")

    control(page, "Exit this page").tap()
    page.wait_for_url(neutral_place.url)


def fits(page: Page) -> None:
    """The page as it stands can be used on this screen, and by anyone."""
    where = page.url.partition("://")[2].partition("/")[2]
    assert (where, small_screen_faults(page)) == (where, [])
    assert (where, accessibility_faults(page)) == (where, [])


def touch(page: Page, name: str | re.Pattern[str]) -> None:
    """Touch the button or link with these words on it, and wait for the page it leads to."""
    with page.expect_navigation():
        control(page, name).tap()


def go_to(page: Page, place: str) -> None:
    """Touch a place of the navigation."""
    with page.expect_navigation():
        page.get_by_role("navigation", name="Main").get_by_role("link", name=place).tap()


def questions(page: Page) -> list[str]:
    """The titles of all questions on the page of a draft."""
    return [title.strip() for title in page.locator("main .govuk-task-list__link").all_inner_texts()]


def add_file_by_touch(page: Page) -> None:
    page.get_by_label("Choose files").set_input_files(
        {"name": "IMG_2031.jpg", "mimeType": "image/jpeg", "buffer": photograph()}
    )
    touch(page, "Keep them")
    see_heading(page, "1 file kept")
