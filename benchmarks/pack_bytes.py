"""The bytes of a pack of 2 GiB of exhibits, opened from the sealed store, against a bare one-pass zip of the same files.

Promise: at least 0.7 times as fast as reading the plain files, CRC, SHA-256 and writing with ``zipfile``, in the same run; at
most 300 MiB resident. The printing of the PDF has a child of its own and comes before: it is told apart.
"""

import hashlib
import os
import resource
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.harness import measure_paired, report

if TYPE_CHECKING:
    from daybook.people.accounts import Unlocked

MEBIBYTE = 1024 * 1024
SIZES_MIB = (1024, 512, 256, 128, 64, 32, 16, 8, 4, 3, 1)
LEAST_RATE = 0.7
MOST_RESIDENT_MIB = 300


def main() -> None:
    """Measure in a process of its own, whose memory is counted, and print one JSON line."""
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
        done = subprocess.run([sys.executable, "-m", "benchmarks.pack_bytes", folder], env=environment)
    sys.exit(done.returncode)


def plain_pieces(number: int, mebibytes: int) -> Iterator[bytes]:
    """A file of so many MiB that no other is like."""
    piece = os.urandom(MEBIBYTE - 8)
    for place in range(mebibytes):
        yield piece + number.to_bytes(4, "big") + place.to_bytes(4, "big")


def _measure(folder: Path) -> None:
    from daybook.site.commands.starting import start

    start()

    from daybook import doors
    from daybook.packs.assembly import make_pack
    from daybook.packs.selection import Selection
    from daybook.site.built import PDF_FONTS

    now = doors.clock().now()
    unlocked = _record_with_exhibits(folder, now)
    started = time.perf_counter()
    make_pack(unlocked, Selection(), fonts=PDF_FONTS, now=now)
    prepared_seconds = time.perf_counter() - started
    packs = iter([make_pack(unlocked, Selection(), fonts=PDF_FONTS, now=now) for _ in range(8)])

    def ours() -> None:
        with Path(folder, "pack.zip").open("wb") as file:
            for piece in next(packs).stream(now=now):
                file.write(piece)

    found = measure_paired(ours, lambda: _bare_zip(folder), rounds=7)
    resident = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    rate = 1 / found.ratio
    megabytes = sum(SIZES_MIB) * MEBIBYTE / 1e6
    report(
        "pack_bytes",
        kept=rate >= LEAST_RATE and resident <= MOST_RESIDENT_MIB,
        rate_against_bare=rate,
        promised=LEAST_RATE,
        pack_mb_s=megabytes / found.ours_seconds,
        bare_mb_s=megabytes / found.other_seconds,
        resident_mib=resident,
        most_resident_mib=MOST_RESIDENT_MIB,
        prepared_seconds=prepared_seconds,
        spread=[1 / ratio for ratio in reversed(found.spread)],
    )


def _record_with_exhibits(folder: Path, now: datetime) -> "Unlocked":
    """A record with files of these sizes; each is laid down plain beside it, for the bare zip to read."""
    from daybook.evidence.exhibits import admit_exhibit
    from daybook.evidence.intake import Intake
    from daybook.ledger.records import open_record
    from daybook.people.accounts import Profile

    opened = open_record(
        name="wren", passphrase="plover mosaic candle drift wagon", profile=Profile("AB"), now=now
    )
    for number, mebibytes in enumerate(SIZES_MIB):
        intake = Intake(opened.unlocked.record_id, now=now, most_bytes=4096 * MEBIBYTE)
        with Path(folder, f"{number}.bin").open("wb") as file:
            for piece in plain_pieces(number, mebibytes):
                intake.write(piece)
                file.write(piece)
        admit_exhibit(opened.unlocked, intake.finish(), name=f"{number}.bin", source="upload", now=now)
    return opened.unlocked


def _bare_zip(folder: Path) -> None:
    """The least there is to do: read, CRC (by zipfile), SHA-256, write."""
    with zipfile.ZipFile(folder / "bare.zip", "w", zipfile.ZIP_STORED) as bare:
        for number, mebibytes in enumerate(SIZES_MIB):
            digest = hashlib.sha256()
            info = zipfile.ZipInfo(f"{number}.bin")
            info.file_size = mebibytes * MEBIBYTE
            with (folder / f"{number}.bin").open("rb") as source, bare.open(info, "w") as member:
                while piece := source.read(MEBIBYTE):
                    digest.update(piece)
                    member.write(piece)
            bare.writestr(f"{number}.sha256", digest.hexdigest())


if __name__ == "__main__":
    main()
