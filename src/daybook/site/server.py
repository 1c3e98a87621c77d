"""The web server: cheroot, on this machine's own addresses only; bodies stream to the application.

benchmarks/server_choice.py says why cheroot. What is done differently here, and why:

- A body that ends before its stated length raises. A file cut short on its way must never be kept as if it
  were whole.
- A body has a length. Django reads nothing from a body sent in chunks of unknown number, so the file would be
  taken for empty; such a request is answered 411 instead.
- A body over the limit is answered 413, and what the browser still sends is read and dropped for a while. A
  browser whose connection is cut while it sends shows "connection reset" and never the answer.
- What the application leaves unread is dropped in small pieces, never read into memory at once.
- A HEAD request gets no body, whatever the application says.
- Nothing is said about the server, nothing is logged about a visit. A failure is logged by its type and its
  place in the code; its words may quote what someone wrote.
"""

import logging
import os
import signal
import socket
import sys
import threading
import time
import traceback
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from email.utils import formatdate
from errno import EACCES, EADDRINUSE, ECONNRESET
from io import BufferedReader
from ipaddress import ip_address
from queue import SimpleQueue
from types import FrameType, TracebackType
from typing import cast
from wsgiref.types import WSGIApplication

from cheroot import server as cheroot_server
from cheroot import wsgi as cheroot_wsgi

__all__ = ["LOOPBACK", "BodyCutShort", "PortTaken", "serve"]

LOOPBACK = ("127.0.0.1", "::1")
"""What ``localhost`` may mean. Both are held, so nobody else on the machine can answer on one of them."""

_HEADER_BYTES = 64 * 1024
_PIECE_BYTES = 64 * 1024
_IDLE_SECONDS = 30
_BODY_SECONDS = 3600
_SWALLOW_SECONDS = 30
_SWALLOW_IDLE_SECONDS = 3
_STOP_SECONDS = 5
_CUT_SECONDS = 2
_BACKLOG = 128

_log = logging.getLogger(__name__)


class PortTaken(OSError):
    """The port is not free on one of the addresses."""


class BodyCutShort(ConnectionResetError):
    """A request's body ended before its stated length."""

    def __init__(self) -> None:
        super().__init__(ECONNRESET, "the request ended before its stated length")


class _RequestBody:
    """A request's body as WSGI wants it: it reads to its stated length, or it raises."""

    def __init__(self, source: BufferedReader, length: int) -> None:
        self._source = source
        self._remaining = length
        self._deadline = time.monotonic() + _BODY_SECONDS

    def _wanted(self, size: int | None) -> int:
        if time.monotonic() > self._deadline:
            raise TimeoutError("timed out")
        return self._remaining if size is None or size < 0 else min(size, self._remaining)

    def read(self, size: int | None = -1) -> bytes:
        pieces: list[bytes] = []
        wanted = self._wanted(size)
        while wanted:
            # One look at the socket at a time, so that a slow sender meets the deadline.
            piece = self._source.read1(min(wanted, _PIECE_BYTES))
            if not piece:
                raise BodyCutShort
            pieces.append(piece)
            self._remaining -= len(piece)
            wanted = self._wanted(wanted - len(piece))
        return b"".join(pieces)

    def readline(self, size: int | None = -1) -> bytes:
        wanted = self._wanted(size)
        line = self._source.readline(wanted) if wanted else b""
        if len(line) < wanted and not line.endswith(b"\n"):
            raise BodyCutShort
        self._remaining -= len(line)
        return line

    def readlines(self, hint: int | None = -1) -> list[bytes]:
        return list(self)

    def __iter__(self) -> Iterator[bytes]:
        while line := self.readline():
            yield line

    def drop(self) -> None:
        """Read what is left and forget it."""
        while self.read(_PIECE_BYTES):
            pass


class _Headers(cheroot_server.HeaderReader):
    def _allow_header(self, name: bytes) -> bool:
        # WSGI writes "-" and "_" alike: X_Y could pass for X-Y. cheroot's own reader for this fails on bytes.
        return b"_" not in name


