"""An entry handed in is read whole, or refused with every problem and words to act on."""

from __future__ import annotations

from datetime import UTC, date, datetime
from uuid import UUID

import pytest

from daybook.kernel.chronology import Day, Exact, Unknown
from daybook.kernel.entry import (
    LONG_TEXT,
    LONGEST_LIST,
    SHORT_TEXT,
    EntryFields,
    Identifier,
    InvalidEntry,
    NamedSuspect,
    NamedWitness,
    OrderBreached,
    Place,
    SuspectLink,
    Telling,
    WitnessLink,
    parse_entry,
)

ANNA = UUID("3f2b8c1e-0d4a-4a6e-9b57-1c2d3e4f5a6b")
BEN = UUID("a1b2c3d4-0000-4000-8000-000000000001")
LONDON = "Europe/London"


def parse(**entry: object) -> EntryFields:
    return parse_entry({"words": "He waited outside.", **entry}, default_zone=LONDON)


def refusal_of(entry: object) -> list[tuple[str, str]]:
    with pytest.raises(InvalidEntry) as refusal:
        parse_entry(entry, default_zone=LONDON)
    assert all(problem.words.endswith((".", "?")) for problem in refusal.value.problems)
    return [(problem.path, problem.fault) for problem in refusal.value.problems]


def test_the_words_are_enough() -> None:
    assert parse_entry({"words": "He waited outside."}, default_zone=LONDON) == EntryFields(
        "He waited outside."
    )


def test_every_field_is_read() -> None:
    entry = parse(
        when="2026-11-03T21:15",
        place={"kind": "online", "text": "Instagram"},
        behaviours=["watching", "loitering", "watching"],
        contact=["text"],
        identifiers=[{"kind": "phone", "value": "07700 900123"}, "red car"],
        suspects=[{"suspect": str(BEN), "certainty": "known"}],
        witnesses=[{"witness": str(ANNA).upper(), "saw": "The car."}],
        said="I see you.",
        effect="I did not sleep.",
        changes=["sleep"],
        told=[
            "friend",
            {"who": "police", "force": "Leicestershire", "reference": "26/1", "when": "that night"},
        ],
        order_breached={"answer": "unsure", "detail": "Bail?"},
        feelings="Afraid.",
    )

    assert entry == EntryFields(
        words="He waited outside.",
        when=Exact(datetime(2026, 11, 3, 21, 15, tzinfo=UTC), LONDON),
        place=Place("online", "Instagram"),
        behaviours=("watching", "loitering"),
        contact=("text",),
        identifiers=(Identifier("phone", "07700 900123"), Identifier("other", "red car")),
        suspects=(SuspectLink(BEN, "known"),),
        witnesses=(WitnessLink(ANNA, "The car."),),
        said="I see you.",
        effect="I did not sleep.",
        changes=("sleep",),
        told=(
            Telling("friend"),
            Telling("police", force="Leicestershire", reference="26/1", when="that night"),
        ),
        order_breached=OrderBreached("unsure", "Bail?"),
        feelings="Afraid.",
    )


def test_short_forms_say_no_more_than_was_said() -> None:
    entry = parse(
        when="2026-11-03",
        place="The bus stop",
        suspects=["Sam", {"description": "A tall man", "certainty": "unknown"}, {"suspect": str(BEN)}],
        witnesses=["Anna", {"name": "Bo", "contact": "07700 900456", "saw": "All of it"}],
        order_breached="no",
    )

    assert entry.when == Day(date(2026, 11, 3), LONDON)
    assert entry.place == Place("place", "The bus stop")
    assert entry.named_suspects == (
        NamedSuspect("Sam", "think"),
        NamedSuspect(description="A tall man", certainty="unknown"),
    )
    assert entry.suspects == (SuspectLink(BEN, "think"),)
    assert entry.named_witnesses == (
        NamedWitness("Anna"),
        NamedWitness("Bo", "07700 900456", saw="All of it"),
    )
    assert entry.order_breached == OrderBreached("no")


def test_not_knowing_when_is_an_answer_and_saying_nothing_is_not() -> None:
    assert parse(when={"kind": "unknown"}).when == Unknown()
    assert parse().when is None


def test_one_of_the_persons_own_places_is_named_by_its_id() -> None:
    assert parse(place={"kind": "mine", "mine": str(ANNA)}).place == Place("mine", "", ANNA)
    assert refusal_of({"words": "x", "place": {"kind": "mine", "text": "home"}}) == [
        ("/place/mine", "missing")
    ]
    assert refusal_of({"words": "x", "place": {"text": "here", "mine": str(ANNA)}}) == [
        ("/place/mine", "choice")
    ]


def test_line_ends_of_any_machine_become_line_feeds_and_all_else_stays() -> None:
    words = " \tHe said: “x” 🔪\u200f \u202e\u00a0end \n"

    assert parse_entry({"words": words}, default_zone=LONDON).words == words
    assert parse_entry({"words": "a\r\nb\rc\n\r"}, default_zone=LONDON).words == "a\nb\nc\n\n"


