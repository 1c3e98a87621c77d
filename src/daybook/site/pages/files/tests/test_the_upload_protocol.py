"""tus 1.0 as a server: core, creation, checksum and termination, for the person's own unlocked record and nobody else."""

import base64
import hashlib
import random
from uuid import uuid4

import pytest
from django.conf import settings
from django.test import Client

from daybook import doors
from daybook.evidence import receiving
from daybook.evidence.exhibits import exhibits_for
from daybook.evidence.models import Upload
from daybook.evidence.reading import open_body
from daybook.evidence.upload_hashes import remembered
from daybook.kernel.sealing.resuming import CHUNK
from daybook.people.models import Unlock
from daybook.site.pages.files.tests.upload_requests import BODY, UPLOADS, ask, begin, encoded, patch
from tests.cast import Member


@pytest.fixture(autouse=True)
def small_windows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(receiving, "WINDOW_CHUNKS", 4)


def content_of(length: int) -> bytes:
    return random.Random(length).randbytes(length)


def test_the_server_says_what_it_can_do() -> None:
    answer = Client(HTTP_HOST="localhost").generic("OPTIONS", UPLOADS)
    assert answer.status_code == 204
    assert answer["Tus-Version"] == answer["Tus-Resumable"] == "1.0.0"
    assert {"creation", "checksum", "termination"} <= set(answer["Tus-Extension"].split(","))
    assert {"sha1", "sha256"} == set(answer["Tus-Checksum-Algorithm"].split(","))
    assert answer["Tus-Max-Size"] == str(10 * 1024**3)


def test_a_file_in_parts_is_kept_to_the_byte_with_its_name_and_choices(person: Member) -> None:
    browser, content = person.browser(), content_of(9 * CHUNK + 5)
    url = begin(browser, len(content), "  Straße – 1.mp4")
    for start in range(0, len(content), 200_000):
        answer = patch(browser, url, start, content[start : start + 200_000])
        assert answer.status_code == 204
        assert answer["Upload-Offset"] == str(min(start + 200_000, len(content)))
        told = ask(browser, "HEAD", url)
        assert (told["Upload-Offset"], told["Upload-Length"]) == (answer["Upload-Offset"], str(len(content)))
        assert told["Cache-Control"] == "no-store"
    answer = browser.post(f"{url}keep/", {"unseen": "on"}, headers={"X-Daybook": "upload"})
    [exhibit] = exhibits_for(person.viewer)
    assert answer.json() == {"id": str(exhibit.id), "word": "kept", "remark": False}
    assert (exhibit.name, exhibit.unseen, exhibit.source) == ("  Straße – 1.mp4", True, "upload")
    assert b"".join(open_body(person.viewer, exhibit)) == content
    assert ask(browser, "HEAD", url).status_code == 404


def test_a_request_that_ends_inside_a_chunk_costs_nothing_even_over_a_restart(person: Member) -> None:
    browser, content = person.browser(), content_of(70_000)
    url = begin(browser, len(content))
    for start in range(0, len(content), 7_000):
        assert patch(browser, url, start, content[start : start + 7_000])["Upload-Offset"] == str(
            start + 7_000
        )
        remembered.forget_all()
    browser.post(f"{url}keep/")
    assert exhibits_for(person.viewer)[0].sha256 == hashlib.sha256(content).hexdigest()


def test_an_empty_file_needs_no_bytes(person: Member) -> None:
    browser = person.browser()
    url = begin(browser, 0)
    assert ask(browser, "HEAD", url)["Upload-Offset"] == "0"
    assert patch(browser, url, 0, b"").status_code == 204
    assert browser.post(f"{url}keep/", headers={"X-Daybook": "upload"}).json()["remark"]
    assert exhibits_for(person.viewer)[0].size == 0


def test_the_first_bytes_may_come_along_with_the_beginning(person: Member) -> None:
    browser, content = person.browser(), content_of(100_000)
    answer = ask(browser, "POST", UPLOADS, content[:80_000], BODY, Upload_Length=str(len(content)))
    assert (answer.status_code, answer["Upload-Offset"]) == (201, "80000")
    assert patch(browser, answer["Location"], 80_000, content[80_000:])["Upload-Offset"] == "100000"


