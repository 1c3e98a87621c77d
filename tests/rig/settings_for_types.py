"""Settings as mypy reads them. It ends without clearing up after itself, so their home lies in its cache."""

import os
from pathlib import Path

from daybook.site.home import home_of_environment, prepare_home

os.environ["DAYBOOK_ENV"] = "test"
os.environ["DAYBOOK_HOME"] = str(Path(__file__).parents[2] / ".mypy_cache" / "home")
prepare_home(home_of_environment())

from daybook.site.settings import *  # noqa: E402, F403 – all of them, after the rig
