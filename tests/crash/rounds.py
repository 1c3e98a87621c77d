"""One home, killed again and again: people act, something is killed, the server starts anew, and everything is looked for."""

import json
import random
import subprocess
import threading
import time
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.crash import endings
from tests.crash.acts import check_entry, check_original, choose_act, keep_at_once
from tests.crash.checking import Checker, Fault
from tests.crash.file_acts import send_files
from tests.crash.journal import Count, Journal, Unexpected
from tests.crash.kills import PACKS, SERVER_ALONE, Kill, Killer, choose_kill, wait_until_written
from tests.crash.people import NAME, PASSPHRASE, Browser, Gone, Person
from tests.crash.removal_acts import ask_to_close_or_undo
from tests.crash.settling import settle
from tests.plain_browser import hidden_fields
from tests.plaintext_search import find_marks
from tests.rig.running import LiveDaybook

ANOTHER = "another"
"""The name of a second record in the home."""
_SWEPT_WITHIN_SECONDS = 60
_STARTS_IN_SECONDS = 0.6


@dataclass(slots=True)
class CrashedHome:
    """A home with its journal, through any number of rounds. ``secret`` stands in all that is written in it."""

    daybook: LiveDaybook
    secret: str
    journal: Journal = field(default_factory=Journal)
    people: dict[str, Person] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)
    kills: list[str] = field(default_factory=list)

    @property
    def packs(self) -> Path:
        """Where people put what they download."""
        return self.daybook.folder / PACKS

    def make(self, chance: random.Random, *, another: bool = False) -> None:
        """Start in an empty folder, which may be killed twice before it is done, and make a record through the pages.

        ``another`` makes a second one too, with something in it, to be erased later.
        """
        self.packs.mkdir()
        for _ in range(chance.randint(0, 2)):
            self._kill_while_it_starts(chance.uniform(0, _STARTS_IN_SECONDS))
        self.daybook.start()
        self.make_record()
        if another:
            person = Person("a", self.secret, Journal(), self.make_record(ANOTHER), chance, self.packs)
            person.session = "session/another"
            person.journal.things[person.session] = ["unlocked"]
            keep_at_once(person)
            send_files(person)
            ask_to_close_or_undo(person)
            self.journal.things[endings.ANOTHER] = ["whole"]

    def make_record(self, name: str = NAME) -> Browser:
        """Make a record on a running server; gives the browser in which it is unlocked."""
        page = "/start/name/?ready=1"
        browser = Browser(self.daybook.port)
        words = {"new_passphrase": PASSPHRASE, "new_passphrase_again": PASSPHRASE, "suggested": PASSPHRASE}
        person = {"name": name, "initials": "AB", "zone": ""}
        answer = browser.send("/start/name/", {**hidden_fields(browser.page(page)), **words, **person})
        assert answer.status == 200
        assert 'class="db-code"' in answer.text
        if name == NAME:
            self.journal.unlocks = Count(1, 1)
        return browser

    def round(self, seed: str, checker: Checker) -> list[str]:
        """One round: acts and a kill by this seed, a new start, and the look at what is there. Returns every fault found."""
        chance = random.Random(seed)
        kill = choose_kill(chance)
        self.kills.append(str(kill))
        self.faults = []
        begun = len(self.journal.acknowledged)
        self._act_until_killed(kill, chance)
        changed = self.journal.acknowledged[begun:]
        self._let_the_time_be_up(checker, chance)
        if chance.random() < 0.15:
            self._kill_while_it_starts(chance.uniform(0, _STARTS_IN_SECONDS))
        if chance.random() < 0.3:
            # The checker is the first to open what the dead server left.
            self.faults += settle(self.journal, checker.look())
        self.daybook.start()
        self.faults += endings.wait_for_them(self.journal, checker)
        seen = checker.look()
        self.faults += settle(self.journal, seen)
        self._read_again(changed)
        self._verify_packs(seen["fingerprints"])
        self.faults += self._in_clear()
        checker.ask("make leftovers old")
        return self.faults

    def finish(self, checker: Checker) -> list[str]:
        """After the last round: the server's own sweep takes what never became evidence, and all else is as it was."""
        self.daybook.kill()
        self.daybook.start()
        until = time.monotonic() + _SWEPT_WITHIN_SECONDS
        while any((left := checker.ask("old leftovers")).values()) and time.monotonic() < until:
            time.sleep(0.05)
        faults = [f"the sweep leaves {left}"] if any(left.values()) else []
        faults += self.make_all_previews(checker)
        faults += settle(self.journal, checker.look()) + self._in_clear()
        self.daybook.kill()
        return faults

    def _let_the_time_be_up(self, checker: Checker, chance: random.Random) -> None:
        """Let what was removed and what is to be erased be due, and kill the server while it destroys that."""
        if chance.random() < 0.4 and endings.let_the_time_be_up(self.journal, checker):
            for _ in range(chance.randint(0, 2)):
                self.daybook.launch()
                wait_until_written(self.daybook, chance.randint(1, 25), chance.uniform(0, 0.02))
                self.daybook.kill()

    def make_all_previews(self, checker: Checker) -> list[str]:
        """Whatever was killed on the way, everything has a preview in the end; where it was given up, she asks once more."""
        checker.ask("let tries be long ago")
        reader = Person(
            "r", self.secret, self.journal, Browser(self.daybook.port), random.Random(0), self.packs
        )
        reader.unlock()
        reader.browser.page("/diary/")
        until = time.monotonic() + _SWEPT_WITHIN_SECONDS
        while (seen := checker.look())["due"] and time.monotonic() < until:
            time.sleep(0.1)
        faults = settle(self.journal, seen)
        for sha256 in seen["given up"]:
            page = f"/files/{self.journal.ids[f'file/{sha256}']}/"
            reader.browser.send(f"{page}again/", hidden_fields(reader.browser.page(page)))
        again = checker.look() if seen["given up"] else seen
        faults += [f"there is still no preview of {sha256[:8]}" for sha256 in again["due"]]
        return faults + [
            f"the preview of {one[:8]} is given up: {why}" for one, why in again["given up"].items()
        ]

    def _act_until_killed(self, kill: Kill, chance: random.Random) -> None:
        killer = Killer(self.daybook, kill)
        acting = [
            threading.Thread(target=self._act, args=(self._person(tag, chance, killer), kill, killer))
            for tag in ("ab" if chance.random() < 0.4 else "a")
        ]
        for thread in acting:
            thread.start()
        killer.run()
        for thread in acting:
            thread.join()
        if kill.victim == SERVER_ALONE and (left := killer.orphans_left()):
            self.faults.append(f"children of the dead server live on: {left}")
        self.daybook.kill()

    def _person(self, tag: str, chance: random.Random, killer: Killer) -> Person:
        browser = Browser(self.daybook.port, on_sent=killer.saw_sent, on_answer=killer.saw_answer)
        person = self.people.get(tag)
        if person is None:
            person = Person(tag, self.secret, self.journal, browser, chance, self.packs)
            self.people[tag] = person
        else:
            browser.cookies = person.browser.cookies
        person.browser, person.chance = browser, random.Random(chance.getrandbits(64))
        return person

    def _act(self, person: Person, kill: Kill, killer: Killer) -> None:
        doing = "unlocking"
        try:
            person.unlock()
            while True:
                act = choose_act(person, kill.point)
                doing = act.name
                act.do(person)
                killer.saw_act()
        except Gone:
            if not killer.struck.is_set():
                self.faults.append(f"the server went away by itself, at: {doing}")
        except Exception as error:  # noqa: BLE001 – a thread's error is a fault of the round
            self.faults.append(f"{doing}: {type(error).__name__}: {error}")
            # Whatever else happens, the round ends.
            killer.struck.wait()

    def _kill_while_it_starts(self, seconds: float) -> None:
        self.daybook.launch()
        time.sleep(seconds)
        self.daybook.kill()

    def _read_again(self, changed: list[str]) -> None:
        """What was acknowledged in this round, through the pages: the cookies, then with a new unlock entries and files."""
        with self._told_as_faults("sessions"):
            for thing in dict.fromkeys(changed):
                if thing.startswith("session/"):
                    self._check_session(thing)
        reader = Person(
            "r", self.secret, self.journal, Browser(self.daybook.port), random.Random(0), self.packs
        )
        with self._told_as_faults("reading again"):
            reader.unlock()
            reader.browser.page("/diary/")
            for thing in dict.fromkeys(changed[-12:]):
                state, item = self.journal.is_now(thing), self.journal.ids.get(thing, "")
                if thing.startswith("writing/") and state["versions"]:
                    check_entry(reader.browser, item, state)
                if thing.startswith("writing/") and state["drafts"]:
                    reader.browser.page(f"/diary/draft/{self.journal.drafts[thing]}/")
                if thing.startswith("file/") and state and "removed" not in state:
                    check_original(reader.browser, item, thing)

    def _check_session(self, thing: str) -> None:
        cookie = {"daybook-visit": self.journal.ids.get(thing, "")}
        status = Browser(self.daybook.port, cookie).get("/people/").status
        found = {200: "unlocked", 302: "locked"}.get(status, str(status))
        states = self.journal.may_be(thing)
        if found not in [state or "locked" for state in states]:
            self.faults.append(f"{thing} may be {states}, but is {found}")
        self.journal.things[thing] = [found]

    def _verify_packs(self, fingerprints: list[str]) -> None:
        """Packs that came whole verify and are in the ledger; half of one is refused in words. Then they are let go."""
        for path, whole in self.journal.packs.items():
            if not Path(path).exists():
                continue
            told = self.daybook.run("verify", "--json", path, check=False)
            report = json.loads(told.stdout) if told.returncode in {0, 1, 2} else {}
            known = report.get("fingerprint") in fingerprints
            if told.returncode == 0 and not known:
                self.faults.append("a pack verifies, and the ledger does not know it")
            if whole and told.returncode != 0:
                self.faults.append(f"a pack that came whole does not verify: {told.stdout}{told.stderr}")
            if told.returncode != 0 and not _is_said_in_words(report, told.stderr):
                self.faults.append(f"half a pack is not refused in words: {told}")
            Path(path).unlink()

    def _in_clear(self) -> list[str]:
        places = [self.daybook.home, self.daybook.temporary, self.daybook.log]
        return [f"in clear: {found}" for found in find_marks([f"mark{self.secret}"], places)]

    def _told_as_faults(self, doing: str) -> "_ToldAsFaults":
        return _ToldAsFaults(self.faults, doing)


