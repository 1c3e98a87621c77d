"""Taking out everything from a page: the passphrase once more, sealed by default, noted, and whole."""

import io
import json
import zipfile
from typing import Any

import pyrage
import pytest

from daybook.ledger.access import access_notes_for
from tests.cast import PASSPHRASE, Member

pytestmark = pytest.mark.django_db
WORDS = "lantern cobble thistle orbit gravel nine"


def fields(**more: str) -> dict[str, str]:
    return {"saved_as": "sealed", "export_passphrase": WORDS, "passphrase": PASSPHRASE, **more}


def body(answer: Any) -> bytes:
    return b"".join(answer.streaming_content)


def test_it_is_sealed_by_default_and_opens_with_the_words_shown(person: Member) -> None:
    person.write("heronwing")
    client = person.browser()
    page = client.get("/account/export/").content.decode()
    assert 'value="sealed"' in page
    answer = client.post("/account/export/", fields())
    assert answer.headers["Content-Disposition"].endswith('.zip.age"')
    sealed = body(answer)
    assert b"heronwing" not in sealed
    with zipfile.ZipFile(io.BytesIO(pyrage.passphrase.decrypt(sealed, WORDS))) as archive:
        name = next(one for one in archive.namelist() if one.endswith("entry-versions.json"))
        assert json.loads(archive.read(name))[0]["fields"]["words"] == "heronwing"


def test_it_can_be_taken_open(person: Member) -> None:
    answer = person.browser().post("/account/export/", fields(saved_as="plain"))
    with zipfile.ZipFile(io.BytesIO(body(answer))) as archive:
        assert archive.testzip() is None
        assert any(name.endswith("README.txt") for name in archive.namelist())


def test_the_recovery_code_will_do(person: Member) -> None:
    answer = person.browser().post(
        "/account/export/", fields(passphrase="", recovery_code=person.recovery_code)
    )
    assert answer.streaming
    body(answer)


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"passphrase": "not this one at all"}, "not the passphrase"),
        ({"passphrase": ""}, "Type your passphrase"),
        ({"export_passphrase": "abc"}, "Here are new ones"),
        ({"saved_as": ""}, "Choose how to save it"),
    ],
)
def test_nothing_is_sent_where_something_is_wrong(person: Member, wrong: dict[str, str], words: str) -> None:
    before = len(access_notes_for(person.unlocked))
    answer = person.browser().post("/account/export/", fields(**wrong))
    assert answer.status_code == 200
    assert not answer.streaming
    assert words in answer.content.decode()
    assert "everything" not in {note.label for note in access_notes_for(person.unlocked)[: -before or None]}


def test_it_is_noted_before_the_first_byte(person: Member) -> None:
    answer = person.browser().post("/account/export/", fields())
    assert access_notes_for(person.unlocked)[0].label == "everything, sealed"
    body(answer)
    assert "everything, sealed" in person.browser().get("/account/looked/").content.decode()


def test_words_shown_once_stay_after_a_slip_elsewhere(person: Member) -> None:
    answer = person.browser().post("/account/export/", fields(passphrase="not this one at all"))
    assert WORDS in answer.content.decode()
