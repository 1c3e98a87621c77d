"""Two people on one machine are strangers: neither learns that the other is there."""

import re
import uuid
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect

from tests.rig.browser import OpenPage
from tests.rig.running import LiveDaybook
from tests.stories.photographs import photograph
from tests.stories.walking import (
    Person,
    add_file,
    begin_draft,
    keep_words,
    make_record,
    press,
    see_heading,
    unlock,
)

pytestmark = pytest.mark.story


def test_what_belongs_to_someone_else_looks_like_what_is_not_there(
    daybook: LiveDaybook, open_page: OpenPage
) -> None:
    # Given a person with an entry, a draft, a file and a witness, and somebody else on the same machine,
    person = make_record(open_page(), daybook, "moth")
    hers = [keep_words(person), begin_draft(person), a_file(person), a_witness(person)]
    stranger = make_record(open_page(), daybook, "wasp")

    # when the other opens the addresses of hers, they look just like addresses of nothing.
    for address in hers:
        page = stranger.page
        own = page.goto(address)
        assert own is not None
        shown = (own.status, without_tokens(page.content()))
        nothing = page.goto(re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}", str(uuid.uuid4()), address))
        assert nothing is not None
        assert shown == (nothing.status, without_tokens(page.content()))
        assert shown[0] == 404

    # Then the other's own lists are empty.
    stranger.go("/diary/")
    expect(stranger.page.locator("main")).to_contain_text("Nothing is written yet")
    stranger.go("/files/")
    expect(stranger.page.locator("main")).to_contain_text("No files yet")
    stranger.go("/people/")
    assert "Amara" not in stranger.page.content()


def test_nowhere_is_there_a_list_of_names(daybook: LiveDaybook, open_page: OpenPage) -> None:
    person = make_record(open_page(), daybook, "moth")
    passing = open_page()

    for path in ("/", "/start/", "/start/name/?ready=1", "/unlock/", "/recover/", "/lock/", "/help/"):
        passing.goto(f"{daybook.url}{path}")
        assert person.name not in passing.content()
        assert passing.locator("datalist option, select option", has_text=person.name).count() == 0


def test_a_wrong_passphrase_and_a_name_nobody_has_are_answered_alike(
    daybook: LiveDaybook, open_page: OpenPage
) -> None:
    person = make_record(open_page(), daybook, "moth")
    passing = open_page()

    answers = []
    for name in (person.name, "nobody has this name"):
        passing.goto(f"{daybook.url}/unlock/")
        unlock(Person(passing, daybook.url, name, "not the right words at all", ""))
        answers.append(passing.get_by_role("alert").inner_text())

    assert answers[0] == answers[1]


def test_one_person_leaving_locks_nobody_else(daybook: LiveDaybook, open_page: OpenPage) -> None:
    person = make_record(open_page(), daybook, "moth")
    stranger = make_record(open_page(), daybook, "wasp")
    entry = keep_words(stranger)

    press(person.page, "Lock")
    see_heading(person.page, "It is locked")

    stranger.page.goto(entry)
    expect(stranger.page.get_by_role("heading", name="Versions")).to_be_visible()


def a_file(person: Person) -> str:
    """The address of a file that was kept."""
    person.go("/files/add/")
    add_file(person, "street.jpg", photograph(), "image/jpeg")
    see_heading(person.page, "1 file kept")
    return f"{person.url}{person.page.locator('main').get_by_role('link', name='AB/1').get_attribute('href')}"


def a_witness(person: Person) -> str:
    """The address of a witness who was kept."""
    person.go("/people/saw/new/")
    person.page.get_by_label("Name", exact=True).fill("Amara from reception")
    person.page.locator("main").get_by_role("button", name="Save", exact=True).last.click()
    see_heading(person.page, "Amara from reception")
    assert urlsplit(person.page.url).path.startswith("/people/saw/")
    return person.page.url


def without_tokens(content: str) -> str:
    """A page without what is different on every page: form tokens and ids."""
    content = re.sub(r'value="[A-Za-z0-9]{64}"', "", content)
    return re.sub(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f-]{22}", "", content)
