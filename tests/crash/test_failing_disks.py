"""A disk that fails or is full, at every write, sync and rename: what was acknowledged is there, nothing else is half there.

The calls of a real server are failed by the kernel (`tests.rig.failing_calls`): one alone, as a disk does that is full for a
moment, or all from there on, as one does that is broken. Then it is well again, and everything is looked for.
"""

import errno
import os
import platform
import random
import secrets
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from daybook.packs.verify import verify_pack
from tests.crash.acts import ACTS, Act
from tests.crash.checking import Checker
from tests.crash.journal import Unexpected
from tests.crash.people import NAME, PASSPHRASE, Browser, Gone, Person
from tests.crash.removal_acts import remove_and_fetch_back
from tests.crash.rounds import CrashedHome
from tests.crash.settling import settle
from tests.crash.upload_acts import let_go, send_in_parts_and_keep
from tests.plain_browser import hidden_fields
from tests.rig.failing_calls import FailingCalls
from tests.rig.plugin import DID
from tests.rig.running import LiveDaybook

pytestmark = pytest.mark.skipif(
    sys.platform != "linux" or platform.machine() not in {"x86_64", "aarch64"},
    reason="only Linux lets calls be decided elsewhere; the numbers of these machines' calls are known",
)
SEED = "DAYBOOK_DISK_SEED"
ERRORS = (errno.ENOSPC, errno.EIO)
# An act that takes a new turn each time has no call of its own to fail at: these go straight to their end.
WRITING = [
    *(
        act
        for act in ACTS
        if act.name not in {"read what is there", "send a file in parts", "fetch a file back"}
    ),
    Act("send a file in parts and keep it", send_in_parts_and_keep),
    Act("remove a file and fetch it back", remove_and_fetch_back),
]
_NEVER = 10**9
_MOST_UPLOADS = 20

Say = Callable[[str, object], None]


class FailingHome:
    """A home on a disk that can be told to fail, with somebody who acts in it, and the checker."""

    def __init__(self, folder: Path, calls: FailingCalls, seed: str) -> None:
        self.calls, self.seed = calls, seed
        self.chance = random.Random(seed)
        daybook = LiveDaybook(folder, words_before=calls.words_before)
        self.home = CrashedHome(daybook, secret=f"{self.chance.getrandbits(48):012x}")
        self.home.make(self.chance)
        browser = Browser(daybook.port)
        self.person = Person(
            "a", self.home.secret, self.home.journal, browser, self.chance, self.home.packs, most_files=1
        )
        self.checker = Checker(daybook)
        for act in ACTS:
            self.person.unlock()
            act.do(self.person)

    def fails_at(self, act: Act, place: int, number: int, *, stays: bool) -> bool:
        """One act on a disk that fails at this call; says whether it came that far. What is wrong then fails the test."""
        where = f"{act.name}, {errno.errorcode[number]} at call {place}{' and after' if stays else ''}"
        journal = self.home.journal
        wrong: list[str] = []
        self.person.unlock()
        # Only so many may be on their way at once.
        for thing in self.person.hers("upload")[_MOST_UPLOADS:]:
            let_go(self.person, thing)
        self.calls.fail_at(place, number, stays=stays)
        refusal = ""
        try:
            act.do(self.person)
        except (Unexpected, Gone) as refused:
            refusal = f"{type(refused).__name__} {refused}"
        reached = self.calls.heal()
        if refusal and not reached:
            wrong.append(f"refused though nothing failed: {refusal}")
        if not self.home.daybook.is_running:
            wrong.append("the server is gone")
        wrong += settle(journal, self.checker.look())
        if journal.is_now(self.person.session) != "unlocked":
            self.person.session = ""
        self.person.unlock()
        self.person.browser.page("/diary/")
        wrong += self.home._in_clear()
        assert wrong == [], f"{where}\n{wrong}\n{SEED}={self.seed}"
        return reached

    def end(self) -> None:
        """Let go of everything."""
        self.checker.__exit__()
        if self.home.daybook._process is not None:
            self.home.daybook.kill()


@pytest.fixture(scope="module")
def failing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FailingHome]:
    """One home for all of these tests: what failures leave behind adds up."""
    folder = tmp_path_factory.mktemp("failing")
    with FailingCalls(folder / "home", folder / "calls") as calls:
        made = FailingHome(folder, calls, os.environ.get(SEED, secrets.token_hex(4)))
        yield made
        made.end()


@pytest.mark.parametrize("act", WRITING, ids=lambda act: act.name)
def test_wherever_the_disk_fails_nothing_is_half_there(failing: FailingHome, act: Act) -> None:
    """A few places among the first calls, where most acts have theirs."""
    places = [1, *failing.chance.sample(range(2, 30), 3)]
    for place in places:
        failing.fails_at(act, place, failing.chance.choice(ERRORS), stays=failing.chance.random() < 0.5)


