"""Removing a file on the pages: a reason is asked, it can be fetched back, and it is asked again where a pack may hold it."""

from datetime import UTC, datetime, timedelta

import pytest

from daybook.diary.attachments import attach_exhibit
from daybook.evidence.models import Removal
from daybook.evidence.removing import destroy_what_is_due
from daybook.kernel.custody import EventKind
from daybook.ledger.chains import append
from tests.cast import NOW, Member, picture

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def test_it_goes_from_every_page_and_comes_back(person: Member) -> None:
    entry, file = person.write(), person.keep_file(picture(), "IMG_2031.jpg")
    attach_exhibit(person.viewer, entry=entry.id, exhibit=file.id, now=NOW)
    client = person.browser()
    pages = ("/files/", f"/diary/{entry.id}/", "/pack/choose/", "/diary/")
    assert f"/account/removed/{file.id}/" in client.get(f"/files/{file.id}/").content.decode()
    assert "AB/1" in client.get("/files/").content.decode()

    asked = client.get(f"/account/removed/{file.id}/").content.decode()
    assert "Why do you remove it?" in asked
    answer = client.post(f"/account/removed/{file.id}/", {"reason": "It shows <b>my</b> sister"})
    assert answer.headers["Location"] == "/account/removed/"

    for path in pages:
        assert "IMG_2031" not in client.get(path).content.decode(), path
    for path in (f"/files/{file.id}/", f"/files/thumb/{file.id}/", f"/files/{file.id}/original/"):
        assert client.get(path).status_code == 404
    page = client.get("/account/removed/").content.decode()
    assert "AB/1" in page
    assert "IMG_2031.jpg" in page
    assert "It shows &lt;b&gt;my&lt;/b&gt; sister" in page
    assert "This reason goes into no pack" in page

    back = client.post(f"/account/removed/{file.id}/fetch-back/")
    assert back.headers["Location"] == f"/files/{file.id}/"
    assert "AB/1" in client.get(f"/diary/{entry.id}/").content.decode()
    assert "No file was removed" in client.get("/account/removed/").content.decode()


def test_it_is_announced_where_she_comes_by(person: Member) -> None:
    file, client = person.keep_file(b"gone"), person.browser()
    client.post(f"/account/removed/{file.id}/", {"reason": ""})
    for path in ("/diary/", "/files/", "/account/"):
        assert "1 file is removed and will be destroyed" in client.get(path).content.decode()


def test_the_reason_may_be_left_out_and_a_long_one_is_refused(person: Member) -> None:
    file, client = person.keep_file(b"gone"), person.browser()
    assert client.post(f"/account/removed/{file.id}/", {"reason": "x" * 501}).status_code == 200
    assert Removal.objects.count() == 0
    assert client.post(f"/account/removed/{file.id}/", {}).status_code == 302
    assert Removal.objects.count() == 1


def test_where_a_pack_may_hold_it_she_is_asked_again_and_her_words_are_carried(person: Member) -> None:
    file = person.keep_file(b"gone")
    append(person.viewer.keys, EventKind.PACK_MADE, item=file.id, now=NOW + DAY)
    client, path = person.browser(), f"/account/removed/{file.id}/"
    assert "It may be in a pack you made" in client.get(path).content.decode()
    asked = client.post(path, {"reason": "Not mine", "tell": "on"})
    assert asked.status_code == 200
    assert "a court may ask for the original" in asked.content.decode()
    assert 'value="Not mine"' in asked.content.decode()
    assert Removal.objects.count() == 0
    client.post(path, {"reason": "Not mine", "tell": "on", "again": "yes"})
    page = client.get("/account/removed/").content.decode()
    assert "Not mine" in page
    assert "A pack may give this reason" in page


def test_a_pack_from_before_it_was_kept_asks_nothing_more(person: Member) -> None:
    append(person.viewer.keys, EventKind.PACK_MADE, item=person.unlocked.record_id, now=NOW - DAY)
    file, client = person.keep_file(b"gone"), person.browser()
    assert client.post(f"/account/removed/{file.id}/", {"reason": ""}).status_code == 302


def test_the_same_form_twice_and_another_window_do_no_harm(person: Member) -> None:
    file, client, other = person.keep_file(b"gone"), person.browser(), person.browser()
    path = f"/account/removed/{file.id}/"
    assert client.post(path, {"reason": "one"}).status_code == 302
    assert other.post(path, {"reason": "two"}).headers["Location"] == "/account/removed/"
    assert "one" in client.get("/account/removed/").content.decode()
    for each in (client, other):
        assert each.post(f"{path}fetch-back/").status_code == 302


def test_when_it_is_destroyed_the_page_says_so_and_it_cannot_be_fetched_back(person: Member) -> None:
    file, client = person.keep_file(b"gone", "gone.txt"), person.browser()
    client.post(f"/account/removed/{file.id}/", {"reason": "Not mine"})
    for day in range(1, 32):
        destroy_what_is_due(now=datetime.now(UTC) + day * DAY)
    client.post(f"/account/removed/{file.id}/fetch-back/")
    page = client.get("/account/removed/").content.decode()
    assert "Destroyed" in page
    assert "Fetch it back" not in page
    assert "gone.txt" not in page
    assert "No fault" in client.get("/account/check/").content.decode()
    assert "None is missing" in client.get("/account/check/").content.decode()


def test_a_copy_whose_original_was_removed_still_has_its_page(person: Member) -> None:
    original = person.keep_file(picture())
    copy = person.keep_file(picture("red"), parent=original.id)
    client = person.browser()
    assert "stays" in client.get(f"/account/removed/{original.id}/").content.decode()
    client.post(f"/account/removed/{original.id}/", {"reason": ""})
    for path in (f"/files/{copy.id}/", "/files/"):
        assert client.get(path).status_code == 200


def test_the_name_of_an_unseen_file_is_not_shown(person: Member) -> None:
    file, client = person.keep_file(picture(), "IMG_2032.jpg", unseen=True), person.browser()
    assert "IMG_2032" not in client.get(f"/account/removed/{file.id}/").content.decode()
    client.post(f"/account/removed/{file.id}/", {"reason": ""})
    assert "IMG_2032" not in client.get("/account/removed/").content.decode()


def test_to_a_neighbour_it_is_not_there(person: Member, neighbour: Member) -> None:
    file, theirs = person.keep_file(b"gone"), neighbour.browser()
    assert theirs.post(f"/account/removed/{file.id}/", {"reason": ""}).status_code == 404
    person.browser().post(f"/account/removed/{file.id}/", {"reason": ""})
    assert theirs.get(f"/account/removed/{file.id}/").status_code == 404
    assert theirs.post(f"/account/removed/{file.id}/fetch-back/").status_code == 404
    assert Removal.objects.count() == 1
