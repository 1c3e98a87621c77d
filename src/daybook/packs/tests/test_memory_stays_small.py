"""Making and checking a pack takes memory that does not grow with its exhibits."""

import subprocess
import sys
import textwrap
from pathlib import Path

MEBIBYTE = 1 << 20


def test_a_300_mib_exhibit_is_packed_and_checked_in_constant_memory(tmp_path: Path) -> None:
    program = textwrap.dedent("""
        import hashlib, resource, sys, tracemalloc
        from pathlib import Path
        from daybook.packs.bag import prepare_pack, stream_pack
        from daybook.packs.tests.record_in_memory import MADE_AT
        from daybook.packs.tests.sample import FONTS, sample_record
        from daybook.packs.verify import verify_pack

        PIECE, COUNT = bytes(range(256)) * 256, 4800
        digest = hashlib.sha256()
        for _ in range(COUNT):
            digest.update(PIECE)
        record = sample_record()
        film = record.admit("film.mp4", b"", at=MADE_AT, sha256=digest.hexdigest(), size=len(PIECE) * COUNT)
        prepared = prepare_pack(record.contents(), fonts=FONTS)

        def original(key):
            return (PIECE for _ in range(COUNT)) if key == film else [record.originals[key]]

        peak = lambda: resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
        before = peak()
        tracemalloc.start()
        target, largest = Path(sys.argv[1]), 0
        with target.open("wb") as file:
            for piece in stream_pack(prepared, open_exhibit=original, close_ledger=record.closer()):
                largest = max(largest, len(piece))
                file.write(piece)
        print(tracemalloc.get_traced_memory()[1], largest)
        tracemalloc.reset_peak()
        assert verify_pack(target).is_valid()
        print(tracemalloc.get_traced_memory()[1], peak() - before)
    """)
    done = subprocess.run(
        [sys.executable, "-c", program, str(tmp_path / "pack.zip")],
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr
    made, largest, checked, grown = map(int, done.stdout.split())
    assert made < 4 * MEBIBYTE
    assert largest < 2 * MEBIBYTE
    assert checked < 16 * MEBIBYTE
    assert grown < 32 * MEBIBYTE
