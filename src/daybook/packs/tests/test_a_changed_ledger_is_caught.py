"""A ledger changed in any way breaks its chain, or no longer fits what is disclosed; a new one shows by its fingerprint."""

import hashlib
import io
import json
from collections.abc import Callable
from uuid import UUID

import pytest

from daybook.kernel.custody import Chain, EventKind, canonical, event_digest, parse_event
from daybook.packs.tests.forging import DISCLOSURES, EVENTS, HEAD, check, failed, forged_again, joined, lines
from daybook.packs.tests.packed_again import list_again, unpack
from daybook.packs.tests.record_in_memory import MADE_AT, Record
from daybook.packs.tests.sample import make_pack, sample_pack, sample_record
from daybook.packs.verify import verify_open_pack


def removed(held: list[bytes]) -> list[bytes]:
    return held[:7] + held[8:]


def duplicated(held: list[bytes]) -> list[bytes]:
    return [*held[:8], held[7], *held[8:]]


def cut(held: list[bytes]) -> list[bytes]:
    return held[:-1]


def swapped(held: list[bytes]) -> list[bytes]:
    return [*held[:7], held[8], held[7], *held[9:]]


def withheld_later(held: list[bytes]) -> list[bytes]:
    event = json.loads(held[7])["event"]
    digest = hashlib.sha256(canonical(event)).hexdigest()
    return [*held[:7], canonical({"seq": 8, "digest": digest}), *held[8:]]


def spaced(held: list[bytes]) -> list[bytes]:
    return [held[0].replace(b":", b": ", 1), *held[1:]]


@pytest.mark.parametrize("change", [removed, duplicated, cut, swapped, spaced])
def test_a_changed_ledger_breaks_the_chain(change: Callable[[list[bytes]], list[bytes]]) -> None:
    files = unpack(sample_pack())
    files[EVENTS] = joined(change(lines(files[EVENTS])))
    assert "chain" in failed(check(list_again(files)))


def test_an_event_that_is_hidden_afterwards_leaves_its_fields_without_commitment() -> None:
    files = unpack(sample_pack())
    files[EVENTS] = joined(withheld_later(lines(files[EVENTS])))
    report = check(list_again(files))
    assert "chain" not in failed(report)
    assert failed(report) & {"commitments", "entries"}


def follow(events: bytes) -> str:
    held = [json.loads(line) for line in lines(events)]
    chain = Chain.begin(UUID(held[0]["event"]["record"]))
    for one in held:
        event = parse_event(one["event"]) if "event" in one else None
        chain.follow(one["seq"], event, None if event else bytes.fromhex(one["digest"]))
    return chain.head.hex()


def test_a_chain_computed_anew_around_a_changed_event_is_caught_by_what_is_disclosed() -> None:
    files = unpack(sample_pack())
    held = [json.loads(line) for line in lines(files[EVENTS])]
    entry = next(one for one in held if one.get("event", {}).get("kind") == "entry.written")
    entry["event"]["at"] = "2025-02-03T20:27:00.000000Z"
    files[EVENTS] = joined([canonical(one) for one in held])
    head = json.loads(files[HEAD]) | {"head": follow(files[EVENTS])}
    files["bag-info.txt"] = files["bag-info.txt"].replace(
        json.loads(files[HEAD])["head"].encode(), str(head["head"]).encode()
    )
    files[HEAD] = canonical(head) + b"\n"
    report = check(list_again(files))
    assert failed(report) == {"entries", "contents"}


@pytest.mark.parametrize("path", [DISCLOSURES, "data/police-only/disclosures.jsonl"])
def test_changed_dropped_doubled_and_reordered_disclosures_are_caught(path: str) -> None:
    original = unpack(sample_pack())
    held = lines(original[path])
    changed = json.loads(held[1])
    changed["value"] = "something else"
    for tampered in ([held[0], canonical(changed), *held[2:]], held[1:], [held[0], *held], held[::-1]):
        report = check(list_again({**original, path: joined(tampered)}))
        assert failed(report) & {"commitments", "entries", "contents"}


