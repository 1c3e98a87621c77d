"""Looking a pack over and making it: sealed by default, honest before and after, and visibly broken when it breaks."""

import io
import zipfile
from datetime import UTC, datetime

import pyrage
import pytest
from django.conf import settings
from django.test import Client

from daybook import doors
from daybook.diary.kept_people import keep_place, keep_witness
from daybook.diary.models import Item, Version
from daybook.evidence.errors import BodyDamaged
from daybook.kernel.custody import EventKind
from daybook.ledger.access import access_notes_for
from daybook.ledger.chains import links_for
from daybook.packs.assembly import packs_made_for
from daybook.packs.verify import verify_open_pack
from daybook.site.pages.diary.tests.form_reading import words_of
from daybook.site.pages.pack.forms import BY_HAND
from daybook.site.pages.pack.tests.test_choosing_a_pack import EVERYTHING, Answer, form_of, page, words
from tests.cast import NOW, Member
from tests.hostile_files import HEIC

pytestmark = pytest.mark.django_db
HOME = {
    "label": "My flat",
    "address": "7 Plover Mews",
    "latitude": 52.636,
    "longitude": -1.136,
    "radius_m": 300,
}


@pytest.fixture
def browser(person: Member) -> Client:
    person.write("He waited by the gate.", when="2026-03-04", feelings="heronwing")
    return person.browser()


def look_over(browser: Client, **more: str) -> Answer:
    return browser.post("/pack/preview/", {**EVERYTHING, **more})


def make(browser: Client, looked_over: Answer, **more: object) -> Answer:
    return browser.post("/pack/make/", {**form_of(looked_over), **more})


def sent(answer: Answer) -> bytes:
    return b"".join(answer.streaming_content)


def opened(pack: bytes) -> dict[str, bytes]:
    assert verify_open_pack(io.BytesIO(pack)).is_valid()
    with zipfile.ZipFile(io.BytesIO(pack)) as archive:
        return {info.filename.partition("/")[2]: archive.read(info) for info in archive.infolist()}


def shown_passphrase(looked_over: Answer) -> str:
    (code,) = page(looked_over).xpath("//main//*[@class='db-code']")
    return str(code.text_content())


def test_by_default_the_download_is_sealed_to_the_six_words_that_were_shown(
    browser: Client, person: Member
) -> None:
    looked_over = look_over(browser)
    passphrase = shown_passphrase(looked_over)
    assert len(passphrase.split()) == 6
    answer = make(browser, looked_over)
    name = f"notes-{datetime.now(UTC):%Y-%m-%d}.zip.age"
    assert answer.headers["Content-Disposition"] == f'attachment; filename="{name}"'
    assert answer.headers["Content-Type"] == "application/octet-stream"
    assert answer.headers["Cache-Control"] == "no-store"
    files = opened(pyrage.passphrase.decrypt(sent(answer), passphrase))
    assert b"heronwing" not in b"".join(files.values())


def test_other_words_are_suggested_each_time(browser: Client) -> None:
    assert shown_passphrase(look_over(browser)) != shown_passphrase(look_over(browser))


def test_the_open_zip_is_a_deliberate_choice(browser: Client) -> None:
    looked_over = look_over(browser)
    assert form_of(looked_over)["saved_as"] == ["sealed"]
    assert "anyone who finds the file can read it" in words(looked_over)
    answer = make(browser, looked_over, saved_as="plain")
    assert answer.headers["Content-Disposition"].endswith('.zip"')
    assert "data/README.txt" in opened(sent(answer))


@pytest.mark.parametrize("passphrase", ["", "   ", "password", "short"])
def test_a_pack_is_never_sealed_with_something_weak(browser: Client, passphrase: str) -> None:
    answer = make(browser, look_over(browser), pack_passphrase=passphrase)
    assert "Here is a new one" in words(answer)
    assert len(shown_passphrase(answer).split()) == 6
    assert not answer.streaming


def test_it_says_what_goes_in_and_what_stays_out(browser: Client, person: Member) -> None:
    gosia = keep_witness(person.viewer, {"name": "Gosia", "contact": "07700 900111", "notes": ""}, now=NOW)
    person.write("She saw it.", when="2026-05-01", witnesses=[{"witness": str(gosia.id), "saw": "it"}])
    told = words(look_over(browser))
    assert "2 entries with all their changes, and 0 files" in told
    assert "how to reach 1 witness, and none of your addresses" in told
    assert "Nobody can see from the pack which entries have some." in told
    assert "that what is written is true" in told
    fewer = words(look_over(browser, what="dates", first_day="2026-05-01"))
    assert "1 entry with all their changes" in fewer
    assert "1 entry and 0 files." in fewer
    assert "From 1 May 2026" in fewer
    assert "<strong>In</strong>, for 1 entry" in look_over(browser, feelings="on").content.decode()


