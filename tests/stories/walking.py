"""Walking through the pages as a person does: by what stands on buttons and links and beside the boxes."""

import re
import secrets
from dataclasses import dataclass
from re import Pattern

from playwright.sync_api import FilePayload, Locator, Page, expect

from tests.rig.running import LiveDaybook

PERSON_WORDS = "He stood across the road again and looked up at my window."


@dataclass
class Person:
    """Someone who made a record: all she has written down on paper, and the browser she sits at."""

    page: Page
    url: str
    name: str
    passphrase: str
    code: str

    def at(self, page: Page) -> "Person":
        """The same person at another browser or window."""
        return Person(page, self.url, self.name, self.passphrase, self.code)

    def go(self, path: str) -> None:
        """Open an address of Daybook."""
        self.page.goto(f"{self.url}{path}")


def control(page: Page, name: str | Pattern[str]) -> Locator:
    """The button or link with these words on it."""
    exact = isinstance(name, str)
    button = page.get_by_role("button", name=name, exact=exact)
    return button.or_(page.get_by_role("link", name=name, exact=exact))


def press(page: Page, name: str | Pattern[str]) -> None:
    """Press the button or link with these words on it; there has to be exactly one."""
    control(page, name).click()


def see_heading(page: Page, words: str | Pattern[str]) -> None:
    """Wait until the page's heading says this."""
    expect(page.get_by_role("heading", level=1)).to_have_text(words)


def make_record(page: Page, daybook: LiveDaybook, name: str = "moth", *, check_code: bool = True) -> Person:
    """Start a record as a person does, from the first page to her diary."""
    made = f"{name} {secrets.token_hex(3)}"
    page.goto(daybook.url)
    press(page, re.compile("^Start"))
    press(page, re.compile("^This device is safe enough"))
    press(page, "Go on")
    passphrase = page.locator(".db-code").inner_text()
    page.get_by_label("Name", exact=True).fill(made)
    page.get_by_label("Letters for your files").fill("ab")
    page.get_by_label("Passphrase", exact=True).fill(passphrase)
    page.get_by_label("Passphrase again").fill(passphrase)
    press(page, "Make my record")
    see_heading(page, "Your recovery code")
    code = "-".join(page.locator(".db-code").all_inner_texts())
    person = Person(page, daybook.url, made, passphrase, code)
    if check_code:
        press(page, "I have written it down")
        page.get_by_label("Recovery code").fill(code)
        press(page, "Check it")
        see_heading(page, "Diary")
    return person


def unlock(person: Person, *, passphrase: str = "") -> None:
    """Type name and passphrase on the page for it, which has to be open."""
    page = person.page
    page.get_by_label("Name", exact=True).fill(person.name)
    page.get_by_label("Passphrase", exact=True).fill(passphrase or person.passphrase)
    press(page, "Unlock")


def come_in(person: Person) -> None:
    """Go to the page for unlocking and unlock."""
    person.go("/unlock/")
    unlock(person)
    expect(person.page.get_by_role("button", name="Lock", exact=True)).to_be_visible()


def keep_words(person: Person, words: str = PERSON_WORDS) -> str:
    """Write an entry of words alone and keep it; gives the address of its page."""
    person.go("/diary/new/")
    person.page.get_by_label("Write it in your own words").fill(words)
    press(person.page, "Keep it now")
    expect(person.page.get_by_role("heading", name="Versions")).to_be_visible()
    return person.page.url


def begin_draft(person: Person, words: str = PERSON_WORDS) -> str:
    """Write words and save them as a draft; gives the address of the draft."""
    person.go("/diary/new/")
    person.page.get_by_label("Write it in your own words").fill(words)
    press(person.page, "Add more")
    see_heading(person.page, "Your draft")
    return person.page.url


def open_question(page: Page, title: str) -> None:
    """From the page of a draft, open one of its questions."""
    page.locator("main").get_by_role("link", name=title, exact=True).click()


def answer_and_see_all(page: Page) -> None:
    """Save the question that is open, and go back to the page of the draft."""
    press(page, "Save and see all questions")
    expect(
        page.get_by_role("link", name="Check and keep").or_(page.get_by_role("button", name="Check and keep"))
    ).to_be_visible()


def add_file(person: Person, name: str, content: bytes, kind: str = "application/octet-stream") -> None:
    """Choose a file on the page for adding files, which has to be open, and keep it."""
    payload: FilePayload = {"name": name, "mimeType": kind, "buffer": content}
    person.page.get_by_label("Choose files").set_input_files(payload)
    press(person.page, "Keep them")


def sideways(page: Page) -> int:
    """By how many pixels the page is wider than the screen."""
    return int(page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth"))
