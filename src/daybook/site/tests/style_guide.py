"""The style guide as a page: every component with made-up content, and a way to show it in a browser.

The browser's requests are answered from templates and built files, so these tests need no server, no
database and no unlocked record.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from mimetypes import guess_type
from typing import Any
from urllib.parse import parse_qs, urlsplit

from django import forms
from django.core.paginator import Paginator
from django.template.loader import render_to_string
from django.test import RequestFactory
from playwright.sync_api import Page, Route

from daybook.site.built import STATIC

ORIGIN = "http://localhost:9"
NEUTRAL = "http://localhost:9/weather"
_POLICY = "default-src 'self'; img-src 'self' data:; form-action 'self'"
_PICTURE = (
    b'<svg xmlns="http://www.w3.org/2000/svg" width="320" height="240">'
    b'<rect width="320" height="240" fill="#889"/><circle cx="200" cy="90" r="50" fill="#fd8"/></svg>'
)


class WholeForm(forms.Form):
    """One field of each kind that pages use, with nothing but Django's own widgets."""

    words = forms.CharField(
        label="What happened?",
        widget=forms.Textarea(attrs={"rows": 6, "class": "db-words"}),
        help_text="Write it in your own words. You can add more later.",
    )
    day = forms.DateField(label="What day was it?", required=False, widget=forms.SelectDateWidget)
    until = forms.DateField(label="Until", required=False, widget=forms.DateInput(attrs={"type": "date"}))
    number = forms.CharField(
        label="Phone number", required=False, widget=forms.TextInput(attrs={"class": "govuk-input--width-20"})
    )
    sure = forms.ChoiceField(
        label="How sure are you?",
        widget=forms.RadioSelect,
        choices=[("known", "I know"), ("think", "I think so"), ("unknown", "I don’t know")],
        help_text="“I don’t know” is an answer.",
    )
    kinds = forms.MultipleChoiceField(
        label="What kind of thing was it?",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        choices=[
            ("Near me", [("followed", "Followed me")]),
            ("Contact", [("called", "Called"), ("wrote", "Wrote")]),
        ],
    )
    place = forms.ChoiceField(
        label="Where was it?", required=False, choices=[("", "Choose, or skip"), ("h", "Home")]
    )
    file = forms.FileField(label="Add a file", required=False, help_text="You do not have to look at it.")
    secret = forms.CharField(label="Passphrase", required=False, widget=forms.PasswordInput)
    private = forms.BooleanField(
        label="Keep this out of packs", required=False, help_text="You can change it later."
    )


class SearchForm(forms.Form):
    """A small form for the filter panel."""

    q = forms.CharField(label="Words", required=False)
    since = forms.DateField(label="From", required=False, widget=forms.DateInput(attrs={"type": "date"}))


def style_guide_context(form: forms.Form | None = None) -> dict[str, Any]:
    """Made-up content for every component."""
    return {
        "form": form or WholeForm(),
        "filter_form": SearchForm(auto_id="search-%s"),
        "chosen": [{"text": "bus stop", "url": "?"}],
        "breadcrumbs": [("Diary", "/diary/"), ("Style guide", "")],
        "tasks": [
            {
                "title": "What happened",
                "url": "#links",
                "hint": "Own words",
                "status": "Saved",
                "tone": "blue",
            },
            {"title": "When it was", "url": "#links", "status": "Not started", "tone": "grey"},
            {"title": "Files", "url": "#links", "status": "2 files"},
        ],
        "rows": [
            {"key": "When", "value": "About 6 pm on 4 March 2026", "url": "#links"},
            {"key": "Where", "value": "", "url": "#links", "action": "Add"},
            {"key": "What happened", "value": "At the bus stop.\nAgain.", "own_words": True, "url": "#links"},
        ],
        "items": [
            {
                "title": "At the bus stop",
                "url": "#links",
                "date": "4 March 2026, about 6 pm",
                "datetime": "2026-03-04",
                "byline": "Written 12 minutes after",
                "text": "He was at the bus stop again.",
                "badges": [{"text": "2 files"}, {"text": "Amended", "tone": "grey"}],
            },
            {"title": "Something", "url": "#links", "date": "Not known when"},
        ],
        "page": Paginator(range(1000), 20).page(7),
        "files": [
            {
                "ref": "AB/1",
                "title": "IMG_2031.jpg",
                "url": "#links",
                "thumb": "/thumb/",
                "full": "/full/",
                "alt": "AB/1, a street",
                "meta": "Picture, 2.4 MB",
                "badges": [{"text": "Shows a place of yours", "tone": "red"}],
            },
            {"ref": "AB/2", "title": "a" * 90 + ".m4a", "url": "#links", "meta": "Sound, 310 kB"},
        ],
    }


def render_style_guide(form: forms.Form | None = None, *, idle_seconds: int = 600) -> str:
    """The style guide as an unlocked person's page; ``idle_seconds`` is after how long it locks."""
    context = {
        **style_guide_context(form),
        "unlocked": True,
        "idle_seconds": idle_seconds,
        "exit_destination": NEUTRAL,
    }
    return render_to_string("styleguide.html", context, RequestFactory().get("/diary/"))


@dataclass
class Sent:
    """One form a page sent: the path, and its fields with the first value of each."""

    path: str
    fields: dict[str, str]


@dataclass
class Stage:
    """What stands in for the server: it answers with pages, and keeps what it was sent."""

    html: str
    sent: list[Sent] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    draft_status: int = 200

    def show(self, page: Page) -> None:
        """Answer this page's context, and open the style guide in it."""
        page.context.route(f"{ORIGIN}/**", self._answer)
        page.goto(f"{ORIGIN}/")

    def paths(self) -> list[str]:
        """The paths that forms were sent to, in order."""
        return [each.path for each in self.sent]

    def _answer(self, route: Route) -> None:
        path = urlsplit(route.request.url).path
        self.asked.append(path)
        if route.request.method == "POST":
            self.sent.append(Sent(path, _fields(route.request.post_data or "")))
        answers: dict[str, Callable[[], dict[str, Any]]] = {
            "/": lambda: self._page(self.html),
            "/help/": lambda: self._page(self.html),
            "/draft/": lambda: {"status": self.draft_status, "json": {"saved_at": "14:02"}},
            "/thumb/": lambda: {"body": _PICTURE, "content_type": "image/svg+xml"},
            "/full/": lambda: {"body": _PICTURE, "content_type": "image/svg+xml"},
        }
        if path.startswith("/static/"):
            name = path.removeprefix("/static/")
            kind = "text/javascript" if name.endswith(".js") else guess_type(name)[0]
            route.fulfill(body=(STATIC / name).read_bytes(), content_type=kind or "application/octet-stream")
        elif path in answers:
            route.fulfill(**answers[path]())
        else:
            route.fulfill(body="<!doctype html><title>x</title>", content_type="text/html")

    @staticmethod
    def _page(html: str) -> dict[str, Any]:
        return {
            "body": html,
            "content_type": "text/html; charset=utf-8",
            "headers": {"Content-Security-Policy": _POLICY, "Referrer-Policy": "same-origin"},
        }


def _fields(body: str) -> dict[str, str]:
    if "form-data" not in body:
        return {name: values[0] for name, values in parse_qs(body).items()}
    found = {}
    for part in body.split("Content-Disposition: form-data; ")[1:]:
        head, _, rest = part.partition("\r\n\r\n")
        found[head.split('name="', 1)[1].split('"', 1)[0]] = rest.split("\r\n------", 1)[0]
    return found
