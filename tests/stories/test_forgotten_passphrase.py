"""Forgetting a passphrase loses nothing, and whoever tried meanwhile is named."""

import re

import pytest
from playwright.sync_api import Page, expect

from daybook.kernel.sealing.passphrases import suggest_passphrase
from tests.rig.browser import OpenPage, accessibility_faults
from tests.rig.running import LiveDaybook
from tests.stories.walking import (
    Person,
    come_in,
    control,
    keep_words,
    make_record,
    press,
    see_heading,
    unlock,
)

pytestmark = pytest.mark.story


def test_a_forgotten_passphrase_is_replaced_with_the_code_from_paper(
    daybook: LiveDaybook, page: Page, open_page: OpenPage
) -> None:
    # Given a record with words in it, open in two browsers, and locked in one of them,
    person = make_record(page, daybook)
    entry = keep_words(person, "He rang the bell nine times.")
    elsewhere = person.at(open_page())
    come_in(elsewhere)
    press(page, "Lock")
    see_heading(page, "It is locked")

    # when two guesses are wrong,
    person.go("/unlock/")
    for guess in ("the one I use for the bank", "the dog and the year"):
        unlock(person, passphrase=guess)
        expect(page.get_by_role("alert")).to_be_visible()
        assert page.get_by_label("Passphrase", exact=True).input_value() == ""
        assert accessibility_faults(page) == []

    # and she uses the code she wrote down, typed a little differently,
    press(page, "Use your recovery code")
    renewed = suggest_passphrase()
    recover(person, person.code.lower(), renewed)
    see_heading(page, "You are in")

    # then her words are all there, and the other browser has to unlock again,
    page.goto(entry)
    expect(page.locator("main")).to_contain_text("He rang the bell nine times.")
    elsewhere.page.goto(entry)
    assert "nine times" not in elsewhere.page.content()

    # the old passphrase opens nothing any more, and the new one does,
    person.go("/account/")
    press(page, "Lock")
    person.go("/unlock/")
    unlock(person, passphrase=person.passphrase)
    expect(page.get_by_role("alert")).to_be_visible()
    unlock(person, passphrase=renewed)
    expect(control(page, "Lock")).to_be_visible()

    # all of it stands in the list of sign-ins,
    person.go("/account/tries/")
    lines = page.locator("tbody tr").all_inner_texts()
    assert any("2 wrong tries" in line for line in lines)
    assert any("1 wrong try" in line for line in lines)
    assert any("code" in line.lower() for line in lines)
    assert accessibility_faults(page) == []

    # and a new code replaces the one that was used.
    fresh = new_code(person, renewed)
    assert fresh != person.code
    press(page, "I have written it down")
    page.get_by_label("Recovery code").fill(person.code)
    press(page, "Check it")
    expect(page.get_by_role("alert")).to_be_visible()
    page.get_by_label("Recovery code").fill(fresh)
    press(page, "Check it")
    see_heading(page, "Diary")
    press(page, "Lock")
    person.go("/recover/")
    recover(person, person.code, suggest_passphrase())
    expect(page.get_by_role("alert")).to_contain_text("do not go together")


def test_a_passphrase_is_changed_only_by_someone_who_knows_it(daybook: LiveDaybook, page: Page) -> None:
    person = make_record(page, daybook)
    renewed = suggest_passphrase()
    press(page, "Account")
    press(page, re.compile("^Change"))
    for known, heading in (("not the right words", "Change your passphrase"), (person.passphrase, "Account")):
        page.get_by_label("Your passphrase now").fill(known)
        page.get_by_label("New passphrase", exact=True).fill(renewed)
        page.get_by_label("New passphrase again").fill(renewed)
        press(page, "Change it")
        see_heading(page, heading)

    press(page, "Lock")
    person.go("/unlock/")
    unlock(person, passphrase=renewed)

    expect(control(page, "Lock")).to_be_visible()


def recover(person: Person, code: str, passphrase: str) -> None:
    """Fill in the page for the recovery code."""
    page = person.page
    page.get_by_label("Name", exact=True).fill(person.name)
    page.get_by_label("Recovery code").fill(code)
    page.get_by_label("New passphrase", exact=True).fill(passphrase)
    page.get_by_label("New passphrase again").fill(passphrase)
    press(page, "Set the new passphrase")


def new_code(person: Person, passphrase: str) -> str:
    """Make another recovery code, and give it."""
    person.go("/account/code/")
    person.page.get_by_label("Your passphrase").fill(passphrase)
    press(person.page, "Make a new code")
    see_heading(person.page, "Your new recovery code")
    return "-".join(person.page.locator(".db-code").all_inner_texts())
