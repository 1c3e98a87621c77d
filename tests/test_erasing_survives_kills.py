"""Erasing in a process that is killed: what it leaves is whole or opens for nobody, and the next command ends it."""

import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.rig.running import LiveDaybook

PASSPHRASE = "plover mosaic candle drift wagon eleven"
QUICK, MANY = 6, 60
TRIES_OF_THIS_TEST = {"people_attempt"}
"""A try at a name, whether there is such a record or not, is remembered for half an hour."""
_ASK = """
import sys
from daybook.site.commands.starting import start
start()
from daybook import doors
from daybook.ledger.closing import ask_to_close
from daybook.people.accounts import unlock_by_passphrase
now = doors.clock().now()
unlocked = unlock_by_passphrase(name="demo", passphrase=sys.argv[1], now=now)
assert ask_to_close(unlocked, passphrase=sys.argv[1], now=now)
"""
_ERASE = """
import sys
from daybook.site.commands.starting import start
start()
from daybook import doors
from daybook.site.erasing import erase_what_is_due
print("begun", flush=True)
erase_what_is_due(now=doors.clock().now())
print("ended", flush=True)
"""


def run_code(daybook: LiveDaybook, code: str, *words: str) -> subprocess.Popen[bytes]:
    """Run some Python on this home, in a process of its own."""
    return subprocess.Popen(
        [sys.executable, "-c", code, *words], env=daybook._environment(), stdout=subprocess.PIPE
    )


def ask(daybook: LiveDaybook) -> None:
    """Ask for the record to be erased."""
    command = [sys.executable, "-c", _ASK, PASSPHRASE]
    subprocess.run(command, env=daybook._environment(), check=True, timeout=60)


def kept_files(daybook: LiveDaybook) -> list[Path]:
    return [path for path in (daybook.home / "files" / "kept").rglob("*") if path.is_file()]


@contextmanager
def opened(daybook: LiveDaybook) -> Iterator[sqlite3.Connection]:
    """The database itself, as a thief would look at it; what is changed is kept."""
    database = sqlite3.connect(daybook.home / "daybook.sqlite3", timeout=30)
    try:
        with database:
            yield database
    finally:
        database.close()


def _count(database: sqlite3.Connection, table: str) -> int:
    return int(database.execute(f'SELECT count(*) FROM "{table}"').fetchone()[0])  # noqa: S608 – our own tables


