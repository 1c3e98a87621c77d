"""Leaving: blank at once, another page in its place, the key gone, and nothing to read on the way back."""

import os
import re
import signal
import time
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.rig.browser import FLAGS, PATIENCE_MS, chromium_path
from tests.rig.running import LiveDaybook
from tests.stories.conftest import ServeDaybook
from tests.stories.neutral_place import TITLE, NeutralPlace
from tests.stories.rows_left import unlocked_browsers
from tests.stories.walking import PERSON_WORDS, come_in, control, keep_words, make_record

pytestmark = pytest.mark.story

Leave = Callable[[Page], None]


def by_button(page: Page) -> None:
    """One click."""
    # Playwright would wait for the page that comes next, which may be slow.
    control(page, "Exit this page").click(no_wait_after=True)


def by_shift(page: Page) -> None:
    """Three presses of Shift, wherever the focus is."""
    page.wait_for_load_state("load")
    for _ in range(3):
        page.keyboard.press("Shift")


def by_keyboard(page: Page) -> None:
    """Tab from the top of the page: the exit is the second stop, before anything that could be read."""
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Exit this page now")).to_be_focused()
    page.keyboard.press("Enter")


EVERY_WAY = pytest.mark.parametrize("leave", [by_button, by_shift, by_keyboard])


@EVERY_WAY
def test_every_way_out_leads_away_and_leaves_nothing_behind(
    daybook: LiveDaybook, page: Page, neutral_place: NeutralPlace, leave: Leave
) -> None:
    # Given an entry on the screen, and other pages of the record behind it,
    person = make_record(page, daybook)
    rows = unlocked_browsers(daybook)
    keep_words(person)
    pages = page.evaluate("history.length")

    # when she leaves,
    leave(page)
    page.wait_for_url(neutral_place.url)

    # then there is another page in its place, not after it, and it is not told where she came from;
    assert page.title() == TITLE
    assert page.evaluate("history.length") == pages
    assert neutral_place.referrers == []

    # the key is gone from the database, and nothing of ours is left in the browser;
    settle(lambda: unlocked_browsers(daybook) == rows - 1, page)
    settle(lambda: page.context.cookies() == [], page)

    # and Back, as often as she likes, shows a page that says nothing.
    for _ in range(3):
        page.go_back()
        expect(page.locator("body")).to_contain_text("This page is closed.")
        says_nothing(page)


@EVERY_WAY
def test_the_screen_is_empty_at_once_however_slow_the_other_page_is(
    daybook: LiveDaybook, page: Page, neutral_place: NeutralPlace, leave: Leave
) -> None:
    person = make_record(page, daybook)
    keep_words(person)
    emptied: list[str] = []
    page.on("console", lambda message: emptied.append(message.text))
    page.evaluate(
        """() => new MutationObserver(() => console.log(
            `${document.documentElement.childElementCount} left, titled "${document.title.trim()}"`
        )).observe(document.documentElement, {childList: true})"""
    )

    # Given the other page takes its time,
    neutral_place.answers.clear()
    try:
        leave(page)

        # then hers is empty, title and all, while there is nothing else to show yet.
        settle(lambda: emptied != [], page)
        assert emptied[0] == '0 left, titled ""'
    finally:
        neutral_place.answers.set()
    page.wait_for_url(neutral_place.url)


@EVERY_WAY
def test_leaving_works_when_the_server_is_gone(
    serve_daybook: ServeDaybook, page: Page, neutral_place: NeutralPlace, leave: Leave
) -> None:
    daybook = serve_daybook()
    person = make_record(page, daybook)
    keep_words(person)
    daybook.kill()

    leave(page)
    page.wait_for_url(neutral_place.url)

    assert page.title() == TITLE
    says_nothing(page)


def test_leaving_waits_for_no_answer_and_the_lock_arrives_when_the_server_wakes(
    daybook: LiveDaybook, page: Page, neutral_place: NeutralPlace
) -> None:
    person = make_record(page, daybook)
    keep_words(person)
    rows = unlocked_browsers(daybook)
    os.kill(daybook.process_id, signal.SIGSTOP)
    try:
        by_button(page)
        page.wait_for_url(neutral_place.url)
        says_nothing(page)
    finally:
        os.kill(daybook.process_id, signal.SIGCONT)

    settle(lambda: unlocked_browsers(daybook) == rows - 1, page)


