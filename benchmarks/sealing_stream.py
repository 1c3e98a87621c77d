"""Taking in a 2 GiB file from a stream – hashed, sealed, padded, durable in the blob store – against the bare floor.

The floor reads the same file in one thread, hashes it, seals it in pieces of 64 KiB and writes and fsyncs what comes out: no
header, no padding, no second hash, no rows. Beside it, where they are installed: the `age` program, and `restic` backing the
file up into a fresh repository. Promises, in one run: at least 0.85 times the floor's rate, 1.0 times that of `age`, 2.5 times
that of `restic`, and at most 128 MiB resident.
"""

import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

from benchmarks.harness import report
from benchmarks.served import environment
from daybook.kernel.sealing.age import generate_identity

LENGTH = 2 * 1024**3
PIECE = 64 * 1024
ROUNDS = 3
MOST_RESIDENT_MIB = 128
LEAST = {"floor": 0.85, "age": 1.0, "restic": 2.5}

TAKE_IN = """
import json, resource, sys, time
from datetime import UTC, datetime
from daybook.site.commands.starting import start
start()
from daybook.evidence.intake import Intake, discard
from daybook.people.models import Record
record = Record.objects.values_list("pk", flat=True).get()

def take_in(source):
    intake = Intake(record, now=datetime.now(UTC), most_bytes=1 << 40)
    while piece := source.read(262_144):
        intake.write(piece)
    return intake.finish()

def resident():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024

with open(sys.argv[1], "rb", buffering=0) as source:
    for line in sys.stdin:
        source.seek(0)
        started = time.perf_counter()
        received = take_in(source)
        took = time.perf_counter() - started
        discard(received)
        print(json.dumps([took, received.size, received.sha256, resident()]), flush=True)
"""


def noise(path: Path, length: int = LENGTH) -> str:
    """Write a file that does not compress; gives its SHA-256."""
    digest = hashlib.sha256()
    with path.open("wb") as file:
        for _ in range(0, length, 1 << 20):
            piece = os.urandom(1 << 20)
            digest.update(piece)
            file.write(piece)
        file.flush()
        os.fsync(file.fileno())
    return digest.hexdigest()


def floor(source: Path, folder: Path) -> float:
    """Seconds for the bare minimum in one thread."""
    aead, digest = ChaCha20Poly1305(os.urandom(32)), hashlib.sha256()
    target = folder / "floor"
    started = time.perf_counter()
    with source.open("rb", buffering=0) as plain, target.open("wb", buffering=0) as sealed:
        number = 0
        while piece := plain.read(PIECE):
            digest.update(piece)
            sealed.write(aead.encrypt(number.to_bytes(12, "big"), piece, None))
            number += 1
        os.fsync(sealed.fileno())
    took = time.perf_counter() - started
    target.unlink()
    return took


def age(source: Path, folder: Path) -> float:
    """Seconds for the `age` program, with the fsync that it leaves out."""
    _, recipient = generate_identity()
    target = folder / "sealed.age"
    started = time.perf_counter()
    subprocess.run(["age", "-r", recipient, "-o", str(target), str(source)], check=True)
    descriptor = os.open(target, os.O_RDONLY)
    os.fsync(descriptor)
    os.close(descriptor)
    took = time.perf_counter() - started
    target.unlink()
    return took


def restic(source: Path, folder: Path) -> float:
    """Seconds for `restic` to back the file up into a repository made for it."""
    repository = folder / "repository"
    told = {**os.environ, "RESTIC_PASSWORD": "x", "RESTIC_REPOSITORY": str(repository)}
    told |= {"RESTIC_CACHE_DIR": str(folder / "cache")}
    subprocess.run(["restic", "init", "-q"], check=True, env=told)
    started = time.perf_counter()
    subprocess.run(["restic", "backup", "-q", str(source)], check=True, env=told)
    took = time.perf_counter() - started
    shutil.rmtree(repository)
    return took


def main() -> None:
    """Measure and print one JSON line."""
    with tempfile.TemporaryDirectory(prefix="daybook-bench-") as made:
        folder = Path(made)
        source = folder / "source"
        digest = noise(source)
        told = environment(folder / "home")
        demo = [sys.executable, "-m", "daybook.site.cli", "demo", "--entries", "0", "--exhibits", "0"]
        subprocess.run(demo, check=True, env=told, stdout=subprocess.DEVNULL)
        with subprocess.Popen(
            [sys.executable, "-c", TAKE_IN, str(source)],
            env=told,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        ) as child:
            resident: list[float] = []

            def ours() -> float:
                assert child.stdin is not None
                assert child.stdout is not None
                child.stdin.write("again\n")
                child.stdin.flush()
                took, size, sha256, most = json.loads(child.stdout.readline())
                assert (size, sha256) == (LENGTH, digest)
                resident.append(most)
                return float(took)

            others: dict[str, Callable[[Path, Path], float]] = {"floor": floor}
            others |= {name: work for name, work in (("age", age), ("restic", restic)) if shutil.which(name)}
            ratios: dict[str, list[float]] = {name: [] for name in others}
            rates: list[float] = []
            for number in range(ROUNDS):
                # Who goes first changes, and what is compared is always neighbours in time.
                for name, work in others.items():
                    if number % 2:
                        other = work(source, folder)
                        own = ours()
                    else:
                        own = ours()
                        other = work(source, folder)
                    ratios[name].append(other / own)
                    rates.append(LENGTH / own / 1e6)
            assert child.stdin is not None
            child.stdin.close()
    found = {name: median(each) for name, each in ratios.items()}
    report(
        "sealing_stream",
        kept=all(found[name] >= LEAST[name] for name in found) and max(resident) <= MOST_RESIDENT_MIB,
        rate_against_floor=found["floor"],
        rate_against_age=found.get("age"),
        rate_against_restic=found.get("restic"),
        promised=LEAST,
        megabytes_a_second=median(rates),
        resident_mib=max(resident),
        resident_promised_mib=MOST_RESIDENT_MIB,
        spread={name: [min(each), max(each)] for name, each in ratios.items()},
    )


if __name__ == "__main__":
    main()