@pytest.mark.parametrize("offset", ["1", "999999", "-1", "x", "", "1e3", "9" * 30])
def test_a_wrong_place_is_a_conflict_and_no_number_is_no_request(person: Member, offset: str) -> None:
    browser, content = person.browser(), content_of(CHUNK)
    url = begin(browser, len(content))
    answer = ask(browser, "PATCH", url, content[:10], BODY, Upload_Offset=offset)
    assert answer.status_code == (409 if offset in {"1", "999999"} else 400)
    assert ask(browser, "HEAD", url)["Upload-Offset"] == "0"


@pytest.mark.parametrize("name", ["sha1", "sha256"])
def test_a_checksum_is_checked_before_anything_is_taken(person: Member, name: str) -> None:
    browser, content = person.browser(), content_of(3 * CHUNK)
    url = begin(browser, len(content))
    right = f"{name} {base64.b64encode(hashlib.new(name, content).digest()).decode()}"
    spoiled = bytes([content[0] ^ 1]) + content[1:]
    answer = patch(browser, url, 0, spoiled, Upload_Checksum=right)
    assert answer.status_code == 460
    assert ask(browser, "HEAD", url)["Upload-Offset"] == "0"
    assert patch(browser, url, 0, content, Upload_Checksum=right).status_code == 204
    browser.post(f"{url}keep/")
    assert exhibits_for(person.viewer)[0].sha256 == hashlib.sha256(content).hexdigest()


@pytest.mark.parametrize(
    "checksum", ["md5 1B2M2Y8AsgTpgAmY7PhCfg==", "sha256 short", "sha256", "nothing at all"]
)
def test_an_unknown_checksum_is_refused(person: Member, checksum: str) -> None:
    browser = person.browser()
    url = begin(browser, 10)
    assert patch(browser, url, 0, b"0123456789", Upload_Checksum=checksum).status_code == 400
    assert ask(browser, "HEAD", url)["Upload-Offset"] == "0"


