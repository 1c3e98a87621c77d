"""Reading a form as a browser would: what it would send, and what it shows."""

import re
from collections.abc import Mapping
from html import unescape
from typing import Protocol

from django.test import Client

_HIDDEN = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)"')


class Answer(Protocol):
    """An answer of the server, as the test client gives it."""

    @property
    def status_code(self) -> int: ...
    @property
    def content(self) -> bytes: ...
    @property
    def headers(self) -> Mapping[str, str]: ...


def hidden(client: Client, address: str) -> dict[str, str]:
    """The hidden fields of the page's forms."""
    page = client.get(address)
    assert page.status_code == 200, page.status_code
    return {name: unescape(value) for name, value in _HIDDEN.findall(page.content.decode())}


def words_of(page: Answer) -> str:
    """The page as text: tags taken out, entities read."""
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", page.content.decode())).split())


def location(page: Answer) -> str:
    """Where the page sends the browser."""
    assert page.status_code == 302, (page.status_code, words_of(page)[:600])
    return page.headers["Location"]
