"""Are the files whole: what readings found, in words; what to do now; and the full check from the page."""

import hashlib
import re
import time
from datetime import timedelta
from pathlib import Path
from typing import cast

import pytest
from django.conf import settings
from django.test import Client, RequestFactory

from daybook.evidence.exhibits import ReadExhibit
from daybook.evidence.fixity import FixityRound, Found, note_found
from daybook.evidence.full_check import FullCheck, State, full_check_of
from daybook.evidence.models import Blob, BodyCheck
from daybook.evidence.removing import remove_exhibit
from daybook.people.models import Unlock
from daybook.site.commands.doctor import _bodies_were_read
from daybook.site.pages.account import stored
from daybook.site.pages.account.stored import while_unlocked
from daybook.site.pages.door.tests.visiting import post
from daybook.site.rounds import ROUNDS
from daybook.site.visits import OwnerRequest
from tests.cast import NOW, Member

pytestmark = pytest.mark.django_db
PAGE = "/account/check/files/"
LATER = NOW.replace(year=2027)


def body_of(exhibit: ReadExhibit) -> Path:
    return Path(settings.HOME.files / "kept" / exhibit.blob_key)


def keep(person: Member, content: bytes) -> ReadExhibit:
    exhibit = person.keep_file(content)
    digest = hashlib.sha256(body_of(exhibit).read_bytes()).digest()
    Blob.objects.filter(key=exhibit.blob_key).update(sealed_sha256=digest)
    return exhibit


def text(browser: Client, path: str = PAGE) -> str:
    return " ".join(browser.get(path).content.decode().split())


def wait_for_check(person: Member) -> None:
    until = time.monotonic() + 30
    while time.monotonic() < until:
        check = full_check_of(person.unlocked.record_id)
        if check is not None and check.progress.state is not State.RUNNING:
            return
        time.sleep(0.01)


def test_nothing_kept_is_said_to_be_nothing(person: Member) -> None:
    assert "You have kept no files yet." in text(person.browser())


def test_files_that_were_not_read_yet_are_not_called_whole(person: Member) -> None:
    keep(person, b"one")
    page = text(person.browser())
    assert "None of your files was read again yet." in page
    assert "No damage found" not in page
    assert "Not read yet" in text(person.browser(), "/account/check/")


def test_what_the_rounds_of_the_server_found_is_told_with_what_to_do(person: Member) -> None:
    whole, gone, changed = (keep(person, bytes([number]) * 300) for number in range(3))
    body_of(gone).unlink()
    body_of(changed).write_bytes(body_of(whole).read_bytes())
    [reading] = [one for one in ROUNDS if one.name == "read stored files again"]
    reading.work(LATER)
    browser = person.browser()
    page = text(browser)
    assert "AB/2" in page
    assert "It is not there any more. Found on 20 November 2027, 18:00." in page
    assert "AB/3" in page
    assert "It is not as it was kept." in page
    assert "Do not delete anything" in page
    assert "Missing or damaged: 2." in text(browser, "/account/check/")
    card = text(browser, "/files/").replace(" ", "")
    assert ">Missing<" in card
    assert ">Damaged<" in card
    assert "What is stored of this file is not as it was kept." in text(browser, f"/files/{changed.id}/")
    assert "AB/3" not in text(browser, f"/files/{whole.id}/")


def test_doctor_tells_of_the_last_readings(person: Member) -> None:
    assert _bodies_were_read().words == "there are none yet"
    one, other = keep(person, b"one"), keep(person, b"other")
    assert _bodies_were_read().words == "0 of 2 within 30 days, last never"
    body_of(other).unlink()
    FixityRound().work(LATER)
    told = _bodies_were_read()
    assert not told.well
    assert "last 2027-11-20 18:00 UTC; 1 missing or damaged" in told.words
    assert one.damage == ""


