"""Sending a file in parts to a running Daybook, as the page's script does, and breaking off anywhere."""

import base64
import http.client
import json
from collections.abc import Mapping
from typing import Any

from tests.plain_browser import Answer, PlainBrowser

UPLOADS = "/files/upload/"
_BODY = {"Content-Type": "application/offset+octet-stream"}


class Parts:
    """One file on its way from a browser that has unlocked its record."""

    def __init__(self, browser: PlainBrowser, name: str, length: int, *, url: str = "") -> None:
        self.browser = browser
        self.length = length
        self._token = browser.token("/files/add/")
        self.url = url
        if not url:
            metadata = f"filename {base64.b64encode(name.encode()).decode()}"
            begun = self._ask(
                "POST", UPLOADS, b"", {"Upload-Length": str(length), "Upload-Metadata": metadata}
            )
            assert begun.status == 201, begun.text
            self.url = begun.location

    def send(self, offset: int, body: Any, *, length: int | None = None) -> Answer:
        """One request with the bytes from ``offset`` on."""
        headers = {**_BODY, "Upload-Offset": str(offset)}
        if length is not None:
            headers["Content-Length"] = str(length)
        return self._ask("PATCH", self.url, body, headers)

    def break_off(self, offset: int, body: bytes, *, length: int, headers_too: bool = False) -> None:
        """Begin to send ``length`` bytes, and go away after ``body``, or in the middle of the headers."""
        connection = http.client.HTTPConnection("localhost", self.browser.port, timeout=60)
        connection.connect()
        headers = self._headers() | _BODY | {"Upload-Offset": str(offset), "Content-Length": str(length)}
        lines = [f"PATCH {self.url} HTTP/1.1", f"Host: localhost:{self.browser.port}"]
        head = "\r\n".join(
            [*lines, *(f"{name}: {value}" for name, value in headers.items()), "", ""]
        ).encode()
        assert connection.sock is not None
        connection.sock.sendall(head[: len(head) // 2] if headers_too else head + body)
        connection.close()

    def offset(self) -> int:
        """How far it has come; waits while a broken request still holds it."""
        for _ in range(400):
            answer = self._ask("HEAD", self.url, None, {})
            if answer.status == 200:
                return int(answer.headers["upload-offset"])
            assert answer.status == 423, answer.status
        raise TimeoutError("the file is held for ever")

    def keep(self) -> dict[str, Any]:
        """Make it evidence."""
        fields = f"csrfmiddlewaretoken={self._token}"
        kind = {"Content-Type": "application/x-www-form-urlencoded"}
        answer = self._ask("POST", f"{self.url}keep/", fields.encode(), kind)
        assert answer.status == 200, answer.text
        told: dict[str, Any] = json.loads(answer.body)
        return told

    def let_go(self) -> Answer:
        """Let go of it."""
        return self._ask("DELETE", self.url, None, {})

    def _headers(self) -> dict[str, str]:
        own = {"X-CSRFToken": self._token, "X-Daybook": "upload", "Tus-Resumable": "1.0.0"}
        origin = {"Origin": f"http://localhost:{self.browser.port}"}
        return {**self.browser._headers(), **own, **origin}

    def _ask(self, method: str, path: str, body: Any, headers: Mapping[str, str]) -> Answer:
        return self.browser._ask(method, path, body, self._headers() | dict(headers))
