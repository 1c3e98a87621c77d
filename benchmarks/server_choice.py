"""Which WSGI server? cheroot, measured against gunicorn's threads and granian on the same little application.

What Daybook asks of its server, and what decided it:

- A body streams to the application, neither spooled to disk nor held in memory. Measured: memory and files
  while 300 MB arrive slowly. All three do this.
- Slow uploads leave other pages quick. Measured: a small page while all threads but two are receiving. All
  three do this.
- It runs inside the one Daybook process beside other threads, on Linux, macOS and Windows. Only cheroot does:
  gunicorn forks workers and has no Windows; granian starts worker processes, and its embedded server takes no
  WSGI.
- It is small enough to read: pure Python, so that what happens to a body cut short can be looked up and
  mended. granian's answer is in Rust.

granian answers small pages faster. One person uses one server, and a page takes longer to make than to send:
that difference is paid for nothing.
"""

import hashlib
import http.client
import json
import os
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median, quantiles
from wsgiref.types import StartResponse, WSGIEnvironment

import psutil

from benchmarks.harness import measure_paired, report
from daybook.site.server import serve

THREADS = 8
BIG = 300_000_000
PIECE = 256 * 1024
PIECES_A_SECOND = 400
LOOK_SECONDS = 0.03


def application(environ: WSGIEnvironment, start_response: StartResponse) -> list[bytes]:
    """A small page, or how many bytes were sent and when the first of them arrived here."""
    answer = b"x" * 2000
    if environ["REQUEST_METHOD"] == "POST":
        digest, count, first = hashlib.sha256(), 0, 0.0
        while piece := environ["wsgi.input"].read(64 * 1024):
            first = first or time.monotonic()
            count += len(piece)
            digest.update(piece)
        answer = json.dumps({"count": count, "first": first, "sha256": digest.hexdigest()}).encode()
    start_response("200 OK", [("Content-Length", str(len(answer))), ("Content-Type", "text/plain")])
    return [answer]


