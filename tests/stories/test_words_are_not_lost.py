"""Whatever happens while she writes – a lock, a crash, another window, no server – her words are there afterwards."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.rig.browser import OpenPage
from tests.rig.running import LiveDaybook
from tests.stories.conftest import ServeDaybook
from tests.stories.walking import (
    begin_draft,
    come_in,
    make_record,
    open_question,
    press,
    see_heading,
    unlock,
)

pytestmark = pytest.mark.story

IDLE_SECONDS = 7
OWN_WORDS = "Write it in your own words"


@pytest.fixture(scope="module")
def quickly_locked(serve_daybook: ServeDaybook) -> LiveDaybook:
    """A Daybook that locks after a few seconds in which nothing happens."""
    return serve_daybook(DAYBOOK_IDLE_SECONDS=str(IDLE_SECONDS))


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_words_sent_after_the_lock_wait_and_can_be_put_back(
    quickly_locked: LiveDaybook, open_page: OpenPage, scripts: bool
) -> None:
    # Given a form that stays open for longer than the record, in a window that cannot know of it,
    page = open_page(java_script_enabled=scripts)
    person = make_record(page, quickly_locked)
    press(page, "Lock")
    come_in(person)
    person.go("/diary/new/")
    stay_without_saving(page, IDLE_SECONDS + 1)
    page.get_by_label(OWN_WORDS).fill("The long sentence I was in the middle of.")

    # when she sends what she wrote,
    press(page, "Keep it now")

    # then it waits behind the lock,
    see_heading(page, "Your record is locked")
    expect(page.locator("main")).to_contain_text("Nothing is lost.")
    assert "long sentence" not in page.content()

    # and can be put back where it belongs.
    press(page, "Unlock")
    unlock(person)
    see_heading(page, "What came while it was locked")
    press(page, "Put it back")
    expect(page.get_by_label(OWN_WORDS)).to_have_value("The long sentence I was in the middle of.")
    press(page, "Keep it now")
    expect(page.get_by_role("heading", name="Versions")).to_be_visible()
    person.go("/account/late/")
    expect(page.locator("main")).to_contain_text("Nothing waits")


def test_a_page_left_alone_saves_the_words_covers_them_and_locks(
    quickly_locked: LiveDaybook, page: Page
) -> None:
    person = make_record(page, quickly_locked)
    press(page, "Lock")
    come_in(person)
    person.go("/diary/new/")
    page.get_by_label(OWN_WORDS).press_sequentially("By the bins, at seven")
    expect(page.locator("[data-autosave-status]")).to_contain_text("Saved at")
    expect(page.locator("#idle-warning")).to_contain_text("Your record will lock")

    see_heading(page, "It is locked")

    assert "By the bins" not in page.content()
    press(page, "Unlock")
    unlock(person)
    expect(page.locator("main")).to_contain_text("By the bins, at seven")


def test_words_that_cannot_be_saved_behind_the_lock_stay_on_the_covered_page(
    quickly_locked: LiveDaybook, page: Page
) -> None:
    person = make_record(page, quickly_locked)
    press(page, "Lock")
    come_in(person)
    person.go("/diary/new/")
    # Given the server heard nothing from her for too long, though she is there,
    stay_without_saving(page, IDLE_SECONDS + 1)
    words, status = page.get_by_label(OWN_WORDS), page.locator("[data-autosave-status]")
    words.press_sequentially("And then he")
    expect(status).to_contain_text("your record is locked")

    # when she leaves the page alone, it is covered, but the words are not thrown away;
    show = page.get_by_role("button", name="Show the page")
    show.wait_for()
    expect(page.locator("main")).to_be_hidden()

    # she unlocks in another window and comes back,
    other = person.at(page.context.new_page())
    come_in(other)
    show.click()
    words.press_sequentially(" went.")

    # then they are saved, and nothing of them is there twice.
    expect(status).to_contain_text("Saved at")
    other.go("/diary/")
    expect(other.page.locator("main").get_by_text("And then he went.")).to_have_count(1)


def test_a_crash_loses_no_draft(serve_daybook: ServeDaybook, open_page: OpenPage) -> None:
    daybook = serve_daybook()
    page = open_page()
    person = make_record(page, daybook)
    person.go("/diary/new/")
    page.get_by_label(OWN_WORDS).press_sequentially("The power may go at any moment")
    expect(page.locator("[data-autosave-status]")).to_contain_text("Saved at")

    daybook.kill()
    daybook.start()

    again = person.at(open_page())
    come_in(again)
    again.page.get_by_role("link", name="The power may go at any moment").click()
    see_heading(again.page, "Your draft")
    press(again.page, "Check and keep")
    press(again.page, "Keep it")
    expect(again.page.locator("main")).to_contain_text("The power may go at any moment")


def test_while_the_server_is_down_the_page_says_so_and_saves_when_it_is_back(
    serve_daybook: ServeDaybook, page: Page
) -> None:
    daybook = serve_daybook()
    person = make_record(page, daybook)
    person.go("/diary/new/")
    words, status = page.get_by_label(OWN_WORDS), page.locator("[data-autosave-status]")
    words.press_sequentially("First half.")
    expect(status).to_contain_text("Saved at")

    daybook.kill()
    words.press_sequentially(" Second half.")
    expect(status).to_contain_text("Still trying. Please keep this page open.")
    expect(words).to_have_value("First half. Second half.")
    daybook.start()

    expect(status).to_contain_text("Saved at")
    again = page.context.new_page()
    again.goto(f"{daybook.url}/diary/")
    expect(again.locator("main")).to_contain_text("First half. Second half.")


def test_two_windows_on_one_draft_overwrite_nothing(daybook: LiveDaybook, page: Page) -> None:
    # Given the same question of the same draft, open in two windows,
    person = make_record(page, daybook)
    draft = begin_draft(person, "It began in March.")
    open_question(page, "What happened, in your own words")
    other = page.context.new_page()
    other.goto(page.url)

    # when both write,
    page.get_by_label("What happened?").fill("It began in March, at the gym.")
    expect(page.locator("[data-autosave-status]")).to_contain_text("Saved at")
    other.get_by_label("What happened?").fill("It began in April.")
    press(other, "Save and see all questions")

    # then the later words stand, and the others beside them.
    expect(other).to_have_url(draft)
    expect(other.get_by_role("heading", name="Another window wrote here too")).to_be_visible()
    expect(other.locator("main")).to_contain_text("It began in March, at the gym.")
    press(other, "Check and keep")
    expect(other.locator("main")).to_contain_text("It began in April.")


def test_going_to_another_page_in_the_middle_of_a_sentence_saves_it(daybook: LiveDaybook, page: Page) -> None:
    person = make_record(page, daybook)
    person.go("/diary/new/")
    page.get_by_label(OWN_WORDS).press_sequentially("In the middle of")

    person.go("/help/")
    person.go("/diary/")

    expect(page.get_by_role("link", name="In the middle of")).to_be_visible()


def test_a_form_that_is_older_than_the_last_unlocking_loses_no_words(
    daybook: LiveDaybook, scriptless_page: Page
) -> None:
    # Given a form with words in one window, while in another the record is locked and unlocked again,
    page = scriptless_page
    person = make_record(page, daybook)
    person.go("/diary/new/")
    page.get_by_label(OWN_WORDS).fill("Written before the lock.")
    other = person.at(page.context.new_page())
    other.go("/diary/")
    press(other.page, "Lock")
    come_in(other)

    # when the form is sent, it is not taken, and says so;
    press(page, "Keep it now")
    expect(page.locator("main")).not_to_contain_text("Versions")

    # then the words wait.
    other.go("/account/late/")
    expect(other.page.locator("main")).to_contain_text("Written before the lock.")
    press(other.page, "Put it back")
    expect(other.page.get_by_label(OWN_WORDS)).to_have_value(re.compile("Written before the lock."))


def stay_without_saving(page: Page, seconds: float) -> None:
    """Touch a key now and then, as someone does who thinks: the page sees that she is there, the server does not."""
    for _ in range(round(seconds)):
        page.keyboard.press("ArrowLeft")
        page.wait_for_timeout(1000)
