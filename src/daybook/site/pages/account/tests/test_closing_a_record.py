"""Closing on the pages: needs the passphrase, is announced everywhere, undone with one button, neither hurried nor hidden."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from daybook.people.models import Account, Closing
from daybook.site.erasing import erase_what_is_due
from daybook.site.pages.door.tests.visiting import (
    OTHER_WORDS,
    WORDS,
    browser,
    code_on,
    is_unlocked,
    post,
    start,
    unlock,
)

pytestmark = pytest.mark.django_db
NOTICE = "This record is to be erased"
DAY = timedelta(days=1)


def ask(client: Any, passphrase: str = WORDS, code: str = "") -> Any:
    return post(client, "/account/close/", {"passphrase": passphrase, "recovery_code": code})


def let_days_pass(days: int) -> None:
    for day in range(1, days + 1):
        erase_what_is_due(now=datetime.now(UTC) + day * DAY)


def test_an_open_screen_is_not_enough() -> None:
    client = browser()
    start(client)
    for passphrase, code, words in (
        ("", "", "Type your passphrase"),
        (OTHER_WORDS, "", "not the passphrase of your record"),
        ("", "AAAA", "govuk-error-message"),
    ):
        answer = ask(client, passphrase, code)
        assert answer.status_code == 200
        assert words in answer.content.decode()
    assert Closing.objects.count() == 0
    assert "1 wrong try" in client.get("/account/tries/").content.decode()


def test_with_the_passphrase_it_waits_and_says_so_on_every_page_and_to_every_browser() -> None:
    client, other = browser(), browser()
    start(client)
    unlock(other)
    assert ask(client).headers["Location"] == "/account/close/"
    for path in (
        "/diary/",
        "/files/",
        "/people/",
        "/pack/",
        "/account/",
        "/account/close/",
        "/diary/new/",
        "/help/",
    ):
        assert NOTICE in client.get(path).content.decode(), path
        assert NOTICE in other.get(path).content.decode(), path
    assert "Someone asked to close this record" in client.get("/account/tries/").content.decode()


def test_the_recovery_code_will_do_where_the_passphrase_was_forgotten() -> None:
    client = browser()
    code = code_on(start(client))
    assert ask(client, "", code).status_code == 302
    assert Closing.objects.count() == 1


def test_before_unlocking_only_neutral_words_are_said() -> None:
    client, stranger = browser(), browser()
    start(client)
    assert "notice" not in stranger.get("/unlock/").content.decode()
    ask(client)
    for page in (stranger.get("/unlock/"), unlock(stranger, passphrase=OTHER_WORDS)):
        text = page.content.decode()
        assert "There is a notice" in text
        assert "eras" not in text
    assert NOTICE not in stranger.get("/").content.decode()
    assert NOTICE not in stranger.get("/help/").content.decode()


def test_a_neighbour_sees_no_notice_on_her_own_pages() -> None:
    client, neighbour = browser(), browser()
    start(client)
    start(neighbour, name="wasp")
    ask(client)
    assert NOTICE not in neighbour.get("/diary/").content.decode()
    post(neighbour, "/account/close/undo/", {}, page="/account/")
    assert Closing.objects.count() == 1


def test_any_unlocked_browser_undoes_it_with_one_button() -> None:
    client, other = browser(), browser()
    start(client)
    ask(client)
    unlock(other)
    answer = post(other, "/account/close/undo/", {}, page="/diary/")
    assert answer.headers["Location"] == "/account/"
    assert Closing.objects.count() == 0
    assert NOTICE not in client.get("/diary/").content.decode()
    assert "Closing was undone" in client.get("/account/tries/").content.decode()
    assert post(other, "/account/close/undo/", {}, page="/account/").status_code == 302


def test_asking_twice_changes_nothing_and_the_page_says_when_it_was_asked_for() -> None:
    client = browser()
    start(client)
    ask(client)
    before = Closing.objects.values().get()
    assert (
        "Keep this record"
        in client.post(
            "/account/close/",
            {"passphrase": WORDS, "csrfmiddlewaretoken": client.cookies["daybook-form"].value},
        ).content.decode()
    )
    assert Closing.objects.values().get() == before


def test_words_written_while_it_waits_are_kept_to_the_end() -> None:
    client, other = browser(), browser()
    start(client)
    unlock(other)
    ask(client)
    post(other, "/diary/new/", {"words": "Written meanwhile", "go": "keep", "form": "0" * 32})
    let_days_pass(6)
    assert "Written meanwhile" in client.get("/diary/").content.decode()


def test_when_the_time_is_up_every_browser_is_a_strangers_and_the_name_is_free() -> None:
    client = browser()
    start(client)
    ask(client)
    let_days_pass(7)
    assert Account.objects.count() == 0
    assert not is_unlocked(client)
    assert client.get("/diary/").headers["Location"].startswith("/unlock/")
    assert unlock(browser()).status_code == 200
    again = browser()
    start(again)
    assert is_unlocked(again)


def test_the_page_offers_a_copy_first() -> None:
    client = browser()
    start(client)
    assert "/account/export/" in client.get("/account/close/").content.decode()
    ask(client)
    assert "/account/export/" in client.get("/account/close/").content.decode()
