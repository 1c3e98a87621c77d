"""A first start, killed in the middle of making its tables: the next start makes them, whatever was there."""

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.rig.running import LiveDaybook

_START = """
import os, signal, sys
from django.db.migrations.recorder import MigrationRecorder
noted, place = MigrationRecorder.record_applied, int(sys.argv[1])
def note(self, app, name):
    global place
    place -= 1
    if place == 0 and sys.argv[2] == "before":
        os.kill(os.getpid(), signal.SIGKILL)
    noted(self, app, name)
    if place == 0:
        os.kill(os.getpid(), signal.SIGKILL)
MigrationRecorder.record_applied = note
from daybook.site.commands.starting import start
start()
"""


@pytest.mark.parametrize("when", ["before", "after"])
def test_a_start_that_is_killed_while_it_makes_tables_is_made_up_for_by_the_next(
    tmp_path: Path, when: str
) -> None:
    daybook = LiveDaybook(tmp_path)
    for place in (1, 2, 3, 1):
        killed = subprocess.run(
            [sys.executable, "-c", _START, str(place), when],
            env=daybook._environment(),
            check=False,
            timeout=60,
        )
        assert killed.returncode == -signal.SIGKILL
    assert daybook.run("doctor", check=False).stderr == ""
