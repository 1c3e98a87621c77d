"""A file through the web server by tus, in parts as the page sends them, against taking in the same bytes without it.

Promise: at least 0.5 times the rate of `evidence.intake`, which `sealing_stream` measures, in the same run. Both hash, seal
and make durable; by tus it also comes through a socket, in requests, and each 8 MiB is promised in the database first.
"""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from statistics import median
from time import perf_counter

from benchmarks.harness import report
from benchmarks.sealing_stream import TAKE_IN, noise
from benchmarks.served import Browser, environment, served

LENGTH = 1024**3
PART = 16 * 1024**2
ROUNDS = 3
LEAST = 0.5


def send(browser: Browser, source: Path) -> float:
    """Seconds to send the file; then it is let go of."""
    headers = {"Tus-Resumable": "1.0.0", "X-Daybook": "upload"}
    started = perf_counter()
    status, url = browser.send("POST", "/files/upload/", b"", {**headers, "Upload-Length": str(LENGTH)})
    assert status == 201, status
    parts = {**headers, "Content-Type": "application/offset+octet-stream"}
    with source.open("rb", buffering=0) as file:
        for offset in range(0, LENGTH, PART):
            status, _ = browser.send("PATCH", url, file.read(PART), {**parts, "Upload-Offset": str(offset)})
            assert status == 204, status
    took = perf_counter() - started
    assert browser.send("DELETE", url, b"", headers)[0] == 204
    return took


def main() -> None:
    """Measure and print one JSON line."""
    with tempfile.TemporaryDirectory(prefix="daybook-bench-") as made:
        source = Path(made) / "source"
        digest = noise(source, LENGTH)
        home = Path(made) / "home"
        told = environment(home)
        demo = [sys.executable, "-m", "daybook.site.cli", "demo", "--entries", "1", "--exhibits", "0"]
        subprocess.run(demo, check=True, env=told, stdout=subprocess.DEVNULL)
        command = [sys.executable, "-c", TAKE_IN, str(source)]
        with (
            subprocess.Popen(
                command, env=told, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
            ) as child,
            served(home) as browser,
        ):
            assert child.stdin is not None
            assert child.stdout is not None
            ratios, rates = [], []
            for number in range(ROUNDS):
                through = send(browser, source) if number % 2 else 0.0
                child.stdin.write("again\n")
                child.stdin.flush()
                bare, size, sha256, _ = json.loads(child.stdout.readline())
                assert (size, sha256) == (LENGTH, digest)
                through = through or send(browser, source)
                ratios.append(bare / through)
                rates.append(LENGTH / through / 1e6)
            child.stdin.close()
        os.remove(source)
    report(
        "tus_upload",
        kept=median(ratios) >= LEAST,
        rate_against_intake=median(ratios),
        promised=LEAST,
        megabytes_a_second=median(rates),
        spread=[min(ratios), max(ratios)],
    )


if __name__ == "__main__":
    main()