def test_words_in_the_middle_of_being_written_are_saved_on_the_way_out(
    daybook: LiveDaybook, page: Page, neutral_place: NeutralPlace
) -> None:
    person = make_record(page, daybook)
    person.go("/diary/new/")
    page.get_by_label("Write it in your own words").press_sequentially("He is at the door")
    rows = unlocked_browsers(daybook)

    by_shift(page)
    page.wait_for_url(neutral_place.url)

    settle(lambda: unlocked_browsers(daybook) == rows - 1, page)
    come_in(person)
    person.go("/diary/")
    expect(page.locator("main")).to_contain_text("He is at the door")


def test_leaving_in_one_window_empties_every_other_one(
    daybook: LiveDaybook, page: Page, neutral_place: NeutralPlace
) -> None:
    person = make_record(page, daybook)
    entry = keep_words(person)
    other = page.context.new_page()
    other.goto(entry)
    expect(other.locator("main")).to_contain_text(PERSON_WORDS)

    by_button(page)

    other.wait_for_url(neutral_place.url)
    assert other.title() == TITLE


def test_capital_letters_are_not_a_way_out(daybook: LiveDaybook, page: Page) -> None:
    person = make_record(page, daybook)
    person.go("/diary/new/")
    words = page.get_by_label("Write it in your own words")
    words.click()

    for letter in "HE SHOUTED":
        page.keyboard.down("Shift")
        page.keyboard.press(letter if letter != " " else "Space")
        page.keyboard.up("Shift")

    expect(words).to_have_value("HE SHOUTED")


def test_every_page_before_unlocking_has_the_same_way_out(
    daybook: LiveDaybook, page: Page, neutral_place: NeutralPlace
) -> None:
    for path in (
        "/",
        "/start/",
        "/start/safer/",
        "/unlock/",
        "/recover/",
        "/help/",
        "/sheet/",
        "/lock/",
        "/no/such/",
    ):
        page.goto(f"{daybook.url}{path}")
        control(page, "Exit this page").click()
        page.wait_for_url(neutral_place.url)


@pytest.fixture
def remembering_page(chromium: Browser) -> Iterator[Page]:
    """A page of a browser that keeps pages whole in memory for Back, as people's browsers do and tests' do not."""
    browser = chromium.browser_type.launch(
        executable_path=chromium_path(),
        args=FLAGS,
        ignore_default_args=["--disable-back-forward-cache"],
    )
    page = browser.new_page()
    page.set_default_timeout(20_000)
    yield page
    browser.close()


def test_a_page_kept_in_the_browsers_memory_is_not_readable_on_the_way_back(
    daybook: LiveDaybook, remembering_page: Page, neutral_place: NeutralPlace
) -> None:
    page = remembering_page
    # The browser does keep pages: without this the test would prove nothing.
    page.goto(neutral_place.url)
    page.evaluate("window.kept = true")
    page.goto(f"{daybook.url}/help/")
    page.evaluate("history.back()")
    page.wait_for_function("window.kept === true")

    person = make_record(page, daybook)
    entry = keep_words(person)
    person.go("/diary/")
    page.goto(entry)
    by_button(page)
    page.wait_for_url(neutral_place.url)

    for _ in range(3):
        page.evaluate("history.back()")
        page.wait_for_function("document.body?.innerText.includes('This page is closed.')")
        says_nothing(page)


def says_nothing(page: Page) -> None:
    """Nothing on the page or in its title tells what was here."""
    assert page.title().strip() in {"", "Closed", TITLE}
    content = page.content()
    for trace in ("Daybook", PERSON_WORDS, "Diary"):
        assert trace not in content
    # Three digits may stand in the middle of an address by chance.
    assert not re.search(r"(?<![0-9a-f])999(?![0-9a-f])", content)


def settle(true: Callable[[], bool], page: Page) -> None:
    """Wait for something that happens beside the page: leaving waits for nobody."""
    until = time.monotonic() + PATIENCE_MS / 1000
    while not true() and time.monotonic() < until:
        page.wait_for_timeout(100)
    assert true()
