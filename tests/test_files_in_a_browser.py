"""The pages of files in Chromium: with scripts and without, on a phone, and held to axe."""

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import FilePayload, Page, expect

from tests import hostile_files
from tests.cast import picture
from tests.rig.browser import accessibility_faults
from tests.rig.running import LiveDaybook

PASSPHRASE = "plover mosaic candle drift wagon eleven"

Unlock = Callable[[Page], None]


@pytest.fixture
def unlock(live_daybook: LiveDaybook) -> Unlock:
    live_daybook.run("demo", "--entries", "12", "--exhibits", "0", passphrase=PASSPHRASE)

    def unlock(page: Page) -> None:
        page.goto(f"{live_daybook.url}/unlock/")
        page.fill("input[name=name]", "demo")
        page.fill("input[type=password]", PASSPHRASE)
        page.press("input[type=password]", "Enter")
        page.wait_for_url("**/diary/")

    return unlock


def payload(name: str, content: bytes, kind: str = "application/octet-stream") -> FilePayload:
    return {"name": name, "mimeType": kind, "buffer": content}


def photo() -> FilePayload:
    return payload(
        "IMG_1.jpg", hostile_files.picture(size=(900, 700), exif=hostile_files.honest_exif()), "image/jpeg"
    )


def add(page: Page, url: str, *files: FilePayload, unseen: bool = False) -> None:
    page.goto(f"{url}/files/add/")
    page.set_input_files("input[type=file]", list(files))
    if unseen:
        page.get_by_label("Keep without looking").check()
    page.get_by_role("button", name="Keep them").click()
    page.wait_for_url("**/files/added/**")


@pytest.mark.story
def test_on_a_phone_files_are_added_looked_at_and_put_with_an_entry(
    live_daybook: LiveDaybook, phone_page: Page, unlock: Unlock
) -> None:
    page, url = phone_page, live_daybook.url
    unlock(page)
    page.goto(f"{url}/files/")
    expect(page.get_by_role("heading", name="No files yet")).to_be_visible()
    add(page, url, photo(), payload("note.txt", b"what he said", "text/plain"))
    expect(page.get_by_role("heading", name="2 files kept")).to_be_visible()
    page.get_by_role("link", name="/1").first.click()
    shown = page.locator("[data-picture]")
    expect(shown.locator("img")).to_have_css("filter", "blur(22px) saturate(0.6)")
    page.get_by_role("button", name="Show").click()
    expect(shown.locator("img")).to_have_css("filter", "none")
    expect(shown.get_by_role("button")).to_contain_text("Blur")
    page.get_by_role("link", name="Put it with an entry").click()
    page.get_by_role("button", name="Put it here").first.click()
    expect(page.get_by_role("button", name="Take it away")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


@pytest.mark.story
def test_without_scripts_files_are_added_and_a_picture_opens_on_a_page_with_a_way_out(
    live_daybook: LiveDaybook, scriptless_page: Page, unlock: Unlock
) -> None:
    page, url = scriptless_page, live_daybook.url
    unlock(page)
    add(page, url, photo())
    page.goto(f"{url}/files/")
    page.get_by_role("link", name="Open").click()
    expect(page.get_by_role("button", name="Exit this page", exact=True)).to_be_visible()
    expect(page.locator("main img")).to_be_visible()


@pytest.mark.story
def test_a_file_that_would_run_is_saved_and_never_shown(
    live_daybook: LiveDaybook, page: Page, unlock: Unlock, tmp_path: Path
) -> None:
    unlock(page)
    attacks = {
        "a.svg": hostile_files.SVG,
        "b.html": hostile_files.HTML,
        "c.pdf": hostile_files.pdf_with_script(),
    }
    add(page, live_daybook.url, *(payload(name, content) for name, content in attacks.items()))
    page.on("dialog", lambda dialog: pytest.fail("a kept file ran in our origin"))
    for number, (name, content) in enumerate(attacks.items(), 1):
        page.goto(f"{live_daybook.url}/files/")
        page.get_by_role("link", name=f"/{number}: ").click()
        with page.expect_download() as started:
            page.get_by_role("button", name="Save the original").click()
        assert started.value.suggested_filename.endswith(f"-{number}{Path(name).suffix}")
        started.value.save_as(tmp_path / name)
        assert (tmp_path / name).read_bytes() == content
        expect(page.get_by_role("heading", level=1)).to_contain_text(f"/{number}")


@pytest.mark.story
def test_every_page_of_files_is_sound_for_assistive_technology(
    live_daybook: LiveDaybook, page: Page, unlock: Unlock
) -> None:
    unlock(page)
    url = live_daybook.url
    found: dict[str, list[str]] = {}

    def look() -> None:
        found[page.url.removeprefix(url)] = accessibility_faults(page)

    page.goto(f"{url}/files/")
    look()
    add(page, url, payload("holiday.jpg", hostile_files.HTML, "image/jpeg"), photo())
    look()
    first = page.get_by_role("link", name="/1").first.get_attribute("href")
    second = page.get_by_role("link", name="/2").first.get_attribute("href")
    add(page, url, payload("unseen.jpg", picture(), "image/jpeg"), unseen=True)
    unseen = page.get_by_role("link", name="/3").first.get_attribute("href")
    paths = [
        "/files/",
        "/files/?show=unseen",
        "/files/add/",
        f"/files/add/?made_from={(first or '').split('/')[2]}",
    ]
    paths += [f"{first}", f"{second}", f"{unseen}", f"{second}picture/", f"{first}entries/"]
    paths += ["/files/before/", "/files/before/messages/"]
    for path in paths:
        page.goto(url + path)
        look()
    page.goto(f"{url}/files/add/")
    page.get_by_role("button", name="Keep them").click()
    expect(page.locator(".govuk-error-summary")).to_be_visible()
    look()
    assert {path: faults for path, faults in found.items() if faults} == {}
    assert len(found) >= len(paths)
