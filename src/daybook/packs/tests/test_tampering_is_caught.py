"""Whatever a forger changes in a pack is caught, also when every list of hashes is rewritten to fit."""

import hashlib
import io
import json
import random
import time
from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest

from daybook.kernel.custody import Chain, EventKind, canonical, event_digest, parse_event
from daybook.packs.tables import chronology_csv
from daybook.packs.tests.packed_again import list_again, repack, unpack
from daybook.packs.tests.record_in_memory import MADE_AT, Record
from daybook.packs.tests.sample import make_pack, sample_pack, sample_record
from daybook.packs.verify import PackUnreadable, Report, State, verify_open_pack

Files = dict[str, bytes]
JSON = Any
EVENTS, DISCLOSURES, HEAD = (
    "data/ledger/events.jsonl",
    "data/ledger/disclosures.jsonl",
    "data/ledger/head.json",
)
JSON_FILE, CSV_FILE = "data/chronology.json", "data/chronology.csv"
PATHS = sorted(unpack(sample_pack()))


def check(files: Files) -> Report:
    return verify_open_pack(repack(files))


def failed(report: Report) -> set[str]:
    return {one.name for one in report.checks if one.state is State.INVALID}


def lines(data: bytes) -> list[bytes]:
    return data.split(b"\n")[:-1]


def joined(held: list[bytes]) -> bytes:
    return b"".join(line + b"\n" for line in held)


