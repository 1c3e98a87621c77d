"""The help page: the numbers of the facts, each with how sure we are."""

from datetime import date

import pytest

from daybook.site.pages.door.help_lines import help_lines, help_sections
from daybook.site.pages.door.tests.visiting import browser, start

pytestmark = pytest.mark.django_db

FROM_SOURCES = {
    "emergency": "999",
    "silent-solution": "55",
    "text-999": "register",
    "relay-emergency": "18000",
    "police-101": "101",
    "national-stalking-helpline": "0808 802 0300",
    "paladin": "020 3866 4107",
    "refuge": "0808 2000 247",
    "mens-advice-line": "0808 801 0327",
    "galop": "0800 999 5428",
    "karma-nirvana": "0800 5999 247",
    "live-fear-free": "0808 80 10 800",
    "revenge-porn-helpline": "0345 6000 459",
    "report-fraud": "0300 123 2040",
    "victim-support": "0808 16 89 111",
    "samaritans": "116 123",
    "childline": "0800 1111",
    "nspcc": "0808 800 5000",
    "freeva": "0808 802 0028",
}


def test_every_number_of_the_facts_is_on_the_page() -> None:
    page = browser().get("/help/").content.decode()

    assert [code for code, number in FROM_SOURCES.items() if number not in page] == []


def test_each_number_stands_with_its_own_line() -> None:
    lines = {line.code: line for line in help_lines()}

    assert [code for code, number in FROM_SOURCES.items() if number not in lines[code].contact] == []


def test_a_number_that_may_be_dialled_by_a_tap_is_the_one_that_is_read() -> None:
    for line in help_lines():
        digits = "".join(filter(str.isdigit, line.contact.replace("press 55", "")))
        if line.call:
            assert digits.startswith(line.call)


def test_the_page_is_there_when_nobody_is_unlocked_and_when_someone_is() -> None:
    client = browser()
    assert client.get("/help/").status_code == 200
    start(client)
    assert client.get("/help/").status_code == 200


def test_danger_comes_first() -> None:
    assert help_sections(date(2026, 11, 20))[0].code == "danger"


def test_what_was_not_checked_always_says_so_and_names_whom_to_ask() -> None:
    shown = [line for section in help_sections(date(2026, 11, 20)) for line in section.lines]
    unchecked = [each for each in shown if each.line.confidence == "L"]

    assert unchecked
    assert all(each.badge.startswith("not checked – ask ") for each in unchecked)
    page = browser().get("/help/").content.decode()
    assert page.count("not checked – ask ") == len(unchecked)


def test_a_line_read_long_ago_says_so() -> None:
    shown = [line for section in help_sections(date(2029, 1, 1)) for line in section.lines]

    assert all(each.badge for each in shown)


def test_every_line_says_what_it_does_and_what_it_does_not() -> None:
    assert all(line.does and line.does_not and line.source for line in help_lines())


def test_no_line_decides_what_is_a_crime() -> None:
    words = " ".join(f"{line.does} {line.does_not} {line.hint}" for line in help_lines()).lower()

    assert "is a crime" not in words
    assert "not a crime" not in words
