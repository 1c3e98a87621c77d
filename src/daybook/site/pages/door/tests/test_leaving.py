"""Locking and leaving never fail, and take the key first."""

from datetime import UTC, datetime, timedelta

import pytest
from django.conf import settings
from django.db import DatabaseError
from django.test import Client

from daybook.ledger.access import access_notes_for
from daybook.people.late_saves import late_words_for
from daybook.people.models import Unlock
from daybook.people.unlocks import State, begin_unlock, lock_idle, unlocks_of, visit_of
from daybook.site.pages.door import leaving
from daybook.site.pages.door.tests.visiting import browser, is_unlocked, start, unlock, visit_cookie
from tests.cast import Member

AUTOSAVE = {"X-Daybook": "autosave"}

pytestmark = pytest.mark.django_db


def test_leaving_takes_the_key_and_the_cookies_and_goes_to_the_neutral_place() -> None:
    client = browser()
    start(client)

    answer = client.post("/leave/")

    assert (answer.status_code, answer.headers["Location"]) == (303, settings.EXIT_URL)
    assert no_key_is_left()
    assert answer.cookies[settings.VISIT_COOKIE_NAME].value == ""
    assert answer.headers["Clear-Site-Data"] == '"cache", "cookies", "storage"'
    assert answer.headers["Cache-Control"] == "no-store"


def test_the_exit_script_needs_no_page_back() -> None:
    client = browser()
    start(client)

    answer = client.post("/leave/", headers={"Sec-Fetch-Mode": "cors"})

    assert answer.status_code == 204
    assert no_key_is_left()


def test_leaving_works_without_a_form_token_and_for_anybody() -> None:
    assert browser().post("/leave/").status_code == 303
    client = browser()
    start(client)
    assert client.post("/leave/", {"csrfmiddlewaretoken": "stale"}).status_code == 303
    assert not is_unlocked(client)


def test_a_form_from_another_site_clears_nothing() -> None:
    answer = browser().post("/leave/", headers={"Sec-Fetch-Site": "cross-site"})

    assert "Clear-Site-Data" not in answer.headers


def test_looking_at_the_leaving_address_shows_a_neutral_page_and_locks_nothing() -> None:
    client = browser()
    start(client)

    page = client.get("/leave/").content.decode()

    assert "This page is closed." in page
    assert "Daybook" not in page
    assert is_unlocked(client)


def test_back_after_leaving_shows_a_neutral_page() -> None:
    client = browser()
    start(client)
    client.post("/leave/")

    answer = client.get("/account/tries/", follow=True)

    assert "This page is closed." in answer.content.decode()
    assert "Daybook" not in answer.content.decode()
    assert "/unlock/?open=1&amp;next=%2Faccount%2Ftries%2F" in answer.content.decode()


def test_locking_says_what_stays_on_the_device() -> None:
    client = browser()
    start(client)

    answer = client.post("/lock/", follow=True)

    assert not is_unlocked(client)
    assert "What stays on this device" in answer.content.decode()
    assert "list of visited pages" in answer.content.decode()


def test_locking_works_without_a_form_token() -> None:
    client = browser()
    start(client)

    assert client.post("/lock/").headers["Location"] == "/lock/"
    assert no_key_is_left()


def test_locking_is_noted_where_the_person_sees_it() -> None:
    client = browser()
    start(client)
    client.post("/lock/")
    unlock(client)

    unlocked = visit_of(visit_cookie(client), now=datetime.now(UTC)).unlocked
    assert unlocked is not None
    assert [note.kind.value for note in access_notes_for(unlocked)] == [
        "access.unlocked",
        "access.locked",
        "access.unlocked",
    ]


def test_the_key_is_gone_before_anything_else_can_fail(monkeypatch: pytest.MonkeyPatch) -> None:
    client = browser()
    start(client)

    def fails(*_: object, **__: object) -> None:
        raise DatabaseError

    monkeypatch.setattr(leaving, "note_lock", fails)
    client.raise_request_exception = False
    client.post("/lock/")

    assert no_key_is_left()


@pytest.mark.parametrize("way", ["/lock/", "/leave/"])
def test_words_on_their_way_when_she_locks_are_kept_but_nothing_can_be_read(person: Member, way: str) -> None:
    client = person.browser()
    cookie = visit_cookie(client)
    client.post(way)

    late = Client(HTTP_HOST="localhost")
    late.cookies[settings.VISIT_COOKIE_NAME] = cookie
    assert late.get("/diary/").status_code == 302
    assert late.post("/diary/new/", {"words": "The last words."}, headers=AUTOSAVE).status_code == 401

    assert no_key_is_left()
    assert unlocks_of(person.unlocked.account_id, now=datetime.now(UTC)) == []
    assert [save.fields["words"] for save in late_words_for(person.unlocked)] == [["The last words."]]


def test_a_browser_that_left_is_forgotten_after_ten_minutes(person: Member) -> None:
    client = person.browser()
    cookie, now = visit_cookie(client), datetime.now(UTC)
    client.post("/leave/")

    lock_idle(now=now + timedelta(minutes=9))
    assert visit_of(cookie, now=now).state is State.LOCKED
    lock_idle(now=now + timedelta(minutes=11))
    assert visit_of(cookie, now=now).state is State.STRANGER


def test_a_browser_that_left_is_forgotten_at_the_next_unlock(person: Member) -> None:
    client = person.browser()
    cookie, now = visit_cookie(client), datetime.now(UTC)
    client.post("/leave/")

    begin_unlock(person.unlocked, now=datetime.now(UTC))

    assert visit_of(cookie, now=now).state is State.STRANGER


def no_key_is_left() -> bool:
    """Whether no browser's row holds a sealed key any more."""
    return not Unlock.objects.filter(sealed_key__isnull=False).exists()
