"""The web server streams, refuses clearly, says nothing of itself and stops when it is asked to."""

import http.client
import logging
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from wsgiref.types import StartResponse, WSGIEnvironment

import pytest

from daybook.site import server
from daybook.site.server import LOOPBACK, PortTaken, serve

LIMIT = 1_000_000


class Application:
    """Answers with what it was sent, and remembers what it saw of the body."""

    def __init__(self) -> None:
        self.first_piece_read = threading.Event()
        self.raised: BaseException | None = None

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterator[bytes]:
        path = environ["PATH_INFO"]
        if path == "/breaks":
            raise RuntimeError("what she wrote")
        count = 0
        lines: list[bytes] = []
        try:
            if path == "/lines":
                lines = list(environ["wsgi.input"])
            elif path != "/unread":
                while piece := environ["wsgi.input"].read(1000):
                    self.first_piece_read.set()
                    count += len(piece)
        except OSError as raised:
            self.raised = raised
            raise
        start_response("200 OK", [("Content-Type", "text/plain")])
        return iter([f"read {count} in {len(lines)} lines".encode()])


@contextmanager
def served(application: Application, addresses: tuple[str, ...] = LOOPBACK, port: int = 0) -> Iterator[int]:
    """Serve in a thread and give the port."""
    ready, stop = threading.Event(), threading.Event()
    ports: list[int] = []

    def on_ready(port: int) -> None:
        ports.append(port)
        ready.set()

    thread = threading.Thread(
        target=lambda: serve(
            application,
            host_addresses=addresses,
            port=port,
            threads=3,
            max_body_bytes=LIMIT,
            on_ready=on_ready,
            stop=stop,
        )
    )
    thread.start()
    try:
        assert ready.wait(10)
        yield ports[0]
    finally:
        stop.set()
        thread.join(20)


@pytest.fixture
def application() -> Application:
    return Application()


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    """The port of one server for all the tests that ask nothing of its application."""
    with served(Application()) as free:
        yield free


def said(port: int, request: bytes, address: str = "127.0.0.1") -> bytes:
    """Everything the server answers to some bytes on one connection."""
    with socket.create_connection((address, port), timeout=10) as connection:
        connection.sendall(request)
        connection.shutdown(socket.SHUT_WR)
        return b"".join(iter(lambda: connection.recv(65536), b""))


def test_a_body_reaches_the_application_while_it_is_still_being_sent(application: Application) -> None:
    head = b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2000\r\n\r\n"
    with served(application) as port, socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
        connection.sendall(head + b"x" * 1000)
        assert application.first_piece_read.wait(5)
        connection.sendall(b"x" * 1000)
        assert b"200 OK" in connection.recv(65536)


def test_a_body_cut_short_raises_and_is_never_taken_for_whole(application: Application) -> None:
    with served(application) as port:
        answer = said(
            port, b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2000\r\n\r\n" + b"x" * 1999
        )
        assert isinstance(application.raised, OSError)
        assert b"200 OK" not in answer


def test_a_line_cut_short_raises_too(application: Application) -> None:
    with served(application) as port:
        said(port, b"POST /lines HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2000\r\n\r\nfirst\nsec")
        assert isinstance(application.raised, OSError)


def test_lines_of_a_body_are_read_to_its_end(port: int) -> None:
    answer = said(port, b"POST /lines HTTP/1.1\r\nHost: localhost\r\nContent-Length: 12\r\n\r\nfirst\nsecond")
    assert b"in 2 lines" in answer


def test_a_body_over_the_limit_is_answered_413_while_the_browser_still_sends(port: int) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    connection.request("POST", "/", body=b"x" * (LIMIT * 20))
    answer = connection.getresponse()
    assert answer.status == 413
    assert answer.read() == b"This is too big: at most 1 MB can be sent at once. Nothing was kept."
    connection.close()


def test_the_longest_body_allowed_is_taken(port: int) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    connection.request("POST", "/", body=b"x" * LIMIT)
    assert connection.getresponse().read() == b"read 1000000 in 0 lines"
    connection.close()