def rows_left(daybook: LiveDaybook) -> dict[str, int]:
    """How many rows each table still has."""
    with opened(daybook) as database:
        names = [name for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        ours = [name for name in names if not name.startswith(("django_", "sqlite_"))]
        counts = {name: _count(database, name) for name in ours}
    return {name: count for name, count in counts.items() if count}


def let_the_time_be_up(daybook: LiveDaybook) -> None:
    """Put the asking eight days back, all of them seen to go by but the last minutes."""
    with opened(daybook) as database:
        past = (datetime.now(UTC) - timedelta(days=8)).strftime("%Y-%m-%d %H:%M:%S.%f")
        over = (datetime.now(UTC) - timedelta(days=1)).strftime("%Y-%m-%d %H:%M:%S.%f")
        week = 7 * 24 * 3600 * 1_000_000
        changed = database.execute(
            "UPDATE people_closing SET asked_at = ?, over_at = ?, seen_at = ?, waited = ?",
            (past, over, over, week),
        )
        assert changed.rowcount == 1


@pytest.fixture(scope="module")
def invented(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a home with the invented case, to be copied: making it takes longer than most of these tests."""
    daybook = LiveDaybook(tmp_path_factory.mktemp("invented"))
    daybook.run("demo", "--entries", "20", "--exhibits", "12", passphrase=PASSPHRASE)
    return daybook.home


@pytest.fixture
def demo(invented: Path, tmp_path: Path) -> LiveDaybook:
    """The invented case, closed, with its time up."""
    daybook = copied(invented, tmp_path)
    ask(daybook)
    let_the_time_be_up(daybook)
    return daybook


def copied(home: Path, folder: Path) -> LiveDaybook:
    """A Daybook of its own on a copy of a home, which stays as it is."""
    daybook = LiveDaybook(folder)
    shutil.copytree(home, daybook.home)
    return daybook


def kill_once(daybook: LiveDaybook, after_seconds: float) -> bool:
    """Begin to erase and kill it that long after it began; True when it had ended before."""
    process = run_code(daybook, _ERASE)
    assert process.stdout is not None
    assert process.stdout.readline() == b"begun\n"
    time.sleep(after_seconds)
    process.send_signal(signal.SIGKILL)
    said = process.stdout.read()
    process.wait()
    process.stdout.close()
    return b"ended" in said


def check_after_kill(daybook: LiveDaybook) -> str:
    """What is left: "whole" with every key, "nothing", or "half", and then without any key."""
    left = rows_left(daybook)
    if not left.keys() - TRIES_OF_THIS_TEST:
        return "nothing"
    keys = {name for name in ("people_keyslot", "people_recordepoch") if name in left}
    assert len(keys) in (0, 2), f"some keys went and some stayed: {left}"
    if keys:
        assert len(kept_files(daybook)) == left["evidence_blob"], "a file went before the keys did"
        return "whole"
    return "half"


def kill_rounds(daybook: LiveDaybook, rounds: int, chance: random.Random) -> list[str]:
    """Kill it at so many moments, one after the other, then let it end."""
    found = []
    for _ in range(rounds):
        kill_once(daybook, chance.uniform(0, 0.06))
        found.append(check_after_kill(daybook))
        if found[-1] == "nothing":
            break
        if found[-1] == "half":
            refused = daybook.run(
                "export",
                "--account",
                "demo",
                "--out",
                str(daybook.folder / "out"),
                passphrase=PASSPHRASE,
                check=False,
            )
            assert refused.returncode == 1
            break
    return found


@pytest.mark.skipif(bool(os.environ.get("DATABASE_URL")), reason="looks into the SQLite file itself")
@pytest.mark.parametrize("seed", range(QUICK))
def test_killed_at_random_it_is_whole_or_opens_for_nobody_and_a_later_command_ends_it(
    demo: LiveDaybook, seed: int
) -> None:
    print(kill_rounds(demo, 4, random.Random(seed)))  # noqa: T201 – a run says what it did
    for _ in range(2):
        demo.run("doctor", check=False)
    assert rows_left(demo).keys() <= TRIES_OF_THIS_TEST
    assert kept_files(demo) == []


@pytest.mark.slow
@pytest.mark.skipif(bool(os.environ.get("DATABASE_URL")), reason="looks into the SQLite file itself")
@pytest.mark.parametrize("seed", range(QUICK, MANY))
def test_killed_at_many_more_moments(demo: LiveDaybook, seed: int) -> None:
    print(kill_rounds(demo, 6, random.Random(seed)))  # noqa: T201
    for _ in range(2):
        demo.run("doctor", check=False)
    assert rows_left(demo).keys() <= TRIES_OF_THIS_TEST
    assert kept_files(demo) == []


@pytest.mark.skipif(bool(os.environ.get("DATABASE_URL")), reason="looks into the SQLite file itself")
def test_the_serving_process_erases_by_itself_and_no_name_or_key_is_left_in_any_file(
    demo: LiveDaybook,
) -> None:
    with opened(demo) as database:
        needles = [row[0] for row in database.execute("SELECT sealed FROM people_keyslot")]
        needles += [row[0] for row in database.execute("SELECT sealed FROM people_recordepoch")]
        needles += [row[0] for row in database.execute("SELECT sealed_name FROM people_account")]
        needles += [row[0] for row in database.execute("SELECT lookup FROM people_account")]
    before = b"".join(path.read_bytes() for path in demo.home.glob("daybook.sqlite3*"))
    assert all(needle in before for needle in needles)
    demo.start()
    try:
        give_up = time.monotonic() + 60
        while rows_left(demo) and time.monotonic() < give_up:
            time.sleep(0.1)
    finally:
        demo.stop()
    assert rows_left(demo) == {}
    assert kept_files(demo) == []
    after = b"".join(path.read_bytes() for path in demo.home.glob("daybook.sqlite3*"))
    assert not any(needle in after for needle in needles), "a key is left in the database's file or its log"


def test_doctor_announces_a_record_that_is_to_be_erased(invented: Path, tmp_path: Path) -> None:
    daybook = copied(invented, tmp_path)
    assert "D20 well" in daybook.run("doctor", check=False).stdout
    ask(daybook)
    found = daybook.run("doctor", check=False)
    assert found.returncode == 1
    assert "D20 LOOK" in found.stdout
    assert "whoever unlocks it can undo that" in found.stdout
    assert "demo" not in found.stdout.replace(str(daybook.home), "")
