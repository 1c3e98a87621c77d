"""What every page of ours must be, whoever looks at it and whatever is on it."""

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from lxml import html

CLOSED = "This page is closed."
_GIVES_AWAY = re.compile(
    r"stalk|abus|victim|police|evidence|exhibit|proof|crime|court|999|safe|danger|suspect|witness|threat|harass",
    re.IGNORECASE,
)
_ADDRESSES = (
    "href",
    "src",
    "srcset",
    "action",
    "formaction",
    "poster",
    "data",
    "data-full",
    "data-autosave-url",
    "background",
)
_POLICY = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "connect-src": "'self'",
    "frame-ancestors": "'none'",
    "base-uri": "'none'",
    "object-src": "'none'",
}


def faults_of_page(answer: Any) -> list[str]:
    """Everything that is wrong with an answer that is a page of ours; its status does not matter."""
    text = answer.content.decode()
    return [*_faults_of_headers(answer.headers), *_faults_of_html(html.fromstring(text), text)]


def _faults_of_headers(headers: Any) -> Iterator[str]:
    if headers.get("Cache-Control") != "no-store":
        yield f"Cache-Control is {headers.get('Cache-Control')}"
    if "noindex" not in headers.get("X-Robots-Tag", ""):
        yield "X-Robots-Tag has no noindex"
    if headers.get("X-Content-Type-Options") != "nosniff":
        yield "types may be guessed"
    if headers.get("Referrer-Policy") != "same-origin":
        yield "others may be told where someone came from"
    given = [part.strip().partition(" ") for part in headers.get("Content-Security-Policy", "").split(";")]
    policy = {name: value for name, _, value in given}
    for name, value in _POLICY.items():
        if policy.get(name) != value:
            yield f"the content policy's {name} is {policy.get(name)}"
    if "unsafe" in str(policy) or "*" in str(policy):
        yield "the content policy allows too much"


def _faults_of_html(page: Any, text: str) -> Iterator[str]:
    if not page.get("lang"):
        yield "no lang"
    if not page.xpath("//meta[@name='robots'][contains(@content, 'noindex')]"):
        yield "no noindex"
    title = (page.findtext(".//title") or "").strip()
    if not title or _GIVES_AWAY.search(title):
        yield f"the title says {title!r}"
    yield from _faults_of_scripts(page)
    yield from _faults_of_addresses(page)
    yield from _faults_of_forms(page)
    if CLOSED in text:
        return
    # What follows holds for every page but the one that says nothing.
    if "999" not in page.text_content():
        yield "999 is not there"
    if len(page.xpath("//form[@method='post'][@action='/leave/'][@data-exit]//button")) != 1:
        yield "the exit is not there"
    if len(page.xpath("//h1")) != 1:
        yield f"{len(page.xpath('//h1'))} headings of the first rank"
    if len(page.xpath("//main")) != 1:
        yield "not one main part"


def _faults_of_scripts(page: Any) -> Iterator[str]:
    if page.xpath("//script[normalize-space(text())]") or page.xpath("//style"):
        yield "a script or style stands in the page"
    if page.xpath("//*[@style]"):
        yield "an element has a style of its own"
    for element in page.iter():
        if any(str(name).startswith("on") for name in element.attrib):
            yield f"an event handler stands in the page: {sorted(element.attrib)}"
    if page.xpath("//iframe | //object | //embed | //base"):
        yield "something is embedded"


def _faults_of_addresses(page: Any) -> Iterator[str]:
    for element in page.iter():
        for name in _ADDRESSES:
            address = element.get(name)
            if address is None or address.startswith(("#", "tel:", "data:,")):
                continue
            parts = urlsplit(address)
            if parts.scheme or parts.netloc:
                yield f"{name} leads to {address}"
    for form in page.xpath("//*[@data-destination]"):
        if form.get("data-destination") != settings.EXIT_URL:
            yield "the exit leads somewhere else"


def _faults_of_forms(page: Any) -> Iterator[str]:
    for form in page.xpath("//form"):
        where = f"the form to {form.get('action') or 'this page'}"
        if form.get("method") == "post" and not form.xpath(".//input[@name='csrfmiddlewaretoken']"):
            yield f"{where} has no token"
        fields = form.xpath(".//textarea | .//select | .//input[not(@type='hidden')]")
        if fields and form.get("autocomplete") != "off":
            yield f"{where} may be remembered by the browser"
        for field in fields:
            if field.tag != "textarea" and field.get("type") not in {"text", "search", "password"}:
                continue
            if field.get("autocomplete") != "off":
                yield f"{where}: the words in {field.get('name')} may be remembered by the browser"
            if field.get("spellcheck") != "false":
                yield f"{where}: the words in {field.get('name')} may be sent to a spelling service"