class _Request(cheroot_server.HTTPRequest):
    header_reader = _Headers()

    def read_request_headers(self) -> bool:
        """Read the headers; refuse, in plain words, what could not be read to its end."""
        try:
            self.header_reader(self.rfile, self.inheaders)
        except ValueError:
            return self._refuse("400 Bad Request", "The request could not be read.")
        if b"Transfer-Encoding" in self.inheaders:
            return self._refuse("411 Length Required", "Say how long the request is before sending it.")
        stated = self.inheaders.get(b"Content-Length", b"0")
        if not stated.isdigit():
            return self._refuse("400 Bad Request", "The length of the request could not be read.")
        limit = self.server.max_request_body_size
        if len(stated) > 18 or int(stated) > limit:
            return self._refuse(
                "413 Request Entity Too Large",
                f"This is too big: at most {limit // 1_000_000} MB can be sent at once. Nothing was kept.",
            )
        connection = self.inheaders.get(b"Connection", b"").lower()
        self.close_connection = self.response_protocol != "HTTP/1.1" or connection == b"close"
        if self.inheaders.get(b"Expect", b"").lower() == b"100-continue":
            self.conn.wfile.write(b"HTTP/1.1 100 Continue\r\n\r\n")
        return True

    def _refuse(self, status: str, words: str) -> bool:
        self.simple_response(status, words)
        self.conn.refused = True
        return False

    def respond(self) -> None:
        """Let the application answer."""
        self.rfile = _RequestBody(self.conn.rfile, int(self.inheaders.get(b"Content-Length", b"0")))
        self.server.gateway(self).respond()
        self.ensure_headers_sent()
        if self.chunked_write:
            self.conn.wfile.write(b"0\r\n\r\n")

    def ensure_headers_sent(self) -> None:
        """Send the headers once, if the application came as far as having some; else a 500 follows."""
        if self.status:
            super().ensure_headers_sent()

    def write(self, chunk: bytes) -> None:
        """Send a piece of the answer's body, unless only the headers were asked for."""
        if self.method != b"HEAD":
            super().write(chunk)

    def send_headers(self) -> None:
        """Send the status and headers, after dropping what the application left unread."""
        named = {name.lower() for name, _ in self.outheaders}
        status_line = cast(bytes, self.status)  # cheroot's stub says str
        status = int(status_line[:3])
        has_body = status >= 200 and status not in {204, 304} and self.method != b"HEAD"
        if has_body and b"content-length" not in named:
            if self.response_protocol == "HTTP/1.1":
                self.chunked_write = True
                self.outheaders.append((b"Transfer-Encoding", b"chunked"))
            else:
                self.close_connection = True
        if not self.server.can_add_keepalive_connection:
            self.close_connection = True
        if self.close_connection:
            self.outheaders.append((b"Connection", b"close"))
        if b"date" not in named:
            self.outheaders.append((b"Date", formatdate(usegmt=True).encode("ascii")))
        self.rfile.drop()
        lines = [b"HTTP/1.1 %s" % status_line, *(b"%s: %s" % header for header in self.outheaders)]
        self.conn.wfile.write(b"\r\n".join([*lines, b"", b""]))


class _Connection(cheroot_server.HTTPConnection):
    RequestHandlerClass = _Request
    refused = False

    def close(self) -> None:
        """Close, but let a browser that was refused while sending read why."""
        if self.refused:
            self._swallow()
        super().close()

    def _swallow(self) -> None:
        until = time.monotonic() + _SWALLOW_SECONDS
        with suppress(OSError):
            self.socket.shutdown(socket.SHUT_WR)
            self.socket.settimeout(_SWALLOW_IDLE_SECONDS)
            while time.monotonic() < until and self.socket.recv(_PIECE_BYTES):
                pass


class _Server(cheroot_wsgi.Server):
    ConnectionClass = _Connection

    def error_log(self, msg: str = "", level: int = logging.INFO, traceback: bool = False) -> None:
        """Log the kind of failure and its place in the code, never its words or whose request it was."""
        kind, _, raised = sys.exc_info()
        if kind is not None and level >= logging.WARNING:
            _log.log(level, "a request failed: %s at %s", kind.__name__, _place(raised))