@dataclass
class Candidate:
    """A server that is running."""

    name: str
    port: int
    process: psutil.Process
    temporary: Path

    def get(self, connection: http.client.HTTPConnection) -> None:
        """Fetch the small page."""
        connection.request("GET", "/")
        assert len(connection.getresponse().read()) == 2000

    def connect(self) -> http.client.HTTPConnection:
        """A connection that is kept open."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        connection.connect()
        connection.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return connection

    def family(self) -> list[psutil.Process]:
        """The process and all it started."""
        return [self.process, *self.process.children(recursive=True)]

    def memory(self) -> int:
        """Bytes of memory held by the process and all it started."""
        return sum(process.memory_info().rss for process in self.family())

    def spooled(self) -> int:
        """Bytes in its temporary folder, and in files that have no name any more."""
        named = sum(path.stat().st_size for path in self.temporary.rglob("*") if path.is_file())
        return named + sum(_nameless(process.pid) for process in self.family())


def _nameless(pid: int) -> int:
    found = 0
    for descriptor in Path(f"/proc/{pid}/fd").glob("*"):
        try:
            if "(deleted)" in os.readlink(descriptor):
                found += descriptor.stat().st_size
        except OSError:
            continue
    return found


def _commands(port: int) -> dict[str, list[str]]:
    here = "benchmarks.server_choice"
    return {
        "cheroot": [sys.executable, "-m", here, "serve", str(port)],
        "gunicorn": [
            *(sys.executable, "-m", "gunicorn", f"{here}:application", "--bind", f"127.0.0.1:{port}"),
            *("--worker-class", "gthread", "--threads", str(THREADS), "--workers", "1", "--keep-alive", "60"),
            *("--log-level", "critical", "--no-control-socket"),
        ],
        "granian": [
            *(sys.executable, "-m", "granian", f"{here}:application", "--interface", "wsgi", "--no-log"),
            *(
                "--host",
                "127.0.0.1",
                "--port",
                str(port),
                "--workers",
                "1",
                "--blocking-threads",
                str(THREADS),
            ),
        ],
    }


@contextmanager
def _running(name: str) -> Iterator[Candidate]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = int(free.getsockname()[1])
    with tempfile.TemporaryDirectory() as temporary:
        environment = os.environ | {"TMPDIR": temporary}
        process = subprocess.Popen(_commands(port)[name], env=environment, stderr=subprocess.DEVNULL)
        candidate = Candidate(name, port, psutil.Process(process.pid), Path(temporary))
        try:
            _wait_until_it_answers(candidate)
            yield candidate
        finally:
            process.terminate()
            process.wait(30)


def _wait_until_it_answers(candidate: Candidate) -> None:
    give_up = time.monotonic() + 30
    while True:
        try:
            candidate.connect().close()
            return
        except OSError:
            if time.monotonic() > give_up:
                raise
            time.sleep(0.05)


def _send_head(candidate: Candidate, length: int) -> socket.socket:
    connection = socket.create_connection(("127.0.0.1", candidate.port), timeout=60)
    connection.sendall(b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: %d\r\n\r\n" % length)
    return connection


def _answer(connection: socket.socket) -> dict[str, float]:
    response = http.client.HTTPResponse(connection)
    response.begin()
    found: dict[str, float] = json.loads(response.read())
    return found


def measure_big_slow_post(candidate: Candidate) -> dict[str, float]:
    """Send 300 MB at about 100 MB/s and watch memory and files meanwhile."""
    before_memory, before_files = candidate.memory(), candidate.spooled()
    most_memory, most_files, done = 0, 0, threading.Event()

    def watch() -> None:
        nonlocal most_memory, most_files
        while not done.wait(LOOK_SECONDS):
            most_memory = max(most_memory, candidate.memory() - before_memory)
            most_files = max(most_files, candidate.spooled() - before_files)

    watcher = threading.Thread(target=watch)
    watcher.start()
    piece, started = os.urandom(PIECE), time.monotonic()
    with _send_head(candidate, BIG // PIECE * PIECE) as connection:
        for number in range(BIG // PIECE):
            connection.sendall(piece)
            time.sleep(max(0.0, started + number / PIECES_A_SECOND - time.monotonic()))
        sent = time.monotonic()
        answer = _answer(connection)
    done.set()
    watcher.join()
    assert answer["count"] == BIG // PIECE * PIECE
    return {
        "memory_grew_mb": most_memory / 1e6,
        "spooled_mb": most_files / 1e6,
        "first_byte_waited_share": (answer["first"] - started) / (sent - started),
    }


def measure_page_beside_slow_uploads(candidate: Candidate) -> dict[str, float]:
    """Fetch the small page on new connections while all threads but two are receiving a slow upload."""
    uploads = [_send_head(candidate, 1_000_000) for _ in range(THREADS - 2)]
    for upload in uploads:
        upload.sendall(b"x")
    time.sleep(0.2)
    taken = []
    for _ in range(200):
        started = time.perf_counter()
        connection = candidate.connect()
        candidate.get(connection)
        connection.close()
        taken.append((time.perf_counter() - started) * 1000)
    for upload in uploads:
        upload.close()
    return {"median_ms": median(taken), "p99_ms": quantiles(taken, n=100)[98]}


def measure_full_speed_post(candidate: Candidate) -> None:
    """Send 60 MB as fast as they are taken."""
    body = bytes(1_000_000)
    with _send_head(candidate, 60_000_000) as connection:
        for _ in range(60):
            connection.sendall(body)
        assert _answer(connection)["count"] == 60_000_000


def compare() -> None:
    """Run all three servers side by side and print what was found."""
    with ExitStack() as stack:
        chosen, *others = (stack.enter_context(_running(name)) for name in _commands(0))
        everyone = [chosen, *others]
        slow_post = {candidate.name: measure_big_slow_post(candidate) for candidate in everyone}
        beside = {candidate.name: measure_page_beside_slow_uploads(candidate) for candidate in everyone}
        page, post = {}, {}
        for other in others:
            ours_open, other_open = chosen.connect(), other.connect()
            page[other.name] = measure_paired(
                lambda: chosen.get(ours_open),  # noqa: B023 - called before the next turn
                lambda: other.get(other_open),  # noqa: B023 - as above
                rounds=15,
                times=200,
            )
            ours_open.close()
            other_open.close()
            post[other.name] = measure_paired(
                lambda: measure_full_speed_post(chosen),
                lambda: measure_full_speed_post(other),  # noqa: B023 - as above
                rounds=5,
            )
    report(
        "server_choice",
        kept=slow_post["cheroot"]["memory_grew_mb"] < 10 and slow_post["cheroot"]["spooled_mb"] == 0,
        chosen="cheroot",
        slow_post_of_300_mb=slow_post,
        page_beside_slow_uploads=beside,
        page_time_ratio={name: (found.ratio, *found.spread) for name, found in page.items()},
        post_time_ratio={name: (found.ratio, *found.spread) for name, found in post.items()},
    )


if __name__ == "__main__":
    if sys.argv[1:2] == ["serve"]:
        serve(
            application,
            host_addresses=["127.0.0.1"],
            port=int(sys.argv[2]),
            threads=THREADS,
            max_body_bytes=2 * BIG,
            on_ready=lambda port: None,
        )
    else:
        compare()