def test_blank_fields_are_as_if_left_out() -> None:
    assert parse(said="", effect="  \n", feelings="\ufeff", behaviours=[], told=[]) == parse()


@pytest.mark.parametrize("entry", [None, [], "words", 3, {3: "words"}])
def test_what_is_not_an_object_is_refused(entry: object) -> None:
    assert refusal_of(entry) == [("", "shape")]


@pytest.mark.parametrize("entry", [{}, {"words": ""}, {"words": " \n\t"}, {"words": "\ufeff"}])
def test_without_words_there_is_no_entry(entry: object) -> None:
    assert refusal_of(entry) == [("/words", "missing")]


@pytest.mark.parametrize(
    ("field", "value", "path", "fault"),
    [
        ("words", None, "/words", "shape"),
        ("said", ["x"], "/said", "shape"),
        ("said", "x" * (LONG_TEXT + 1), "/said", "long"),
        ("place", "x" * (SHORT_TEXT + 1), "/place", "long"),
        ("place", "", "/place", "missing"),
        ("place", {"kind": "moon", "text": "x"}, "/place/kind", "choice"),
        ("place", [], "/place", "shape"),
        ("behaviours", "following", "/behaviours", "shape"),
        ("behaviours", ["following", "Following"], "/behaviours/1", "choice"),
        ("behaviours", [3], "/behaviours/0", "shape"),
        ("behaviours", ["following"] * (LONGEST_LIST + 1), "/behaviours", "many"),
        ("identifiers", [{"kind": "phone"}], "/identifiers/0/value", "missing"),
        ("identifiers", [{"value": "x"}], "/identifiers/0/kind", "missing"),
        ("identifiers", [7], "/identifiers/0", "shape"),
        ("suspects", [{"suspect": "Ben"}], "/suspects/0/suspect", "shape"),
        ("suspects", [{"suspect": str(BEN), "name": "Ben"}], "/suspects/0/name", "unknown field"),
        ("suspects", [{"relationship": "ex"}], "/suspects/0", "missing"),
        ("suspects", [{"name": "Ben", "certainty": "sure"}], "/suspects/0/certainty", "choice"),
        ("suspects", [{"name": "B", "identifiers": ["\x1b"]}], "/suspects/0/identifiers/0", "character"),
        ("suspects", [None], "/suspects/0", "shape"),
        ("suspects", ["Ben", "ben"], "/suspects", "twice"),
        ("witnesses", [{"name": " "}], "/witnesses/0/name", "missing"),
        ("witnesses", [{"witness": str(ANNA)}, {"witness": str(ANNA)}], "/witnesses", "twice"),
        ("witnesses", [4], "/witnesses/0", "shape"),
        ("told", ["my cat"], "/told/0", "choice"),
        ("told", [{"force": "Kent"}], "/told/0/who", "missing"),
        ("order_breached", True, "/order_breached", "shape"),
        ("order_breached", "maybe", "/order_breached/answer", "choice"),
        ("when", "soon", "/when", "time"),
        ("when", {"from": "2026-11-04", "to": "2026-11-03"}, "/when/to", "time"),
        ("when", "2026-03-29T01:30", "/when", "time"),
        ("a/b~c\x1b" + "d" * 50, 1, "/a~1b~0c�" + "d" * 34 + "…", "unknown field"),
    ],
)
def test_a_problem_is_named_with_its_place(field: str, value: object, path: str, fault: str) -> None:
    assert refusal_of({"words": "x", field: value}) == [(path, fault)]


@pytest.mark.parametrize("character", ["\x00", "\x08", "\x0b", "\x1b", "\x7f", "\x85", "\x9f", "\ud800"])
def test_a_hidden_control_character_is_refused_with_its_position_and_nothing_is_dropped(
    character: str,
) -> None:
    with pytest.raises(InvalidEntry) as refusal:
        parse_entry({"words": f"one\r\ntwo{character}three"}, default_zone=LONDON)

    (problem,) = refusal.value.problems
    assert problem.words == "Character 9, on line 2, is a hidden control character. Take it out."
    assert character not in str(refusal.value)


def test_all_problems_come_at_once() -> None:
    problems = refusal_of(
        {"said": 1, "when": {"about": "x"}, "told": [1, "police", {"who": "me"}], "colour": "red"}
    )

    assert problems == [
        ("/colour", "unknown field"),
        ("/words", "missing"),
        ("/when/about", "time"),
        ("/said", "shape"),
        ("/told/0", "shape"),
        ("/told/2/who", "choice"),
    ]


def test_the_longest_entry_is_kept_whole() -> None:
    longest = "é" * LONG_TEXT

    assert parse_entry({"words": longest}, default_zone=LONDON).words == longest
