"""A Daybook served for a benchmark: its own home with an invented case, and a browser's session that is unlocked."""

import http.client
import os
import re
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlencode

__all__ = ["Browser", "home_with_case", "served"]

PASSPHRASE = "plover mosaic candle drift wagon eleven"
_SERVER = """
import os, sys
from daybook.site.commands.starting import start
os.environ["DJANGO_SETTINGS_MODULE"] = "benchmarks.served_settings"
start()
import gc
from django.core.wsgi import get_wsgi_application
from daybook.site.server import serve
application = get_wsgi_application()
gc.freeze(); gc.set_threshold(50_000, 20, 50)
serve(application, port=int(sys.argv[1]), threads=4, max_body_bytes=10**8, on_ready=lambda port: None)
"""


def environment(home: Path) -> dict[str, str]:
    """What a command on ``home`` needs; guessing passphrases is cheap here, since that is not what is measured."""
    return {
        **os.environ,
        "DAYBOOK_HOME": str(home),
        "DAYBOOK_ENV": "test",
        "DAYBOOK_TEST_KDF": "1",
        "DAYBOOK_PASSPHRASE": PASSPHRASE,
    }


@contextmanager
def home_with_case(*, entries: int, exhibits: int = 0) -> Iterator[Path]:
    """A home in a temporary folder, with a case of so many entries and exhibits."""
    with tempfile.TemporaryDirectory(prefix="daybook-bench-") as folder:
        home = Path(folder) / "home"
        command = ["demo", "--entries", str(entries), "--exhibits", str(exhibits)]
        subprocess.run(
            [sys.executable, "-m", "daybook.site.cli", *command],
            check=True,
            env=environment(home),
            stdout=subprocess.DEVNULL,
        )
        yield home


@contextmanager
def served(home: Path) -> Iterator["Browser"]:
    """Serve ``home`` in a process of its own; gives a browser that has unlocked it."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    process = subprocess.Popen([sys.executable, "-c", _SERVER, str(port)], env=environment(home))
    try:
        browser = Browser(port)
        browser.wait()
        browser.unlock()
        yield browser
    finally:
        process.terminate()
        process.wait(timeout=20)


class Browser:
    """One kept connection, with cookies and the form token, as a browser has them."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._connection = http.client.HTTPConnection("localhost", port)
        self._cookies: dict[str, str] = {}
        self.token = ""
        self.location = ""

    def wait(self) -> None:
        """Wait until the server answers."""
        for _ in range(300):
            try:
                self.get("/")
            except OSError:
                self._connection.close()
                time.sleep(0.1)
            else:
                return
        raise TimeoutError("the server did not start")

    def unlock(self) -> None:
        """Unlock the invented case."""
        self._learn_token(self.get("/unlock/"))
        self.post("/unlock/", {"name": "demo", "passphrase": PASSPHRASE})
        self._learn_token(self.get("/diary/new/"))

    def get(self, path: str) -> bytes:
        """One page. Raises AssertionError when it is not answered with 200."""
        status, body = self._ask("GET", path, None)
        assert status == 200, (path, status)
        return body

    def post(self, path: str, fields: dict[str, str]) -> int:
        """Send a form; gives the status. Raises AssertionError when it is refused."""
        status, _ = self._ask("POST", path, urlencode({**fields, "csrfmiddlewaretoken": self.token}))
        assert status in (200, 302, 303), (path, status)
        return status

    def send(self, method: str, path: str, body: bytes, headers: dict[str, str]) -> tuple[int, str]:
        """A request as a script of our pages sends it; gives the status and where it leads."""
        status, _ = self._ask(method, path, body, {"X-CSRFToken": self.token, **headers})
        return status, self.location

    def _ask(
        self, method: str, path: str, body: str | bytes | None, more: dict[str, str] | None = None
    ) -> tuple[int, bytes]:
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self._cookies.items())}
        if more is not None:
            headers |= {"Origin": f"http://localhost:{self._port}", **more}
        elif body is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
            headers["Origin"] = f"http://localhost:{self._port}"
        self._connection.request(method, path, body=body, headers=headers)
        answer = self._connection.getresponse()
        content = answer.read()
        for header in answer.headers.get_all("Set-Cookie") or []:
            name, _, value = header.partition(";")[0].partition("=")
            self._cookies[name] = value
        # Shown on the page an answer leads to, which is not asked for here.
        self._cookies.pop("messages", None)
        self.location = answer.headers.get("Location", "")
        return answer.status, content

    def _learn_token(self, page: bytes) -> None:
        found = re.search(rb'name="csrfmiddlewaretoken" value="([^"]+)"', page)
        assert found is not None
        self.token = found[1].decode()
