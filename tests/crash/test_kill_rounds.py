"""Killed at any moment: nothing acknowledged is lost, nothing is half there, and the ledger is valid.

Every run draws new seeds and prints them. ``DAYBOOK_CRASH_SEED`` runs one again: a round's seed (``7f3a/4``) that round alone,
in a new home; a home's seed (``7f3a``) all its rounds. A seed fixes what people do and where the kill is aimed, not how the
system shares out its time: run it a few times.
"""

import os
import secrets
from collections.abc import Callable

import pytest

from tests.crash.rounds import run_home
from tests.rig.plugin import DID
from tests.rig.running import LiveDaybook

SEED = "DAYBOOK_CRASH_SEED"
ROUNDS_IN_A_HOME = 5


Say = Callable[[str, object], None]


def run(daybook: LiveDaybook, rounds: int, say: Say) -> None:
    """Take a new home through so many rounds, or through those that the environment asks for."""
    home, _, only = os.environ.get(SEED, secrets.token_hex(4)).partition("/")
    seeds = [f"{home}/{only}"] if only else [f"{home}/{number}" for number in range(1, rounds + 1)]
    crashed = run_home(daybook, home, seeds)
    done = len(crashed.journal.acknowledged)
    assert done
    say(DID, f"{SEED}={home}: killed {len(crashed.kills)} times, {done} acts acknowledged, all there")


@pytest.mark.parametrize("home", range(4))
def test_a_server_killed_at_any_moment_loses_nothing_that_it_acknowledged(
    unstarted_daybook: LiveDaybook, record_property: Say, home: int
) -> None:
    """Twenty rounds, in four homes in which what crashes leave behind adds up."""
    run(unstarted_daybook, ROUNDS_IN_A_HOME, record_property)


@pytest.mark.slow
@pytest.mark.parametrize("home", range(10))
def test_a_home_killed_twenty_times_loses_nothing_that_it_acknowledged(
    unstarted_daybook: LiveDaybook, record_property: Say, home: int
) -> None:
    """Two hundred rounds, in ten homes."""
    run(unstarted_daybook, 4 * ROUNDS_IN_A_HOME, record_property)
