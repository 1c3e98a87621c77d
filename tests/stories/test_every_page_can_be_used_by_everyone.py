"""Every page of a real record, on a phone and on a computer: for every eye, every hand, and little data."""

import re
from collections import Counter
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from django.urls import Resolver404, resolve
from playwright.sync_api import Page, expect

from tests.page_table import ADDRESSES
from tests.rig.browser import OpenPage, accessibility_faults
from tests.rig.running import LiveDaybook
from tests.stories.conftest import ServeDaybook
from tests.stories.small_screens import small_screen_faults
from tests.stories.walking import (
    Person,
    answer_and_see_all,
    begin_draft,
    come_in,
    keep_words,
    open_question,
    press,
)

pytestmark = pytest.mark.story

PASSPHRASE = "plover mosaic candle drift wagon eleven"
MANY = {"diary-entry": 3, "files-file": 3}
"""How many pages of one kind are looked at, where not one: an entry with few answers and one with many differ."""

LIGHTEST_BYTES = 100_000
WIDTHS = pytest.mark.parametrize(
    "screen",
    [
        {"viewport": {"width": 360, "height": 740}, "is_mobile": True, "has_touch": True},
        {"viewport": {"width": 1280, "height": 900}},
    ],
    ids=["phone", "computer"],
)

NOT_LINKED = {
    "diary-mend",
    "diary-newer",
    "account-late-let-go",
    "diary-found",
    "diary-found-print",
    "files-added",
    "files-upload-let-go",
}
"""Pages that only an act leads to, or damage: the other stories and `tests/test_every_page.py` look at them."""


@pytest.fixture(scope="module")
def demo(serve_daybook: ServeDaybook) -> LiveDaybook:
    """A home with an invented case of some weeks in it."""
    daybook = serve_daybook()
    daybook.run("demo", "--entries", "26", "--exhibits", "14", passphrase=PASSPHRASE)
    return daybook


@WIDTHS
def test_every_page_that_a_link_leads_to_can_be_used_by_everyone(
    demo: LiveDaybook, open_page: OpenPage, screen: dict[str, object]
) -> None:
    page = open_page(**screen)
    faults: dict[str, list[str]] = {}

    before = Counter[str]()
    for name, address in pages_before_unlocking(demo):
        look(page, address, name, faults)
        before[name] += 1
    person = Person(page, demo.url, "demo", PASSPHRASE, "")
    come_in(person)
    begin = [
        f"{demo.url}/diary/",
        begin_draft(person, "https://example.org/" + "a" * 200),
        an_amended_entry(person),
        a_file_kept_for_a_helper(person),
        *(f"{demo.url}{path}" for path in ("/start/check/", "/recover/done/", "/account/late/")),
    ]
    seen = Counter[str]()
    for name, address in pages_by_links(page, demo, begin, seen):
        look(page, address, name, faults)

    assert faults == {}, str(faults)
    assert not_seen(seen + before) == set()


@WIDTHS
def test_every_page_that_asks_again_can_be_used_by_everyone(
    demo: LiveDaybook, open_page: OpenPage, screen: dict[str, object]
) -> None:
    page = open_page(**screen)
    faults: dict[str, list[str]] = {}
    page.goto(f"{demo.url}/unlock/")
    press(page, "Unlock")
    look_again(page, "nothing typed", faults)
    page.goto(f"{demo.url}/start/name/?ready=1")
    press(page, "Make my record")
    look_again(page, "no name", faults)
    page.goto(f"{demo.url}/recover/")
    press(page, "Set the new passphrase")
    look_again(page, "no code", faults)

    person = Person(page, demo.url, "demo", PASSPHRASE, "")
    come_in(person)
    person.go("/diary/new/")
    press(page, "Keep it now")
    look_again(page, "no words", faults)
    begin_draft(person)
    open_question(page, "When it happened")
    page.get_by_label("On this day. I do not know the time").check()
    page.get_by_label("Time", exact=True).fill("03:10")
    press(page, "Save and go on")
    look_again(page, "a time without a day", faults)
    person.go("/people/place/new/")
    page.locator("main").get_by_role("button", name="Save", exact=True).last.click()
    look_again(page, "no place", faults)
    person.go("/files/add/")
    press(page, "Keep them")
    look_again(page, "no file", faults)
    person.go("/account/passphrase/")
    press(page, "Change it")
    look_again(page, "no passphrase", faults)
    person.go("/pack/choose/")
    page.get_by_label("What happened between two days").check()
    press(page, "Go on")
    look_again(page, "no days", faults)

    person.go("/pack/choose/")
    page.get_by_label("Only what I tick in a list").check()
    press(page, "Go on")
    look(page, page.url, "a list to tick", faults, stay=True)
    press(page, re.compile("^Tick all"))
    press(page, "Go on to the files")
    look(page, page.url, "files to tick", faults, stay=True)
    press(page, "Look it over")
    look(page, page.url, "a pack looked over", faults, stay=True)
    page.goto(f"{demo.url}/nothing/here/")
    look(page, page.url, "no page", faults, stay=True)

    assert faults == {}, str(faults)


