"""Every address of the site, for everyone who might ask: what each gets, and what every page must be."""

import hashlib
import io
from dataclasses import dataclass
from typing import Any

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from daybook.diary.drafts import begin_draft
from daybook.diary.entries import amend_entry
from daybook.diary.kept_people import keep_place, keep_suspect, keep_witness
from daybook.evidence.notes import May, describe_exhibit, keep_for
from daybook.evidence.previews import make_preview
from daybook.evidence.resumable import begin_upload
from daybook.kernel.entry import parse_entry
from daybook.kernel.facts import checklists
from daybook.people.late_saves import late_words_for
from daybook.people.models import Unlock
from tests import pdf_files
from tests.cast import NOW, PASSPHRASE, Member, picture
from tests.page_promises import CLOSED, faults_of_page
from tests.page_table import ADDRESSES, READ, names_in_the_urlconf
from tests.sounds_and_films import tone

pytestmark = pytest.mark.django_db

WORDS = "He stood across the road <b>again</b> & looked up. https://example.org/" + "a" * 200


@dataclass(frozen=True)
class Scene:
    """The cast with browsers of their own, and the ids of what the person keeps."""

    ids: dict[str, str]
    stranger: Client
    locked: Client
    neighbour: Client
    person: Client

    def path(self, written: str) -> str:
        """An address of the table with the ids in it."""
        return written.format(**self.ids)

    @property
    def browsers(self) -> dict[str, Client]:
        """Everyone's browser."""
        return {
            "stranger": self.stranger,
            "locked": self.locked,
            "neighbour": self.neighbour,
            "person": self.person,
        }


@pytest.fixture
def scene(person: Member, neighbour: Member) -> Scene:
    """A record with one of everything, and everyone who might ask for it."""
    viewer = person.viewer
    suspect = keep_suspect(
        viewer, {"name": "Jonas <i>", "identifiers": [{"kind": "phone", "value": "07700 900199"}]}, now=NOW
    )
    witness = keep_witness(viewer, {"name": "Amara", "contact": "07700 900123"}, now=NOW)
    place = keep_place(viewer, {"label": "Work", "address": "14 Larkspur Row"}, now=NOW)
    entry = person.write(
        WORDS,
        when={"kind": "about", "at": "2026-11-17T17:40", "zone": "Europe/London"},
        behaviours=["following"],
        suspects=[{"suspect": str(suspect.id), "certainty": "known"}],
        witnesses=[{"witness": str(witness.id), "saw": "He asked for me."}],
        effect="I take another bus.",
        feelings="Watched.",
        order_breached={"answer": "yes", "detail": "The order of March"},
    )
    overtaken = begin_draft(
        viewer, now=NOW, sections={"words": {"words": ["Other words"]}}, amends=entry.id, version=1
    )
    amend_entry(
        viewer,
        entry.id,
        parse_entry({"words": "Twice."}, default_zone="Europe/London"),
        reason="More",
        expected=1,
        now=NOW,
    )
    change = begin_draft(
        viewer, now=NOW, sections={"words": {"words": ["Three times."]}}, amends=entry.id, version=2
    )
    draft = begin_draft(viewer, now=NOW, sections={"words": {"words": [WORDS]}})
    exhibit = person.keep_file(picture(), "IMG_2031.jpg")
    film = person.keep_file(tone(), "clip.wav")
    document = person.keep_file(pdf_files.document("He asked for me again."), "letter.pdf")
    make_preview(viewer, document.id, now=NOW)
    unseen = person.keep_file(picture("maroon"), "IMG_2032.jpg", unseen=True)
    helped = person.keep_file(picture("olive"), "IMG_2033.jpg", unseen=True)
    keep_for(viewer, helped.id, may=May.HELPER, who="Sam <i>", now=NOW)
    describe_exhibit(viewer, helped.id, words="A <b>letter</b>.", by="Sam <i>", by_helper=True, now=NOW)
    upload = begin_upload(
        person.unlocked, name="VID_0007.mp4", declared_type="video/mp4", length=90_000_000, now=NOW
    )
    locked = locked_browser(person)
    locked.post("/diary/new/", {"words": "Written too late", "form": "0" * 32})
    (late,) = late_words_for(person.unlocked)
    own = person.browser()
    found = own.post("/diary/find/", {"words": "twice"})["Location"].rstrip("/").rpartition("/")[2]
    ids = {
        "entry": entry.id,
        "draft": draft.id,
        "change": change.id,
        "overtaken": overtaken.id,
        "exhibit": exhibit.id,
        "film": film.id,
        "upload": upload.id,
        "document": document.id,
        "unseen": unseen.id,
        "helped": helped.id,
        "who": suspect.id,
        "saw": witness.id,
        "place": place.id,
        "late": late.id,
        "found": found,
        "checklist": checklists()[0].code,
    }
    return Scene(
        {name: str(each) for name, each in ids.items()},
        stranger=Client(HTTP_HOST="localhost"),
        locked=locked,
        neighbour=neighbour.browser(),
        person=own,
    )


