"""Chromium, driven by Playwright; pages are watched for script errors, broken policy and foreign hosts."""

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Page,
    Request,
    expect,
    sync_playwright,
)

from tests.rig.network import is_this_machine

__all__ = [
    "FLAGS",
    "PATIENCE_MS",
    "OpenPage",
    "accessibility_faults",
    "chromium",
    "chromium_path",
    "open_page",
    "page",
    "phone_page",
    "scriptless_page",
]

# How long a page may take on a busy machine, for what is waited for and what is expected alike.
PATIENCE_MS = 20_000
expect.set_options(timeout=PATIENCE_MS)

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1",
]
_AXE = Path(__file__).parents[2] / "frontend/node_modules/axe-core/axe.min.js"
_PHONE = {"width": 360, "height": 740}

OpenPage = Callable[..., Page]


def chromium_path() -> str:
    """The browser to start; fails the test when there is none."""
    for name in (os.environ.get("DAYBOOK_CHROMIUM"), "chromium", "chromium-browser", "google-chrome"):
        found = shutil.which(name) if name else None
        if found:
            return found
    pytest.fail("No Chromium: install the package chromium, or put a path into DAYBOOK_CHROMIUM.")


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """A headless Chromium with a fresh profile, for the whole run; every page has a context of its own."""
    path = chromium_path()
    with pytest.MonkeyPatch.context() as patch, sync_playwright() as playwright:
        # Playwright keeps an event loop running in this thread; Django would refuse its database beside one.
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
        browser = playwright.chromium.launch(executable_path=path, headless=True, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def open_page(chromium: Browser) -> Iterator[OpenPage]:
    """Open pages, each in a context of its own; takes the options of Playwright's ``new_context``.

    A script error, a broken content policy or a request to another host on any of them fails the test.
    """
    contexts: list[BrowserContext] = []
    faults: list[str] = []

    def watch_console(message: ConsoleMessage) -> None:
        if "Content Security Policy" in message.text or "Content-Security-Policy" in message.text:
            faults.append(message.text)

    def watch_request(request: Request) -> None:
        parts = urlsplit(request.url)
        if parts.scheme in {"http", "https", "ws", "wss"} and not is_this_machine(parts.hostname or ""):
            faults.append(f"asked {parts.hostname} for something")

    def open_one(**options: Any) -> Page:
        context = chromium.new_context(**options)
        contexts.append(context)
        context.on("console", watch_console)
        context.on("request", watch_request)
        context.on("weberror", lambda error: faults.append(str(error.error)))
        context.set_default_timeout(PATIENCE_MS)
        return context.new_page()

    yield open_one
    for context in contexts:
        context.close()
    assert faults == []


@pytest.fixture
def page(open_page: OpenPage) -> Page:
    """A page of a computer's size."""
    return open_page(viewport={"width": 1200, "height": 900})


@pytest.fixture
def phone_page(open_page: OpenPage) -> Page:
    """A page of a small phone's size, with touch."""
    return open_page(viewport=_PHONE, device_scale_factor=2, is_mobile=True, has_touch=True)


@pytest.fixture
def scriptless_page(open_page: OpenPage) -> Page:
    """A page of a computer's size with JavaScript off."""
    return open_page(viewport={"width": 1200, "height": 900}, java_script_enabled=False)


def accessibility_faults(page: Page) -> list[str]:
    """What axe finds wrong with the page as it stands: one line per broken rule and place.

    Scripts must be on in the page. axe comes through the debugging protocol, which no content policy stops.
    """
    if not _AXE.exists():
        pytest.fail("axe is missing: run make frontend.")
    page.evaluate(_AXE.read_text(encoding="utf-8"))
    found = page.evaluate("async () => (await axe.run(document, {resultTypes: ['violations']})).violations")
    return [
        f"{rule['id']} ({rule['impact']}): {' '.join(map(str, node['target']))} – {rule['help']}"
        for rule in found
        for node in rule["nodes"]
    ]
