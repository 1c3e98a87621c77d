"""Files of the longest kind against a running Daybook: constant memory, nothing in a temporary folder, cuts leave nothing."""

import hashlib
import random
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.plain_browser import PlainBrowser
from tests.rig.running import LiveDaybook

PASSPHRASE = "plover mosaic candle drift wagon eleven"
MEGABYTE = 1024 * 1024
MOST = 200 * MEGABYTE


@pytest.fixture
def browser(live_daybook: LiveDaybook) -> PlainBrowser:
    live_daybook.run("demo", "--entries", "0", "--exhibits", "0", passphrase=PASSPHRASE)
    made = PlainBrowser(live_daybook.port)
    assert made.unlock("demo", PASSPHRASE).status in (302, 303)
    return made


def noise(length: int) -> Iterator[bytes]:
    """Bytes that do not compress, the same each time."""
    piece = random.Random(7).randbytes(MEGABYTE)
    for start in range(0, length, MEGABYTE):
        yield piece[: length - start]


def most_memory(process: int) -> int:
    """The most memory the process ever had, in bytes."""
    [line] = [
        one for one in Path(f"/proc/{process}/status").read_text().splitlines() if one.startswith("VmHWM")
    ]
    return int(line.split()[1]) * 1024


def bodies(daybook: LiveDaybook) -> set[Path]:
    return {path for path in (daybook.home / "files").rglob("*") if path.is_file()}


@contextmanager
def watching(folder: Path) -> Iterator[set[str]]:
    """Every name that appears in a folder meanwhile."""
    seen: set[str] = set()
    stop = threading.Event()

    def watch() -> None:
        while not stop.wait(0.005):
            seen.update(path.name for path in folder.rglob("*"))

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        yield seen
    finally:
        stop.set()
        watcher.join()


def wait_until_gone(daybook: LiveDaybook, left: set[Path]) -> None:
    give_up = time.monotonic() + 20
    while bodies(daybook) != left and time.monotonic() < give_up:
        time.sleep(0.05)


@pytest.mark.slow
def test_the_longest_file_is_sealed_and_saved_in_little_memory_and_no_temporary_file(
    live_daybook: LiveDaybook, browser: PlainBrowser
) -> None:
    browser.send_files("/files/add/", [("small.txt", b"a small one first, so that everything is loaded")])
    before = most_memory(live_daybook.process_id)
    digest = hashlib.sha256()
    for piece in noise(MOST):
        digest.update(piece)
    with watching(live_daybook.temporary) as seen:
        answer = browser.stream_file("/files/add/", "clip.mp4", noise(MOST), length=MOST)
    assert answer.status == 302, answer.text
    assert seen == set()
    assert digest.hexdigest() in browser.get(answer.location).text
    assert most_memory(live_daybook.process_id) - before < 64 * MEGABYTE


@pytest.mark.slow
def test_a_file_of_201_megabytes_is_refused_in_words_and_leaves_nothing(
    live_daybook: LiveDaybook, browser: PlainBrowser
) -> None:
    left = bodies(live_daybook)
    before = most_memory(live_daybook.process_id)
    length = 201 * MEGABYTE
    with watching(live_daybook.temporary) as seen:
        answer = browser.stream_file("/files/add/", "too big.mp4", noise(length), length=length)
    assert answer.status == 422
    assert "too big.mp4" in answer.text
    assert "larger than 200 MB" in answer.text
    assert seen == set()
    assert bodies(live_daybook) == left
    assert most_memory(live_daybook.process_id) - before < 64 * MEGABYTE


def test_a_connection_that_breaks_in_the_middle_leaves_nothing(
    live_daybook: LiveDaybook, browser: PlainBrowser
) -> None:
    browser.send_files("/files/add/", [("kept.txt", b"kept before")])
    left = bodies(live_daybook)
    for sent in (0, 1000, 5 * MEGABYTE):
        browser.break_off("/files/add/", "clip.mp4", b"x" * sent, length=50 * MEGABYTE)
    wait_until_gone(live_daybook, left)
    assert bodies(live_daybook) == left
    assert "clip.mp4" not in browser.get("/files/").text
    assert "kept.txt" in browser.get("/files/").text


def test_a_body_damaged_on_disk_is_named_by_the_running_server(
    live_daybook: LiveDaybook, browser: PlainBrowser
) -> None:
    answer = browser.send_files("/files/add/", [("long.bin", b"".join(noise(3 * MEGABYTE)))])
    exhibit = answer.location.split("kept=")[1].split("&")[0]
    assert browser.get(f"/files/{exhibit}/original/").body == b"".join(noise(3 * MEGABYTE))
    [body] = bodies(live_daybook)
    content = bytearray(body.read_bytes())
    content[2 * MEGABYTE] ^= 0x10
    body.write_bytes(content)
    damaged = browser.get(f"/files/{exhibit}/original/")
    assert damaged.status == 500
    assert "cannot be opened" in damaged.text
    assert "content-disposition" not in damaged.headers
