"""A browser without a screen: it keeps cookies, takes the token out of a page, and posts forms to a running Daybook."""

import http.client
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from email.message import Message
from html.parser import HTMLParser
from http.cookies import SimpleCookie
from typing import Any
from urllib.parse import urlencode

from tests.form_bodies import BOUNDARY, Sent, field_part, file_head, form_body, form_end

_TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def text(self) -> str:
        """The page."""
        return self.body.decode()

    @property
    def location(self) -> str:
        """Where it leads."""
        return self.headers["location"]


@dataclass(slots=True)
class PlainBrowser:
    """One browser, looking at the Daybook on ``port``."""

    port: int
    cookies: dict[str, str] = field(default_factory=dict)

    def get(self, path: str) -> Answer:
        """Ask for a page."""
        return self._ask("GET", path, None, {})

    def unlock(self, name: str, passphrase: str) -> Answer:
        """Unlock a record."""
        return self.post("/unlock/", {"name": name, "passphrase": passphrase})

    def post(
        self, path: str, fields: Mapping[str, str], *, token_from: str | None = None, **headers: str
    ) -> Answer:
        """Fill in the page's form, hidden fields too, and send it."""
        page = self.get(token_from or path).text
        body = urlencode({**hidden_fields(page), **fields}).encode()
        kind = "application/x-www-form-urlencoded"
        return self._ask("POST", path, body, {"Content-Type": kind, **headers})

    def send_files(
        self, path: str, files: Sequence[Sent], fields: Mapping[str, str] | None = None, *, token: bool = True
    ) -> Answer:
        """Send files, with the page's token or without."""
        named = {"csrfmiddlewaretoken": self.token(path)} if token else {}
        return self._ask("POST", path, form_body({**named, **(fields or {})}, files), _FORM)

    def stream_file(self, path: str, name: str, pieces: Iterable[bytes], *, length: int) -> Answer:
        """Send one big file piece by piece. ``length`` is the file's own, in bytes."""
        head = field_part("csrfmiddlewaretoken", self.token(path)) + file_head(name)
        tail = b"\r\n" + form_end()
        total = {"Content-Length": str(len(head) + length + len(tail))}

        def body() -> Iterable[bytes]:
            yield head
            yield from pieces
            yield tail

        return self._ask("POST", path, body(), _FORM | total)

    def break_off(self, path: str, name: str, content: bytes, *, length: int) -> None:
        """Begin to send a file of ``length`` bytes, and go away after ``content``."""
        head = field_part("csrfmiddlewaretoken", self.token(path)) + file_head(name)
        connection = http.client.HTTPConnection("localhost", self.port, timeout=60)
        connection.putrequest("POST", path)
        for header, value in (self._headers() | _FORM).items():
            connection.putheader(header, value)
        connection.putheader("Content-Length", str(len(head) + length))
        connection.endheaders(head + content)
        connection.close()

    def token(self, path: str) -> str:
        """The token of a page's forms."""
        found = _TOKEN.search(self.get(path).text)
        assert found is not None, f"{path} holds no form"
        return found[1]

    def _headers(self) -> dict[str, str]:
        return {
            "Accept": "text/html",
            "Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items()),
        }

    def _ask(self, method: str, path: str, body: Any, headers: Mapping[str, str]) -> Answer:
        connection = http.client.HTTPConnection("localhost", self.port, timeout=120)
        try:
            connection.request(method, path, body, self._headers() | dict(headers))
            answer = connection.getresponse()
            self._remember_cookies(answer.headers)
            told = {name.lower(): value for name, value in answer.getheaders()}
            return Answer(answer.status, told, answer.read())
        finally:
            connection.close()

    def _remember_cookies(self, headers: Message) -> None:
        for line in headers.get_all("Set-Cookie") or ():
            for name, morsel in SimpleCookie(line).items():
                self.cookies[name] = morsel.value


def hidden_fields(page: str) -> dict[str, str]:
    """The hidden fields of the forms in a page's main part; the first of a name counts."""
    found = _HiddenFields()
    found.feed(page)
    return found.fields


class _HiddenFields(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.fields: dict[str, str] = {}
        self._in_main = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._in_main = self._in_main or tag == "main"
        given = dict(attrs)
        if self._in_main and tag == "input" and given.get("type") == "hidden":
            self.fields.setdefault(given.get("name") or "", given.get("value") or "")

    def handle_endtag(self, tag: str) -> None:
        if tag == "main":
            self._in_main = False


_FORM = {"Content-Type": f"multipart/form-data; boundary={BOUNDARY}"}
