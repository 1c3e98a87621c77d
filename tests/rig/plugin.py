"""What pytest does for Daybook: which tests run on PostgreSQL, and a time after which none is started."""

import time

import pytest
from hypothesis import settings as hypothesis_settings

from tests.rig.environment import on_postgres

# Machines that run tests are small and shared: an example is judged by what it finds, not by its time.
hypothesis_settings.register_profile("daybook", deadline=None)
hypothesis_settings.load_profile("daybook")

DID = "did"
"""The property (``record_property``) in which a test says what it did; the end of a run shows it."""

_DATABASE_FIXTURES = {"db", "transactional_db", "django_db_setup", "django_db_serialized_rollback"}
_started = time.monotonic()
_never_started: list[str] = []


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the option that bounds a run's length."""
    parser.addoption(
        "--start-within-seconds",
        type=float,
        default=None,
        help="start no test after this many seconds; those not started are named at the end",
    )


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """On PostgreSQL keep only what touches the database: the rest has run on SQLite and would not differ."""
    if not on_postgres():
        return
    kept = [item for item in items if _touches_database(item)]
    config.hook.pytest_deselected(items=[item for item in items if not _touches_database(item)])
    items[:] = kept


def _touches_database(item: pytest.Item) -> bool:
    fixtures = set(getattr(item, "fixturenames", ()))
    return item.get_closest_marker("django_db") is not None or bool(fixtures & _DATABASE_FIXTURES)


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_protocol(item: pytest.Item, nextitem: pytest.Item | None) -> bool | None:
    """Pass over a test when the time to start one is over."""
    seconds = item.config.getoption("--start-within-seconds")
    if seconds is None or time.monotonic() - _started < seconds:
        return None
    _never_started.append(item.nodeid)
    return True


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say what the long tests did, and name those that there was no time for."""
    told = [
        text
        for outcome in ("passed", "failed")
        for report in terminalreporter.stats.get(outcome, ())
        for name, text in getattr(report, "user_properties", ())
        if name == DID
    ]
    if told:
        terminalreporter.section("what was done")
        for text in told:
            terminalreporter.write_line(text)
    if _never_started:
        terminalreporter.section("not started: the time was over", yellow=True)
        for nodeid in _never_started:
            terminalreporter.write_line(nodeid)
