"""A pack is a bag that tools which never heard of Daybook can check."""

import hashlib
import io
import json
import subprocess
import zipfile
from collections.abc import Iterable
from datetime import timedelta
from pathlib import Path

import bagit
import jsonschema
import pytest

from daybook.kernel.custody import EventKind
from daybook.packs.bag import Bind, prepare_pack, stream_pack
from daybook.packs.contents import Link, PackFault
from daybook.packs.tests.packed_again import unpack
from daybook.packs.tests.record_in_memory import MADE_AT, Record
from daybook.packs.tests.sample import FONTS, make_pack, sample_pack, sample_record

SCHEMA = Path(__file__).parents[4] / "docs/chronology.schema.json"


@pytest.fixture
def bag(tmp_path: Path) -> Path:
    with zipfile.ZipFile(io.BytesIO(sample_pack())) as pack:
        pack.extractall(tmp_path)
    (folder,) = tmp_path.iterdir()
    return folder


def test_an_independent_validator_accepts_the_bag(bag: Path) -> None:
    assert bagit.Bag(str(bag)).validate(processes=1)


def test_sha256sum_accepts_both_manifests(bag: Path) -> None:
    for name in ("manifest-sha256.txt", "tagmanifest-sha256.txt"):
        done = subprocess.run(["sha256sum", "--strict", "-c", name], cwd=bag, capture_output=True, text=True)
        assert done.returncode == 0, done.stdout + done.stderr


def test_the_contents_digest_can_be_made_with_tools_that_are_on_every_linux(bag: Path) -> None:
    shown = subprocess.run(
        ["bash", "-c", "grep -v '  data/ledger/' manifest-sha256.txt | sed 's#  data/#  #' | LC_ALL=C sort | sha256sum"],
        cwd=bag, capture_output=True, text=True, check=True,
    ).stdout.split()[0]  # fmt: skip
    last = json.loads((bag / "data/ledger/events.jsonl").read_text().splitlines()[-1])
    assert last["event"]["details"]["contents"] == shown


def test_originals_are_byte_exact_under_readable_safe_names() -> None:
    files = unpack(sample_pack())
    assert files["data/exhibits/WT-1/IMG 20_15_gpj.exe"] == b"original one"
    assert files["data/exhibits/WT-2/screenshot – chat.png"] == b"\x89PNG original two"


def test_the_true_name_of_an_original_is_in_the_metadata() -> None:
    document = json.loads(unpack(sample_pack())["data/chronology.json"])
    assert document["exhibits"][0]["versions"][0]["fields"]["name"] == "../../IMG 20:15\u202egpj.exe"


def test_contact_details_and_addresses_stand_only_in_the_police_folder() -> None:
    for path, data in unpack(sample_pack()).items():
        for secret in ("07700 900555", "flat 2 downstairs", "14 Larch Row", "Would rather speak Polish"):
            assert (secret.encode() in data) <= path.startswith("data/police-only/"), f"{secret} in {path}"


def test_feelings_and_what_was_left_out_stand_nowhere() -> None:
    for path, data in unpack(sample_pack()).items():
        for secret in (b"I feel watched", b"This one is left out", b"Left out of this pack."):
            assert secret not in data, path


def test_feelings_go_in_when_the_person_chooses() -> None:
    record = Record()
    record.append(
        EventKind.ENTRY_WRITTEN,
        record.uuid(),
        1,
        {"words": "w", "feelings": "I feel watched."},
        at=MADE_AT,
        feelings=True,
    )
    assert b"I feel watched." in unpack(make_pack(record))["data/chronology.csv"]


def test_a_pack_without_anything_for_the_police_has_no_police_folder() -> None:
    record = Record()
    record.append(EventKind.ENTRY_WRITTEN, record.uuid(), 1, {"words": "only words"}, at=MADE_AT)
    files = unpack(make_pack(record))
    assert not [path for path in files if "police" in path]
    assert b"police-only" not in files["data/README.txt"]


def test_the_same_record_at_the_same_time_makes_the_same_pack() -> None:
    assert hashlib.sha256(make_pack(sample_record())).digest() == hashlib.sha256(sample_pack()).digest()


def test_chronology_json_follows_its_published_schema() -> None:
    schema = json.loads(SCHEMA.read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.validate(json.loads(unpack(sample_pack())["data/chronology.json"]), schema)


def test_the_table_cannot_run_a_formula() -> None:
    table = unpack(sample_pack())["data/chronology.csv"].decode("utf-8-sig")
    assert "'=HYPERLINK" in table
    assert ',"=HYPERLINK' not in table
    assert "\u202e" not in table


def test_a_readme_says_what_is_not_proved_and_never_calls_the_notes_a_statement() -> None:
    text = unpack(sample_pack())["data/README.txt"].decode()
    for promise in (
        "sha256sum -c",
        "shasum -a 256 -c",
        "Get-FileHash",
        "daybook verify",
        "WHAT IT DOES NOT PROVE",
    ):
        assert promise in text
    assert "not a witness statement" in text
    assert max(map(len, text.splitlines())) <= 100


def test_an_exhibit_that_is_not_what_was_kept_breaks_the_pack_off() -> None:
    record = sample_record()
    prepared = prepare_pack(record.contents(), fonts=FONTS)
    sent: list[bytes] = []
    broken = stream_pack(
        prepared, open_exhibit=lambda key: [record.originals[key][:-1] + b"!"], close_ledger=record.closer()
    )
    with pytest.raises(PackFault, match="not what its record says"):
        sent.extend(broken)
    assert not zipfile.is_zipfile(io.BytesIO(b"".join(sent)))


def test_a_ledger_that_grew_meanwhile_is_carried_on() -> None:
    record = sample_record()
    prepared = prepare_pack(record.contents(), fonts=FONTS)

    def close(bind: Bind) -> Iterable[Link]:
        record.append(EventKind.ENTRY_WRITTEN, record.uuid(), 1, {"words": "meanwhile"}, at=MADE_AT)
        record.withhold(len(record.links))
        return record.closer()(bind)

    pack = b"".join(
        stream_pack(prepared, open_exhibit=lambda key: [record.originals[key]], close_ledger=close)
    )
    assert len(unpack(pack)["data/ledger/events.jsonl"].splitlines()) == len(record.links)


def test_a_ledger_that_does_not_end_in_this_pack_is_refused() -> None:
    record = sample_record()
    prepared = prepare_pack(record.contents(), fonts=FONTS)

    def close(bind: Bind) -> Iterable[Link]:
        record.append(EventKind.PACK_MADE, record.uuid(), at=MADE_AT, details={"contents": "0" * 64})
        return tuple(record.links)

    with pytest.raises(PackFault, match="does not end with"):
        list(stream_pack(prepared, open_exhibit=lambda key: [record.originals[key]], close_ledger=close))


def test_an_entry_whose_amendment_is_left_out_is_refused() -> None:
    record, entry = Record(), "aaaaaaaa-2222-4333-8444-555555555555"
    for version, kind in enumerate(
        (EventKind.ENTRY_WRITTEN, EventKind.ENTRY_AMENDED, EventKind.ENTRY_AMENDED), 1
    ):
        record.append(kind, entry, version, {"words": f"v{version}"}, at=MADE_AT + timedelta(minutes=version))
    record.withhold(2)
    with pytest.raises(PackFault, match="version 2 is missing"):
        record.contents()
