"""Locking and leaving never fail, and take the key first."""

from datetime import UTC, datetime

import pytest
from django.conf import settings
from django.db import DatabaseError

from daybook.ledger.access import access_notes_for
from daybook.people.models import Unlock
from daybook.people.unlocks import visit_of
from daybook.site.pages.door import leaving
from daybook.site.pages.door.tests.visiting import browser, is_unlocked, start, unlock, visit_cookie

pytestmark = pytest.mark.django_db


def test_leaving_deletes_the_row_and_the_cookies_and_goes_to_the_neutral_place() -> None:
    client = browser()
    start(client)

    answer = client.post("/leave/")

    assert (answer.status_code, answer.headers["Location"]) == (303, settings.EXIT_URL)
    assert not Unlock.objects.exists()
    assert answer.cookies[settings.VISIT_COOKIE_NAME].value == ""
    assert answer.headers["Clear-Site-Data"] == '"cache", "cookies", "storage"'
    assert answer.headers["Cache-Control"] == "no-store"


def test_the_exit_script_needs_no_page_back() -> None:
    client = browser()
    start(client)

    answer = client.post("/leave/", headers={"Sec-Fetch-Mode": "cors"})

    assert answer.status_code == 204
    assert not Unlock.objects.exists()


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
    assert not Unlock.objects.exists()


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

    assert not Unlock.objects.exists()
