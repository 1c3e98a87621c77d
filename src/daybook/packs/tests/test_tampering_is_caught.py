"""Whatever a forger changes in a pack is caught, also when every list of hashes is rewritten to fit."""

import io
import json
import random
import time
from collections.abc import Callable

import pytest

from daybook.kernel.custody import canonical
from daybook.packs.tables import chronology_csv
from daybook.packs.tests.forging import CSV_FILE, EVENTS, JSON, JSON_FILE, Files, check, failed, joined, lines
from daybook.packs.tests.packed_again import list_again, unpack
from daybook.packs.tests.record_in_memory import MADE_AT
from daybook.packs.tests.sample import make_pack, sample_pack, sample_record
from daybook.packs.verify import PackUnreadable, State, verify_open_pack

PATHS = sorted(unpack(sample_pack()))


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


def test_a_pack_of_a_later_version_is_unknown_in_what_it_says_and_still_bound() -> None:
    files = unpack(sample_pack())
    files[JSON_FILE] = files[JSON_FILE].replace(b"daybook/chronology/1", b"daybook/chronology/9")
    report = check(list_again(files))
    assert {one.name: one.state for one in report.checks}["entries"] is State.UNKNOWN
    assert "contents" in failed(report)


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
