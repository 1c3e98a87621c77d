"""Words and files that arrive after the lock are kept, offered, put back or let go."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from daybook import doors
from daybook.evidence.exhibits import exhibits_for
from daybook.evidence.intake import SWEPT_AFTER, sweep_unadmitted
from daybook.evidence.models import Blob
from daybook.evidence.reading import open_body
from daybook.people.late_saves import forget_late_save, late_words_for, seal_to
from daybook.people.models import LateSave, Record, Unlock
from daybook.site.pages.door.tests.visiting import browser, lie_idle, post, start
from tests.cast import PASSPHRASE, Member

pytestmark = pytest.mark.django_db

PAGE = "/diary/new/"
SECRET = "He was at the bus stop again, in the grey coat."
FORGED_FILES = b'{"path": "/", "fields": {}, "files": [1], "by_itself": false}'
FORGED_FIELDS = b'{"path": "/", "fields": {"words": "x"}, "files": [], "by_itself": false}'


def test_words_sent_after_the_lock_are_kept_and_offered(person: Member) -> None:
    client = locked(person)

    answer = client.post(PAGE, {"words": SECRET, "place": ""})

    assert answer.status_code == 401
    assert "Nothing is lost" in answer.content.decode()
    assert SECRET not in answer.content.decode()
    unlocked = unlock(client, person)
    assert unlocked.headers["Location"].startswith("/account/late/?next=")
    page = client.get("/account/late/").content.decode()
    assert SECRET in page
    assert f"{PAGE}?late={LateSave.objects.get().pk}" in page


def test_what_a_form_carries_for_itself_is_not_shown_as_words(person: Member) -> None:
    client = locked(person)
    client.post(PAGE, {"words": SECRET, "form": "e29560032a6a4bb1eb2f0785ce5b4ff9", "go": "keep"})
    unlock(client, person)

    assert client.get("/account/late/").context["waiting"][0].words == [("Words", SECRET)]


def test_a_file_meant_to_be_kept_without_looking_is_not_named_and_stays_unseen(person: Member) -> None:
    client = locked(person)
    client.post(PAGE, {"unseen": "on", "file": a_file(name="what he sent.txt")})
    unlock(client, person)

    assert "what he sent" not in client.get("/account/late/").content.decode()
    keep(client)
    assert exhibits_for(person.viewer)[0].unseen


def test_a_name_that_tries_to_deceive_is_shown_plainly(person: Member) -> None:
    client = locked(person)
    client.post(PAGE, {"file": a_file(name="picture\u202egpj.exe")})
    unlock(client, person)

    assert "\u202e" not in client.get("/account/late/").content.decode()


def test_what_waits_is_sealed(person: Member) -> None:
    locked(person).post(PAGE, {"words": SECRET})

    assert SECRET.encode() not in bytes(LateSave.objects.get().sealed)


def test_the_same_words_sent_twice_wait_once(person: Member) -> None:
    client = locked(person)
    for _ in range(3):
        assert client.post(PAGE, {"words": SECRET}, headers={"X-Daybook": "autosave"}).status_code == 401
    client.post(PAGE, {"words": SECRET + " Twice."}, headers={"X-Daybook": "autosave"})

    assert LateSave.objects.count() == 2
    unlock(client, person)
    assert len(client.get("/account/late/").context["waiting"]) == 1


def test_a_form_that_saves_itself_again_and_again_waits_once_in_its_newest_state(person: Member) -> None:
    client = locked(person)
    for length in range(1, len(SECRET) + 1):
        fields = {"form": "ab" * 16, "window": "cd.ef", "words": SECRET[:length]}
        client.post(PAGE, fields, headers={"X-Daybook": "autosave"})
    client.post(PAGE, {"form": "12" * 16, "words": "Another form."}, headers={"X-Daybook": "autosave"})

    kept = [late.fields["words"] for late in late_words_for(person.unlocked)]
    assert kept == [[SECRET], ["Another form."]]


def test_when_more_waits_than_can_be_listed_the_newest_words_are_offered(
    person: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("daybook.people.late_saves.MOST_KEPT", 3)
    client = locked(person)
    for number in range(5):
        client.post(PAGE, {"words": f"Words {number}"})

    kept = [late.fields["words"] for late in late_words_for(person.unlocked)]
    assert kept == [["Words 2"], ["Words 3"], ["Words 4"]]


def test_how_much_was_written_late_shows_only_roughly(person: Member) -> None:
    client = locked(person)
    for length in (1, 20, 60):
        client.post(PAGE, {"words": "x" * length})

    assert len({len(bytes(row.sealed)) for row in LateSave.objects.all()}) == 1


@pytest.mark.parametrize("payload", [b"", b"x", b"[]", b"{}", b'{"path": 1}', FORGED_FILES, FORGED_FIELDS])
def test_a_late_save_that_is_not_ours_is_named_damaged_and_stops_nothing(
    person: Member, payload: bytes
) -> None:
    record = Record.objects.get(pk=person.unlocked.record_id)
    sealed = seal_to(record.capture_recipient, payload)
    LateSave.objects.create(record_id=record.pk, received_at=datetime.now(UTC), tag=b"x" * 32, sealed=sealed)
    client = locked(person)

    assert unlock(client, person).status_code == 302
    assert [late.damaged for late in late_words_for(person.unlocked)] == [True]
    assert client.get("/account/late/").status_code == 200


def test_a_late_file_described_in_words_that_are_not_ours_is_left_out(person: Member) -> None:
    record = Record.objects.get(pk=person.unlocked.record_id)
    forged = {"path": "/files/", "fields": {}, "files": [{"blob_key": ["x"]}, {}], "by_itself": False}
    sealed = seal_to(record.capture_recipient, json.dumps(forged).encode())
    LateSave.objects.create(record_id=record.pk, received_at=datetime.now(UTC), tag=b"x" * 32, sealed=sealed)
    client = locked(person)

    assert unlock(client, person).status_code == 302
    assert client.get("/account/late/").status_code == 200


def test_a_file_that_belongs_to_no_late_save_is_swept_after_a_week(person: Member) -> None:
    client = locked(person)
    client.post(PAGE, {"file": a_file()})
    client.post(PAGE, {"file": a_file(b"another")})
    lost, kept = Blob.objects.filter(held=True).order_by("begun_at")
    LateSave.objects.order_by("received_at")[0].delete()
    Blob.objects.update(begun_at=datetime.now(UTC) - timedelta(days=8))

    unlock(client, person)

    assert list(Blob.objects.filter(held=True)) == [kept]
    assert not doors.blobs().exists(lost.key)


@pytest.mark.parametrize(("limit", "most"), [("MOST_WAITING_FILES", 2), ("MOST_WAITING_BYTES", 1)])
def test_a_locked_browser_cannot_fill_the_disk(
    person: Member, monkeypatch: pytest.MonkeyPatch, limit: str, most: int
) -> None:
    monkeypatch.setattr(f"daybook.evidence.intake.{limit}", most)
    client = locked(person)

    answers = [client.post(PAGE, {"file": a_file(b"%d" % number)}) for number in range(4)]

    assert Blob.objects.filter(held=True).count() == most
    assert "Many files wait already" in answers[-1].content.decode()


def test_a_locked_browser_leaves_a_reserve_on_the_disk(
    person: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("daybook.evidence.intake.RESERVE_WHILE_LOCKED_BYTES", 1 << 60)

    answer = locked(person).post(PAGE, {"file": a_file()})

    assert "no room left" in answer.content.decode()
    assert not Blob.objects.exists()


def test_a_passphrase_sent_after_the_lock_is_not_kept(person: Member) -> None:
    client = locked(person)

    client.post("/account/passphrase/", {"passphrase": "a b c d e f", "new_passphrase": SECRET})
    client.post(PAGE, {"passphrase": SECRET, "recovery_code": SECRET})

    assert not LateSave.objects.exists()


def test_a_browser_nobody_knows_gets_its_words_back_to_copy(person: Member) -> None:
    answer = Client(HTTP_HOST="localhost").post("/diary/new/", {"words": SECRET})

    assert SECRET in answer.content.decode()
    assert "These words are not kept" in answer.content.decode()
    assert not LateSave.objects.exists()


def test_a_form_with_a_stale_token_from_our_own_page_waits_too(person: Member) -> None:
    client = Client(HTTP_HOST="localhost", enforce_csrf_checks=True)
    client.cookies = person.browser().cookies

    answer = client.post("/diary/new/", {"words": SECRET}, headers={"Sec-Fetch-Site": "same-origin"})

    assert answer.status_code == 403
    assert "Your words are sealed and wait for you" in answer.content.decode()
    assert [late.written() for late in late_words_for(person.unlocked)] == [[("words", SECRET)]]


@pytest.mark.parametrize("came_from", [{}, {"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"}])
def test_a_forged_form_leaves_nothing_behind(person: Member, came_from: dict[str, str]) -> None:
    client = Client(HTTP_HOST="localhost", enforce_csrf_checks=True)
    client.cookies = person.browser().cookies

    answer = client.post("/diary/new/", {"words": SECRET, "file": a_file()}, headers=came_from)

    assert answer.status_code == 403
    assert SECRET in answer.content.decode()
    assert not LateSave.objects.exists()
    assert not Blob.objects.exists()


def test_files_that_came_along_wait_and_outlive_the_sweep(person: Member) -> None:
    client = locked(person)

    answer = client.post(PAGE, {"words": SECRET, "file": [a_file(b"one"), a_file(b"two")]})

    assert "with the files that came along" in answer.content.decode()
    assert Blob.objects.filter(held=True, admitted=False).count() == 2
    assert sweep_unadmitted(now=datetime.now(UTC) + 2 * SWEPT_AFTER) == 0
    unlock(client, person)
    assert client.get("/account/late/").content.decode().count("Keep this file") == 2


def test_a_file_that_waited_becomes_evidence_byte_for_byte(person: Member) -> None:
    client = locked(person)
    client.post(PAGE, {"file": a_file(b"exactly this")})
    unlock(client, person)

    answer = keep(client)

    assert answer.headers["Location"] == "/account/late/"
    exhibit = exhibits_for(person.viewer)[0]
    assert b"".join(open_body(person.viewer, exhibit)) == b"exactly this"
    assert exhibit.name == "note.txt"
    assert exhibit.source.startswith("upload, arrived while locked at 20")
    assert not LateSave.objects.exists()


def test_a_file_kept_before_is_not_kept_twice(person: Member) -> None:
    person.keep_file(b"exactly this")
    client = locked(person)
    client.post(PAGE, {"file": a_file(b"exactly this")})
    unlock(client, person)

    keep(client)

    assert len(exhibits_for(person.viewer)) == 1
    assert not Blob.objects.filter(admitted=False).exists()


def test_putting_the_words_back_leaves_the_files_waiting(person: Member) -> None:
    client = locked(person)
    client.post(PAGE, {"words": SECRET, "file": a_file(b"one")})
    unlock(client, person)

    forget_late_save(person.unlocked, LateSave.objects.get().pk)

    page = client.get("/account/late/").content.decode()
    assert SECRET not in page
    assert "Keep this file" in page
    keep(client)
    assert not LateSave.objects.exists()


def test_letting_go_asks_first_and_can_be_undone_for_a_week(person: Member) -> None:
    client = locked(person)
    client.post(PAGE, {"words": SECRET, "file": a_file(b"one")})
    unlock(client, person)
    late = LateSave.objects.get().pk

    assert "Let this go?" in client.get(f"/account/late/{late}/let-go/").content.decode()
    assert client.get("/account/late/").context["waiting"]
    post(client, f"/account/late/{late}/let-go/", {})
    assert not client.get("/account/late/").context["waiting"]
    post(client, f"/account/late/{late}/fetch-back/", {}, page="/account/late/")

    page = client.get("/account/late/").content.decode()
    assert SECRET in page
    assert "Keep this file" in page


def test_what_was_let_go_is_gone_after_a_week_with_its_files(person: Member) -> None:
    client = locked(person)
    client.post(PAGE, {"words": SECRET, "file": a_file(b"one")})
    unlock(client, person)
    post(client, f"/account/late/{LateSave.objects.get().pk}/let-go/", {})
    LateSave.objects.update(let_go_at=datetime.now(UTC) - timedelta(days=8))

    unlock(client, person)

    assert not LateSave.objects.exists()
    assert not Blob.objects.exists()


def test_what_waits_for_one_person_is_nothing_to_another(person: Member, neighbour: Member) -> None:
    client = locked(person)
    client.post(PAGE, {"words": SECRET, "file": a_file()})
    late = LateSave.objects.get()
    key = Blob.objects.get().key
    theirs = neighbour.browser()

    assert SECRET not in theirs.get("/account/late/").content.decode()
    assert theirs.get(f"/account/late/{late.pk}/let-go/").status_code == 404
    assert theirs.post(f"/account/late/{late.pk}/keep/", {"file": key}).status_code == 404
    theirs.post(f"/account/late/{late.pk}/fetch-back/")
    assert LateSave.objects.get().let_go_at is None


def test_a_late_save_that_was_altered_is_named_and_stops_nothing(person: Member) -> None:
    client = locked(person)
    client.post(PAGE, {"words": SECRET})
    LateSave.objects.update(sealed=b"age-encryption.org/v1\n")
    unlock(client, person)

    answer = client.get("/account/late/")

    assert answer.status_code == 200
    assert "does not open any more" in answer.content.decode()


def test_words_are_shown_as_words_and_never_as_markup(person: Member) -> None:
    client = locked(person)
    client.post(PAGE, {"words": "<script>alert(1)</script>", "<b>x</b>": "y"})
    unlock(client, person)

    page = client.get("/account/late/").content.decode()

    assert "<script>alert" not in page
    assert "<b>x" not in page.lower()


def test_the_pages_form_says_what_a_late_form_lost_when_nothing_was_typed() -> None:
    client = browser()
    start(client)
    lie_idle(timedelta(seconds=settings.IDLE_LOCK_SECONDS + 1))

    answer = client.post(
        "/account/browsers/lock/", {"csrfmiddlewaretoken": client.cookies["daybook-form"].value}
    )

    assert answer.status_code == 401
    assert "was not done" in answer.content.decode()


def locked(person: Member) -> Client:
    client = person.browser()
    lie_idle(timedelta(seconds=settings.IDLE_LOCK_SECONDS + 1))
    return client


def unlock(client: Client, person: Member) -> Any:
    return client.post("/unlock/", {"name": person.name, "passphrase": PASSPHRASE})


def keep(client: Client) -> Any:
    item = client.get("/account/late/").context["waiting"][0]
    return client.post(f"/account/late/{item.late.id}/keep/", {"file": item.files[0].key})


def a_file(content: bytes = b"content", name: str = "note.txt") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content, content_type="text/plain")


def test_words_are_shown_back_when_the_records_keys_were_changed_from_outside(person: Member) -> None:
    browser = person.browser()
    Unlock.objects.update(sealed_key=None)
    Record.objects.update(capture_recipient="age1" + "q" * 58)
    answer = browser.post("/diary/new/", {"words": "Words that must not go anywhere else."})
    assert answer.status_code == 401
    assert "Words that must not go anywhere else." in answer.content.decode()
    assert not LateSave.objects.exists()


def test_a_choice_for_a_pack_that_comes_after_the_lock_is_not_kept_as_words(person: Member) -> None:
    browser = person.browser()
    Unlock.objects.update(sealed_key=None)
    assert browser.post("/pack/preview/", {"what": "everything", "police_part": "on"}).status_code == 401
    assert not LateSave.objects.exists()