def test_more_than_can_be_held_is_not_taken_with_a_checksum(
    person: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("daybook.site.pages.files.resumable.MOST_CHECKED_BYTES", 1000)
    browser = person.browser()
    url = begin(browser, 2000)
    right = f"sha256 {base64.b64encode(hashlib.sha256(b'x' * 1001).digest()).decode()}"
    assert patch(browser, url, 0, b"x" * 1001, Upload_Checksum=right).status_code == 413


def test_too_long_is_said_before_and_on_the_way(person: Member) -> None:
    browser = person.browser()
    answer = ask(browser, "POST", UPLOADS, Upload_Length=str(10 * 1024**3 + 1))
    assert (answer.status_code, b"10 GB" in answer.content) == (413, True)
    url = begin(browser, 10)
    assert patch(browser, url, 0, b"12345678901").status_code == 413
    assert ask(browser, "HEAD", url)["Upload-Offset"] == "0"


def test_a_full_disk_is_said_in_words_and_it_goes_on_when_there_is_room(
    person: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser, content = person.browser(), content_of(2 * CHUNK)
    url = begin(browser, len(content))
    with monkeypatch.context() as full:
        full.setattr(type(doors.blobs()), "free_space", lambda self: 1000)
        for answer in (
            patch(browser, url, 0, content),
            ask(browser, "POST", UPLOADS, Upload_Length="5"),
        ):
            assert answer.status_code == 507
            assert b"no room left" in answer.content
    assert patch(browser, url, 0, content).status_code == 204


@pytest.mark.parametrize("version", ["", "0.2.2", "1.0.1"])
def test_another_version_of_the_protocol_is_refused(person: Member, version: str) -> None:
    browser = person.browser()
    url = begin(browser, 10)
    for method, path in (("POST", UPLOADS), ("HEAD", url), ("PATCH", url), ("DELETE", url)):
        answer = ask(browser, method, path, Tus_Resumable=version, Upload_Length="5")
        assert (answer.status_code, answer["Tus-Version"]) == (412, "1.0.0")
    assert Upload.objects.count() == 1


def test_what_is_not_as_the_protocol_has_it_is_refused(person: Member) -> None:
    browser = person.browser()
    url = begin(browser, 10)
    assert ask(browser, "PATCH", url, b"x", "text/plain", Upload_Offset="0").status_code == 415
    for length in ("", "x", "-1"):
        assert ask(browser, "POST", UPLOADS, Upload_Length=length).status_code == 400
    assert ask(browser, "POST", UPLOADS, Upload_Length="1", Upload_Metadata="name !!").status_code == 400
    assert browser.get(url).status_code == 405
    assert ask(browser, "POST", url).status_code == 405


def test_a_post_may_stand_for_another_method_and_a_get_never(person: Member) -> None:
    browser = person.browser()
    url = begin(browser, 10)
    assert browser.get(url, headers={"X-HTTP-Method-Override": "DELETE"}).status_code == 405
    answer = ask(browser, "POST", url, b"12345", BODY, X_HTTP_Method_Override="PATCH", Upload_Offset="0")
    assert (answer.status_code, answer["Upload-Offset"]) == (204, "5")
    assert ask(browser, "POST", url, X_HTTP_Method_Override="DELETE").status_code == 204
    assert not Upload.objects.exists()


def test_one_that_is_let_go_of_is_gone(person: Member) -> None:
    browser = person.browser()
    url = begin(browser, 100_000)
    patch(browser, url, 0, content_of(90_000))
    before = set(doors.blobs().unfinished())
    assert ask(browser, "DELETE", url).status_code == 204
    assert len(before - set(doors.blobs().unfinished())) == 1
    for method in ("HEAD", "DELETE", "PATCH"):
        assert ask(browser, method, url, b"", BODY, Upload_Offset="0").status_code == 404


def test_to_anyone_else_it_is_not_there(person: Member, neighbour: Member) -> None:
    url = begin(person.browser(), 10)
    other = neighbour.browser()
    strange = f"{UPLOADS}{uuid4()}/"
    for path in (url, strange):
        for method in ("HEAD", "PATCH", "DELETE"):
            assert ask(other, method, path, b"x", BODY, Upload_Offset="0").status_code == 404
        assert other.post(f"{path}same/", {"digests": "[]"}).status_code == 404
        assert other.post(f"{path}keep/").status_code == 404
        assert other.get(f"{path}let-go/").status_code == 404
    found = other.post(f"{UPLOADS}find/", {"name": "clip.mp4", "length": "10", "head": ""})
    assert found.json() == {"url": None}


def test_a_lock_is_said_in_words_and_after_the_next_unlock_it_goes_on(person: Member) -> None:
    browser, content = person.browser(), content_of(6 * CHUNK)
    url = begin(browser, len(content))
    patch(browser, url, 0, content[: 3 * CHUNK])
    Unlock.objects.all().update(sealed_key=None)
    for someone in (browser, Client(HTTP_HOST="localhost")):
        for method in ("HEAD", "PATCH", "DELETE"):
            answer = ask(someone, method, url, content[3 * CHUNK :], BODY, Upload_Offset=str(3 * CHUNK))
            assert answer.status_code == 401
            assert method == "HEAD" or "record is locked" in answer.content.decode()
        assert ask(someone, "POST", UPLOADS, Upload_Length="1").status_code == 401
        assert someone.post(f"{UPLOADS}find/").status_code == 401
    again = person.browser()
    assert ask(again, "HEAD", url)["Upload-Offset"] == str(3 * CHUNK)
    assert patch(again, url, 3 * CHUNK, content[3 * CHUNK :]).status_code == 204
    again.post(f"{url}keep/")
    assert exhibits_for(person.viewer)[0].sha256 == hashlib.sha256(content).hexdigest()


def test_a_lock_in_the_middle_of_a_request_ends_it_and_what_arrived_is_kept(
    person: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser, content = person.browser(), content_of(20 * CHUNK)
    url = begin(browser, len(content))
    real = receiving.Sitting._flush

    def locking(self: receiving.Sitting) -> None:
        real(self)
        Unlock.objects.all().update(sealed_key=None)

    with monkeypatch.context() as meanwhile:
        meanwhile.setattr(receiving.Sitting, "_flush", locking)
        answer = patch(browser, url, 0, content)
    assert (answer.status_code, answer["Upload-Offset"]) == (401, str(4 * CHUNK))
    again = person.browser()
    assert patch(again, url, 4 * CHUNK, content[4 * CHUNK :]).status_code == 204


def test_sending_keeps_no_record_open(person: Member) -> None:
    browser = person.browser()
    url = begin(browser, 100)
    secret = bytes.fromhex(browser.cookies[settings.VISIT_COOKIE_NAME].value)
    row = Unlock.objects.filter(digest=hashlib.sha256(secret).digest())
    seen = row.get().seen_at.replace(microsecond=0) - (row.get().seen_at - row.get().unlocked_at)
    row.update(seen_at=seen)
    patch(browser, url, 0, b"x" * 50)
    assert row.get().seen_at == seen


def test_no_part_of_a_file_is_taken_without_our_token(person: Member) -> None:
    browser = person.browser()
    url = begin(browser, 10)
    careful = Client(enforce_csrf_checks=True, HTTP_HOST="localhost")
    careful.cookies = browser.cookies
    for method, path in (("POST", UPLOADS), ("PATCH", url), ("DELETE", url), ("POST", f"{UPLOADS}find/")):
        answer = ask(careful, method, path, b"12345", BODY, Upload_Offset="0", Upload_Length="5")
        assert answer.status_code == 403
    assert ask(browser, "HEAD", url)["Upload-Offset"] == "0"


def test_a_file_chosen_again_is_found_and_another_one_is_told_apart(person: Member) -> None:
    browser, content = person.browser(), content_of(3 * CHUNK)
    metadata = f"filename {encoded('clip.mp4')},head {encoded('abc')}"
    answer = ask(browser, "POST", UPLOADS, Upload_Length=str(len(content)), Upload_Metadata=metadata)
    url = answer["Location"]
    patch(browser, url, 0, content[: 2 * CHUNK])
    asked = {"name": "clip.mp4", "length": str(len(content)), "head": "abc"}
    found = browser.post(f"{UPLOADS}find/", asked).json()
    assert found == {"url": url, "offset": 2 * CHUNK}
    assert browser.post(f"{UPLOADS}find/", {**asked, "head": "def"}).json() == {"url": None}
    digest = hashlib.sha256(content[: 2 * CHUNK]).hexdigest()
    assert browser.post(f"{url}same/", {"digests": f'["{digest}"]'}).json()["same"]
    other = browser.post(f"{url}same/", {"digests": f'["{"0" * 64}"]'}).json()
    assert (other["same"], "not the same file" in other["words"]) == (False, True)
    for nonsense in ("{", "{}", "null", "[" + "1," * 2001 + "1]"):
        assert browser.post(f"{url}same/", {"digests": nonsense}).status_code == 400


def test_the_page_lists_what_is_on_its_way_and_keeps_what_is_whole_without_scripts(person: Member) -> None:
    browser, content = person.browser(), content_of(CHUNK)
    entry = person.write()
    whole, part = begin(browser, len(content), "whole.mp4"), begin(browser, 10_000_000, "part.mp4")
    patch(browser, whole, 0, content)
    patch(browser, part, 0, content)
    page = browser.get(f"/files/add/?entry={entry.id}").content.decode()
    assert "whole.mp4" in page
    assert "All of it is here: 66 kB" in page
    assert "part.mp4" in page
    assert "66 kB of 10.0 MB arrived" in page
    assert f'action="{whole}keep/?entry={entry.id}"' in page
    assert f'action="{part}keep/' not in page
    answer = browser.post(f"{whole}keep/?entry={entry.id}", follow=True)
    assert "Kept as" in answer.content.decode()
    assert "AB/1" in browser.get(f"/diary/{entry.id}/").content.decode()
    asked = browser.get(f"{part}let-go/").content.decode()
    assert "part.mp4" in asked
    answer = browser.post(f"{part}let-go/", follow=True)
    assert "Let go." in answer.content.decode()
    assert "part.mp4" not in browser.get("/files/add/").content.decode()


def test_a_file_that_is_not_whole_is_never_kept(person: Member) -> None:
    browser = person.browser()
    url = begin(browser, 100)
    patch(browser, url, 0, b"x" * 99)
    assert browser.post(f"{url}keep/", headers={"X-Daybook": "upload"}).status_code == 409
    assert exhibits_for(person.viewer) == []
    assert patch(browser, url, 99, b"x").status_code == 204
    assert browser.post(f"{url}keep/").status_code == 302
