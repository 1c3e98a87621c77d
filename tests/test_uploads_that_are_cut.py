"""A file that is sent in parts to a running Daybook, and cut at every kind of point: it goes on, and comes out to the byte."""

import hashlib
import os
import random
import shutil
import threading
import time
from collections.abc import Iterator

import pytest

from tests.plain_browser import PlainBrowser
from tests.rig.running import LiveDaybook
from tests.test_big_files import PASSPHRASE, most_memory, watching
from tests.upload_parts import Parts

CHUNK = 64 * 1024
MEGABYTE = 1024 * 1024


@pytest.fixture
def browser(live_daybook: LiveDaybook) -> PlainBrowser:
    live_daybook.run("demo", "--entries", "0", "--exhibits", "0", passphrase=PASSPHRASE)
    return unlocked(live_daybook)


def unlocked(daybook: LiveDaybook) -> PlainBrowser:
    made = PlainBrowser(daybook.port)
    assert made.unlock("demo", PASSPHRASE).status in (302, 303)
    return made


def original(browser: PlainBrowser, exhibit: str) -> bytes:
    return browser.get(f"/files/{exhibit}/original/").body


def settled(parts: Parts) -> int:
    """The offset once a request that broke off has noticed it."""
    before = -1
    while (now := parts.offset()) != before:
        before = now
        time.sleep(0.2)
    return now


def test_it_is_cut_at_every_kind_of_point_and_goes_on(browser: PlainBrowser) -> None:
    content = random.Random(1).randbytes(20 * MEGABYTE + 777)
    parts = Parts(browser, "clip.mp4", len(content))
    offset = 0
    points = {
        "in the headers": None,
        "before the first byte": 0,
        "inside a chunk": CHUNK // 2,
        "between chunks": 3 * CHUNK,
        "at the end of what is sealed at once": 8 * MEGABYTE,
        "just behind it": 8 * MEGABYTE + 1,
        "inside the last chunk": None,
    }
    for name, count in points.items():
        if name == "in the headers":
            parts.break_off(offset, b"", length=len(content), headers_too=True)
            sent = 0
        else:
            sent = count if count is not None else len(content) - offset - 300
            parts.break_off(offset, content[offset : offset + sent], length=len(content) - offset)
        after = settled(parts)
        # All that arrived whole is kept; what had begun after that is sent again.
        assert offset + sent - CHUNK < after <= offset + sent, name
        offset = after
    assert parts.send(offset, content[offset:]).status == 204
    assert original(browser, parts.keep()["id"]) == content


def test_an_answer_that_never_arrived_costs_nothing(browser: PlainBrowser) -> None:
    content = random.Random(2).randbytes(MEGABYTE + 5)
    parts = Parts(browser, "clip.mp4", len(content))
    # All of it is sent, and the browser goes away without hearing what came of it.
    parts.break_off(0, content, length=len(content))
    give_up = time.monotonic() + 20
    while parts.offset() != len(content) and time.monotonic() < give_up:
        time.sleep(0.05)
    assert parts.offset() == len(content)
    assert original(browser, parts.keep()["id"]) == content


@pytest.mark.parametrize("seed", range(3))
def test_the_server_is_killed_in_the_middle_and_another_one_goes_on(
    live_daybook: LiveDaybook, browser: PlainBrowser, seed: int
) -> None:
    luck = random.Random(seed)
    content = luck.randbytes(60 * MEGABYTE + luck.randrange(CHUNK))
    parts = Parts(browser, "clip.mp4", len(content))
    acknowledged = 0
    for _ in range(3):

        def pieces(start: int) -> Iterator[bytes]:
            dies_at = start + luck.randrange(MEGABYTE, 18 * MEGABYTE)
            for place in range(start, len(content), 100_000):
                # What is sent next may still go into a buffer before the end is noticed.
                if place > dies_at and live_daybook.is_running:
                    live_daybook.kill()
                yield content[place : place + 100_000]

        with pytest.raises(OSError):
            parts.send(acknowledged, pieces(acknowledged), length=len(content) - acknowledged)
        live_daybook.start()
        browser = unlocked(live_daybook)
        parts = Parts(browser, "clip.mp4", len(content), url=parts.url)
        now = parts.offset()
        assert acknowledged <= now < len(content)
        answer = parts.send(now, content[now : now + 3 * CHUNK + 1])
        acknowledged = int(answer.headers["upload-offset"])
        assert acknowledged == now + 3 * CHUNK + 1
    assert parts.send(acknowledged, content[acknowledged:]).status == 204
    assert original(browser, parts.keep()["id"]) == content