@pytest.mark.django_db(transaction=True)
def test_she_has_every_file_checked_and_sees_what_was_found(person: Member) -> None:
    whole, changed = person.keep_file(b"whole" * 50_000), person.keep_file(b"other" * 50_000)
    content = bytearray(body_of(changed).read_bytes())
    content[100_000] ^= 1
    body_of(changed).write_bytes(content)
    browser = person.browser()
    assert post(browser, PAGE, {"go": "check"}).status_code == 302
    wait_for_check(person)
    page = text(browser)
    assert "The check is done." in page
    assert "Not whole: AB/2" in page
    assert BodyCheck.objects.get(blob_id=whole.blob_key).found == Found.WHOLE
    assert "All of it was last checked on" in text(browser, f"/files/{whole.id}/")


@pytest.mark.django_db(transaction=True)
def test_one_file_alone_is_checked_and_a_strangers_never(person: Member, neighbour: Member) -> None:
    one, other = person.keep_file(b"one"), person.keep_file(b"other")
    theirs = neighbour.keep_file(b"theirs")
    browser = person.browser()
    post(browser, PAGE, {"go": "check", "exhibit": str(one.id)})
    wait_for_check(person)
    assert [check.blob_id for check in BodyCheck.objects.all()] == [one.blob_key]
    post(browser, PAGE, {"go": "check", "exhibit": str(theirs.id)})
    wait_for_check(person)
    post(browser, PAGE, {"go": "check", "exhibit": "no such"})
    wait_for_check(person)
    assert BodyCheck.objects.count() == 1
    assert other.damage == ""


def test_a_check_may_go_on_only_while_the_browser_that_asked_is_unlocked(person: Member) -> None:
    browser, other = person.browser(), person.browser()
    asking = cast(OwnerRequest, RequestFactory().post(PAGE))
    asking.unlocked = person.unlocked
    asking.COOKIES[settings.VISIT_COOKIE_NAME] = browser.cookies[settings.VISIT_COOKIE_NAME].value
    still_unlocked = while_unlocked(asking)
    assert still_unlocked()
    post(other, "/lock/", {})
    assert still_unlocked()
    post(browser, "/lock/", {})
    assert not still_unlocked()


def test_the_page_of_a_check_looks_again_by_itself_only_while_it_runs(
    person: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    person.keep_file(b"one")
    browser = person.browser()
    again = re.compile(
        r'<noscript><meta http-equiv="refresh" content="15;url=/account/check/files/\?itself"></noscript>'
    )
    assert not again.search(text(browser))
    check = FullCheck(person.viewer, [], still_unlocked=lambda: True)
    monkeypatch.setattr(stored, "full_check_of", lambda _: check)
    page = text(browser)
    assert again.search(page)
    assert "data-looks-again" in page
    check.run()
    page = text(browser)
    assert not again.search(page)
    assert "data-looks-again" not in page
    assert "The check is done." in page


def test_a_page_that_looks_again_by_itself_keeps_no_record_open(person: Member) -> None:
    browser = person.browser()
    since = Unlock.objects.get().seen_at - timedelta(minutes=5)
    Unlock.objects.update(seen_at=since)
    for path, headers in ((f"{PAGE}?itself", {}), (PAGE, {"X-Daybook": "progress"})):
        assert browser.get(path, headers=headers).status_code == 200
        assert Unlock.objects.get().seen_at == since
    browser.get(PAGE)
    assert Unlock.objects.get().seen_at > since


def test_a_removed_file_is_neither_counted_nor_named(person: Member) -> None:
    kept, gone = keep(person, b"kept"), keep(person, b"gone")
    note_found(gone.blob_key, Found.MISSING, now=NOW)
    remove_exhibit(person.viewer, gone.id, reason="", tell=False, now=NOW)
    page = text(person.browser())
    assert gone.reference not in page
    assert "None of your files was read again yet." in page
    assert kept.damage == ""


def test_stopping_what_does_not_run_is_no_fault(person: Member) -> None:
    assert post(person.browser(), PAGE, {"go": "stop"}).status_code == 302
