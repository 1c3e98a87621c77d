"""The facts that come with Daybook: complete, dated, plain, and honest about what was not checked."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, timedelta

import pytest

from daybook.kernel.facts import (
    STALE_AFTER,
    Checklist,
    Fact,
    behaviours,
    changes,
    checklists,
    codes_of,
    contact_means,
    identifier_kinds,
    label_of,
    told_whom,
)

TABLES: dict[str, tuple[Fact, ...]] = {
    "behaviours": behaviours(),
    "contact_means": contact_means(),
    "changes": changes(),
    "told_whom": told_whom(),
    "identifier_kinds": identifier_kinds(),
    "checklists": checklists(),
}

# Words that judge, promise or press. SAFETY rules 1, 4, 5 and 25.
NEVER_SAID = re.compile(
    r"\b(is|are|not|isn't) (a |an )?(crimes?|offences?|illegal|against the law|legal)\b"
    r"|\bcrime\b|\bguilty\b|\bcriminal\b|\byou (must|have to|need to collect)\b|\bprove\b|\bproof you\b"
    r"|\bpromise\b|\bguarantee|\bsafe now\b|\benough evidence\b|\balways works\b",
    re.IGNORECASE,
)


def every_fact() -> Iterator[Fact]:
    """All rows, and all steps of checklists."""
    for rows in TABLES.values():
        for row in rows:
            yield row
            if isinstance(row, Checklist):
                yield from row.steps


def shown_texts(fact: Fact) -> list[str]:
    """What a person reads of a fact."""
    return [text for text in (fact.label, fact.hint, getattr(fact, "noticing", "")) if text]


def syllables(word: str) -> int:
    """Near enough: groups of vowels, without a silent e."""
    groups = len(re.findall(r"[aeiouy]+", word))
    return max(groups - (word.endswith("e") and not word.endswith(("le", "ee")) and groups > 1), 1)


FACTS = list(every_fact())
IDS = [fact.code for fact in FACTS]


@pytest.mark.parametrize("name", TABLES)
def test_codes_are_unique_in_their_table(name: str) -> None:
    codes = codes_of(TABLES[name])

    assert len(set(codes)) == len(codes)


@pytest.mark.parametrize("fact", FACTS, ids=IDS)
def test_a_code_is_a_plain_name_that_judges_nothing(fact: Fact) -> None:
    assert re.fullmatch(r"[a-z][a-z0-9]*(-[a-z0-9]+)*", fact.code)
    assert not re.search(r"crim|offen[cs]e|illegal|guilty|unlawful|legal", fact.code)


@pytest.mark.parametrize("fact", FACTS, ids=IDS)
def test_a_fact_that_was_not_checked_wears_its_badge(fact: Fact) -> None:
    if fact.confidence == "L":
        assert fact.badge == f"not checked – ask {fact.ask}"
        assert fact.ask
    else:
        assert fact.badge == ""


def test_some_facts_are_of_each_confidence() -> None:
    assert {fact.confidence for fact in FACTS} == {"H", "M", "L"}


@pytest.mark.parametrize("fact", FACTS, ids=IDS)
def test_a_fact_says_where_it_comes_from_and_when_it_was_checked(fact: Fact) -> None:
    assert fact.fact
    assert fact.source
    assert date(2026, 11, 20) <= fact.checked
    assert bool(fact.territory) == (fact.in_force_from is not None)


def test_a_fact_checked_long_ago_says_so() -> None:
    fact = behaviours()[0]

    assert fact.badge_on(fact.checked + STALE_AFTER) == ""
    assert fact.badge_on(fact.checked + STALE_AFTER + timedelta(days=1)).startswith("last checked in 2026")


def test_a_row_of_law_knows_when_it_is_in_force() -> None:
    following, *_ = behaviours()

    assert not following.in_force_on(date(2012, 11, 24))
    assert following.in_force_on(date(2012, 11, 25))
    assert contact_means()[0].in_force_on(date(1900, 1, 1))


@pytest.mark.parametrize("fact", FACTS, ids=IDS)
def test_nothing_shown_judges_promises_or_presses(fact: Fact) -> None:
    for text in shown_texts(fact):
        assert not NEVER_SAID.search(text), text


@pytest.mark.parametrize("fact", FACTS, ids=IDS)
def test_sentences_are_short_and_words_are_plain(fact: Fact) -> None:
    assert len(fact.label) <= 80
    assert fact.hint.endswith((".", "?"))
    for text in shown_texts(fact):
        for sentence in re.split(r"(?<=[.?!:])\s+", text):
            assert len(sentence.split()) <= 18, sentence


def test_the_whole_reads_at_about_nine_years() -> None:
    text = " ".join(part.rstrip(".") + "." for fact in FACTS for part in shown_texts(fact))
    words = re.findall(r"[a-z']+", text.lower())
    sentences = len(re.findall(r"[.?!:](?:\s|$)", text))

    grade = 0.39 * len(words) / sentences + 11.8 * sum(map(syllables, words)) / len(words) - 15.59

    assert grade <= 4.5  # Flesch-Kincaid: 4 is nine to ten years


def test_the_seven_examples_of_the_act_come_first_and_others_follow() -> None:
    letters = [row.letter for row in behaviours()]

    assert letters[:7] == list("abcdefg")
    assert set(letters[7:]) == {""}
    for row in behaviours()[:7]:
        assert row.source == f"Protection from Harassment Act 1997, section 2A(3)({row.letter})"
        assert (row.confidence, row.territory, row.in_force_from) == (
            "H",
            "England and Wales",
            date(2012, 11, 25),
        )


@pytest.mark.parametrize("name", ["behaviours", "contact_means", "changes", "told_whom", "identifier_kinds"])
def test_every_list_ends_with_room_for_something_else(name: str) -> None:
    assert codes_of(TABLES[name])[-1] == "other"


@pytest.mark.parametrize("checklist", checklists(), ids=codes_of(checklists()))
def test_a_checklist_begins_with_safety_and_ends_with_the_decision(checklist: Checklist) -> None:
    first, *_, last = checklist.steps

    assert "999" in first.hint
    assert "Nothing on this list has to be done" in first.hint
    assert last.label.startswith("Only then decide")
    assert last.loses_evidence != "no"
    assert last.notices in ("likely", "yes")
    assert any(step.needs_safe_device for step in checklist.steps) or checklist.code == "letters"


def test_every_step_says_what_the_other_person_may_notice() -> None:
    steps = [step for checklist in checklists() for step in checklist.steps]

    assert len({step.code for step in steps}) == len(steps)
    for step in steps:
        assert step.noticing.endswith(".")


def test_there_is_a_checklist_for_every_medium_we_name() -> None:
    assert codes_of(checklists()) == (
        "messages", "social", "email", "calls", "letters", "web", "disappearing", "camera",
    )  # fmt: skip


def test_only_the_police_are_asked_their_force() -> None:
    assert [row.code for row in told_whom() if row.asks_force] == ["police"]


def test_a_code_of_a_newer_daybook_is_shown_as_it_is() -> None:
    assert label_of(behaviours(), "following") == "Following me"
    assert label_of(behaviours(), "not-yet-known") == "not-yet-known"
