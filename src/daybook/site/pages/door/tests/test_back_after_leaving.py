"""Told in Chromium, because only a browser knows what Back shows."""

import re
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from playwright.sync_api import Error as PlaywrightError
from playwright.sync_api import Page, expect

from tests.rig.browser import OpenPage, accessibility_faults
from tests.rig.running import LiveDaybook

pytestmark = pytest.mark.story


@pytest.fixture
def daybook(tmp_path: Path) -> Iterator[LiveDaybook]:
    """A Daybook whose neutral place is on this machine, as tests reach no other."""
    daybook = LiveDaybook(tmp_path)
    daybook.environment["DAYBOOK_EXIT_URL"] = f"{daybook.url}/static/built/favicon.svg"
    daybook.start()
    yield daybook
    daybook.kill()


@pytest.mark.parametrize("scripts", [True, False])
def test_after_leaving_back_shows_a_neutral_page(
    daybook: LiveDaybook, open_page: OpenPage, scripts: bool
) -> None:
    page = open_page(java_script_enabled=scripts)
    make_record(page, daybook)
    page.goto(f"{daybook.url}/account/")
    page.goto(f"{daybook.url}/account/tries/")

    page.get_by_role("button", name="Exit this page", exact=True).click()
    page.wait_for_url("**/favicon.svg")
    page.go_back()

    expect(page.locator("body")).to_contain_text("This page is closed.")
    assert "Daybook" not in page.content()
    assert page.title() == "Closed"


@pytest.mark.parametrize("scripts", [True, False])
def test_after_locking_back_shows_a_neutral_page(
    daybook: LiveDaybook, open_page: OpenPage, scripts: bool
) -> None:
    page = open_page(java_script_enabled=scripts)
    make_record(page, daybook)
    page.goto(f"{daybook.url}/account/")

    page.get_by_role("button", name="Lock", exact=True).click()
    expect(page.get_by_role("heading", name="It is locked")).to_be_visible()
    page.go_back()

    expect(page.locator("body")).to_contain_text("This page is closed.")
    assert "Daybook" not in page.content()


def test_going_back_to_where_the_code_was_shows_neither_code_nor_passphrase(
    daybook: LiveDaybook, open_page: OpenPage
) -> None:
    page = open_page()
    words, code = make_record(page, daybook)
    page.goto(f"{daybook.url}/account/")
    page.get_by_role("button", name="Lock", exact=True).click()
    expect(page.get_by_role("heading", name="It is locked")).to_be_visible()

    for _ in range(3):
        # The browser shows a page of its own where it would have to send a form again; a reload makes it send.
        with suppress(PlaywrightError):
            page.go_back()
        with suppress(PlaywrightError):
            page.reload()
        for told in (words, code[:9], "moth of the story"):
            expect(page.locator("body")).not_to_contain_text(told)
            expect(page.locator(f'[value*="{told}"]')).to_have_count(0)


def test_every_page_of_the_door_and_the_account_is_accessible_on_a_phone(
    daybook: LiveDaybook, phone_page: Page
) -> None:
    make_record(phone_page, daybook)
    assert accessibility_faults(phone_page) == []
    for path in (
        "/account/",
        "/account/tries/",
        "/account/looked/",
        "/account/check/",
        "/account/late/",
        "/help/",
    ):
        phone_page.goto(f"{daybook.url}{path}")
        assert (path, accessibility_faults(phone_page)) == (path, [])
        assert (path, sideways(phone_page)) == (path, 0)
    phone_page.get_by_role("button", name="Lock", exact=True).click()
    expect(phone_page.get_by_role("heading", name="It is locked")).to_be_visible()
    for path in (
        "/",
        "/start/",
        "/start/safer/",
        "/start/before/?ready=1",
        "/unlock/",
        "/recover/",
        "/lock/",
    ):
        phone_page.goto(f"{daybook.url}{path}")
        assert (path, accessibility_faults(phone_page)) == (path, [])
        assert (path, sideways(phone_page)) == (path, 0)


def make_record(page: Page, daybook: LiveDaybook) -> tuple[str, str]:
    """Start as a person does; gives the six words and the code."""
    page.goto(daybook.url)
    page.get_by_role("link", name=re.compile("^Start")).click()
    page.get_by_role("link", name=re.compile("safe enough for me")).click()
    page.get_by_role("button", name="Go on").click()
    words = page.locator(".db-code").inner_text()
    page.get_by_label("Name", exact=True).fill("moth of the story")
    page.get_by_label("Letters for your files").fill("ab")
    page.get_by_label("Passphrase", exact=True).fill(words)
    page.get_by_label("Passphrase again").fill(words)
    page.get_by_role("button", name="Make my record").click()
    expect(page.get_by_role("heading", name="Your recovery code")).to_be_visible()
    return words, "-".join(page.locator(".db-code").all_inner_texts())


def sideways(page: Page) -> int:
    """By how many pixels the page is wider than the screen."""
    return int(page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth"))
