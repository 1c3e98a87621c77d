"""What earlier releases sealed, bound and packed, opened by this one. A failure here loses somebody's record."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from daybook.kernel.custody import canonical, commitment_hex, event_digest, extend, genesis, parse_event
from daybook.kernel.sealing.keys import (
    KdfCost,
    RecordKeys,
    Section,
    SlotBinding,
    derive_kek,
    derive_kek_from_code,
    open_slot,
    row_key,
)
from daybook.kernel.sealing.recovery_code import read_code
from daybook.kernel.sealing.rows import Binding, open_row
from daybook.packs.verify import verify_pack
from tests.rig.environment import without_test_database

VECTORS = Path(__file__).parent / "vectors"
RELEASES = sorted(path.stem.removeprefix("envelopes-") for path in VECTORS.glob("envelopes-*.json"))
PASSPHRASE = "plover mosaic candle drift wagon eleven"


def envelopes(release: str) -> dict[str, dict[str, Any]]:
    read: dict[str, dict[str, Any]] = json.loads(
        (VECTORS / f"envelopes-{release}.json").read_text(encoding="utf-8")
    )
    return read


def test_there_are_vectors_of_the_first_release() -> None:
    assert "1" in RELEASES


@pytest.mark.parametrize("release", RELEASES)
def test_rows_of_every_release_open(release: str) -> None:
    row = envelopes(release)["row"]
    key = row_key(bytes.fromhex(str(row["key"])))
    assert key.key_id.hex() == row["key_id"]
    tenant, record, section, epoch, item, version, field = row["binding"]
    binding = Binding(tenant, record, section, epoch, item, version, field)
    assert open_row(key, binding, bytes.fromhex(str(row["sealed"]))).decode() == row["plaintext"]


@pytest.mark.parametrize("release", RELEASES)
def test_slots_of_every_release_open(release: str) -> None:
    slots = envelopes(release)["slots"]
    salt, pepper = bytes.fromhex(str(slots["salt"])), bytes.fromhex(str(slots["pepper"]))
    account = str(slots["account"])
    cost = KdfCost(*slots["cost"])
    by_passphrase = open_slot(
        bytes.fromhex(str(slots["by_passphrase"])),
        kek=derive_kek(str(slots["passphrase"]), salt, cost),
        pepper=pepper,
        binding=SlotBinding(account, "passphrase"),
    )
    by_code = open_slot(
        bytes.fromhex(str(slots["by_code"])),
        kek=derive_kek_from_code(read_code(str(slots["code"])), salt),
        pepper=pepper,
        binding=SlotBinding(account, "recovery"),
    )
    assert by_passphrase.secret.hex() == by_code.secret.hex() == slots["account_key"]


@pytest.mark.parametrize("release", RELEASES)
def test_section_keys_of_every_release_are_the_same(release: str) -> None:
    records = RecordKeys(record="r", secrets={1: b"1" * 32, 2: b"2" * 32})
    for name, key_id in envelopes(release)["sections"].items():
        section, _, epoch = name.partition("/")
        assert records.section(Section(section), int(epoch)).key_id.hex() == key_id


@pytest.mark.parametrize("release", RELEASES)
def test_commitments_and_chains_of_every_release_are_the_same(release: str) -> None:
    made, chain = envelopes(release)["commitment"], envelopes(release)["chain"]
    salt = bytes.fromhex(str(made["salt"]))
    assert commitment_hex(str(made["field"]), made["value"], salt) == made["digest"]
    event = parse_event(chain["event"])
    digest = event_digest(event)
    assert digest.hex() == chain["digest"]
    assert extend(genesis(UUID(event.record)), digest).hex() == chain["head"]
    assert canonical(chain["event"]) == canonical(event.to_json())


@pytest.mark.parametrize("release", RELEASES)
def test_packs_of_every_release_verify(release: str) -> None:
    report = verify_pack(VECTORS / f"pack-{release}.zip")
    assert report.is_valid(), [check for check in report.checks if check.state == "invalid"]


@pytest.mark.parametrize("release", RELEASES)
def test_homes_of_every_release_open_and_keep_all_they_held(release: str, tmp_path: Path) -> None:
    home = tmp_path / "home"
    shutil.copytree(VECTORS / f"home-{release}", home)
    environment = {
        **without_test_database(),
        "DAYBOOK_HOME": str(home),
        "DAYBOOK_ENV": "test",
        "DAYBOOK_TEST_KDF": "1",
        "DAYBOOK_PASSPHRASE": PASSPHRASE,
    }

    def daybook(*arguments: str) -> str:
        done = subprocess.run(
            [sys.executable, "-m", "daybook.site.cli", *arguments],
            env=environment,
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    # Git keeps no modes but the executable bit: a home from a checkout is as open as the checkout.
    for path in (home, *home.rglob("*")):
        os.chmod(path, 0o700 if path.is_dir() else 0o600)
    exported = tmp_path / "exported"
    daybook("export", "--account", "demo", "--out", str(exported))
    entries = json.loads((exported / "entry-versions.json").read_text(encoding="utf-8"))
    files = json.loads((exported / "files.json").read_text(encoding="utf-8"))
    assert len({entry["id"] for entry in entries}) == 12
    assert len(files) == 4
    pack = tmp_path / "pack.zip"
    daybook("pack", "--account", "demo", "--out", str(pack))
    assert verify_pack(pack).is_valid()
