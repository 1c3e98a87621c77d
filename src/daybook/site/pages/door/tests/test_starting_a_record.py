"""From the question about the device to a recovery code that was typed back."""

import re
from datetime import UTC, datetime
from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from daybook.kernel.sealing.keys import derive_kek
from daybook.ledger.chains import ACCESS, check_chain
from daybook.people import slots
from daybook.people.accounts import capture_identity
from daybook.people.models import Account, Record
from daybook.people.unlocks import visit_of
from daybook.people.waiting import WaitingRoom
from daybook.site.pages.door.tests.visiting import (
    OTHER_WORDS,
    WORDS,
    browser,
    code_on,
    is_unlocked,
    post,
    start,
    unlock,
    visit_cookie,
)

pytestmark = pytest.mark.django_db


def test_the_device_is_asked_about_before_there_is_an_account() -> None:
    client = browser()

    assert client.get("/start/name/").headers["Location"] == "/start/"
    assert client.get("/start/before/").headers["Location"] == "/start/"
    words = client.get("/start/").content.decode()
    assert "Is this device safe for you?" in words
    assert "that does not mean it is clean" in words
    assert "This device is safe enough for me" in words
    assert "I’m not sure" in words


def test_the_questions_about_the_device_keep_nothing() -> None:
    client = browser()
    for path in ("/start/", "/start/safer/", "/start/before/?ready=1"):
        client.get(path)

    assert set(client.cookies) <= {settings.CSRF_COOKIE_NAME}
    assert not Account.objects.exists()


def test_not_being_sure_leads_to_safer_ways_and_leaves_the_choice() -> None:
    words = browser().get("/start/safer/").content.decode()

    assert "another device" in words
    assert "0808&nbsp;802&nbsp;0300" in words
    assert 'href="/sheet/"' in words
    assert 'href="/start/before/?ready=1"' in words
    assert "It is your choice" in words


def test_what_sealing_is_and_who_may_read_it_is_said_before_starting() -> None:
    words = browser().get("/start/before/?ready=1").content.decode()

    assert (
        "What you write is encrypted so that our database, files and backups cannot be read "
        "without someone unlocking them." in words
    )
    assert "other person’s lawyers" in words
    assert "zero-knowledge" not in words
    assert "end-to-end" not in words


def test_a_record_is_made_unlocked_and_its_code_shown() -> None:
    client = browser()

    answer = start(client)

    assert answer.status_code == 200
    assert re.fullmatch(r"([0-9A-Z]{4}-){8}[0-9A-Z*~$=]", code_on(answer))
    assert "We cannot show this again." in answer.content.decode()
    assert answer.headers["Cache-Control"] == "no-store"
    assert is_unlocked(client)


def test_the_new_record_begins_with_whole_chains() -> None:
    client = browser()
    start(client)

    unlocked = visit_of(visit_cookie(client), now=datetime.now(UTC)).unlocked
    assert unlocked is not None
    assert check_chain(unlocked.viewer) == 1
    assert check_chain(unlocked.viewer, chain=ACCESS, capture_identity=capture_identity(unlocked.viewer)) == 1
    assert (unlocked.profile.initials, unlocked.profile.zone) == ("AB", "Europe/London")


def test_the_code_is_in_no_later_page() -> None:
    client = browser()
    code = code_on(start(client))

    for path in ("/start/name/?ready=1", "/start/check/", "/account/", "/account/code/", "/account/looked/"):
        page = client.get(path, follow=True).content.decode()
        assert code not in page
        assert code.replace("-", "") not in page


def test_sending_the_form_again_makes_no_second_record_and_shows_no_code() -> None:
    client = browser()
    start(client)

    answer = client.post("/start/name/", sent_again(client))

    assert (answer.status_code, answer.headers["Location"]) == (302, "/start/check/")
    assert Record.objects.count() == 1


def test_the_form_sent_again_after_locking_opens_nothing_and_tells_nothing() -> None:
    client = browser()
    start(client, name="moth at night")
    remembered = sent_again(client, name="moth at night")
    client.post("/lock/")

    answer = client.post("/start/name/", remembered)

    assert answer.status_code == 403
    assert not is_unlocked(client)
    assert WORDS not in answer.content.decode()
    assert "moth" not in answer.content.decode()


def test_a_name_that_is_taken_gets_a_blank_form() -> None:
    start(browser(), passphrase=WORDS)

    answer = start(browser(), passphrase=OTHER_WORDS)

    page = answer.content.decode()
    assert "Choose another name" in page
    assert OTHER_WORDS not in page
    assert 'value="moth"' not in page
    assert Record.objects.count() == 1


def test_whether_a_name_is_taken_is_not_said_to_someone_who_only_sends_a_name() -> None:
    start(browser())

    asked = [
        post(browser(), "/start/name/", {"name": name}, page="/start/name/?ready=1")
        for name in ("moth", "mouse")
    ]

    assert "Choose another name" not in asked[0].content.decode()
    assert [answer.status_code for answer in asked] == [200, 200]


