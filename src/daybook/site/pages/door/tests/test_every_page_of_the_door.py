"""What every page keeps to: 999, the exit, neutral titles, nothing from elsewhere, one host name."""

import re

import pytest
from django.test import Client

from daybook.site.pages.door.tests.visiting import browser, start

pytestmark = pytest.mark.django_db

OPEN = [
    "/",
    "/start/",
    "/start/safer/",
    "/start/before/?ready=1",
    "/start/name/?ready=1",
    "/unlock/",
    "/recover/",
    "/lock/",
    "/help/",
    "/nothing/here/",
]
OWNED = [
    "/start/check/",
    "/recover/done/",
    "/account/",
    "/account/passphrase/",
    "/account/code/",
    "/account/tries/",
    "/account/looked/",
    "/account/check/",
    "/account/late/",
]
PAGES = [*OPEN, *OWNED]


@pytest.mark.parametrize("path", PAGES)
def test_every_page_has_999_the_exit_and_help(path: str) -> None:
    page = read(path)

    assert "999" in page
    assert 'action="/leave/"' in page
    assert 'href="/help/"' in page


@pytest.mark.parametrize("path", PAGES)
def test_every_page_has_a_neutral_title(path: str) -> None:
    title = re.search(r"<title>(.*?)</title>", read(path), re.DOTALL)

    assert title is not None
    assert not re.search(r"stalk|police|abuse|victim|evidence|help now", title.group(1), re.IGNORECASE)


@pytest.mark.parametrize("path", PAGES)
def test_nothing_on_a_page_comes_from_another_origin(path: str) -> None:
    loaded = re.findall(r'(?:src|href|action|srcset|poster)="([^"]*)"', read(path))

    assert loaded
    assert [address for address in loaded if not address.startswith(("/", "#", "?", "tel:", "data:,"))] == []
    assert [address for address in loaded if address.startswith("//")] == []


@pytest.mark.parametrize("path", PAGES)
def test_no_page_may_be_kept_or_listed(path: str) -> None:
    headers = visitor(path).get(path).headers

    assert headers["Cache-Control"] == "no-store"
    assert "noindex" in headers["X-Robots-Tag"]
    assert "script-src 'self'" in headers["Content-Security-Policy"]


@pytest.mark.parametrize("path", PAGES)
def test_every_field_keeps_words_to_itself(path: str) -> None:
    for field in re.findall(r"<(?:input|textarea)[^>]*>", read(path)):
        if 'type="hidden"' not in field:
            assert 'autocomplete="off"' in field
            assert 'spellcheck="false"' in field or 'type="checkbox"' in field


@pytest.mark.parametrize("path", OWNED)
def test_a_stranger_is_shown_nothing_of_what_an_address_holds(path: str) -> None:
    answer = browser().get(path, follow=True)

    assert answer.templates[0].name == "door/closed.html"
    assert b"Daybook" not in answer.content


def test_a_wrong_address_for_this_machine_is_explained() -> None:
    answer = browser().get("/", headers={"Host": "evil.example"}, SERVER_PORT="8765")

    assert answer.status_code == 400
    assert "http://localhost:8765" in answer.content.decode()


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "evil.example", "localhost.evil.example", "[::1]", "192.168.0.10"]
)
def test_only_localhost_is_answered(host: str) -> None:
    assert browser().get("/unlock/", headers={"Host": host}).status_code == 400


def visitor(path: str) -> Client:
    client = browser()
    if path in OWNED:
        start(client)
    return client


def read(path: str) -> str:
    return str(visitor(path).get(path).content.decode())