def test_the_server_is_killed_after_the_last_byte_and_the_file_is_still_there_to_be_kept(
    live_daybook: LiveDaybook, browser: PlainBrowser
) -> None:
    content = random.Random(3).randbytes(3 * MEGABYTE)
    parts = Parts(browser, "clip.mp4", len(content))
    parts.send(0, content)
    live_daybook.kill()
    live_daybook.start()
    browser = unlocked(live_daybook)
    assert "All of it is here" in browser.get("/files/add/").text
    answer = browser.post(f"{parts.url}keep/", {}, token_from="/files/add/")
    assert hashlib.sha256(content).hexdigest() in browser.get(answer.location).text


def test_two_windows_that_send_the_same_file_do_not_spoil_it(browser: PlainBrowser) -> None:
    content = random.Random(4).randbytes(30 * MEGABYTE)
    first = Parts(browser, "clip.mp4", len(content))
    second = Parts(browser, "clip.mp4", len(content), url=first.url)
    answers: list[int] = []
    half = threading.Event()

    def slowly() -> Iterator[bytes]:
        for place in range(0, len(content), 500_000):
            yield content[place : place + 500_000]
            if place > 5_000_000:
                half.set()
            time.sleep(0.01)

    sender = threading.Thread(
        target=lambda: answers.append(first.send(0, slowly(), length=len(content)).status)
    )
    sender.start()
    assert half.wait(30)
    for _ in range(5):
        answer = second.send(0, b"y" * 200_000)
        assert (answer.status, "Another window" in answer.text) == (423, True)
        assert second.let_go().status == 423
    sender.join()
    assert answers == [204]
    assert second.send(0, b"y" * 100).status == 409
    assert original(browser, first.keep()["id"]) == content


def test_many_files_at_once_arrive_whole(browser: PlainBrowser) -> None:
    contents = [random.Random(seed).randbytes(3 * MEGABYTE + seed) for seed in range(8)]
    uploads = [Parts(browser, f"{seed}.mp4", len(content)) for seed, content in enumerate(contents)]
    faults: list[object] = []

    def work(parts: Parts, content: bytes) -> None:
        try:
            for start in range(0, len(content), 700_000):
                assert parts.send(start, content[start : start + 700_000]).status == 204
            assert original(browser, parts.keep()["id"]) == content
        except BaseException as fault:  # noqa: BLE001 – told by the test
            faults.append(fault)

    threads = [threading.Thread(target=work, args=pair) for pair in zip(uploads, contents, strict=True)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert faults == []


@pytest.mark.slow
def test_ten_gigabytes_of_zeros_arrive_in_little_memory_over_a_restart(
    live_daybook: LiveDaybook, browser: PlainBrowser
) -> None:
    length = 10 * 1024 * MEGABYTE
    if shutil.disk_usage(live_daybook.home).free < 13 * 1024 * MEGABYTE:
        length = 1024 * MEGABYTE
    digest = hashlib.sha256()
    for _ in range(0, length, MEGABYTE):
        digest.update(bytes(MEGABYTE))
    small = Parts(browser, "small.mp4", 10)
    small.send(0, b"0123456789")
    small.keep()
    parts = Parts(browser, "zeros.mp4", length)
    half = length // 2 + 12_345

    def zeros(count: int) -> Iterator[bytes]:
        for start in range(0, count, MEGABYTE):
            yield bytes(min(MEGABYTE, count - start))

    offset = 0
    with watching(live_daybook.temporary) as seen:
        for goal in (half, length):
            before = most_memory(live_daybook.process_id)
            while offset < goal:
                step = min(300 * MEGABYTE, goal - offset)
                assert parts.send(offset, zeros(step), length=step).status == 204
                offset += step
            assert most_memory(live_daybook.process_id) - before < 96 * MEGABYTE
            if goal == half:
                live_daybook.kill()
                live_daybook.start()
                browser = unlocked(live_daybook)
                parts = Parts(browser, "zeros.mp4", length, url=parts.url)
                assert parts.offset() == half
        kept = parts.keep()
    assert seen == set()
    assert digest.hexdigest() in browser.get(f"/files/{kept['id']}/").text


def test_what_is_let_go_of_leaves_no_file(live_daybook: LiveDaybook, browser: PlainBrowser) -> None:
    folder = live_daybook.home / "files" / "unfinished"
    parts = Parts(browser, "clip.mp4", 5 * MEGABYTE)
    parts.send(0, os.urandom(2 * MEGABYTE))
    assert [path.stat().st_size > 2 * MEGABYTE for path in folder.iterdir()] == [True]
    assert parts.let_go().status == 204
    assert list(folder.iterdir()) == []
