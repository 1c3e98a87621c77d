"""With JavaScript off everything works: start, write, keep files, amend, hand over, leave."""

import pytest
from playwright.sync_api import Page, expect

from tests.rig.running import LiveDaybook
from tests.stories.neutral_place import TITLE, NeutralPlace
from tests.stories.packs_received import download_pack, unseal
from tests.stories.photographs import photograph
from tests.stories.rows_left import unlocked_browsers
from tests.stories.walking import (
    add_file,
    answer_and_see_all,
    begin_draft,
    control,
    keep_words,
    make_record,
    open_question,
    press,
    see_heading,
)

pytestmark = pytest.mark.story


def test_without_scripts_a_person_starts_writes_keeps_a_file_amends_and_hands_over(
    daybook: LiveDaybook, scriptless_page: Page
) -> None:
    page = scriptless_page
    person = make_record(page, daybook)

    draft = begin_draft(person, "A parcel I had not ordered was at the door.")
    open_question(page, "When it happened")
    press(page, "It was today")
    page.goto(draft)
    open_question(page, "Who you told")
    page.get_by_label("Who?").select_option(label="Friend")
    press(page, "Save and add another")
    expect(page.get_by_label("Who?")).to_have_count(2)
    answer_and_see_all(page)
    open_question(page, "Files")
    press(page, "Add a new file")
    add_file(person, "parcel.jpg", photograph("peru"), "image/jpeg")
    page.goto(draft)
    press(page, "Check and keep")
    press(page, "Keep it")
    expect(page.locator("main")).to_contain_text("A parcel I had not ordered")
    entry = page.url

    # A picture is blurred until it is asked for; without scripts it opens on a page of its own, with the exit.
    press(page, "Open AB/1")
    expect(page.get_by_role("img", name="Picture AB/1")).to_be_visible()
    expect(control(page, "Exit this page")).to_be_visible()

    page.goto(entry)
    press(page, "Amend or add to this")
    open_question(page, "What happened, in your own words")
    page.get_by_label("What happened?").fill("Two parcels I had not ordered were at the door.")
    answer_and_see_all(page)
    press(page, "Check and keep")
    page.locator("textarea").last.fill("I found the second one in the evening.")
    press(page, "Keep the change")
    expect(page.locator("main")).to_contain_text("I found the second one in the evening.")

    person.go("/pack/")
    press(page, "Choose what goes in")
    press(page, "Go on")
    words = page.get_by_role("region", name="The pack passphrase").locator(".db-code").inner_text()
    name, sealed = download_pack(page)
    assert name.endswith(".zip.age")
    assert unseal(sealed, words).startswith(b"PK")


def test_without_scripts_a_form_with_a_fault_shows_all_that_was_typed(
    daybook: LiveDaybook, scriptless_page: Page
) -> None:
    page = scriptless_page
    person = make_record(page, daybook)
    begin_draft(person, "It rang at night.")

    open_question(page, "When it happened")
    page.get_by_label("On this day. I do not know the time").check()
    page.get_by_label("Day", exact=True).fill("2026-11-01")
    page.get_by_label("Time", exact=True).fill("03:10")
    press(page, "Save and see all questions")

    expect(page.get_by_role("alert")).to_contain_text("You typed a time too.")
    expect(page.get_by_label("Day", exact=True)).to_have_value("2026-11-01")
    expect(page.get_by_label("Time", exact=True)).to_have_value("03:10")


def test_without_scripts_what_she_looks_for_is_found_and_stays_out_of_the_address(
    daybook: LiveDaybook, scriptless_page: Page
) -> None:
    page = scriptless_page
    person = make_record(page, daybook)
    keep_words(person, "Flowers on the doorstep, no card.")
    keep_words(person, "A white van outside the school.")

    person.go("/diary/")
    page.get_by_text("Search and filter").click()
    page.get_by_label("Words", exact=False).first.fill("van")
    press(page, "Show")

    see_heading(page, "1 entry found")
    expect(page.locator("main")).to_contain_text("A white van outside the school.")
    assert "van" not in page.url


def test_without_scripts_leaving_locks_and_back_shows_a_closed_page(
    daybook: LiveDaybook, scriptless_page: Page, neutral_place: NeutralPlace
) -> None:
    page = scriptless_page
    person = make_record(page, daybook)
    before = unlocked_browsers(daybook)
    entry = keep_words(person)

    press(page, "Exit this page")
    page.wait_for_url(neutral_place.url)

    assert page.title() == TITLE
    assert unlocked_browsers(daybook) == before - 1
    assert page.context.cookies() == []
    page.go_back()
    expect(page.locator("body")).to_contain_text("This page is closed.")
    assert "Daybook" not in page.content()
    page.goto(entry)
    assert "across the road" not in page.content()
