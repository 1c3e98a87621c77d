"""What an entry says is told in short words, each thing once, with the words of its own table."""

from dataclasses import replace
from typing import Any

import pytest

from daybook.packs.telling import Telling

TELLING = Telling(
    labels={"behaviours/other": "Something else", "told/other": "Someone else", "money": "Money"},
    suspect_names={},
    witness_names={},
    place_names={"a": "Home"},
    references={},
)


@pytest.mark.parametrize(
    ("place", "told"),
    [
        (None, ""),
        ({"kind": "mine", "mine": "a", "text": "Home"}, "Home"),
        ({"kind": "mine", "mine": "a", "text": " home "}, "Home"),
        ({"kind": "mine", "mine": "a", "text": ""}, "Home"),
        ({"kind": "mine", "mine": "a", "text": "by the bins"}, "Home – by the bins"),
        ({"kind": "mine", "mine": "withheld", "text": "by the bins"}, "by the bins"),
        ({"kind": "online", "text": "Text messages"}, "Online: Text messages"),
        ({"kind": "online"}, "Online"),
    ],
)
def test_a_place_is_told_once(place: dict[str, Any] | None, told: str) -> None:
    assert TELLING.place({"place": place}) == told


@pytest.mark.parametrize(
    ("code", "table", "words"),
    [
        ("other", "behaviours", "Something else"),
        ("other", "told", "Someone else"),
        ("money", "changes", "Money"),
        ("not-listed", "told", "Not listed"),
    ],
)
def test_a_code_has_the_words_of_its_own_table(code: str, table: str, words: str) -> None:
    assert TELLING.label(code, table) == words


def test_somebody_of_whom_it_is_not_known_is_not_told_as_one_who_does_not_know() -> None:
    named = {"suspects": [{"suspect": "b", "certainty": "unknown"}]}
    told = replace(TELLING, suspect_names={"b": "Dan"}).suspects(named)
    assert told == ["Dan (not known if it was them)"]
