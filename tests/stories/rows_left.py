"""What the database of a served home still holds about browsers that are open."""

import sqlite3
from contextlib import closing

from tests.rig.running import LiveDaybook


def _count(daybook: LiveDaybook, question: str) -> int:
    with closing(sqlite3.connect(f"file:{daybook.home}/daybook.sqlite3?mode=ro", uri=True)) as database:
        return int(database.execute(question).fetchone()[0])


def accounts(daybook: LiveDaybook) -> int:
    """How many people have a record."""
    return _count(daybook, "SELECT count(*) FROM people_account")


def unlocked_browsers(daybook: LiveDaybook) -> int:
    """How many browsers the database holds a sealed key for."""
    return _count(daybook, "SELECT count(*) FROM people_unlock WHERE sealed_key IS NOT NULL")
