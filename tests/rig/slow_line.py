"""A bad connection on this machine: a loopback proxy before a Daybook, that is slow, and that breaks when it is told to."""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress

__all__ = ["SlowLine", "slow_line"]

_PIECE = 16 * 1024


class SlowLine:
    """Listens on ``port`` and passes everything on to another port of this machine."""

    def __init__(self, to_port: int) -> None:
        self._to_port = to_port
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self.bytes_a_second: float | None = None
        """How fast bytes go to the server, over all connections."""
        self.passed = 0
        """How many bytes went to the server."""
        self._cut_at: int | None = None
        self._is_down = False
        self._open: set[socket.socket] = set()
        self._lock = threading.Lock()
        self._threads: list[threading.Thread] = []
        threading.Thread(target=self._accept, daemon=True).start()

    def cut_after(self, count: int) -> None:
        """Break every connection when so many more bytes went to the server."""
        self._cut_at = self.passed + count

    def go_down(self) -> None:
        """Break every connection, and let none through."""
        self._is_down = True
        self._cut()

    def come_back(self) -> None:
        """Let connections through again."""
        self._is_down = False

    def close(self) -> None:
        """End for good."""
        self.go_down()
        self._listener.close()
        for thread in self._threads:
            thread.join(10)

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                browser, _ = self._listener.accept()
                try:
                    if self._is_down:
                        raise ConnectionRefusedError
                    server = socket.create_connection(("127.0.0.1", self._to_port))
                except OSError:
                    browser.close()
                    continue
                serving = threading.Thread(target=self._serve, args=(browser, server), daemon=True)
                self._threads.append(serving)
                serving.start()

    def _serve(self, browser: socket.socket, server: socket.socket) -> None:
        with browser, server:
            with self._lock:
                self._open |= {browser, server}
            back = threading.Thread(target=self._pass, args=(server, browser, False), daemon=True)
            back.start()
            self._pass(browser, server, True)
            back.join()
            with self._lock:
                self._open -= {browser, server}

    def _pass(self, source: socket.socket, target: socket.socket, up: bool) -> None:
        with suppress(OSError):
            while data := source.recv(_PIECE):
                if up:
                    self._take_time(len(data))
                target.sendall(data)
                if up:
                    self.passed += len(data)
                    if self._cut_at is not None and self.passed >= self._cut_at:
                        self._cut_at = None
                        self._cut()
        for end in (source, target):
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)

    def _take_time(self, count: int) -> None:
        if self.bytes_a_second:
            time.sleep(count / self.bytes_a_second)

    def _cut(self) -> None:
        with self._lock:
            for end in self._open:
                with suppress(OSError):
                    end.shutdown(socket.SHUT_RDWR)


@contextmanager
def slow_line(to_port: int) -> Iterator[SlowLine]:
    """A line to a port of this machine, for as long as the context lasts."""
    line = SlowLine(to_port)
    try:
        yield line
    finally:
        line.close()