def test_a_disclosure_moved_from_the_police_to_everybody_is_caught() -> None:
    files = unpack(sample_pack())
    police = lines(files["data/police-only/disclosures.jsonl"])
    opened = lines(files[DISCLOSURES])
    both = sorted([*opened, police[0]], key=lambda line: (json.loads(line)["seq"], json.loads(line)["field"]))
    assert not check(list_again({**files, DISCLOSURES: joined(both)})).is_valid()


@pytest.mark.parametrize("path", [EVENTS, DISCLOSURES, HEAD])
@pytest.mark.parametrize(
    "forged", [b"", b"\n", b"{}\n", b"[" * 50_000 + b"\n", b"\xff\n", b'{"seq":1e999}\n', b"null\n"]
)
def test_a_ledger_file_of_any_other_shape_is_invalid_not_an_error(path: str, forged: bytes) -> None:
    assert not check(list_again({**unpack(sample_pack()), path: forged})).is_valid()


def test_digest_of_an_event_is_the_sha256_of_its_canonical_line() -> None:
    for line in lines(unpack(sample_pack())[EVENTS]):
        one = json.loads(line)
        if "event" in one:
            assert event_digest(parse_event(one["event"])) == hashlib.sha256(canonical(one["event"])).digest()


def test_an_event_hidden_behind_its_own_digest_is_caught_with_all_lists_rewritten() -> None:
    files = unpack(sample_pack())
    links = [json.loads(line) for line in lines(files[EVENTS])]
    assert links[0]["event"]["kind"] == EventKind.RECORD_OPENED
    links[0] = {"seq": 1, "digest": event_digest(parse_event(links[0]["event"])).hex()}
    assert failed(check(forged_again(files, links))) == {"contents"}


def test_a_disclosure_taken_out_is_caught_by_the_last_event_too() -> None:
    files = unpack(sample_pack())
    files[DISCLOSURES] = joined(lines(files[DISCLOSURES])[1:])
    assert "contents" in failed(check(list_again(files)))


@pytest.mark.parametrize("place", ["an event", "a digest"])
def test_true_for_the_number_one_is_caught_in_the_ledger(place: str) -> None:
    files = unpack(sample_pack())
    links = [json.loads(line) for line in lines(files[EVENTS])]
    if place == "a digest":
        links[0] = {"digest": event_digest(parse_event(links[0]["event"])).hex()}
    links[0]["seq"] = True
    report = check(forged_again(files, links))
    assert "line 1 is not an event" in next(one.detail for one in report.checks if one.name == "chain")


def test_true_for_the_number_one_is_caught_in_what_is_disclosed_and_where_the_chain_ends() -> None:
    record = Record()
    record.append(EventKind.ENTRY_WRITTEN, record.uuid(), 1, {"words": "words"}, at=MADE_AT)
    files = unpack(make_pack(record))
    one = {**json.loads(lines(files[DISCLOSURES])[0]), "seq": True}
    report = check(list_again({**files, DISCLOSURES: canonical(one) + b"\n"}))
    assert "line 1 is not a disclosure" in next(o.detail for o in report.checks if o.name == "commitments")
    end = canonical({**json.loads(files[HEAD]), "length": True}) + b"\n"
    report = check(list_again({**files, HEAD: end}))
    assert "does not say where the chain ends" in next(o.detail for o in report.checks if o.name == "chain")


def test_a_record_rewritten_from_its_beginning_shows_only_by_its_fingerprint() -> None:
    honest, forged = sample_record(), sample_record()
    forged.random.seed(99)
    forged.append(EventKind.ENTRY_WRITTEN, forged.uuid(), 1, {"words": "slipped in"}, at=MADE_AT)
    reports = [verify_open_pack(io.BytesIO(make_pack(record))) for record in (honest, forged)]
    assert all(report.is_valid() for report in reports)
    assert reports[0].fingerprint != reports[1].fingerprint
