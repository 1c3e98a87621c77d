"""A table of facts that breaks its schema is refused, with every fault and its place."""

from __future__ import annotations

from datetime import date

import pytest

from daybook.kernel.facts import Behaviour, Checklist, InvalidFacts, read_table

ROW = """
[[behaviour]]
code = "following"
label = "Following me"
hint = "Anywhere."
fact = "PHA2Ax"
source = "An Act"
checked = 2026-11-20
confidence = "H"
"""
CHECKLIST = """
[[checklist]]
code = "calls"
label = "Calls"
hint = "Calls."
fact = "RU23"
source = "Own"
checked = 2026-11-20
confidence = "M"
"""


def faults_of(text: str) -> tuple[str, ...]:
    with pytest.raises(InvalidFacts) as refusal:
        read_table(text, "behaviours", Behaviour, key="behaviour")
    assert str(refusal.value).startswith("behaviours: ")
    return refusal.value.faults


def test_a_good_row_is_read_with_its_defaults() -> None:
    (row,) = read_table('[every]\nterritory = ""\n' + ROW, "behaviours", Behaviour, key="behaviour")

    assert (row.code, row.checked, row.letter, row.badge) == ("following", date(2026, 11, 20), "", "")


def test_a_value_for_every_row_gives_way_to_the_rows_own() -> None:
    text = '[every]\nsource = "Elsewhere"\nconfidence = "M"\n' + ROW.replace('confidence = "H"\n', "")

    (row,) = read_table(text, "behaviours", Behaviour, key="behaviour")

    assert (row.source, row.confidence) == ("An Act", "M")


@pytest.mark.parametrize(
    ("broken", "fault"),
    [
        ("= nothing", "not TOML"),
        ("", "has no [[behaviour]] rows"),
        ("behaviour = 3", "has no [[behaviour]] rows"),
        ("behaviour = [3]", "behaviour 1: is not a table"),
        (ROW + "[other]\n", "unknown part [other]"),
        (ROW.replace('label = "Following me"\n', ""), "label is missing"),
        (ROW.replace('"Following me"', '""'), "label is empty"),
        (ROW.replace('"Following me"', "3"), "label may not be 3"),
        (ROW + 'colour = "red"\n', "unknown key colour"),
        (ROW.replace('"H"', '"X"'), "confidence may not be 'X'"),
        (ROW.replace('"H"', '"L"'), "ask is given when the confidence is L"),
        (ROW + 'ask = "police"\n', "ask is given when the confidence is L"),
        (ROW.replace("2026-11-20", '"2026-11-20"'), "checked may not be '2026-11-20'"),
        (ROW.replace("2026-11-20", "2026-11-20T10:00:00"), "checked may not be"),
        (ROW.replace('"following"', '"Is_Crime"'), "a code is small letters"),
        (ROW + 'territory = "England and Wales"\n', "both territory and in_force_from"),
        (ROW + "in_force_from = 2012-11-25\n", "both territory and in_force_from"),
        (
            ROW + 'territory = "Wales"\nin_force_from = 2012-11-25\nin_force_to = 2012-11-24\n',
            "in_force_to is before in_force_from",
        ),
        (ROW + 'letter = "a"\n', "letter is a to g, and such a row is law"),
        (ROW + "[[behaviour.step]]\n", "may have no steps"),
        (ROW + ROW, "code following is there twice"),
    ],
)
def test_a_broken_table_is_refused_with_the_fault(broken: str, fault: str) -> None:
    assert any(fault in found for found in faults_of(broken))


def test_every_fault_is_listed_with_the_row_it_is_in() -> None:
    second = ROW.replace('"following"', '"watching"').replace('"Anywhere."', "false")

    faults = faults_of(ROW.replace('"H"', '"?"') + second)

    assert faults == (
        "behaviour 1 (following): confidence may not be '?'",
        "behaviour 2 (watching): hint may not be False",
    )


def test_a_checklist_needs_steps_and_each_step_its_warnings() -> None:
    with pytest.raises(InvalidFacts, match="checklist 1 \\(calls\\): has no steps"):
        read_table(CHECKLIST, "checklists", Checklist, key="checklist")
    step = '[[checklist.step]]\ncode = "calls-log"\nlabel = "Log"\nnotices = "maybe"\n'
    with pytest.raises(InvalidFacts) as refusal:
        read_table(CHECKLIST + step, "checklists", Checklist, key="checklist")

    assert "checklist 1 (calls) step 1 (calls-log): notices may not be 'maybe'" in refusal.value.faults
    assert "checklist 1 (calls) step 1 (calls-log): loses_evidence is missing" in refusal.value.faults
