"""The first page tells nobody who has a record here."""

import pytest

from daybook.site.pages.door.tests.visiting import browser, start

pytestmark = pytest.mark.django_db


def test_the_front_page_is_the_same_whether_or_not_anyone_has_a_record() -> None:
    before = browser().get("/").content
    start(browser())
    after = browser().get("/").content

    assert without_tokens(before) == without_tokens(after)
    assert b"moth" not in after


def test_the_front_page_says_what_this_is_and_that_help_needs_no_diary() -> None:
    words = browser().get("/").content.decode()

    assert "A diary that only you can open" in words
    assert 'href="/start/"' in words
    assert 'href="/unlock/"' in words
    assert "You do not need this to get help" in words


def test_someone_unlocked_goes_on_to_her_diary() -> None:
    client = browser()
    start(client)

    answer = client.get("/")

    assert (answer.status_code, answer.headers["Location"]) == (302, "/diary/")


def without_tokens(page: bytes) -> list[bytes]:
    return [line for line in page.splitlines() if b"csrfmiddlewaretoken" not in line]
