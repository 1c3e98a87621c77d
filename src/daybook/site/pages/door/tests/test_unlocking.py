"""Unlocking, recovering, lying idle; and what thieves of a cookie or a row get."""

import threading
import time
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.conf import settings

from daybook.kernel.sealing.keys import derive_kek
from daybook.ledger.models import ChainLink
from daybook.ledger.records import change_passphrase, make_recovery_code, recover_record, unlock_record
from daybook.people import slots
from daybook.people.errors import CannotUnlock
from daybook.people.models import Unlock
from daybook.people.unlocks import State, begin_unlock, lock_idle, visit_of
from daybook.people.waiting import WaitingRoom
from daybook.site.pages.door.tests.visiting import (
    OTHER_WORDS,
    WORDS,
    browser,
    code_on,
    is_unlocked,
    lie_idle,
    post,
    start,
    unlock,
    visit_cookie,
)
from tests.cast import Member

pytestmark = pytest.mark.django_db


def test_an_unknown_name_and_a_wrong_passphrase_get_the_same_answer_and_derive_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    start(browser())
    derived: list[str] = []

    def counted(*arguments: Any) -> bytes:
        derived.append("once")
        return derive_kek(*arguments)

    monkeypatch.setattr("daybook.people.accounts.derive_kek", counted)

    wrong = unlock(browser(), "moth", OTHER_WORDS)
    after_wrong = len(derived)
    unknown = unlock(browser(), "moth", OTHER_WORDS.upper()), unlock(browser(), "mouse", OTHER_WORDS)

    assert after_wrong == 1
    assert len(derived) == 3
    assert wrong.status_code == unknown[1].status_code == 200
    assert told(wrong) == told(unknown[1]).replace("mouse", "moth")


def test_a_hundred_wrong_passphrases_never_lock_out_and_are_listed(short_waits: None) -> None:
    start(browser())
    now = datetime.now(UTC)
    for _ in range(100):
        with pytest.raises(CannotUnlock):
            unlock_record(name="moth", passphrase=OTHER_WORDS, now=now)

    client = browser()
    assert unlock(client, passphrase=WORDS).status_code == 302
    assert "100 wrong tries" in client.get("/account/tries/").content.decode()


def test_tries_beyond_two_that_wait_are_turned_away_in_words_and_noted_once_a_minute(
    monkeypatch: pytest.MonkeyPatch, short_waits: None
) -> None:
    start(browser())
    for _ in range(5):
        unlock(browser(), passphrase=OTHER_WORDS)
    with monkeypatch.context() as full:
        full.setattr(slots, "_room", WaitingRoom(most_for_one=0, most=0))
        before = ChainLink.objects.count()
        answers = [unlock(browser(), passphrase=WORDS) for _ in range(20)]
        assert ChainLink.objects.count() == before + 1
    client = browser()
    unlock(client)

    assert {answer.status_code for answer in answers} == {429}
    assert "Nothing is lost" in answers[0].content.decode()
    page = client.get("/account/tries/").content.decode()
    assert "25 wrong tries" in page
    assert "20 of them came too fast" in page


