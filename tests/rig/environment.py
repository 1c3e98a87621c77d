"""What a test run tells Daybook's settings before they are read: its home, which database, a cheap KDF."""

import atexit
import os
import shutil
import tempfile
from pathlib import Path

from daybook.site.home import home_of_environment, prepare_home
from tests.rig.postgres import start_postgres

__all__ = ["DATABASE_CHOICE", "on_postgres", "prepare", "without_test_database"]

DATABASE_CHOICE = "DAYBOOK_TEST_DB"
"""Names the database of a test run: ``sqlite`` (default) or ``postgres``."""

_ROOT = "DAYBOOK_TEST_ROOT"
_POSTGRES = "DAYBOOK_TEST_POSTGRES_URL"


def on_postgres() -> bool:
    """Whether this run is the one on PostgreSQL."""
    return os.environ.get(DATABASE_CHOICE, "sqlite") == "postgres"


def prepare() -> None:
    """Set the environment that ``daybook.site.settings`` reads, for this process and those it starts.

    Raises:
        ValueError: ``DAYBOOK_TEST_DB`` names no database.
    """
    os.environ["DAYBOOK_ENV"] = "test"
    os.environ["DAYBOOK_TEST_KDF"] = "1"
    os.environ["DAYBOOK_HOME"] = tempfile.mkdtemp(prefix="home-", dir=_root())
    prepare_home(home_of_environment())
    match os.environ.get(DATABASE_CHOICE, "sqlite"):
        case "sqlite":
            os.environ.pop("DATABASE_URL", None)
        case "postgres":
            # Processes that share the tests of one run (pytest-xdist) share one server.
            if _POSTGRES not in os.environ:
                os.environ[_POSTGRES] = start_postgres(_root() / "postgres")
            os.environ["DATABASE_URL"] = os.environ[_POSTGRES]
        case other:
            raise ValueError(f"{DATABASE_CHOICE} is sqlite or postgres, not {other}")


def without_test_database() -> dict[str, str]:
    """The environment for a Daybook of its own: neither this run's home nor its database."""
    own = {"DAYBOOK_HOME", "DATABASE_URL", "DJANGO_SETTINGS_MODULE"}
    return {name: value for name, value in os.environ.items() if name not in own}


def _root() -> Path:
    if _ROOT not in os.environ:
        os.environ[_ROOT] = tempfile.mkdtemp(prefix="daybook-tests-")
        atexit.register(shutil.rmtree, os.environ[_ROOT], ignore_errors=True)
    return Path(os.environ[_ROOT])
