"""Makes the vectors of a release: a home, a pack and every envelope, to be opened by every later version.

Run once at the end of a release, with the release's name: ``python -m tests.vectors.make_release_vectors 1``. What is there
already is never overwritten: vectors of earlier releases are never made again.
"""

import json
import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from pathlib import Path
from uuid import UUID

from daybook.kernel.custody import Event, commitment_hex, event_digest, extend, genesis
from daybook.kernel.sealing.keys import (
    AccountKey,
    KdfCost,
    RecordKeys,
    Section,
    SlotBinding,
    derive_kek,
    derive_kek_from_code,
    row_key,
    seal_slot,
)
from daybook.kernel.sealing.recovery_code import show_code
from daybook.kernel.sealing.rows import Binding, seal_row

HERE = Path(__file__).parent
PASSPHRASE = "plover mosaic candle drift wagon eleven"
RECORD = "00000000-0000-4000-8000-000000000001"
ITEM = "00000000-0000-4000-8000-000000000002"


def main() -> int:
    """Make the vectors of the release named on the command line."""
    release = sys.argv[1]
    home, pack, envelopes = (
        HERE / f"home-{release}",
        HERE / f"pack-{release}.zip",
        HERE / f"envelopes-{release}.json",
    )
    if any(path.exists() for path in (home, pack, envelopes)):
        sys.stderr.write(f"Release {release} has its vectors already; they are never made again.\n")
        return 1
    envelopes.write_text(json.dumps(make_envelopes(), indent=1) + "\n", encoding="utf-8")
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder) / "home"
        environment = {
            **os.environ,
            "DAYBOOK_HOME": str(work),
            "DAYBOOK_ENV": "test",
            "DAYBOOK_TEST_KDF": "1",
            "DAYBOOK_PASSPHRASE": PASSPHRASE,
        }
        _daybook(environment, "demo", "--seed", release, "--entries", "12", "--exhibits", "4")
        _daybook(environment, "pack", "--account", "demo", "--out", str(pack))
        with sqlite3.connect(work / "daybook.sqlite3") as database:
            database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            database.execute("PRAGMA journal_mode=DELETE")
            database.execute("VACUUM")
        shutil.copytree(work, home)
    return 0


def make_envelopes() -> dict[str, object]:
    """Every envelope and digest the kernel makes, with the keys to open it."""
    key, binding = row_key(b"k" * 32), Binding("self", RECORD, "diary", 1, ITEM, 2, "body")
    cost, salt, code = (
        KdfCost(iterations=3, memory_kib=64 * 1024, lanes=1),
        b"0123456789abcdef",
        bytes(range(20)),
    )
    account, pepper = AccountKey(b"a" * 32), b"p" * 32
    records = RecordKeys(record=RECORD, secrets={1: b"1" * 32, 2: b"2" * 32})
    event = Event(
        RECORD, 1, "2026-11-20T18:00:00.000000Z", "entry.written", ITEM, 1, {"words": "ab" * 32}, {}, "0" * 32
    )
    head = extend(genesis(UUID(RECORD)), event_digest(event))
    value = {"kind": "exact", "at": "2026-11-03T21:15:00+00:00", "zone": "Europe/London"}
    return {
        "row": {
            "key": (b"k" * 32).hex(),
            "key_id": key.key_id.hex(),
            "binding": ["self", RECORD, "diary", 1, ITEM, 2, "body"],
            "plaintext": "Er war da – كان هناك 🌧",
            "sealed": seal_row(key, binding, "Er war da – كان هناك 🌧".encode()).hex(),
        },
        "slots": {
            "account_key": (b"a" * 32).hex(),
            "pepper": pepper.hex(),
            "account": RECORD,
            "passphrase": PASSPHRASE,
            "salt": salt.hex(),
            "cost": [cost.iterations, cost.memory_kib, cost.lanes],
            "by_passphrase": seal_slot(
                account,
                kek=derive_kek(PASSPHRASE, salt, cost),
                pepper=pepper,
                binding=SlotBinding(RECORD, "passphrase"),
            ).hex(),
            "code": show_code(code),
            "by_code": seal_slot(
                account,
                kek=derive_kek_from_code(code, salt),
                pepper=pepper,
                binding=SlotBinding(RECORD, "recovery"),
            ).hex(),
        },
        "sections": {
            f"{section.value}/{epoch}": records.section(section, epoch).key_id.hex()
            for section in Section
            for epoch in (1, 2)
        },
        "commitment": {
            "field": "when",
            "value": value,
            "salt": "11" * 16,
            "digest": commitment_hex("when", value, b"\x11" * 16),
        },
        "chain": {"event": event.to_json(), "digest": event_digest(event).hex(), "head": head.hex()},
    }


def _daybook(environment: dict[str, str], *arguments: str) -> None:
    subprocess.run([sys.executable, "-m", "daybook.site.cli", *arguments], check=True, env=environment)


if __name__ == "__main__":
    sys.exit(main())