def test_the_right_passphrase_gets_through_while_someone_guesses_all_the_time(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # A tenth of the real times: someone sends a guess every 0.1 s and waits for no answer.
    room = WaitingRoom(most_for_one=2, most=6)
    stop, turned_away = threading.Event(), []

    def guess() -> None:
        turned_away.append(not room.wait(b"moth", slots.LONGEST_WAIT_SECONDS / 10))

    def keep_guessing() -> None:
        while not stop.wait(0.1):
            threading.Thread(target=guess).start()

    guesser = threading.Thread(target=keep_guessing)
    guesser.start()
    let_in = []
    for _ in range(15):
        let_in.append(room.wait(b"moth", slots.LONGEST_WAIT_SECONDS / 10))
    stop.set()
    guesser.join()

    assert sum(let_in) >= 13
    assert len(turned_away) >= 10


def test_waiting_takes_few_threads_of_the_server() -> None:
    room = WaitingRoom(most_for_one=2, most=3)
    threads = [threading.Thread(target=room.wait, args=(name, 0.5)) for name in (b"a", b"a", b"b")]
    for thread in threads:
        thread.start()
    time.sleep(0.1)

    assert not room.wait(b"a", 0)
    assert not room.wait(b"c", 0)
    for thread in threads:
        thread.join()
    assert room.wait(b"a", 0)


def test_a_try_under_way_with_the_old_passphrase_opens_nothing_after_it_was_changed() -> None:
    start(browser())
    now = datetime.now(UTC)
    under_way = unlock_record(name="moth", passphrase=WORDS, now=now)
    change_passphrase(under_way, current=WORDS, new=OTHER_WORDS, now=now)

    with pytest.raises(CannotUnlock):
        begin_unlock(under_way, now=now)
    assert begin_unlock(unlock_record(name="moth", passphrase=OTHER_WORDS, now=now), now=now)


def test_a_recovery_under_way_with_the_old_code_opens_nothing_after_a_new_one_was_made() -> None:
    code = code_on(start(browser()))
    now = datetime.now(UTC)
    under_way = recover_record(name="moth", code=code, new_passphrase=OTHER_WORDS, now=now)
    make_recovery_code(under_way, passphrase=OTHER_WORDS, now=now)

    with pytest.raises(CannotUnlock):
        begin_unlock(under_way, now=now)


def test_requests_that_are_refused_keep_nothing_open_and_looking_at_a_page_does() -> None:
    client = browser()
    start(client)
    lie_idle(timedelta(seconds=settings.IDLE_LOCK_SECONDS - 60))
    before = Unlock.objects.get().seen_at

    client.get("/no/such/page/")
    client.post("/diary/new/", {"words": "x"})
    client.get("/help/", headers={"X-Daybook": "token"})
    assert Unlock.objects.get().seen_at == before
    client.get("/diary/")
    assert Unlock.objects.get().seen_at > before


def test_a_save_that_a_page_makes_by_itself_counts_once_for_the_same_words(person: Member) -> None:
    client = person.browser()
    form = {"form": "ab" * 16, "words": "By the bins."}
    headers = {"X-Daybook": "autosave"}
    assert client.post("/diary/new/", form, headers=headers).status_code == 200
    seen = []
    for words in ("By the bins.", "By the bins.", "By the bins, again."):
        lie_idle(timedelta(seconds=60))
        before = Unlock.objects.get().seen_at
        assert client.post("/diary/new/", {**form, "words": words}, headers=headers).status_code == 200
        seen.append(Unlock.objects.get().seen_at > before)

    assert seen[1:] == [False, True]


@pytest.fixture
def short_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(slots, "FIRST_WAIT_SECONDS", 0.001)
    monkeypatch.setattr(slots, "LONGEST_WAIT_SECONDS", 0.001)


def test_the_passphrase_is_never_shown_back() -> None:
    start(browser())

    answer = unlock(browser(), passphrase=OTHER_WORDS)

    assert OTHER_WORDS not in answer.content.decode()


def test_the_cookie_is_for_this_site_alone_and_no_script_reads_it() -> None:
    client = browser()
    start(client)
    cookie = client.cookies[settings.VISIT_COOKIE_NAME]

    assert len(cookie.value) == 64
    assert cookie["httponly"]
    assert cookie["samesite"] == "Strict"
    assert cookie["path"] == "/"
    assert not cookie["expires"]
    assert not cookie["max-age"]
    assert not cookie["domain"]
    token = client.cookies[settings.CSRF_COOKIE_NAME]
    assert token["httponly"]
    assert token["samesite"] == "Strict"


def test_unlocking_makes_a_new_cookie_and_ends_the_old_one() -> None:
    client = browser()
    start(client)
    first = visit_cookie(client)
    client.cookies[settings.VISIT_COOKIE_NAME] = first

    post(client, "/unlock/", {"name": "moth", "passphrase": WORDS}, page="/help/")

    assert visit_cookie(client) != first
    assert visit_of(first, now=datetime.now(UTC)).state is State.STRANGER


def test_a_cookie_without_its_row_opens_nothing() -> None:
    client = browser()
    start(client)
    Unlock.objects.all().delete()

    assert not is_unlocked(client)


def test_a_row_without_its_cookie_opens_nothing() -> None:
    client = browser()
    start(client)
    row = Unlock.objects.get()

    for guess in (bytes(row.digest).hex(), bytes(row.sealed_key or b"")[:32].hex(), "0" * 64, "x", ""):
        thief = browser()
        thief.cookies[settings.VISIT_COOKIE_NAME] = guess
        assert not is_unlocked(thief)


def test_a_row_copied_to_another_cookie_opens_nothing() -> None:
    client, thief = browser(), browser()
    start(client)
    start(thief, name="heron")
    hers, his = (row for row in Unlock.objects.order_by("unlocked_at"))
    Unlock.objects.filter(pk=his.pk).update(sealed_key=hers.sealed_key, account=hers.account)

    assert not is_unlocked(thief)
    assert is_unlocked(client)


def test_two_accounts_on_one_machine_are_strangers() -> None:
    first, second = browser(), browser()
    start(first, name="wren")
    start(second, name="heron")

    assert b"wren" in first.get("/account/").content
    assert b"wren" not in second.get("/account/").content
    assert unlock(browser(), "heron", OTHER_WORDS).status_code == 200
    assert (
        first.get("/account/check/").context["fingerprint"]
        != second.get("/account/check/").context["fingerprint"]
    )


def test_lying_idle_deletes_the_key() -> None:
    client = browser()
    start(client)
    lie_idle(timedelta(seconds=settings.IDLE_LOCK_SECONDS + 1))

    assert not is_unlocked(client)
    assert Unlock.objects.get().sealed_key is None
    assert "locked itself" in client.get("/unlock/").content.decode()


def test_lying_idle_deletes_the_key_even_when_the_browser_never_comes_back() -> None:
    client = browser()
    start(client)
    lie_idle(timedelta(seconds=settings.IDLE_LOCK_SECONDS + 1))

    assert lock_idle(now=datetime.now(UTC)) == 1
    assert Unlock.objects.get().sealed_key is None


def test_no_unlock_lasts_longer_than_a_working_day() -> None:
    client = browser()
    start(client)
    Unlock.objects.update(unlocked_at=datetime.now(UTC) - timedelta(hours=8, minutes=1))

    assert not is_unlocked(client)


def test_a_clock_set_back_locks() -> None:
    client = browser()
    start(client)
    Unlock.objects.update(unlocked_at=datetime.now(UTC) + timedelta(hours=3))

    assert not is_unlocked(client)


@pytest.mark.parametrize(
    "wanted",
    [
        "https://evil.example/",
        "//evil.example/",
        "/\\evil.example/",
        "\\\\evil.example",
        "javascript:alert(1)",
        "http:evil.example",
        "evil.example",
        "/%0d%0aSet-Cookie:x=1\r\nX: y",
    ],
)
def test_unlocking_never_leads_to_another_site(wanted: str) -> None:
    start(browser())

    answer = unlock(browser(), next=wanted)

    target = answer.headers["Location"]
    assert target.startswith("/")
    assert not target.startswith(("//", "/\\"))
    assert "\n" not in target


def test_unlocking_leads_to_the_page_that_was_wanted() -> None:
    start(browser())

    assert unlock(browser(), next="/account/looked/?page=2").headers["Location"] == "/account/looked/?page=2"


def test_the_recovery_code_sets_a_new_passphrase_and_locks_every_other_browser() -> None:
    first = browser()
    code = code_on(start(first))
    client = browser()

    answer = recover(client, code=code)

    assert answer.headers["Location"] == "/recover/done/"
    assert "make a new one now" in client.get("/recover/done/").content.decode()
    assert is_unlocked(client)
    assert not is_unlocked(first)
    assert "not checked yet" not in client.get("/account/").content.decode()
    assert unlock(browser(), passphrase=WORDS).status_code == 200
    assert unlock(browser(), passphrase=OTHER_WORDS).status_code == 302


def test_a_wrong_code_and_an_unknown_name_get_the_same_answer() -> None:
    start(browser())
    other = code_on(start(browser(), name="heron"))

    wrong = recover(browser(), code=other)
    unknown = recover(browser(), code=other, name="mouse")

    assert "That name and code do not go together" in wrong.content.decode()
    assert told(wrong) == told(unknown).replace("mouse", "moth")


def test_a_mistyped_code_says_so_and_a_weak_passphrase_too() -> None:
    code = code_on(start(browser()))

    assert "This one has 3" in recover(browser(), code="ABC").content.decode()
    weak = post(
        browser(),
        "/recover/",
        {"name": "moth", "recovery_code": code, "new_passphrase": "x", "new_passphrase_again": "x"},
    )
    assert "too short" in weak.content.decode()
    assert unlock(browser()).status_code == 302


def recover(client: Any, *, code: str, name: str = "moth") -> Any:
    fields = {
        "name": name,
        "recovery_code": code,
        "new_passphrase": OTHER_WORDS,
        "new_passphrase_again": OTHER_WORDS,
    }
    return post(client, "/recover/", fields)


def told(answer: Any) -> str:
    """The page without its form tokens."""
    lines = answer.content.decode().splitlines()
    return "\n".join(line for line in lines if "csrfmiddlewaretoken" not in line)
