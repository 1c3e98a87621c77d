"""Previews of 500 photographs of twelve megapixels: at least 0.8 times as fast as bare Pillow on the same processors.

Ours: each file in a child of its own that is confined before it hears of the file, asked for through the door, and what it
sends back walked marker by marker. Bare Pillow: as many processes as processors, each with Pillow imported, calling its own
`thumbnail` (which decodes at a fraction) and saving a JPEG of the same quality. Both read the same bytes from memory.

Told beside it: the same against processes that call our own reader and nothing around it, which shows what the walls cost; and
the whole way, from sealed bodies in the store to sealed rows in the database.
"""

import io
import multiprocessing
import os
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from PIL import Image, JpegImagePlugin

from benchmarks.harness import measure_paired, report, seconds_taken
from daybook.gateways.decoding.child_process import SLOTS, ChildDecoder
from daybook.gateways.decoding.limits import SMALL_SIDE
from daybook.gateways.decoding.pictures import QUALITY, make_thumbnail, warm_up

PHOTOGRAPHS = 500
DIFFERENT = 5
PROMISED = 0.8
ROUNDS = 3
SIDES = (4000, 3000)
"""Twelve megapixels."""


class _Held:
    """A file in memory."""

    def __init__(self, content: bytes) -> None:
        self._content = content
        self.size = len(content)

    def read(self, start: int, length: int) -> bytes:
        return self._content[start : start + length]


def photographs() -> list[bytes]:
    """A few photographs with as much detail as a phone's, each the size that phones make."""
    made = []
    for number in range(DIFFERENT):
        noise = Image.frombytes("RGB", (800, 600), os.urandom(800 * 600 * 3)).resize(
            SIDES, Image.Resampling.BICUBIC
        )
        sky = Image.linear_gradient("L").resize(SIDES).convert("RGB")
        written = io.BytesIO()
        Image.blend(sky, noise, 0.35).save(written, "JPEG", quality=88 + number)
        made.append(written.getvalue())
    return made


_FEW: list[bytes] = []


def _begin(few: list[bytes]) -> None:
    _FEW[:] = few
    warm_up()


def _bare(number: int) -> int:
    picture = JpegImagePlugin.JpegImageFile(io.BytesIO(_numbered(number)))
    picture.thumbnail((SMALL_SIDE, SMALL_SIDE))
    written = io.BytesIO()
    picture.save(written, "JPEG", quality=QUALITY)
    return len(written.getvalue())


def _without_walls(number: int) -> int:
    return len(make_thumbnail(JpegImagePlugin.JpegImageFile(io.BytesIO(_numbered(number))), 1))


def _numbered(number: int) -> bytes:
    """One of many photographs; no two have the same bytes."""
    return _FEW[number % len(_FEW)] + b"%d" % number


def main() -> None:
    """Measure and print one JSON line."""
    few = photographs()
    _FEW[:] = few
    processors = len(os.sched_getaffinity(0))
    decoder = ChildDecoder()

    def made(number: int) -> int:
        small = decoder.decode(_Held(_numbered(number)), content_type="image/jpeg").thumbnail
        assert small is not None
        return len(small.content)

    with (
        multiprocessing.get_context("spawn").Pool(processors, _begin, [few]) as pool,
        ThreadPoolExecutor(SLOTS) as threads,
    ):

        def ours() -> int:
            return sum(threads.map(made, range(PHOTOGRAPHS)))

        def bare() -> int:
            return sum(pool.imap_unordered(_bare, range(PHOTOGRAPHS), chunksize=4))

        def without_walls() -> int:
            return sum(pool.imap_unordered(_without_walls, range(PHOTOGRAPHS), chunksize=4))

        made(0)
        found = measure_paired(bare, ours, rounds=ROUNDS, warm_ups=0)
        walls = measure_paired(without_walls, ours, rounds=1, warm_ups=0)
    decoder.close()
    report(
        "previews",
        kept=found.ratio >= PROMISED,
        times_bare_pillow=found.ratio,
        promised=PROMISED,
        spread=found.spread,
        photographs_a_second=PHOTOGRAPHS / found.other_seconds,
        bare_photographs_a_second=PHOTOGRAPHS / found.ours_seconds,
        times_without_walls=walls.ratio,
        processors=processors,
        megabytes_each=sum(map(len, few)) / len(few) / 1e6,
        whole_way_photographs_a_second=_whole_way(few),
    )


def _whole_way(few: list[bytes], number: int = 60) -> float:
    """From sealed bodies to sealed rows, in a home of its own."""
    with tempfile.TemporaryDirectory(prefix="daybook-bench-") as folder:
        os.environ |= {
            "DAYBOOK_HOME": str(Path(folder) / "home"),
            "DAYBOOK_TEST_KDF": "1",
            "DAYBOOK_ENV": "test",
        }
        from daybook.site.commands.starting import start

        start()
        from daybook import doors
        from daybook.evidence.describing import described_together
        from daybook.evidence.exhibits import admit_exhibit
        from daybook.evidence.intake import Intake
        from daybook.ledger.records import open_record
        from daybook.people.accounts import Profile

        now = doors.clock().now()
        opened = open_record(
            name="bench", passphrase="plover mosaic candle drift wagon eleven", profile=Profile("AB"), now=now
        )
        files = []
        for place in range(number):
            intake = Intake(opened.unlocked.record_id, now=now)
            intake.write(few[place % len(few)] + b"%d" % place)
            files.append((intake.finish(), f"{place}.jpg", "image/jpeg"))

        def admit() -> None:
            with described_together(opened.unlocked.viewer, files) as described:
                for received, name, _ in files:
                    admit_exhibit(
                        opened.unlocked,
                        received,
                        name=name,
                        source="bench",
                        now=now,
                        described=described[received.blob_key],
                    )

        return number / seconds_taken(admit)


if __name__ == "__main__":
    main()