class _ToldAsFaults(suppress):
    """What a page does not answer as promised becomes a fault of the round."""

    def __init__(self, faults: list[str], doing: str) -> None:
        super().__init__(Unexpected, Gone)
        self._faults, self._doing = faults, doing

    def __exit__(self, *raised: Any) -> bool:
        if raised[1] is not None:
            self._faults.append(f"{self._doing}: {raised[0].__name__}: {raised[1]}")
        return bool(super().__exit__(*raised))


def _is_said_in_words(report: dict[str, Any], errors: str) -> bool:
    """Whether the refusal names what is wrong in a sentence, and nothing fell over."""
    sentences = [
        check["detail"] for check in report.get("checks", []) if check["state"] in {"invalid", "unknown"}
    ]
    return bool(sentences) and all(len(one.split()) > 3 for one in sentences) and "Traceback" not in errors


def run_home(daybook: LiveDaybook, seed: str, rounds: list[str]) -> CrashedHome:
    """Take a new home through rounds, each by its own seed. Raises Fault at the first round with one."""
    chance = random.Random(seed)
    home = CrashedHome(daybook, secret=f"{chance.getrandbits(48):012x}")
    home.make(chance, another=chance.random() < 0.5)
    with Checker(daybook) as checker:
        for number, one in enumerate(rounds, 1):
            try:
                faults = home.round(one, checker)
                if number == len(rounds):
                    faults = [*faults, *home.finish(checker)]
            except (Fault, subprocess.SubprocessError) as broken:
                faults = [str(broken)]
            if faults:
                lines = "\n  ".join(faults)
                raise Fault(
                    f"{home.kills[-1]}\n  {lines}\n"
                    f"This round alone: DAYBOOK_CRASH_SEED={one} (the whole home: DAYBOOK_CRASH_SEED={seed})"
                )
    return home
