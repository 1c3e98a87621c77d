"""The chain: what it is computed from, and that nothing can be moved, dropped or changed in it."""

import hashlib
import json
from uuid import UUID

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from daybook.kernel.custody import (
    BrokenChain,
    Chain,
    Event,
    NotAnEvent,
    canonical,
    commit,
    commitment_hex,
    event_digest,
    extend,
    genesis,
    parse_event,
)

RECORD = UUID("00000000-0000-4000-8000-000000000001")
ITEM = "00000000-0000-4000-8000-000000000002"


def event(seq: int, **changes: object) -> Event:
    value = {
        "v": 1,
        "record": str(RECORD),
        "seq": seq,
        "at": "2026-11-20T18:00:00.000000Z",
        "kind": "entry.written",
        "item": ITEM,
        "version": 1,
        "commitments": {"words": "ab" * 32},
        "details": {},
        "salt": f"{seq:032x}",
    }
    return parse_event({**value, **changes})


def walk(events: list[Event]) -> Chain:
    chain = Chain.begin(RECORD)
    for each in events:
        chain.follow(each.seq, each)
    return chain


def test_the_chain_is_what_a_stranger_computes_with_nothing_but_sha256() -> None:
    head = hashlib.sha256(b"daybook/chain/1\n" + RECORD.bytes).digest()
    events = [event(1), event(2), event(3)]
    for each in events:
        text = json.dumps(each.to_json(), separators=(",", ":"), sort_keys=True).encode()
        head = hashlib.sha256(head + hashlib.sha256(text).digest()).digest()
    assert walk(events).head == head


def test_a_withheld_event_still_carries_the_chain() -> None:
    events = [event(1), event(2), event(3)]
    chain = Chain.begin(RECORD)
    chain.follow(1, events[0])
    chain.follow(2, None, event_digest(events[1]))
    chain.follow(3, events[2])
    assert chain.head == walk(events).head


def test_the_two_chains_of_a_record_begin_apart() -> None:
    assert genesis(RECORD) != genesis(RECORD, chain="access")


@pytest.mark.parametrize(
    "links",
    [
        [event(1), event(3)],
        [event(2)],
        [event(1), event(1)],
        [event(1), event(2, record="00000000-0000-4000-8000-00000000000f")],
    ],
    ids=["one is missing", "the first is missing", "one stands twice", "one is of another record"],
)
def test_a_chain_with_a_fault_is_refused(links: list[Event]) -> None:
    with pytest.raises(BrokenChain):
        walk(links)


def test_a_link_numbered_otherwise_than_its_event_is_refused() -> None:
    with pytest.raises(BrokenChain):
        Chain.begin(RECORD).follow(1, event(2))


def test_a_link_with_neither_event_nor_digest_is_refused() -> None:
    with pytest.raises(BrokenChain):
        Chain.begin(RECORD).follow(1, None)


@given(
    st.integers(1, 3), st.sampled_from(["at", "kind", "item", "version", "commitments", "details", "salt"])
)
def test_changing_any_part_of_any_event_changes_the_head(seq: int, part: str) -> None:
    others: dict[str, object] = {
        "at": "2026-11-20T18:00:00.000001Z",
        "kind": "entry.amended",
        "item": "00000000-0000-4000-8000-000000000003",
        "version": 2,
        "commitments": {"words": "ac" * 32},
        "details": {"exhibit": ITEM},
        "salt": "f" * 32,
    }
    events = [event(1), event(2), event(3)]
    changed = [event(each.seq, **{part: others[part]}) if each.seq == seq else each for each in events]
    assert walk(changed).head != walk(events).head


def test_heads_and_digests_have_one_length() -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        extend(b"short", bytes(32))


json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53) + 1, 2**53 - 1)
    | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.text(st.characters(exclude_categories=["Cs"])), inner)
    ),
    max_leaves=12,
)


@given(json_values)
def test_the_quick_way_to_canonical_json_gives_the_librarys_bytes(value: object) -> None:
    assert canonical(value) == rfc8785.dumps(value)  # type: ignore[arg-type]  # any JSON will do


def test_every_character_is_written_as_the_rfc_says() -> None:
    everything = "".join(chr(code) for code in range(0x11000) if not 0xD800 <= code <= 0xDFFF)
    assert canonical({"a": everything}) == rfc8785.dumps({"a": everything})


@given(json_values)
def test_canonical_json_says_the_same_and_is_the_same_however_it_was_built(value: object) -> None:
    written = canonical(value)
    assert json.loads(written) == value
    assert canonical(json.loads(written)) == written


@pytest.mark.parametrize("value", [float("nan"), float("inf"), 2**60, "\ud800", {1: "a"}])
def test_what_has_no_canonical_form_is_refused(value: object) -> None:
    with pytest.raises(NotAnEvent):
        canonical(value)


@given(json_values, st.binary(min_size=16, max_size=16))
def test_a_commitment_depends_on_value_field_and_salt(value: object, salt: bytes) -> None:
    made = commitment_hex("words", value, salt)
    assert made == commitment_hex("words", value, salt)
    assert made != commitment_hex("said", value, salt)
    assert made != commitment_hex("words", [value], salt)
    assert made != commitment_hex(
        "words", value, bytes(reversed(salt)) if salt != salt[::-1] else bytes(15) + b"x"
    )


def test_each_field_has_a_salt_of_its_own() -> None:
    made = commit({"words": "the same", "said": "the same"})
    assert len({each.salt for each in made}) == 2
    assert len({each.digest for each in made}) == 2


def test_a_salt_has_sixteen_bytes() -> None:
    with pytest.raises(ValueError, match="16 bytes"):
        commitment_hex("words", "x", b"short")


@pytest.mark.parametrize(
    ("part", "value"),
    [
        ("v", 2),
        ("v", True),
        ("record", "not-a-uuid"),
        ("item", ITEM.upper().replace("0", "A")),
        ("at", "2026-11-20T18:00:00Z"),
        ("salt", "zz" * 16),
        ("kind", ""),
        ("seq", 0),
        ("seq", True),
        ("seq", 1.0),
        ("version", -1),
        ("commitments", {"words": "short"}),
        ("commitments", []),
        ("details", None),
    ],
)
def test_an_event_that_is_not_quite_one_is_refused(part: str, value: object) -> None:
    with pytest.raises(NotAnEvent):
        parse_event({**event(1).to_json(), part: value})


def test_an_event_with_one_key_more_is_refused() -> None:
    with pytest.raises(NotAnEvent):
        parse_event({**event(1).to_json(), "extra": 1})
