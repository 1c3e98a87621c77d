"""Changing the passphrase, making a new code, locking other browsers."""

import re
import time
from typing import Any

import pytest

from daybook.people import slots
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


def test_a_change_needs_the_passphrase_of_now() -> None:
    client = browser()
    start(client)

    answer = change(client, current="not this one at all ever")

    assert "This is not the passphrase of your record" in answer.content.decode()
    assert unlock(browser(), passphrase=WORDS).status_code == 302


def test_after_a_change_the_new_one_works_and_every_other_browser_is_locked() -> None:
    client, other = browser(), browser()
    start(client)
    unlock(other)
    assert is_unlocked(other)

    answer = change(client)

    assert answer.headers["Location"] == "/account/"
    assert is_unlocked(client)
    assert not is_unlocked(other)
    assert unlock(browser(), passphrase=WORDS).status_code == 200
    assert unlock(browser(), passphrase=OTHER_WORDS).status_code == 302


def test_the_passphrase_of_now_is_no_new_one() -> None:
    client = browser()
    start(client)

    answer = change(client, current=WORDS, new=f"  {WORDS.replace(' ', '  ')} ")
    assert "This is the same as the passphrase of now" in answer.content.decode()


def test_a_weak_new_passphrase_is_refused_in_words() -> None:
    client = browser()
    start(client)

    assert "too short" in change(client, new="abc").content.decode()


def test_wrong_tries_at_the_passphrase_of_now_are_slowed_down_and_listed() -> None:
    client = browser()
    start(client)
    for _ in range(5):
        change(client, current="not this one at all ever")

    began = time.monotonic()
    change(client, current="not this one at all ever")
    assert time.monotonic() - began >= slots.FIRST_WAIT_SECONDS
    assert "6 wrong tries" in client.get("/account/tries/").content.decode()


def test_a_new_code_needs_the_passphrase_and_ends_the_old_one() -> None:
    client = browser()
    old = code_on(start(client))

    assert "not the passphrase" in make_code(client, "not this one at all ever").content.decode()
    new = code_on(make_code(client, WORDS))

    assert new
    assert new != old
    assert "not the one for this record" in check(client, old).content.decode()
    assert check(client, new).headers["Location"] == "/diary/"


def test_a_new_code_must_be_checked_again() -> None:
    client = browser()
    check(client, code_on(start(client)))

    make_code(client, WORDS)

    assert "not checked yet" in client.get("/account/").content.decode()


def test_the_same_form_sent_again_makes_no_second_code() -> None:
    client = browser()
    start(client)
    fields = code_form(client, WORDS)
    made = code_on(client.post("/account/code/", fields))

    answer = client.post("/account/code/", fields)

    assert code_on(answer) == ""
    assert "cannot be shown again" in answer.content.decode()
    assert check(client, made).status_code == 302


def test_the_account_lists_other_browsers_and_locks_them() -> None:
    client, other = browser(), browser()
    start(client)
    unlock(other)
    assert "Another browser" in client.get("/account/").content.decode()

    post(client, "/account/browsers/lock/", {}, page="/account/")

    assert is_unlocked(client)
    assert not is_unlocked(other)
    assert "Another browser" not in client.get("/account/").content.decode()


def change(client: Any, *, current: str = WORDS, new: str = OTHER_WORDS) -> Any:
    fields = {"passphrase": current, "new_passphrase": new, "new_passphrase_again": new}
    return post(client, "/account/passphrase/", fields)


def code_form(client: Any, passphrase: str) -> dict[str, str]:
    page = client.get("/account/code/").content.decode()
    hidden = dict(re.findall(r'name="(made_after|csrfmiddlewaretoken)" value="([^"]+)"', page))
    return {**hidden, "passphrase": passphrase}


def make_code(client: Any, passphrase: str) -> Any:
    return client.post("/account/code/", code_form(client, passphrase))


def check(client: Any, code: str) -> Any:
    return post(client, "/start/check/", {"recovery_code": code})
