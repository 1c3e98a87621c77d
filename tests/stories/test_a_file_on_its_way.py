"""A long file over a bad connection: what has arrived is not sent twice, and a cut, a crash or a lock loses nothing."""

import hashlib
import random
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.rig.browser import OpenPage, accessibility_faults
from tests.rig.running import LiveDaybook
from tests.rig.slow_line import SlowLine, slow_line
from tests.stories.conftest import ServeDaybook
from tests.stories.small_screens import small_screen_faults
from tests.stories.walking import Person, come_in, make_record, press, see_heading, unlock

pytestmark = pytest.mark.story

MEGABYTE = 1024 * 1024
LENGTH = 20 * MEGABYTE
SLOWLY = 4 * MEGABYTE


@pytest.fixture
def own_daybook(serve_daybook: ServeDaybook) -> LiveDaybook:
    """A Daybook that this story may kill."""
    return serve_daybook()


@pytest.fixture
def line(own_daybook: LiveDaybook) -> Iterator[SlowLine]:
    """A slow line to it."""
    with slow_line(own_daybook.port) as line:
        line.bytes_a_second = SLOWLY
        yield line


@pytest.fixture
def clip(tmp_path: Path) -> Path:
    """A long file on her phone."""
    path = tmp_path / "VID_20261118.mp4"
    path.write_bytes(random.Random(5).randbytes(LENGTH))
    return path


def over(line: SlowLine, person: Person, page: Page | None = None) -> Person:
    """The same person, whose browser reaches Daybook over the line only."""
    return Person(page or person.page, f"http://localhost:{line.port}", person.name, person.passphrase, "")


def come_in_over(line: SlowLine, page: Page, daybook: LiveDaybook) -> Person:
    person = over(line, make_record(page, daybook))
    person.go("/diary/")
    if page.url.endswith("/diary/"):
        return person
    come_in(person)
    return person


def choose(person: Person, path: Path) -> None:
    person.go("/files/add/")
    person.page.get_by_label("Choose files").set_input_files(path)
    press(person.page, "Keep them")


def status(page: Page) -> str:
    return page.locator(".db-upload .db-card__meta").inner_text()


def wait_for_percent(page: Page, least: int) -> None:
    page.wait_for_function(
        "least => { const bar = document.querySelector('.db-upload progress'); return bar && bar.value * 100 >= least }",
        arg=least,
        timeout=60_000,
    )


def see_kept(page: Page, path: Path) -> None:
    expect(page.get_by_role("heading", level=1)).to_have_text("1 file kept", timeout=60_000)
    expect(page.locator("main")).to_contain_text(hashlib.sha256(path.read_bytes()).hexdigest())


def test_on_a_phone_a_long_file_is_cut_paused_and_gone_on_with(
    own_daybook: LiveDaybook, line: SlowLine, phone_page: Page, clip: Path
) -> None:
    # Given a phone on a slow line, and a long film on it,
    page = phone_page
    person = come_in_over(line, page, own_daybook)
    before = line.passed

    # when she sends it and the line breaks twice,
    choose(person, clip)
    wait_for_percent(page, 15)
    assert small_screen_faults(page) == []
    assert accessibility_faults(page) == []
    line.cut_after(2 * MEGABYTE)
    wait_for_percent(page, 40)
    line.go_down()
    expect(page.locator(".db-upload")).to_contain_text("No connection", timeout=30_000)
    expect(page.locator(".db-upload")).to_contain_text("It is tried again by itself")
    assert accessibility_faults(page) == []
    line.come_back()
    wait_for_percent(page, 60)

    # and she pauses it for a while,
    press(page, re.compile("^Pause"))
    expect(page.locator(".db-upload")).to_contain_text("Paused at")
    # What the browser had handed to the system before is still on its way for a moment.
    page.wait_for_timeout(2500)
    passed = line.passed
    page.wait_for_timeout(1500)
    assert line.passed - passed < MEGABYTE / 2
    press(page, re.compile("^Go on"))

    # then it is kept to the byte, and little was sent twice.
    see_kept(page, clip)
    assert line.passed - before < LENGTH + 8 * MEGABYTE