@pytest.mark.slow
@pytest.mark.parametrize("stays", [False, True], ids=["once", "from then on"])
@pytest.mark.parametrize("number", ERRORS, ids=errno.errorcode.__getitem__)
@pytest.mark.parametrize("act", WRITING, ids=lambda act: act.name)
def test_at_every_call_there_is_nothing_is_half_there(
    failing: FailingHome, act: Act, number: int, stays: bool, record_property: Say
) -> None:
    """Call after call, until the act is done before it comes to the one that would fail."""
    place = 1
    while failing.fails_at(act, place, number, stays=stays):
        place += 1
    record_property(DID, f"{act.name}: {place - 1} places where the disk failed, each without harm")


def test_words_that_could_not_be_kept_are_shown_back(failing: FailingHome) -> None:
    browser, words = failing.person.browser, f"{failing.person.mark()} words that nobody wants to type again"
    failing.person.unlock()
    form = hidden_fields(browser.page("/diary/new/"))
    failing.calls.fail_at(1, errno.ENOSPC, stays=True)
    answer = browser.send("/diary/new/", {**form, "words": words, "go": "keep"})
    assert failing.calls.heal()
    assert answer.status == 500
    assert words in answer.text
    assert "may be full" in answer.text
    assert form["csrfmiddlewaretoken"] not in answer.text.partition("<main")[2]
    # The very form can be sent again, and then it is kept.
    again = browser.send("/diary/new/", {**form, "words": words, "go": "keep"})
    assert words in browser.page(again.location)
    failing.home.journal.things[f"writing/{words.split()[0]}"] = [
        {"versions": [[words, "", ""]], "files": [], "drafts": []}
    ]


class FailingStick:
    """A folder on a disk that fails, into which a command writes; ``calls_made`` is how many calls a whole run takes."""

    def __init__(self, daybook: LiveDaybook, folder: Path, *words: str) -> None:
        self.daybook, self.folder, self.words = daybook, folder, words
        self.calls_made = 0

    def run(self, out: str, place: int, number: int) -> subprocess.CompletedProcess[str]:
        """Run the command on an empty folder that fails at this call."""
        shutil.rmtree(self.folder, ignore_errors=True)
        self.folder.mkdir()
        with FailingCalls(self.folder, self.folder.with_name("calls")) as calls:
            calls.fail_at(place, number, stays=False)
            done = self.daybook.run(
                *self.words, "--account", NAME, "--out", str(self.folder / out),
                passphrase=PASSPHRASE, check=False, words_before=calls.words_before,
            )  # fmt: skip
            assert calls.heal() == (place <= calls.calls)
            self.calls_made = calls.calls
        return done

    @property
    def left(self) -> list[Path]:
        """Every file in the folder now."""
        return [path for path in self.folder.rglob("*") if path.is_file()]


@pytest.mark.parametrize("number", ERRORS, ids=errno.errorcode.__getitem__)
def test_a_pack_to_a_failing_disk_is_whole_or_not_there(
    failing: FailingHome, tmp_path: Path, number: int
) -> None:
    stick = FailingStick(failing.home.daybook, tmp_path / "stick", "pack")
    assert stick.run("notes.zip", _NEVER, number).returncode == 0
    assert verify_pack(stick.folder / "notes.zip").is_valid()
    last = stick.calls_made
    for place in (1, last // 2, last - 1, last):
        done = stick.run("notes.zip", place, number)
        if done.returncode == 0:
            # A disk that does not know second names is no fault: the file is moved instead.
            assert place == last
            assert verify_pack(stick.folder / "notes.zip").is_valid()
            continue
        assert done.stderr.strip().endswith(f"notes.zip cannot be written: {os.strerror(number)}.")
        assert "Traceback" not in done.stderr
        assert stick.left == []
    assert settle(failing.home.journal, failing.checker.look()) == []


@pytest.mark.parametrize("number", ERRORS, ids=errno.errorcode.__getitem__)
def test_an_export_to_a_failing_disk_says_that_it_is_not_whole_and_holds_no_half_file(
    failing: FailingHome, tmp_path: Path, number: int
) -> None:
    # An export with files that have not arrived whole is not all of it, and says so.
    failing.person.unlock()
    for thing in failing.person.hers("upload"):
        let_go(failing.person, thing)
    stick = FailingStick(failing.home.daybook, tmp_path / "stick", "export")
    assert stick.run("all", _NEVER, number).returncode == 0
    whole = {path.relative_to(stick.folder): path.stat().st_size for path in stick.left}
    last = stick.calls_made
    for place in (1, 2, 3, *failing.chance.sample(range(4, last), 3)):
        done = stick.run("all", place, number)
        if done.returncode == 0:
            continue
        assert "Delete it and begin again." in done.stderr or "cannot be used" in done.stderr, done.stderr
        assert "Traceback" not in done.stderr
        # The chain of who looked grows with each run; all else is as long as it is in a whole export.
        for path in stick.left:
            name = path.relative_to(stick.folder)
            assert path.stat().st_size == whole[name] or name.name == "access.jsonl"
    assert settle(failing.home.journal, failing.checker.look()) == []