def test_the_advice_is_for_whoever_it_is_for(browser: Client) -> None:
    assert "Ask the officer" in words(look_over(browser))
    solicitor = words(look_over(browser, reader="solicitor"))
    assert "Ask the solicitor" in solicitor
    assert "The part for the police is in." in solicitor
    without = browser.post("/pack/preview/", {"what": "everything", "reader": "solicitor"})
    assert "The part for the police is in." not in words(without)
    assert "Left out: how to reach witnesses" in words(without)


def test_files_that_show_her_place_need_an_answer_and_each_can_be_left_out(
    browser: Client, person: Member
) -> None:
    keep_place(person.viewer, HOME, now=NOW)
    photo = person.keep_file(HEIC, "gate.heic")
    copy = person.keep_file(HEIC + b" ", "gate again.heic")
    looked_over = look_over(browser)
    assert "These files say where you are" in words(looked_over)
    asked = make(browser, looked_over)
    assert "Choose what to do with them." in words(asked)
    assert shown_passphrase(asked) == shown_passphrase(looked_over)
    assert packs_made_for(person.viewer) == []

    def names(**answers: object) -> set[str]:
        files = opened(sent(make(browser, looked_over, saved_as="plain", **answers)))
        return {name.rpartition("/")[2] for name in files if "/exhibits/" in name}

    assert names(places="out") == set()
    assert names(places="in", leave_out=str(photo.id)) == {"gate.heic", "gate again.heic"}
    assert names(places="ticked", leave_out=str(photo.id)) == {"gate again.heic"}
    assert names(places="ticked", leave_out=[str(photo.id), str(copy.id), "nonsense"]) == set()


def test_without_such_files_nothing_is_asked(browser: Client, person: Member) -> None:
    person.keep_file(HEIC, "gate.heic")
    assert "say where you are" not in words(look_over(browser))
    assert make(browser, look_over(browser)).streaming


def test_files_kept_without_looking_are_named_and_need_no_look(browser: Client, person: Member) -> None:
    person.keep_file(HEIC, "unseen.heic", unseen=True)
    told = words(look_over(browser))
    assert "1 file kept without looking" in told
    assert "You do not need to look" in told
    assert "1 file we could not check for a place" in told


def test_a_pack_that_would_be_empty_is_not_made(browser: Client, person: Member) -> None:
    looked_over = look_over(browser, what="hand", entries="-", exhibits="-")
    assert "Nothing is left to put in" in words(make(browser, looked_over))
    assert packs_made_for(person.viewer) == []


def test_the_making_is_noted_before_it_is_sent_and_its_fingerprint_shown_after(
    browser: Client, person: Member
) -> None:
    answer = make(browser, look_over(browser), saved_as="plain")
    (note,) = access_notes_for(person.unlocked, kinds={EventKind.EXPORTED})
    assert (note.what, note.label) == ("pack", f"notes-{datetime.now(UTC):%Y-%m-%d}, open")
    waiting = words(browser.get("/pack/"))
    assert "A pack is not finished" in waiting
    assert "If it is still downloading, wait" in waiting

    report = verify_open_pack(io.BytesIO(sent(answer)))
    told = page(browser.get("/pack/"))
    groups = [one.text_content() for one in told.xpath("//main//ol[1]//span")]
    assert "".join(groups) == report.fingerprint
    assert [len(group) for group in groups] == [4] * 16
    assert "A pack is not finished" not in told.text_content()
    (made,) = packs_made_for(person.viewer)
    assert made.id == note.item


def test_earlier_packs_stay_listed_with_their_fingerprints(browser: Client, person: Member) -> None:
    for _ in range(3):
        sent(make(browser, look_over(browser), saved_as="plain"))
    told = page(browser.get("/pack/"))
    shown = [
        "".join(one.text_content() for one in found.iterfind(".//span"))
        for found in told.iterfind(".//main//ol")
    ]
    assert shown == [made.fingerprint for made in packs_made_for(person.viewer)]
    assert "Earlier packs (2)" in words(browser.get("/pack/"))


