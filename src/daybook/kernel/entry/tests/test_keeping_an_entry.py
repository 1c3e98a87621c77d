"""An entry as kept JSON and as the values behind its commitments: nothing added, nothing lost."""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID, uuid5

import pytest
import rfc8785
from hypothesis import given

from daybook.kernel.entry import (
    LONG_TEXT,
    EntryFields,
    InvalidEntry,
    NamedSuspect,
    NamedWitness,
    PeopleNotKept,
    SuspectLink,
    WitnessLink,
    entry_from_kept,
    field_values,
    fields_from_values,
    parse_entry,
    to_json,
)

from .any_entry import good_entries

ANNA = UUID("3f2b8c1e-0d4a-4a6e-9b57-1c2d3e4f5a6b")
BEN = UUID("a1b2c3d4-0000-4000-8000-000000000001")


def kept_people(entry: EntryFields) -> EntryFields:
    """The entry after the diary has kept everybody it names."""
    return entry.with_people(
        suspects=tuple(uuid5(BEN, f"{number}") for number, _ in enumerate(entry.named_suspects)),
        witnesses=tuple(uuid5(ANNA, f"{number}") for number, _ in enumerate(entry.named_witnesses)),
    )


def parsed(entry: Any) -> EntryFields | None:
    try:
        return parse_entry(entry, default_zone="Europe/London")
    except InvalidEntry:  # the same person twice
        return None


@given(good_entries)
def test_an_entry_comes_back_from_json_as_it_went(entry: Any) -> None:
    fields = parsed(entry)
    if fields is None:
        return
    kept = json.loads(rfc8785.dumps(to_json(fields)))

    assert entry_from_kept(kept) == fields
    assert parse_entry(kept, default_zone="Asia/Tokyo") == fields


@given(good_entries)
def test_an_entry_comes_back_from_its_committed_values(entry: Any) -> None:
    fields = parsed(entry)
    if fields is None:
        return
    fields = kept_people(fields)
    values = json.loads(rfc8785.dumps(field_values(fields)))

    back = fields_from_values(values)

    assert set(back.witnesses) == set(fields.witnesses)  # canonical JSON orders them by id
    assert field_values(back) == field_values(fields)
    assert all(value not in ("", [], {}) for value in values.values())


def test_each_witness_is_a_commitment_of_its_own() -> None:
    fields = EntryFields("x", witnesses=(WitnessLink(ANNA, "All"), WitnessLink(BEN)))

    assert field_values(fields) == {
        "words": "x",
        f"witness/{ANNA}": {"witness": str(ANNA), "saw": "All"},
        f"witness/{BEN}": {"witness": str(BEN)},
    }


def test_what_is_empty_is_left_out() -> None:
    assert to_json(EntryFields("x")) == {"words": "x"}
    assert field_values(EntryFields("x")) == {"words": "x"}


def test_named_people_become_links_in_their_order() -> None:
    fields = EntryFields(
        "x",
        suspects=(SuspectLink(BEN, "known"),),
        named_suspects=(NamedSuspect("Sam", "unknown"),),
        named_witnesses=(NamedWitness("Anna", saw="All"), NamedWitness("Bo")),
    )

    joined = fields.with_people(suspects=(ANNA,), witnesses=(ANNA, BEN))

    assert joined == EntryFields(
        "x",
        suspects=(SuspectLink(BEN, "known"), SuspectLink(ANNA, "unknown")),
        witnesses=(WitnessLink(ANNA, "All"), WitnessLink(BEN)),
    )


def test_an_entry_with_names_left_cannot_be_committed_to() -> None:
    with pytest.raises(PeopleNotKept):
        field_values(EntryFields("x", named_witnesses=(NamedWitness("Anna"),)))


def test_two_names_of_one_person_are_refused_so_that_neither_account_is_lost() -> None:
    fields = EntryFields(
        "x",
        witnesses=(WitnessLink(ANNA, "The car"),),
        named_witnesses=(NamedWitness("Annie", saw="The man"),),
    )

    with pytest.raises(InvalidEntry, match="/witnesses: The same person is there twice"):
        fields.with_people(suspects=(), witnesses=(ANNA,))
    with pytest.raises(ValueError, match="zip"):
        fields.with_people(suspects=(), witnesses=())


def test_what_was_kept_opens_whatever_the_limits_and_codes_of_today() -> None:
    kept = {"words": "x" * (LONG_TEXT + 1), "behaviours": ["a-code-of-long-ago"], "said": "\x00"}

    assert to_json(entry_from_kept(kept)) == kept


@pytest.mark.parametrize(
    "kept",
    [
        {},
        {"words": "x", "of_a_newer_release": 1},
        {"words": "x", "when": "2026-11-03"},
        {"words": "x", "place": "here"},
        {"words": "x", "told": ["police"]},
        {"words": "x", "told": [{"who": "police", "rank": "sergeant"}]},
        {"words": "x", "suspects": [{"suspect": "Ben", "certainty": "known"}]},
    ],
)
def test_what_was_never_kept_is_refused_and_not_half_read(kept: dict[str, Any]) -> None:
    with pytest.raises(InvalidEntry, match="newer one may have written it"):
        entry_from_kept(kept)
