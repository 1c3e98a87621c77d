"""A range of 300 kB anywhere in a file of 2 GiB: the server's time for it, against a bare opening of the same bytes.

Promise: under 5 ms from the request to its last byte, with everything a request needs: the visit, the sealed row, the header
of the age file and its end. The bare opening reads the same 64 KiB chunks from the file and opens them with ChaCha20-Poly1305.
"""

import os
import random
import subprocess
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from statistics import median

from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

from benchmarks.harness import measure_paired, report, seconds_taken
from benchmarks.pack_bytes import MEBIBYTE, plain_pieces

SIZE_MIB = 2048
RANGE_BYTES = 300_000
MOST_MS = 5.0
_CHUNK = 64 * 1024
_SEALED_CHUNK = _CHUNK + 16


def main() -> None:
    """Measure in a home of its own and print one JSON line."""
    if len(sys.argv) > 1:
        _measure(Path(sys.argv[1]))
        return
    with tempfile.TemporaryDirectory(prefix="daybook-bench-") as folder:
        environment = {
            **os.environ,
            "DAYBOOK_HOME": str(Path(folder, "home")),
            "DAYBOOK_ENV": "test",
            "DAYBOOK_TEST_KDF": "1",
        }
        done = subprocess.run([sys.executable, "-m", "benchmarks.range_read", folder], env=environment)
    sys.exit(done.returncode)


def _measure(folder: Path) -> None:
    from daybook.site.commands.starting import start

    start()

    from django.conf import settings
    from django.test import Client

    from daybook.evidence.exhibits import admit_exhibit
    from daybook.evidence.intake import Intake
    from daybook.ledger.records import open_record
    from daybook.people.accounts import Profile
    from daybook.people.unlocks import begin_unlock

    now = datetime.now(UTC)
    unlocked = open_record(
        name="wren", passphrase="plover mosaic candle drift wagon", profile=Profile("AB"), now=now
    ).unlocked
    intake = Intake(unlocked.record_id, now=now, most_bytes=2 * SIZE_MIB * MEBIBYTE)
    intake.write(b"\x00\x00\x00\x18ftypmp42\x00\x00\x00\x00mp42isom")
    for piece in plain_pieces(0, SIZE_MIB):
        intake.write(piece)
    exhibit = admit_exhibit(unlocked, intake.finish(), name="door.mp4", source="upload", now=now).exhibit
    browser = Client(HTTP_HOST="localhost")
    browser.cookies[settings.VISIT_COOKIE_NAME] = begin_unlock(unlocked, now=now)
    path = f"/files/{exhibit.id}/play/"
    places = random.Random(3)
    body = (settings.HOME.files / "kept" / exhibit.blob_key).open("rb")
    bare_key = ChaCha20Poly1305(bytes(32))
    chunk = bare_key.encrypt(bytes(12), bytes(_CHUNK), None)

    def ours() -> None:
        start_at = places.randrange(exhibit.size - RANGE_BYTES)
        answer = browser.get(path, headers={"range": f"bytes={start_at}-{start_at + RANGE_BYTES - 1}"})
        assert answer.status_code == 206
        # Joins the pieces too, which the server does not.
        assert len(answer.getvalue()) == RANGE_BYTES

    def bare() -> None:
        first = places.randrange(exhibit.size - RANGE_BYTES) // _CHUNK
        for number in range(first, first + RANGE_BYTES // _CHUNK + 2):
            body.seek(number * _SEALED_CHUNK)
            body.read(_SEALED_CHUNK)
            # Someone else's chunk of the same length: opening takes the same time whatever is in it.
            bare_key.decrypt(bytes(12), chunk, None)

    found = measure_paired(ours, bare, rounds=15, times=20, warm_ups=20)
    each = sorted(seconds_taken(ours) * 1000 for _ in range(300))
    took = median(each)
    report(
        "range_read",
        kept=took < MOST_MS,
        range_ms=took,
        slowest_of_a_hundred_ms=each[int(len(each) * 0.99)],
        promised_ms=MOST_MS,
        bare_ms=found.other_seconds * 1000,
        ratio_to_bare=found.ratio,
        spread=list(found.spread),
    )


if __name__ == "__main__":
    main()
