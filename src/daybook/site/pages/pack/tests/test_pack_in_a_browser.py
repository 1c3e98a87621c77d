"""From the choice to the checked pack in a real browser: on a phone, and without scripts."""

from pathlib import Path

import pyrage
import pytest
from playwright.sync_api import Page, expect

from daybook.packs.verify import verify_pack
from tests.rig.browser import accessibility_faults
from tests.rig.running import LiveDaybook, StartDaybook

PASSPHRASE = "plover mosaic candle drift wagon eleven"


@pytest.fixture
def case(start_daybook: StartDaybook) -> LiveDaybook:
    """A running Daybook with a small case."""
    daybook = start_daybook()
    daybook.run("demo", "--entries", "12", "--exhibits", "16", passphrase=PASSPHRASE)
    return daybook


def unlock(page: Page, case: LiveDaybook) -> None:
    page.goto(f"{case.url}/unlock/?open=1&next=/pack/")
    page.fill("input[name=name]", "demo")
    page.fill("input[name=passphrase]", PASSPHRASE)
    page.click("main form button[type=submit], main form button:not([type])")
    page.wait_for_url(f"{case.url}/pack/")


def make(page: Page, to: Path) -> str:
    """Press the button, save what comes, and give the passphrase that was shown."""
    if page.locator("input[name=places]").count():
        page.check("input[name=places][value=in]")
    words = page.locator(".db-code").first.inner_text()
    with page.expect_download() as begun:
        page.click("text=Make the pack")
    begun.value.save_as(to)
    return " ".join(words.split())


@pytest.mark.story
def test_a_pack_is_made_on_a_phone_and_every_page_can_be_used_by_everyone(
    phone_page: Page, case: LiveDaybook, tmp_path: Path
) -> None:
    page = phone_page
    unlock(page, case)
    assert accessibility_faults(page) == []
    page.click("text=How someone opens a pack")
    assert accessibility_faults(page) == []
    page.goto(f"{case.url}/pack/choose/")
    assert accessibility_faults(page) == []
    page.click("main form button")
    expect(page).to_have_title("Look it over – Daybook")
    assert accessibility_faults(page) == []

    words = make(page, tmp_path / "p.zip.age")
    (tmp_path / "p.zip").write_bytes(pyrage.passphrase.decrypt((tmp_path / "p.zip.age").read_bytes(), words))
    report = verify_pack(tmp_path / "p.zip")
    assert report.is_valid()
    page.goto(f"{case.url}/pack/")
    assert accessibility_faults(page) == []
    assert "".join(page.locator("main ol").first.inner_text().split()) == report.fingerprint
    assert page.evaluate("document.documentElement.scrollWidth") <= 360


@pytest.mark.story
def test_a_choice_by_hand_needs_no_script(scriptless_page: Page, case: LiveDaybook, tmp_path: Path) -> None:
    page = scriptless_page
    unlock(page, case)
    page.goto(f"{case.url}/pack/choose/")
    page.check("input[name=what][value=dates]")
    page.click("main form button")
    expect(page).to_have_title("Error: Choose – Daybook")
    page.check("input[name=what][value=hand]")
    page.click("main form button")
    for number in (0, 3):
        page.locator("input[name=ticked]").nth(number).check()
    page.click("text=Go on to the files")
    page.click("text=Tick none")
    page.locator("input[name=ticked]").first.check()
    page.click("text=Look it over")
    assert "2 entries with all their changes, and 1 file." in page.inner_text("main")
    page.check("input[name=saved_as][value=plain]")
    make(page, tmp_path / "p.zip")
    report = verify_pack(tmp_path / "p.zip")
    assert report.is_valid()
    (entries,) = (check.detail for check in report.checks if check.name == "entries")
    assert entries.startswith("2 entries")


@pytest.mark.story
def test_the_lists_can_be_used_by_everyone(page: Page, case: LiveDaybook) -> None:
    unlock(page, case)
    page.goto(f"{case.url}/pack/choose/")
    page.check("input[name=what][value=hand]")
    page.click("main form button")
    assert accessibility_faults(page) == []
    page.click("text=Go on to the files")
    assert accessibility_faults(page) == []
