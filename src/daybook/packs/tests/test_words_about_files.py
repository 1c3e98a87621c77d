"""Words about what a file shows go into a pack with it: the newest alone, and a helper's name only for the police."""

import io
import json
from typing import Any
from uuid import UUID

import pypdfium2
import pytest
from jsonschema import Draft202012Validator

from daybook.evidence.notes import DateAndNumber, May, answer_date_and_number, describe_exhibit, keep_for
from daybook.packs.selection import Selection
from daybook.packs.tests.packed_again import unpack
from daybook.packs.tests.test_a_pack_is_a_bag import SCHEMA
from daybook.packs.tests.written_case import LATER, Case, everything_readable, made
from daybook.packs.verify import verify_open_pack

pytestmark = pytest.mark.django_db

FIRST, NEWEST, HELPER = "A letter, I think.", "A letter that names her street twice.", "Samira Quill"


@pytest.fixture
def told(case: Case) -> Case:
    """The case, with words about a photograph from a helper, and notes that stay with the person."""
    viewer = case.person.viewer
    for words in (FIRST, NEWEST):
        describe_exhibit(viewer, case.photo.id, words=words, by=HELPER, by_helper=True, now=LATER)
    keep_for(viewer, case.photo.id, may=May.HELPER, who=HELPER, now=LATER)
    answer_date_and_number(viewer, case.letter.id, answer=DateAndNumber.NO, now=LATER)
    return case


def chronology(pack: bytes) -> Any:
    return json.loads(unpack(pack)["data/chronology.json"])


def described(pack: bytes, exhibit: UUID) -> list[Any]:
    (found,) = [one for one in chronology(pack)["exhibits"] if one["id"] == str(exhibit)]
    return list(found.get("descriptions", []))


def printed(pack: bytes) -> str:
    with pypdfium2.PdfDocument(unpack(pack)["data/chronology.pdf"]) as pdf:
        return " ".join(" ".join(page.get_textpage().get_text_bounded().split()) for page in pdf)


def test_the_newest_words_are_in_the_pack_and_the_pack_is_valid(told: Case) -> None:
    _, pack = made(told, Selection())
    assert verify_open_pack(io.BytesIO(pack)).is_valid(
        ("structure", "bag", "chain", "commitments", "entries", "exhibits")
    )
    (words,) = described(pack, told.photo.id)
    assert words["fields"] == {"by_helper": True, "shows": NEWEST}
    assert words["police_only"] == ["described_by"]
    document = chronology(pack)
    assert list(Draft202012Validator(json.loads(SCHEMA.read_text())).iter_errors(document)) == []
    assert f"What it shows, in the words of someone who looked at it: {NEWEST}" in printed(pack)


def test_earlier_words_and_who_may_look_are_in_no_byte(told: Case) -> None:
    _, pack = made(told, Selection(police_part=False))
    readable = everything_readable(unpack(pack))
    assert NEWEST in readable
    for hidden in (FIRST, HELPER, "Can you see a date", "kept-for", "exhibit.answered"):
        assert hidden not in readable, hidden


def test_the_helpers_name_is_for_the_police_alone(told: Case) -> None:
    _, pack = made(told, Selection())
    holding = [name for name, content in unpack(pack).items() if HELPER.encode() in content]
    assert holding
    assert all("police-only/" in name for name in holding)


def test_words_taken_back_stay_out(told: Case) -> None:
    describe_exhibit(told.person.viewer, told.photo.id, words="", now=LATER)
    _, pack = made(told, Selection())
    assert described(pack, told.photo.id) == []
    assert NEWEST not in everything_readable(unpack(pack))


def test_a_file_that_stays_out_takes_its_words_with_it(told: Case) -> None:
    _, pack = made(told, Selection(left_out=frozenset({told.photo.id})))
    assert NEWEST not in everything_readable(unpack(pack))


def test_what_files_say_of_themselves_is_told_in_the_same_words(case: Case) -> None:
    _, pack = made(case, Selection())
    said = [sentence for one in chronology(pack)["exhibits"] for sentence in one["reading"]["says"]]
    text = printed(pack)
    for sentence in said:
        assert sentence in text, sentence