def locked_browser(person: Member) -> Client:
    """A browser of hers that locked itself: the row is there, the key is gone."""
    client = person.browser()
    secret = bytes.fromhex(client.cookies[settings.VISIT_COOKIE_NAME].value)
    Unlock.objects.filter(digest=hashlib.sha256(secret).digest()).update(sealed_key=None)
    return client


def test_every_address_of_the_site_is_in_the_table() -> None:
    assert {address.name for address in ADDRESSES} == names_in_the_urlconf()


def test_everyone_gets_what_the_table_says(scene: Scene) -> None:
    wrong = {}
    for address in ADDRESSES:
        path = scene.path(address.path)
        for who, browser in scene.browsers.items():
            status, expected = browser.get(path).status_code, getattr(address.answers, who)
            if status != expected:
                wrong[f"{who} at {address.path}"] = f"{status}, not {expected}"
    assert wrong == {}


def test_someone_who_is_not_unlocked_is_sent_to_the_door_and_told_nothing(scene: Scene) -> None:
    wrong = {}
    for address in ADDRESSES:
        if address.answers.person == 200 != address.answers.stranger:
            path = scene.path(address.path)
            answer = scene.stranger.get(path, follow=True)
            if (
                not answer.redirect_chain[0][0].startswith("/unlock/?next=")
                or CLOSED not in answer.content.decode()
            ):
                wrong[f"stranger at {address.path}"] = answer.redirect_chain
            answer = scene.locked.get(path, follow=True)
            if "Twice" in answer.content.decode() or "Larkspur" in answer.content.decode():
                wrong[f"locked at {address.path}"] = answer.redirect_chain
    assert wrong == {}


def test_every_page_keeps_every_promise(scene: Scene) -> None:
    faults = {}
    for address in ADDRESSES:
        for who, browser in scene.browsers.items():
            answer = browser.get(scene.path(address.path), headers={"Accept": "text/html"})
            if address.is_page and answer.status_code in {200, 404} and (found := faults_of_page(answer)):
                faults[f"{who} at {address.path}"] = found
    assert faults == {}


def test_every_page_that_says_what_went_wrong_keeps_every_promise(scene: Scene, person: Member) -> None:
    faults = {}
    for name, answer in error_pages(scene, person).items():
        if answer.status_code not in {200, 400, 401, 403, 404, 422, 429} or not answer[
            "Content-Type"
        ].startswith("text/html"):
            faults[name] = [f"answered {answer.status_code}"]
        elif found := faults_of_page(answer):
            faults[name] = found
    assert faults == {}