def _place(raised: TracebackType | None) -> str:
    frames = traceback.extract_tb(raised)
    return f"{frames[-1].filename}:{frames[-1].lineno}" if frames else "an unknown place"


def serve(
    application: WSGIApplication,
    *,
    host_addresses: Sequence[str] = LOOPBACK,
    port: int,
    threads: int,
    max_body_bytes: int,
    on_ready: Callable[[int], None],
    stop: threading.Event | None = None,
) -> bool:
    """Serve until SIGINT or SIGTERM comes or ``stop`` is set; then let requests under way finish for a few seconds.

    Args:
        application: the WSGI application. Its ``wsgi.input`` streams; it raises ``OSError`` when a body is
            cut short.
        host_addresses: loopback addresses; one that this machine does not have is left out.
        port: the port on every address; 0 picks a free one.
        threads: how many requests are worked on at once, for each address.
        max_body_bytes: the longest body that is taken, in bytes.
        on_ready: called once with the port, when connections are accepted.
        stop: stops the server when set. Signals are only listened to in the main thread.

    Returns:
        Whether every request has ended. One that has not (a long download, a database that is busy) goes on in its thread
        until the process ends: whatever it wrote is safe then, as it is when the power fails.

    Raises:
        ValueError: an address is not a loopback address.
        PortTaken: another program holds the port, on one of the addresses, or it is kept for the system.
    """
    foreign = [address for address in host_addresses if not ip_address(address).is_loopback]
    if foreign:
        raise ValueError(f"Daybook answers on this machine only, not on {', '.join(foreign)}")

    stop = stop or threading.Event()
    servers: list[_Server] = []
    try:
        for address in host_addresses:
            if _is_here(address, port):
                servers.append(_bound(application, address, port, threads, max_body_bytes))
                port = servers[0].socket.getsockname()[1]
        loops = [threading.Thread(target=server.serve, name="web server") for server in servers]
        for loop in loops:
            loop.start()
        with _stopped_by_signals(stop):
            on_ready(port)
            stop.wait()
    finally:
        endings = [threading.Thread(target=server.stop, daemon=True) for server in servers]
        for ending in endings:
            ending.start()
        give_up = time.monotonic() + _STOP_SECONDS + _CUT_SECONDS
        for ending in endings:
            ending.join(max(0.0, give_up - time.monotonic()))
    return not any(ending.is_alive() for ending in endings)


def _is_here(address: str, port: int) -> bool:
    """Whether this machine has the address. Looks first, as cheroot leaks a socket it cannot bind."""
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    try:
        with socket.socket(family, socket.SOCK_STREAM) as probe:
            if os.name == "posix":
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((address, port))
    except OSError as refused:
        if refused.errno in {EACCES, EADDRINUSE}:
            raise PortTaken(refused.errno, f"port {port} is not free on this machine") from refused
        return False
    return True


def _bound(
    application: WSGIApplication, address: str, port: int, threads: int, max_body_bytes: int
) -> _Server:
    server = _Server(
        (address, port),
        application,
        numthreads=threads,
        server_name="localhost",
        request_queue_size=_BACKLOG,
        timeout=_IDLE_SECONDS,
        shutdown_timeout=_STOP_SECONDS,
    )
    server.max_request_header_size = _HEADER_BYTES
    server.max_request_body_size = max_body_bytes
    server.prepare()
    # cheroot takes a socket handed to it by systemd without looking at its address.
    if not ip_address(server.socket.getsockname()[0]).is_loopback:
        server.stop()
        raise ValueError("Daybook answers on this machine only")
    return server


@contextmanager
def _stopped_by_signals(stop: threading.Event) -> Iterator[None]:
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    # A handler runs in the midst of whatever this thread does, so it may take no lock that this thread may hold: an event has
    # one, a simple queue has none.
    asked: SimpleQueue[None] = SimpleQueue()

    def ask_to_stop(_signal: int, _frame: FrameType | None) -> None:
        asked.put(None)

    def pass_on() -> None:
        asked.get()
        stop.set()

    threading.Thread(target=pass_on, name="signals", daemon=True).start()
    before = {name: signal.signal(name, ask_to_stop) for name in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for name, handler in before.items():
            signal.signal(name, handler)
