"""Files from whoever frightens her are evidence: kept byte for byte, and never run in a page of ours."""

import re
from dataclasses import dataclass

import pytest
from playwright.sync_api import Page, Request, expect

from tests.hostile_files import pdf_with_script, picture
from tests.rig.running import LiveDaybook
from tests.stories.walking import Person, add_file, keep_words, make_record, see_heading

pytestmark = pytest.mark.story

_TRAP = "document.title='It ran'; fetch('/help/?it-ran'); window.itRan = true"
_HTML = f'<!doctype html><title>x</title><script>{_TRAP}</script><img src=/no onerror="{_TRAP}">'.encode()
_SVG = (
    f'<svg xmlns="http://www.w3.org/2000/svg" onload="{_TRAP}"><script>{_TRAP}</script>'
    f'<foreignObject><img xmlns="http://www.w3.org/1999/xhtml" src="/no" onerror="{_TRAP}"/></foreignObject></svg>'
).encode()
_NAME = '"><script>' + _TRAP + "</script>.html"


@dataclass(frozen=True)
class Sent:
    """A file as it is sent: its name, what the browser says it is, its bytes."""

    name: str
    kind: str
    content: bytes


HOSTILE = {
    "a web page": Sent("letter.html", "text/html", _HTML),
    "a web page that calls itself a picture": Sent("holiday.jpg", "image/jpeg", _HTML),
    "a drawing with a script": Sent("map.svg", "image/svg+xml", _SVG),
    "a document with a script": Sent("contract.pdf", "application/pdf", pdf_with_script()),
    "a picture that is a web page too": Sent("two.jpg", "image/jpeg", picture() + _HTML),
    "a name that is a script": Sent(_NAME, "text/html", b"<p>nothing</p>"),
}


@pytest.mark.parametrize("sent", HOSTILE.values(), ids=HOSTILE)
def test_a_hostile_file_runs_nowhere_and_comes_back_as_it_was(
    daybook: LiveDaybook, page: Page, sent: Sent
) -> None:
    asked: list[Request] = []
    page.context.on("request", lambda request: asked.append(request))
    person = make_record(page, daybook)
    entry = keep_words(person)

    # Given the file is kept with an entry,
    person.go(f"/files/add/?entry={entry.rstrip('/').rpartition('/')[2]}")
    add_file(person, sent.name, sent.content, sent.kind)
    see_heading(page, "1 file kept")
    nothing_ran(page, asked)
    page.locator("main").get_by_role("link", name="AB/1").first.click()
    see_heading(page, "AB/1")
    nothing_ran(page, asked)
    exhibit = page.url

    # when every page that shows it, and every link about it, is opened,
    for address in addresses_about(person, entry, exhibit):
        open_like_a_person(page, address)
        nothing_ran(page, asked)

    # then the original is only ever a download that no browser would run, under a name that says nothing,
    page.goto(exhibit)
    original = f"{exhibit}original/"
    answer = page.request.get(original)
    assert answer.body() == sent.content
    headers = answer.headers
    assert headers["content-type"] == "application/octet-stream"
    assert headers["content-disposition"].startswith("attachment;")
    assert re.search(r'filename="AB-1(\.[a-z0-9]{1,8})?"', headers["content-disposition"])
    assert headers["x-content-type-options"] == "nosniff"
    assert "sandbox" in headers["content-security-policy"]
    assert "default-src 'none'" in headers["content-security-policy"]
    assert headers["cache-control"] == "no-store"
    assert headers["cross-origin-resource-policy"] == "same-origin"

    # and a page that asked for it as a script would be refused.
    page.goto(exhibit)
    assert page.evaluate(_AS_SCRIPT, original) == "refused"
    nothing_ran(page, asked)


_AS_SCRIPT = """(address) => new Promise((done) => {
  const script = document.createElement('script')
  script.addEventListener('load', () => done('taken'))
  script.addEventListener('error', () => done('refused'))
  script.src = address
  document.body.append(script)
})"""


def addresses_about(person: Person, entry: str, exhibit: str) -> list[str]:
    """Every address that the pages about the file link to, and the pages themselves."""
    page = person.page
    found = [exhibit, entry, f"{entry}files/", f"{person.url}/files/"]
    number = exhibit.rstrip("/").rpartition("/")[2]
    for address in list(found):
        page.goto(address)
        found += page.locator(f'a[href*="{number}"]').evaluate_all("all => all.map((each) => each.href)")
    found += [f"{exhibit}{part}/" for part in ("picture", "original", "entries")]
    return list(dict.fromkeys(found))


def open_like_a_person(page: Page, address: str) -> None:
    """Open an address in the window, whether it turns out a page or a download."""
    if address.endswith("/original/"):
        with page.expect_download():
            page.evaluate("address => { location.href = address }", address)
    else:
        page.goto(address, wait_until="commit")
        page.wait_for_load_state("load")


def nothing_ran(page: Page, asked: list[Request]) -> None:
    """No trap went off: not in this page, and nobody asked for what the traps ask for."""
    page.wait_for_timeout(50)
    assert "It ran" not in page.title()
    assert page.evaluate("window.itRan") is None
    assert [each.url for each in asked if "it-ran" in each.url or each.url.endswith("/no")] == []


def test_only_pictures_that_daybook_drew_itself_are_ever_shown(daybook: LiveDaybook, page: Page) -> None:
    person = make_record(page, daybook)
    person.go("/files/add/")
    add_file(person, "two.jpg", picture(size=(800, 600)) + _HTML, "image/jpeg")
    page.locator("main").get_by_role("link", name="AB/1").first.click()
    see_heading(page, "AB/1")
    small = page.locator("main img").get_attribute("src")

    shown = page.request.get(f"{daybook.url}{small}")

    assert shown.headers["content-type"] == "image/jpeg"
    assert b"script" not in shown.body()
    expect(page.locator("iframe, object, embed, video, audio")).to_have_count(0)