@pytest.mark.parametrize("length", [b"-1", b"+5", b"5, 5", b"1_0", b"five", b""])
def test_a_length_that_is_not_a_number_is_refused(port: int, length: bytes) -> None:
    answer = said(port, b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: " + length + b"\r\n\r\nabcde")
    assert answer.startswith(b"HTTP/1.1 400 ")


def test_a_length_beyond_all_numbers_is_too_big(port: int) -> None:
    answer = said(port, b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: " + b"9" * 5000 + b"\r\n\r\n")
    assert answer.startswith(b"HTTP/1.1 413 ")


def test_a_body_of_unknown_length_is_refused_not_taken_for_empty(port: int) -> None:
    answer = said(
        port,
        b"POST / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
    )
    assert answer.startswith(b"HTTP/1.1 411 ")


def test_headers_over_the_limit_are_refused(port: int) -> None:
    answer = said(port, b"GET / HTTP/1.1\r\nHost: localhost\r\nX-Long: " + b"a" * 70_000 + b"\r\n\r\n")
    assert answer.startswith(b"HTTP/1.1 413 ")


def test_a_header_that_would_pass_for_another_is_dropped(port: int) -> None:
    head = b"POST / HTTP/1.1\r\nHost: localhost\r\nContent_Length: 5\r\n\r\n"
    assert b"read 0 in 0 lines" in said(port, head)


def test_what_the_application_leaves_unread_does_not_become_the_next_request(port: int) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    for _ in range(2):
        connection.request("POST", "/unread", body=b"GET /breaks HTTP/1.1\r\n\r\n" * 5000)
        answer = connection.getresponse()
        assert (answer.status, answer.read()) == (200, b"read 0 in 0 lines")
    connection.close()


def test_a_head_request_gets_headers_alone_and_the_connection_stays_usable(port: int) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    connection.request("HEAD", "/")
    assert connection.getresponse().read() == b""
    connection.request("GET", "/")
    assert connection.getresponse().read() == b"read 0 in 0 lines"
    connection.close()


def test_a_client_that_asks_first_is_told_to_go_on(port: int) -> None:
    head = b"POST / HTTP/1.1\r\nHost: localhost\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n"
    answer = said(port, head + b"hello")
    assert answer.startswith(b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\n")


def test_a_client_that_asks_first_is_refused_before_it_sends(port: int) -> None:
    head = b"POST / HTTP/1.1\r\nHost: localhost\r\nExpect: 100-continue\r\nContent-Length: 1000001\r\n\r\n"
    assert said(port, head).startswith(b"HTTP/1.1 413 ")


def test_nothing_is_said_about_the_server(port: int) -> None:
    answers = said(port, b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n") + said(port, b"nonsense\r\n\r\n")
    assert b"server:" not in answers.lower()
    assert b"cheroot" not in answers.lower()


def test_a_failure_is_logged_by_kind_and_place_but_not_in_its_words(
    port: int, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    with caplog.at_level(logging.DEBUG):
        answer = said(port, b"GET /breaks HTTP/1.1\r\nHost: localhost\r\n\r\n")
    assert answer.startswith(b"HTTP/1.1 500 ")
    assert "RuntimeError at " in caplog.text
    written = caplog.text + "".join(capfd.readouterr())
    assert "what she wrote" not in written
    assert "127.0.0.1" not in written


def test_it_answers_on_every_address_that_localhost_may_mean(port: int) -> None:
    assert b"200 OK" in said(port, b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n", "127.0.0.1")
    if socket.has_ipv6 and os.path.exists("/proc/net/if_inet6"):
        assert b"200 OK" in said(port, b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n", "::1")


@pytest.mark.parametrize("address", ["0.0.0.0", "192.0.2.1", "::"])
def test_it_refuses_to_listen_to_other_machines(application: Application, address: str) -> None:
    with pytest.raises(ValueError, match="this machine only"):
        serve(
            application,
            host_addresses=[address],
            port=0,
            threads=1,
            max_body_bytes=LIMIT,
            on_ready=lambda port: None,
        )


@pytest.mark.parametrize("held", ["127.0.0.1", "127.0.0.2"])
def test_a_port_held_by_another_program_on_one_address_is_refused(
    application: Application, held: str
) -> None:
    with socket.create_server((held, 0)) as other, pytest.raises(PortTaken):
        serve(
            application,
            host_addresses=["127.0.0.1", "127.0.0.2"],
            port=other.getsockname()[1],
            threads=1,
            max_body_bytes=LIMIT,
            on_ready=lambda port: None,
        )


def test_as_many_slow_senders_as_threads_less_one_leave_the_others_unhindered(port: int) -> None:
    slow = [socket.create_connection(("127.0.0.1", port)) for _ in range(2)]
    for connection in slow:
        connection.sendall(b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2000\r\n\r\nx")
    started = time.monotonic()
    assert b"200 OK" in said(port, b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
    assert time.monotonic() - started < 2
    for connection in slow:
        connection.close()


@pytest.mark.parametrize("name", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_lets_the_request_under_way_finish_and_then_stops(name: signal.Signals) -> None:
    code = (
        "import time\n"
        "from daybook.site.server import serve\n"
        "def app(environ, start_response):\n"
        "    print('working', flush=True)\n"
        "    time.sleep(1)\n"
        "    start_response('200 OK', [])\n"
        "    return [b'finished']\n"
        "serve(app, port=0, threads=2, max_body_bytes=10, on_ready=lambda port: print(port, flush=True))\n"
    )
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        port = int(process.stdout.readline())
        answers: list[bytes] = []
        request = b"GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
        client = threading.Thread(target=lambda: answers.append(said(port, request)))
        client.start()
        assert process.stdout.readline() == "working\n"
        process.send_signal(name)
        client.join(10)
        assert process.wait(10) == 0
    assert answers[0].endswith(b"finished\r\n0\r\n\r\n")


def test_a_request_that_does_not_end_keeps_nobody_from_stopping(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server, "_STOP_SECONDS", 0.2)
    monkeypatch.setattr(server, "_CUT_SECONDS", 0.2)
    begun, go_on, stop = threading.Event(), threading.Event(), threading.Event()

    def waits(_environ: WSGIEnvironment, start_response: StartResponse) -> list[bytes]:
        begun.set()
        go_on.wait(60)
        start_response("200 OK", [])
        return []

    def stop_meanwhile() -> None:
        begun.wait(10)
        stop.set()

    def ask(port: int) -> None:
        threading.Thread(
            target=said, args=(port, b"GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
        ).start()
        threading.Thread(target=stop_meanwhile).start()

    try:
        assert not serve(
            waits,
            port=0,
            threads=2,
            max_body_bytes=LIMIT,
            on_ready=ask,
            stop=stop,
            host_addresses=("127.0.0.1",),
        )
    finally:
        go_on.set()