def test_the_server_dies_on_the_way_and_the_open_page_goes_on_by_itself(
    own_daybook: LiveDaybook, line: SlowLine, phone_page: Page, clip: Path
) -> None:
    page = phone_page
    person = come_in_over(line, page, own_daybook)
    choose(person, clip)
    wait_for_percent(page, 50)
    own_daybook.kill()
    expect(page.locator(".db-upload")).to_contain_text("No connection", timeout=30_000)
    own_daybook.start()
    see_kept(page, clip)


def test_after_the_browser_was_closed_the_same_file_goes_on_and_another_is_told_apart(
    own_daybook: LiveDaybook, line: SlowLine, open_page: OpenPage, clip: Path, tmp_path: Path
) -> None:
    # Given a browser that was closed half-way,
    page = open_page()
    person = come_in_over(line, page, own_daybook)
    choose(person, clip)
    wait_for_percent(page, 50)
    page.context.close()

    # when she comes back in another one, it says what is there;
    page = open_page(viewport={"width": 390, "height": 844}, is_mobile=True, has_touch=True)
    person = over(line, person, page)
    come_in(person)
    person.go("/files/add/")
    expect(page.get_by_role("heading", name="Not kept yet")).to_be_visible()
    expect(page.locator("main")).to_contain_text(clip.name)
    assert small_screen_faults(page) == []
    assert accessibility_faults(page) == []

    # a file that only looks the same is told apart,
    other = tmp_path / "other" / clip.name
    other.parent.mkdir()
    content = bytearray(clip.read_bytes())
    content[MEGABYTE] ^= 1
    other.write_bytes(content)
    choose(person, other)
    expect(page.locator(".db-upload")).to_contain_text("This is not the same file")

    # and the same one goes on from where it was.
    before = line.passed
    choose(person, clip)
    see_kept(page, clip)
    assert line.passed - before < LENGTH * 0.7
    person.go("/files/add/")
    expect(page.get_by_role("heading", name="Not kept yet")).to_have_count(0)


def test_a_lock_in_another_tab_stops_it_and_after_the_passphrase_it_goes_on(
    own_daybook: LiveDaybook, line: SlowLine, page: Page, clip: Path
) -> None:
    person = come_in_over(line, page, own_daybook)
    choose(person, clip)
    wait_for_percent(page, 30)

    # When the record is locked in another tab,
    other = person.at(page.context.new_page())
    other.go("/diary/")
    press(other.page, "Lock")
    see_heading(other.page, "It is locked")

    # then the page is covered, says why, and its file's name is not on it;
    expect(page.locator("#idle-warning")).to_contain_text("Your record is locked")
    press(page, "Show the page")
    expect(page.locator(".db-upload")).to_contain_text("Your record is locked")
    assert clip.name not in page.content()
    assert small_screen_faults(page) == []

    # and after the passphrase it goes on by itself.
    press(other.page, "Unlock")
    unlock(other)
    see_kept(page, clip)


def test_a_file_that_is_let_go_of_on_the_way_leaves_nothing(
    own_daybook: LiveDaybook, line: SlowLine, page: Page, clip: Path
) -> None:
    person = come_in_over(line, page, own_daybook)
    choose(person, clip)
    wait_for_percent(page, 20)
    press(page, re.compile("^Let go"))
    expect(page.locator(".db-upload")).to_contain_text("Your own copy is still where it was", timeout=60_000)
    person.go("/files/add/")
    expect(page.get_by_role("heading", name="Not kept yet")).to_have_count(0)
    assert list((own_daybook.home / "files" / "unfinished").iterdir()) == []


def test_several_files_are_kept_in_the_order_they_were_chosen(
    own_daybook: LiveDaybook, page: Page, tmp_path: Path
) -> None:
    person = make_record(page, own_daybook)
    paths = [tmp_path / name for name in ("c.txt", "a.txt", "b.txt", "empty.txt")]
    for path in paths:
        path.write_bytes(path.name.encode() * 1000 if path.stem != "empty" else b"")
    person.go("/files/add/")
    page.get_by_label("Choose files").set_input_files(paths)
    press(page, "Keep them")
    see_heading(page, "4 files kept")
    cards = page.locator("main .db-card").all_inner_texts()
    assert [re.search(r"(AB/\d): (\S+)", card).groups() for card in cards] == [  # type: ignore[union-attr]
        (f"AB/{number}", path.name) for number, path in enumerate(paths, 1)
    ]