def test_a_missing_file_is_named_before_anything_is_sent(browser: Client, person: Member) -> None:
    kept = person.keep_file(b"gone", "gone.txt")
    doors.blobs().delete(kept.blob_key)
    looked_over = look_over(browser)
    assert "Files that cannot go in" in words(looked_over)
    files = opened(sent(make(browser, looked_over, saved_as="plain")))
    assert not [name for name in files if "exhibits" in name]


def test_a_pack_that_breaks_off_is_no_zip_and_the_page_says_why(browser: Client, person: Member) -> None:
    kept = person.keep_file(bytes(300_000), "long.bin")
    path = settings.HOME.files / "kept" / kept.blob_key
    content = bytearray(path.read_bytes())
    content[150_000] ^= 1
    path.chmod(0o600)
    path.write_bytes(content)
    answer = make(browser, look_over(browser), saved_as="plain")
    got: list[bytes] = []
    with pytest.raises(BodyDamaged):
        got.extend(answer.streaming_content)
    with pytest.raises(zipfile.BadZipFile):
        zipfile.ZipFile(io.BytesIO(b"".join(got)))
    told = words(browser.get("/pack/"))
    assert "A pack is not finished" in told
    assert "AB/1" in told
    assert "will not open" in told
    assert packs_made_for(person.viewer) == []
    assert not [link for link in links_for(person.viewer) if link.event.kind == EventKind.PACK_MADE]


def test_a_browser_that_goes_away_leaves_an_unfinished_pack(browser: Client, person: Member) -> None:
    answer = make(browser, look_over(browser), saved_as="plain")
    next(iter(answer.streaming_content))
    del answer
    assert "A pack is not finished" in words(browser.get("/pack/"))
    sent(make(browser, look_over(browser), saved_as="plain"))
    assert "A pack is not finished" not in words(browser.get("/pack/"))


def test_typesetting_that_fails_is_a_page_and_makes_nothing(
    browser: Client, person: Member, monkeypatch: pytest.MonkeyPatch, tmp_path: object
) -> None:
    monkeypatch.setattr("daybook.packs.typesetting.CPU_SECONDS", 0)
    answer = make(browser, look_over(browser))
    assert "The pack was not made" in words(answer)
    assert "nothing in your record was changed" in words(answer)
    assert access_notes_for(person.unlocked, kinds={EventKind.EXPORTED}) == []


def test_an_altered_ledger_makes_no_pack_and_says_so(browser: Client, person: Member) -> None:
    from daybook.ledger.models import ChainLink

    looked_over = look_over(browser)
    link = (
        ChainLink.objects.filter(record_id=person.unlocked.record_id, chain="ledger").order_by("seq").last()
    )
    assert link is not None
    ChainLink.objects.filter(pk=link.pk).update(sealed=bytes(link.sealed)[:-1] + b"\x00")
    assert "does not fit together" in words(browser.get("/pack/"))
    assert "No pack can be made now" in words_of(make(browser, looked_over))


def test_another_persons_packs_and_places_are_nobodys_business(
    browser: Client, person: Member, neighbour: Member
) -> None:
    sent(make(browser, look_over(browser), saved_as="plain"))
    told = words(neighbour.browser().get("/pack/"))
    assert "fingerprint" not in told
    assert "not finished" not in told


def test_how_to_open_it_is_for_everyone_and_names_no_one(someone: Client) -> None:
    told = words(someone.get("/pack/opening/"))
    for system in ("Windows", "Mac", "Linux"):
        assert system in told
    assert "age -d -o notes.zip" in told


@pytest.mark.parametrize("path", ["/pack/preview/", "/pack/make/"])
def test_a_record_that_was_altered_makes_no_pack_and_names_what_is_missing(
    person: Member, browser: Client, path: str
) -> None:
    gone = person.write("He rang the bell.", now=NOW)
    looked_over = look_over(browser)
    Item.objects.filter(pk=gone.id).delete()
    answer = browser.post(path, form_of(looked_over))
    said = words_of(answer)
    assert answer.status_code == 500
    assert "No pack can be made now" in said
    assert "The entry written on 20 November 2026 at 18:00 (UTC) is missing." in said


def test_ticking_by_hand_names_an_altered_entry(person: Member, browser: Client) -> None:
    Version.objects.update(sealed=b"x" * 90)
    said = words_of(browser.post("/pack/preview/", {**EVERYTHING, "what": BY_HAND}))
    assert "No pack can be made now" in said
    assert "was altered, and does not open" in said