def test_a_first_visit_asks_for_little_data(demo: LiveDaybook, open_page: OpenPage) -> None:
    weights = {}
    for path in ("/", "/help/", "/start/", "/start/name/?ready=1", "/unlock/"):
        page = open_page(viewport={"width": 360, "height": 740})
        page.goto(f"{demo.url}{path}", wait_until="networkidle")
        weights[path] = page.evaluate(_WEIGHT)

    assert {path: weight for path, weight in weights.items() if weight > LIGHTEST_BYTES} == {}


_WEIGHT = """() => [...performance.getEntriesByType('navigation'), ...performance.getEntriesByType('resource')]
  .reduce((sum, each) => sum + each.encodedBodySize, 0)"""


def a_file_kept_for_a_helper(person: Person) -> str:
    """The address of a file that someone else looks at."""
    page = person.page
    person.go("/files/")
    page.locator(".db-cards h2 a").first.click()
    page.get_by_role(
        "link", name=re.compile("^(I do not want to see it again|Who may look at it)$")
    ).first.click()
    page.get_by_label("Someone who helps me").check()
    page.get_by_label("What do you call the person who helps you?").fill("Sam")
    press(page, "Keep this")
    expect(page.locator("main")).to_contain_text("Kept for Sam to look at")
    return page.url


def an_amended_entry(person: Person) -> str:
    """The address of an entry that has more than one version."""
    entry = keep_words(person)
    press(person.page, "Amend or add to this")
    open_question(person.page, "What happened, in your own words")
    person.page.get_by_label("What happened?").fill("He stood across the road for an hour.")
    answer_and_see_all(person.page)
    press(person.page, "Check and keep")
    person.page.locator("textarea").last.fill("I remember more now.")
    press(person.page, "Keep the change")
    expect(person.page.get_by_role("heading", name=re.compile("Version 2"))).to_be_visible()
    return entry


def pages_before_unlocking(daybook: LiveDaybook) -> Iterator[tuple[str, str]]:
    """What anyone can open, as the table of addresses has it."""
    for address in ADDRESSES:
        if address.answers.stranger == 200 and "{" not in address.path:
            yield address.name, f"{daybook.url}{address.path}"


def pages_by_links(
    page: Page, daybook: LiveDaybook, begin: list[str], seen: Counter[str]
) -> Iterator[tuple[str, str]]:
    """Follow links from page to page; of each kind one is given, or a few. The page given has to be opened."""
    waiting, known = list(begin), set(begin)
    while waiting:
        address = waiting.pop(0)
        name = name_of(address, daybook)
        if name is None or seen[name] >= MANY.get(name, 1):
            continue
        seen[name] += 1
        yield name, address
        links = page.locator("a[href]").evaluate_all("all => all.map((each) => each.href.split('#')[0])")
        new = [link for link in dict.fromkeys(links) if link not in known]
        known.update(new)
        waiting += new


def name_of(address: str, daybook: LiveDaybook) -> str | None:
    """The name of a page of ours; of questions and lists each one is a page of its own kind."""
    if not address.startswith(daybook.url):
        return None
    path = urlsplit(address).path
    try:
        match = resolve(path)
    except Resolver404:
        return f"nowhere: {path}"
    if match.url_name in {"files-original", "files-thumb"}:
        return None
    kind = match.kwargs.get("slug") or match.kwargs.get("kind") or match.kwargs.get("code")
    return f"{match.url_name} {kind}" if kind else match.url_name


def not_seen(seen: Counter[str]) -> set[str]:
    """Pages of the table that no link led to, and addresses that links led to in vain."""
    pages = {address.name for address in ADDRESSES if address.is_page and address.answers.person == 200}
    reached = {name.split()[0] for name in seen if not name.startswith("nowhere")}
    return (pages - reached - NOT_LINKED) | {name for name in seen if name.startswith("nowhere")}


def look(page: Page, address: str, name: str, faults: dict[str, list[str]], *, stay: bool = False) -> None:
    """Open a page and note what is wrong with it."""
    if not stay:
        page.goto(address)
    expect(page.locator("body")).to_be_visible()
    found = accessibility_faults(page)
    if page.locator("form[data-exit]").count():
        found += small_screen_faults(page)
    if found:
        faults[f"{name}: {urlsplit(address).path}"] = found


def look_again(page: Page, name: str, faults: dict[str, list[str]]) -> None:
    """Wait until the page says what is to be put right, and note what is wrong with that page."""
    expect(page.get_by_role("alert")).to_be_visible()
    look(page, page.url, name, faults, stay=True)