def test_the_untouched_pack_is_valid_also_when_another_program_zipped_it_again() -> None:
    for report in (verify_open_pack(io.BytesIO(sample_pack())), check(unpack(sample_pack()))):
        assert report.is_valid()
        assert [one.state for one in report.checks] == [State.VALID] * 8 + [State.ABSENT] * 2
        assert len(report.fingerprint) == 64


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("rewrite_lists", [False, True], ids=["alone", "with all lists"])
def test_one_changed_byte_is_caught_in_every_file(path: str, rewrite_lists: bool) -> None:
    files = unpack(sample_pack())
    data = bytearray(files[path])
    data[len(data) // 2] ^= 1
    files[path] = bytes(data)
    if rewrite_lists and "manifest" not in path:
        files = list_again(files)
    report = check(files)
    assert not report.is_valid()
    assert failed(report) >= ({"bag"} if not rewrite_lists else set())


@pytest.mark.parametrize("path", PATHS)
def test_a_file_with_a_byte_more_is_caught_with_all_lists_rewritten(path: str) -> None:
    files = unpack(sample_pack())
    files[path] += b"\n"
    fitted = files if "manifest" in path else list_again(files)
    assert not check(fitted).is_valid()


@pytest.mark.parametrize("path", PATHS)
def test_a_missing_file_is_caught_with_all_lists_rewritten(path: str) -> None:
    files = unpack(sample_pack())
    del files[path]
    fitted = files if path in ("bag-info.txt",) or "manifest" in path else list_again(files)
    assert not check(fitted).is_valid()


@pytest.mark.parametrize(
    "path", ["data/more.txt", "data/ledger/more.txt", "more.txt", "data/exhibits/WT-1/more.jpg"]
)
def test_a_file_more_is_caught_with_all_lists_rewritten(path: str) -> None:
    assert not check(list_again({**unpack(sample_pack()), path: b"slipped in"})).is_valid()


def change_document(change: Callable[[JSON], None], *, csv: bool = True) -> Callable[[Files], Files]:
    def tamper(files: Files) -> Files:
        document = json.loads(files[JSON_FILE])
        change(document)
        files[JSON_FILE] = json.dumps(document, ensure_ascii=False, indent=1).encode() + b"\n"
        if csv:
            files[CSV_FILE] = chronology_csv(document)
        return files

    return tamper


def entry_reordered(document: JSON) -> None:
    document["entries"].reverse()


def entry_dropped(document: JSON) -> None:
    document["entries"].pop()


def entry_added(document: JSON) -> None:
    document["entries"].append({**document["entries"][0], "id": "99999999-2222-4333-8444-555555555555"})


def entry_twice(document: JSON) -> None:
    document["entries"].append(document["entries"][0])


def amendment_dropped(document: JSON) -> None:
    next(one for one in document["entries"] if len(one["versions"]) == 2)["versions"].pop()


def first_version_dropped(document: JSON) -> None:
    next(one for one in document["entries"] if len(one["versions"]) == 2)["versions"].pop(0)


def words_changed(document: JSON) -> None:
    document["entries"][0]["versions"][0]["fields"]["words"] = "I was never there."


def field_added(document: JSON) -> None:
    document["entries"][0]["versions"][0]["fields"]["said"] = "I will find you."


def time_changed(document: JSON) -> None:
    document["entries"][0]["versions"][0]["recorded_at"] = "2025-02-03T20:27:00.000000Z"


def wording_changed(document: JSON) -> None:
    document["entries"][0]["reading"]["written"] = "written 1 minute after"


def exhibit_detached(document: JSON) -> None:
    next(one for one in document["entries"] if one["attachments"])["attachments"].pop()


def suspect_renamed(document: JSON) -> None:
    document["suspects"][0]["versions"][0]["fields"]["name"] = "Somebody Else"


def fingerprint_changed(document: JSON) -> None:
    document["pack"]["ledger_at_start"]["head"] = "0" * 64


@pytest.mark.parametrize(
    ("change", "caught_by"),
    [
        (entry_reordered, "contents"),
        (entry_dropped, "entries"),
        (entry_added, "entries"),
        (entry_twice, "entries"),
        (amendment_dropped, "entries"),
        (first_version_dropped, "entries"),
        (words_changed, "entries"),
        (field_added, "entries"),
        (time_changed, "entries"),
        (wording_changed, "contents"),
        (exhibit_detached, "entries"),
        (suspect_renamed, "entries"),
        (fingerprint_changed, "entries"),
    ],
)
def test_a_changed_chronology_is_caught_with_table_and_lists_rewritten(
    change: Callable[[JSON], None], caught_by: str
) -> None:
    report = check(list_again(change_document(change)(unpack(sample_pack()))))
    assert caught_by in failed(report)
    assert "bag" not in failed(report)


def test_a_changed_chronology_with_its_old_table_is_caught_by_the_table() -> None:
    report = check(list_again(change_document(words_changed, csv=False)(unpack(sample_pack()))))
    assert "csv" in failed(report)


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


def test_two_exhibits_with_their_files_swapped_are_caught() -> None:
    files = unpack(sample_pack())
    first, second = [path for path in files if path.startswith("data/exhibits/")][:2]
    files[first], files[second] = files[second], files[first]
    report = check(list_again(files))
    assert {"exhibits", "contents"} <= failed(report)


def test_a_reference_used_for_two_exhibits_is_caught() -> None:
    record = sample_record()
    seq = max(one.seq for one in record.disclosures if one.field == "sha256")
    first = next(one for one in record.disclosures if one.field == "reference")
    values = {one.field: one.value for one in record.disclosures if one.seq == first.seq}
    record.admit(values["name"], b"another original", at=MADE_AT, reference=values["reference"])
    assert len(record.links) > seq
    report = verify_open_pack(io.BytesIO(make_pack(record)))
    assert failed(report) == {"exhibits"}


@pytest.mark.parametrize(
    "forged",
    [
        b'{"format": "daybook/chronology/1", "format": "x"}',
        b"[NaN]",
        b"[" * 100_000,
        b"null",
        b"{}",
        b'{"format": "daybook/chronology/1", "entries": 3}',
        b"\xff\xfe",
        b'{"format": "daybook/chronology/1", "entries": [{"id": ["x"]}]}',
    ],
)
def test_a_chronology_of_any_other_shape_is_invalid_not_an_error(forged: bytes) -> None:
    files = unpack(sample_pack())
    report = check(list_again({**files, JSON_FILE: forged}))
    assert {"entries", "contents"} <= failed(report)


@pytest.mark.parametrize("path", [EVENTS, DISCLOSURES, HEAD])
@pytest.mark.parametrize(
    "forged", [b"", b"\n", b"{}\n", b"[" * 50_000 + b"\n", b"\xff\n", b'{"seq":1e999}\n', b"null\n"]
)
def test_a_ledger_file_of_any_other_shape_is_invalid_not_an_error(path: str, forged: bytes) -> None:
    assert not check(list_again({**unpack(sample_pack()), path: forged})).is_valid()


def test_a_pack_of_a_later_version_is_unknown_in_what_it_says_and_still_bound() -> None:
    files = unpack(sample_pack())
    files[JSON_FILE] = files[JSON_FILE].replace(b"daybook/chronology/1", b"daybook/chronology/9")
    report = check(list_again(files))
    assert {one.name: one.state for one in report.checks}["entries"] is State.UNKNOWN
    assert "contents" in failed(report)


def test_a_record_rewritten_from_its_beginning_shows_only_by_its_fingerprint() -> None:
    honest, forged = sample_record(), sample_record()
    forged.random.seed(99)
    forged.append(EventKind.ENTRY_WRITTEN, forged.uuid(), 1, {"words": "slipped in"}, at=MADE_AT)
    reports = [verify_open_pack(io.BytesIO(make_pack(record))) for record in (honest, forged)]
    assert all(report.is_valid() for report in reports)
    assert reports[0].fingerprint != reports[1].fingerprint


def test_flipped_bits_anywhere_in_the_zip_never_give_other_files_a_valid_report() -> None:
    rng, original = random.Random(4), unpack(sample_pack())
    outcomes = {"caught": 0, "harmless": 0}
    for _ in range(400):
        data = bytearray(sample_pack())
        data[rng.randrange(len(data))] ^= 1 << rng.randrange(8)
        try:
            report = verify_open_pack(io.BytesIO(bytes(data)))
        except PackUnreadable:
            outcomes["caught"] += 1
            continue
        if report.is_valid():
            assert unpack(bytes(data)) == original
            outcomes["harmless"] += 1
        else:
            outcomes["caught"] += 1
    assert outcomes["caught"] > 380


def test_every_fault_is_named() -> None:
    files = unpack(sample_pack())
    files["data/README.txt"] += b"x"
    del files["data/chronology.csv"]
    bag = next(one for one in check(files).checks if one.name == "bag")
    assert "README.txt” is not the file" in bag.detail
    assert "chronology.csv” is listed" in bag.detail


def test_digest_of_an_event_is_the_sha256_of_its_canonical_line() -> None:
    for line in lines(unpack(sample_pack())[EVENTS]):
        one = json.loads(line)
        if "event" in one:
            assert event_digest(parse_event(one["event"])) == hashlib.sha256(canonical(one["event"])).digest()


def forged_again(files: Files, links: list[JSON]) -> Files:
    """The files with this ledger, and every list, sum and fingerprint rewritten to fit, as a careful forger would."""
    chain = Chain.begin(UUID(json.loads(files[HEAD])["record"]))
    for number, link in enumerate(links, 1):
        whole = link.get("event")
        digest = None if whole else bytes.fromhex(link["digest"])
        chain.follow(number, parse_event(whole) if whole else None, digest)
    end = {**json.loads(files[HEAD]), "head": chain.head.hex()}
    info = files["bag-info.txt"].replace(json.loads(files[HEAD])["head"].encode(), chain.head.hex().encode())
    return list_again(
        {
            **files,
            EVENTS: joined([canonical(link) for link in links]),
            HEAD: canonical(end) + b"\n",
            "bag-info.txt": info,
        }
    )


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


@pytest.mark.parametrize("where", ["an identifier", "a field's name"])
def test_terminal_codes_in_a_fault_are_shown_as_numbers(where: str) -> None:
    files, code = unpack(sample_pack()), "\x1b[2J\u202e"
    if where == "an identifier":
        document = json.loads(files[JSON_FILE])
        document["entries"] += [{**document["entries"][0], "id": code}] * 2
        files[JSON_FILE] = json.dumps(document).encode()
    else:
        links = [json.loads(line) for line in lines(files[EVENTS])]
        links[1]["event"]["commitments"][code] = "not hexadecimal"
        files[EVENTS] = joined([canonical(link) for link in links])
    told = " ".join(one.detail for one in check(list_again(files)).checks)
    assert "[U+001B][2J[U+202E]" in told
    assert all(character.isprintable() for character in told)


def test_many_identifiers_are_compared_in_moments() -> None:
    files = unpack(sample_pack())
    document = json.loads(files[JSON_FILE])
    first = document["witnesses"][0]
    document["witnesses"] += [{**first, "id": f"{number}"} for number in range(30_000)]
    files[JSON_FILE] = json.dumps(document).encode()
    began = time.process_time()
    assert "entries" in failed(check(list_again(files)))
    assert time.process_time() - began < 6
