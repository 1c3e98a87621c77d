"""Daybook's own settings for tests, read after the rig has chosen the home and the database."""

from tests.rig import environment

environment.prepare()

from daybook.site.settings import *  # noqa: E402, F403 – all of them, after the rig
from daybook.site.settings import DATABASES, HOME  # noqa: E402 – after the rig

if not environment.on_postgres():
    # Django would test SQLite in memory, where neither WAL nor a second process exists.
    DATABASES["default"]["TEST"] = {"NAME": str(HOME.path / "tests.sqlite3")}

# A test of one page is not disturbed by work beside it: whoever tests that work turns it on.
PREVIEW_WORKERS = 0