def test_asking_for_a_name_costs_a_derivation_and_is_noted_where_the_person_sees_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    client = browser()
    start(client)
    derived: list[str] = []

    def counted(*arguments: Any) -> bytes:
        derived.append("once")
        return derive_kek(*arguments)

    monkeypatch.setattr("daybook.people.accounts.derive_kek", counted)
    start(browser(), passphrase=OTHER_WORDS)

    assert derived == ["once"]
    page = client.get("/account/tries/").content.decode()
    assert "1 by starting a new record with your name" in page


def test_after_five_names_that_were_taken_the_next_one_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    start(browser())
    for _ in range(5):
        start(browser(), passphrase=OTHER_WORDS)
    monkeypatch.setattr(slots, "_room", WaitingRoom(most_for_one=0, most=0))

    assert start(browser(), name="mouse").status_code == 429
    assert Record.objects.count() == 1


def test_six_words_are_suggested_and_others_can_be_had_without_a_script() -> None:
    client = browser()
    first = suggested(client.get("/start/name/?ready=1"))

    answer = post(client, "/start/name/", {"name": "moth", "another": "1"}, page="/start/name/?ready=1")

    assert len(first.split()) == 6
    assert len(suggested(answer).split()) == 6
    assert suggested(answer) != first
    assert 'value="moth"' in answer.content.decode()


def test_a_slip_elsewhere_does_not_change_the_suggested_words() -> None:
    client = browser()
    words = suggested(client.get("/start/name/?ready=1"))

    answer = start(client, initials="12", suggested=words)

    assert suggested(answer) == words
    assert "Use one to four letters" in answer.content.decode()


def test_words_that_we_did_not_suggest_are_not_shown_as_ours() -> None:
    answer = start(browser(), initials="12", suggested="<b>send money</b>")

    assert "send money" not in answer.content.decode()


@pytest.mark.parametrize(
    ("passphrase", "words"),
    [
        ("short", "This is too short"),
        ("password123456", "Someone could guess this"),
        ("moth moth moth moth", "guess"),
    ],
)
def test_an_own_passphrase_is_allowed_and_its_weakness_said_in_words(passphrase: str, words: str) -> None:
    answer = start(browser(), passphrase=passphrase)

    assert words in answer.content.decode()
    assert f'value="{passphrase}"' not in answer.content.decode().replace('name="suggested"', "")
    assert not Account.objects.exists()


def test_two_passphrases_that_differ_are_refused() -> None:
    answer = start(browser(), new_passphrase_again=OTHER_WORDS)

    assert "The two are not the same" in answer.content.decode()
    assert not Account.objects.exists()


@pytest.mark.parametrize("initials", ["", "ABCDE", "A1", "Ä", "A B", "<i>"])
def test_labels_are_one_to_four_letters(initials: str) -> None:
    answer = start(browser(), initials=initials)

    assert "letters" in answer.content.decode()
    assert not Account.objects.exists()


def test_a_time_zone_can_be_chosen_and_must_exist() -> None:
    client = browser()
    assert "Choose a time zone" in start(client, zone="Mars/Base").content.decode()
    start(client, zone="Asia/Karachi")

    unlocked = visit_of(visit_cookie(client), now=datetime.now(UTC)).unlocked
    assert unlocked is not None
    assert unlocked.profile.zone == "Asia/Karachi"


def test_a_right_code_is_confirmed_and_the_reminder_goes() -> None:
    client = browser()
    code = code_on(start(client))
    assert "not checked yet" in client.get("/account/").content.decode()

    answer = post(client, "/start/check/", {"recovery_code": code.lower().replace("-", " ")})

    assert answer.headers["Location"] == "/diary/"
    assert "not checked yet" not in client.get("/account/").content.decode()


def test_a_wrong_code_says_which_way_it_is_wrong() -> None:
    client = browser()
    code = code_on(start(client))
    other = code_on(start(browser(), name="another moth"))
    slip = ("1" if code[0] != "1" else "2") + code[1:]

    assert "This one has 4" in post(client, "/start/check/", {"recovery_code": "ABCD"}).content.decode()
    assert "are not right" in post(client, "/start/check/", {"recovery_code": slip}).content.decode()
    assert (
        "not the one for this record"
        in post(client, "/start/check/", {"recovery_code": other}).content.decode()
    )
    assert "not checked yet" in client.get("/account/").content.decode()


def test_a_record_can_be_unlocked_again_with_what_was_chosen() -> None:
    start(browser())
    client = browser()

    assert unlock(client, "  MOTH ", f"  {WORDS.replace(' ', '   ')} ").headers["Location"] == "/diary/"
    assert is_unlocked(client)


def sent_again(client: Client, name: str = "moth") -> dict[str, str]:
    """The form as a browser remembers it, with the token it had then."""
    token = client.cookies[settings.CSRF_COOKIE_NAME].value
    return {
        "name": name,
        "initials": "ab",
        "new_passphrase": WORDS,
        "new_passphrase_again": WORDS,
        "suggested": WORDS,
        "csrfmiddlewaretoken": token,
    }


def suggested(answer: Any) -> str:
    found = re.search(r'name="suggested" value="([^"]*)"', answer.content.decode())
    assert found is not None
    return found.group(1)