def error_pages(scene: Scene, person: Member) -> dict[str, Any]:
    """Answers to forms that cannot be taken, by what is wrong with them."""
    own, passing, path = scene.person, scene.stranger, scene.path
    wrong = "not the right words at all"
    faulty = path("/diary/draft/{draft}/when/")
    own.post(faulty, {"kind": "day", "date": "2026-02-31", "go": "list"})
    return {
        "no such page": passing.get("/nothing/here/"),
        "no such page for her": own.get("/nothing/here/"),
        "wrong passphrase": passing.post("/unlock/", {"name": person.name, "passphrase": wrong}),
        "nothing typed to unlock": passing.post("/unlock/", {}),
        "wrong code": passing.post(
            "/recover/",
            {
                "name": person.name,
                "recovery_code": "AAAA",
                "new_passphrase": wrong,
                "new_passphrase_again": wrong,
            },
        ),
        "nothing typed to start": passing.post("/start/name/", {}),
        "weak passphrase": passing.post(
            "/start/name/",
            {
                "name": "wasp",
                "initials": "ab",
                "new_passphrase": "password",
                "new_passphrase_again": "password",
            },
        ),
        "name taken": passing.post("/start/name/", {"name": person.name, "initials": "ab"}),
        "code checked wrongly": own.post("/start/check/", {"recovery_code": "AAAA"}),
        "passphrase not changed": own.post(
            "/account/passphrase/",
            {"passphrase": wrong, "new_passphrase": PASSPHRASE, "new_passphrase_again": "other"},
        ),
        "no new code": own.post("/account/code/", {"passphrase": wrong, "made_after": "x"}),
        "no fingerprint": own.post("/account/check/", {"steps": "two", "fingerprint": "abc"}),
        "no words": own.post("/diary/new/", {"words": " ", "go": "keep", "form": "1" * 32}),
        "a day that never was": own.get(faulty),
        "an entry with a fault": own.get(path("/diary/draft/{draft}/check/")),
        "an entry with a fault, kept": own.post(path("/diary/draft/{draft}/check/"), {"go": "keep"}),
        "a change without a reason": own.post(path("/diary/draft/{change}/check/"), {"go": "keep"}),
        "a search from after to before": own.post("/diary/find/", {"first_day": "2026-13-41"}),
        "someone with a wrong position": own.post(
            "/people/place/new/", {"label": "Home", "latitude": "north"}
        ),
        "a person changed meanwhile": own.post(
            path("/people/who/{who}/change/"), {"name": "J", "version": "0"}
        ),
        "no files chosen": own.post("/files/add/", {}),
        "an unknown original": own.post(
            "/files/add/", {"file": SimpleUploadedFile("a.txt", b"words"), "made_from": "nothing"}
        ),
        "a pack of no days": own.post("/pack/preview/", {"what": "dates"}),
        "a pack of nothing": own.post(
            "/pack/make/",
            {
                "what": "hand",
                "entries": "-",
                "exhibits": "-",
                "saved_as": "sealed",
                "pack_passphrase": PASSPHRASE,
            },
        ),
        "a pack looked over": own.post("/pack/preview/", {"what": "everything", "police_part": "on"}),
        "a pack ticked": own.post("/pack/preview/", {"what": "hand"}),
        "a pack's files ticked": own.post(
            "/pack/list/", {"what": "hand", "entries": "-", "list": "entries", "go": "files:1"}
        ),
        "words too late": scene.locked.post("/diary/new/", {"words": "Too late", "form": "2" * 32}),
        "words of nobody": passing.post("/diary/new/", {"words": "Whose?", "form": "3" * 32}),
        "a stale form": Client(enforce_csrf_checks=True, HTTP_HOST="localhost").post(
            "/diary/new/", {"words": "x"}
        ),
        "another host": passing.get("/", headers={"Host": "elsewhere.example"}),
    }


def test_no_address_takes_a_method_it_has_no_use_for(scene: Scene) -> None:
    wrong = {}
    for address in ADDRESSES:
        path = scene.path(address.path)
        for method in sorted({"GET", "POST", "PUT", "PATCH", "DELETE", "TRACE"} - address.methods):
            for who, browser in scene.browsers.items():
                status = browser.generic(method, path).status_code
                if status != 405:
                    wrong[f"{who}: {method} {address.path}"] = status
    assert wrong == {}


def test_no_form_is_taken_without_our_token_and_the_page_says_so_in_words(scene: Scene) -> None:
    wrong = {}
    for address in ADDRESSES:
        if address.methods == READ or not address.has_token:
            continue
        careful = Client(enforce_csrf_checks=True, HTTP_HOST="localhost")
        careful.cookies = scene.person.cookies
        answer = careful.post(
            scene.path(address.path), {"words": "hello"}, headers={"Origin": "http://elsewhere.example"}
        )
        page = answer.content.decode()
        if answer.status_code != 403 or "Please send that again" not in page:
            wrong[address.path] = answer.status_code
    assert wrong == {}


def test_an_upload_without_our_token_is_not_taken_either(scene: Scene, person: Member) -> None:
    careful = Client(enforce_csrf_checks=True, HTTP_HOST="localhost")
    careful.cookies = scene.person.cookies
    before = scene.person.get("/files/").content.count(b"db-card")

    answer = careful.post("/files/add/", {"file": io.BytesIO(b"forged")})

    assert answer.status_code == 403
    assert faults_of_page(answer) == []
    assert scene.person.get("/files/").content.count(b"db-card") == before


def test_no_title_says_what_is_on_the_page(scene: Scene) -> None:
    titles = set()
    for address in ADDRESSES:
        if address.is_page and address.answers.person == 200:
            page = scene.person.get(
                scene.path(address.path), headers={"Accept": "text/html"}
            ).content.decode()
            titles.add(page.partition("<title>")[2].partition("</title>")[0])
    assert [
        title
        for title in titles
        if any(word in title for word in ("Jonas", "Amara", "Work", "Twice", "AB/1", "IMG", "VID"))
    ] == []
