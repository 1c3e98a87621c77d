"""The published schema (docs/entry.schema.json) and the parser say the same of every entry."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import assume, example, given
from jsonschema import Draft202012Validator

from daybook.kernel.chronology import MOMENT_PATTERN, parse_when, to_json
from daybook.kernel.entry import LONG_TEXT, LONGEST_LIST, SHORT_TEXT, InvalidEntry, Problem, parse_entry
from daybook.kernel.entry import to_json as entry_to_json
from daybook.kernel.entry.limits import CLEAN, SAYS_SOMETHING, UUID_FORM
from daybook.kernel.facts import behaviours, changes, codes_of, contact_means, identifier_kinds, told_whom

from .any_entry import good_entries, json_values, nearly_good_entries

SCHEMA = json.loads((Path(__file__).parents[5] / "docs" / "entry.schema.json").read_text(encoding="utf-8"))
VALIDATOR = Draft202012Validator(SCHEMA)

# What a schema cannot say: the calendar, and one person given twice. The schema's own description names both.
BEYOND_A_SCHEMA = {"time", "twice"}


def problems_of(entry: object) -> tuple[Problem, ...]:
    try:
        parse_entry(entry, default_zone="Europe/London")
    except InvalidEntry as error:
        return error.problems
    return ()


def agree(entry: object) -> bool:
    """Whether parser and schema agree, as far as a schema can say it."""
    problems = problems_of(entry)
    accepted = VALIDATOR.is_valid(entry)
    if accepted:
        return all(problem.fault in BEYOND_A_SCHEMA for problem in problems)
    return bool(problems)


def test_the_schema_is_one() -> None:
    Draft202012Validator.check_schema(SCHEMA)

    assert SCHEMA["$schema"] == "https://json-schema.org/draft/2020-12/schema"


@given(good_entries)
def test_both_accept_a_good_entry(entry: Any) -> None:
    assert VALIDATOR.is_valid(entry)
    assert {problem.fault for problem in problems_of(entry)} <= {"twice"}


@given(nearly_good_entries())
@example(
    {"words": "x", "place": {"kind": "place", "text": "here", "mine": "3f2b8c1e-0d4a-4a6e-9b57-1c2d3e4f5a6b"}}
)
@example({"words": "x", "suspects": [{"name": " ", "description": "\t"}]})
@example({"words": "x", "when": {"kind": "unknown", "zone": "UTC"}})
@example({"words": "x", "when": {"date": "2026-11-03T21:15"}})
@example({"words": "x", "when": {"at": "2026-11-03"}})
@example({"words": "x", "when": {"to": "2026-11-03"}})
@example({"words": "x" * (LONG_TEXT + 1)})
@example({"words": "x" * LONG_TEXT, "said": "y" * (LONG_TEXT + 1)})
@example({"words": "x", "place": "y" * (SHORT_TEXT + 1)})
@example({"words": "x", "behaviours": ["other"] * LONGEST_LIST})
@example({"words": "x", "behaviours": ["other"] * (LONGEST_LIST + 1)})
@example({"words": "\ufeff"})
@example({"words": "a\u0085b"})
@example({"words": None})
def test_both_say_the_same_of_a_nearly_good_entry(entry: Any) -> None:
    assert agree(entry)


@given(json_values)
def test_both_say_the_same_of_anything(value: Any) -> None:
    assert agree(value)


@given(good_entries)
def test_the_schema_accepts_what_we_keep(entry: Any) -> None:
    assume(not problems_of(entry))

    assert VALIDATOR.is_valid(entry_to_json(parse_entry(entry, default_zone="Europe/London")))


@pytest.mark.parametrize(
    "when",
    [
        None,
        3,
        [],
        {},
        "soon",
        "2026-11-03T21",
        {"kind": "exact"},
        {"kind": "never"},
        {"kind": "day", "date": "2026-11-03", "x": 1},
        {"about": 3},
        {"about": "2026-11-03", "to": "2026-11-03"},
        {"since": "2026-11-03", "zone": 3},
        {"until": "2026-11-03"},
        {"zone": "Europe/London"},
    ],
)
def test_both_refuse_a_time_of_no_known_shape(when: object) -> None:
    assert problems_of({"words": "x", "when": when})
    assert not VALIDATOR.is_valid({"words": "x", "when": when})


def test_the_schemas_own_examples_of_times_are_read() -> None:
    for example_given in SCHEMA["$defs"]["when"]["examples"]:
        kept = to_json(parse_when(example_given, default_zone="Europe/London"))
        assert VALIDATOR.is_valid({"words": "x", "when": kept})


def test_the_schema_names_the_codes_limits_and_patterns_of_the_program() -> None:
    fields, parts = SCHEMA["properties"], SCHEMA["$defs"]

    assert fields["behaviours"]["items"]["enum"] == list(codes_of(behaviours()))
    assert fields["contact"]["items"]["enum"] == list(codes_of(contact_means()))
    assert fields["changes"]["items"]["enum"] == list(codes_of(changes()))
    assert parts["telling"]["oneOf"][0]["enum"] == list(codes_of(told_whom()))
    assert parts["telling"]["oneOf"][1]["properties"]["who"]["enum"] == list(codes_of(told_whom()))
    assert parts["identifier"]["oneOf"][1]["properties"]["kind"]["enum"] == list(codes_of(identifier_kinds()))
    assert parts["longText"] == {"type": "string", "maxLength": LONG_TEXT, "pattern": CLEAN}
    assert parts["shortText"] == {"type": "string", "maxLength": SHORT_TEXT, "pattern": CLEAN}
    assert parts["neededText"]["allOf"] == [{"pattern": CLEAN}, {"pattern": SAYS_SOMETHING}]
    assert parts["id"]["pattern"] == UUID_FORM
    assert parts["moment"]["pattern"] == MOMENT_PATTERN
    assert {fields[name]["maxItems"] for name in ("behaviours", "told", "suspects")} == {LONGEST_LIST}


def test_every_field_is_described() -> None:
    for name, field in SCHEMA["properties"].items():
        part = SCHEMA["$defs"].get(field.get("$ref", "").rpartition("/")[2], {})
        assert field.get("description") or part.get("description"), name
