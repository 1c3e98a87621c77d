"""What looks into files is killed again and again while the server lives: no request fails, and no file is lost."""

import random
import secrets
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

import pytest

from tests.crash.checking import Checker
from tests.crash.file_acts import look_at_a_file, send_files
from tests.crash.kills import end, programs_of, readers_of
from tests.crash.people import Browser, Person
from tests.crash.rounds import CrashedHome
from tests.crash.settling import settle
from tests.crash.upload_acts import send_in_parts
from tests.rig.plugin import DID
from tests.rig.running import LiveDaybook

Say = Callable[[str, object], None]
_FEWEST = {"programs": 3, "children": 3}
_WITHIN_SECONDS = 120


@dataclass(slots=True)
class Hunter:
    """Kills a decoding program of a server, or a child that reads a file, at random moments, until it is called off."""

    server: int
    chance: random.Random
    killed: dict[str, int] = field(default_factory=lambda: dict.fromkeys(_FEWEST, 0))
    called_off: threading.Event = field(default_factory=threading.Event)

    def hunt(self) -> None:
        """Lie in wait for something to kill, again and again."""
        while not self.called_off.wait(self.chance.uniform(0, 0.2)):
            what, look = self.chance.choice([("programs", programs_of), ("children", readers_of)])
            while not self.called_off.is_set() and not (found := look(self.server)):
                time.sleep(0.0005)
            if not self.called_off.is_set():
                time.sleep(self.chance.uniform(0, 0.02))
                end(self.chance.choice(found))
                self.killed[what] += 1


def hunted(daybook: LiveDaybook, seed: str, *, acts: int, say: Say) -> None:
    """So many acts with files, and more until enough was killed; then nobody is hunted any more, and all is looked for."""
    chance = random.Random(seed)
    home = CrashedHome(daybook, secret=f"{chance.getrandbits(48):012x}")
    home.packs.mkdir()
    daybook.start()
    home.make_record()
    person = Person("a", home.secret, home.journal, Browser(daybook.port), chance, home.packs)
    person.unlock()
    hunter = Hunter(daybook.process_id, random.Random(chance.getrandbits(64)))
    hunting = threading.Thread(target=hunter.hunt)
    hunting.start()
    done, until = 0, time.monotonic() + _WITHIN_SECONDS
    try:
        while done < acts or any(hunter.killed[what] < few for what, few in _FEWEST.items()):
            chance.choice([send_files, send_files, send_in_parts, look_at_a_file])(person)
            done += 1
            assert time.monotonic() < until, hunter.killed
    finally:
        hunter.called_off.set()
        hunting.join()
    with Checker(daybook) as checker:
        seen = checker.look()
        told = f"{seed}: {done} acts, killed {hunter.killed}"
        assert settle(home.journal, seen) == [], told
        # A server that just started looks at once for what is due, and not only after a while.
        daybook.kill()
        daybook.start()
        waiting, given_up = len(seen["due"]), len(seen["given up"])
        assert home.make_all_previews(checker) == [], told
        assert settle(home.journal, checker.look()) == [], told
    say(DID, f"{told}; {waiting} previews were made later, {given_up} when she asked again")


def test_decoders_killed_at_any_moment_cost_no_request_and_no_file(
    unstarted_daybook: LiveDaybook, record_property: Say
) -> None:
    hunted(unstarted_daybook, secrets.token_hex(4), acts=10, say=record_property)


@pytest.mark.slow
@pytest.mark.parametrize("home", range(3))
def test_decoders_killed_hundreds_of_times_cost_no_request_and_no_file(
    unstarted_daybook: LiveDaybook, record_property: Say, home: int
) -> None:
    hunted(unstarted_daybook, secrets.token_hex(4), acts=300, say=record_property)
