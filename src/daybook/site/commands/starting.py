"""What every command that opens a home does first: prepare it, load Django, check the settings, migrate."""

import fcntl
import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager

import django
from django.core import checks
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command
from django.db import connection, transaction
from django.db.migrations.executor import MigrationExecutor

from daybook.site.checks import TAG
from daybook.site.command_error import CommandError
from daybook.site.home import Home, HomeError, home_of_environment, prepare_home


def start() -> Home:
    """Prepare the home and Django. Raises CommandError when the home or a setting cannot be used."""
    home = home_of_environment()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "daybook.site.settings")
    with _alone(home):
        try:
            prepare_home(home)
            django.setup()
        except (HomeError, ImproperlyConfigured, ValueError) as error:
            raise CommandError(str(error)) from error
        # Only Daybook's own checks: Django's look at every page, which a command that serves none need not load.
        faults = [message for message in checks.run_checks(tags=[TAG]) if message.is_serious()]
        if faults:
            raise CommandError(
                "\n".join(f"{fault.id}: {fault.msg} {fault.hint or ''}".strip() for fault in faults)
            )
        _migrate(home)
    return home


@contextmanager
def _alone(home: Home) -> Iterator[None]:
    """Keep other commands from preparing the same home meanwhile: two first starts would make two sets of keys and tables."""
    try:
        home.path.mkdir(mode=0o700, parents=True, exist_ok=True)
        folder = os.open(home.path, os.O_RDONLY)
    except OSError:
        yield  # `prepare_home` says what is wrong with it
        return
    try:
        fcntl.flock(folder, fcntl.LOCK_EX)
        yield
    finally:
        os.close(folder)


def _migrate(home: Home) -> None:
    logging.getLogger("django").setLevel(logging.ERROR)
    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        # All or nothing. Django may note a migration only after its tables are there for good: killed in between, no later
        # start would get past tables that exist. SQLite's foreign keys can only be let be before a transaction.
        with connection.constraint_checks_disabled(), transaction.atomic():
            call_command("migrate", interactive=False, verbosity=0)
    if connection.vendor == "sqlite":
        for suffix in ("", "-wal", "-shm"):
            path = home.database.with_name(home.database.name + suffix)
            if path.exists():
                path.chmod(0o600)
