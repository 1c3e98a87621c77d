"""Templates, style sheets and scripts name no other host: nothing a page needs comes from elsewhere."""

import re
from pathlib import Path

from tests.architecture.source import ROOT

_ALLOWED = {
    "http://www.w3.org/2000/svg",  # the name of a vocabulary; nobody fetches it
    "http://www.w3.org/1999/xlink",  # likewise
    "https://www.bbc.co.uk/weather",  # where "Exit this page" goes
}
_URL = re.compile(r"https?://[a-z0-9\[][^\s\"'<>)\\,;`]*", re.IGNORECASE)
_WITHOUT_SCHEME = re.compile(
    r"(?:src|href|action|srcset)=[\"']?//|url\([\"']?//|import\s*[\"']//", re.IGNORECASE
)
_KINDS = {".html", ".svg", ".css", ".js", ".mjs", ".xml", ".webmanifest"}


def _served_files() -> list[Path]:
    found = []
    for folder in ("templates", "static"):
        for place in (ROOT / "src").rglob(folder):
            found += [path for path in place.rglob("*") if path.suffix in _KINDS]
    return found


def test_the_built_style_sheet_and_the_templates_are_among_the_files() -> None:
    names = {path.name for path in _served_files()}
    assert {"daybook.css", "base.html"} <= names


def test_no_page_names_another_host() -> None:
    foreign = []
    for path in _served_files():
        text = path.read_text(encoding="utf-8")
        urls = [url for url in _URL.findall(text) if url.rstrip("/.") not in _ALLOWED]
        foreign += [f"{path.relative_to(ROOT)}: {url}" for url in urls + _WITHOUT_SCHEME.findall(text)]
    assert foreign == []
