"""What commands share once Django is there: unlocking, the time, a line to the person at the keyboard."""

import getpass
import os
import sys
from datetime import datetime

from daybook import doors
from daybook.ledger.records import unlock_record
from daybook.people.accounts import Unlocked
from daybook.people.errors import CannotUnlock
from daybook.site.command_error import CommandError

PASSPHRASE_VARIABLE = "DAYBOOK_PASSPHRASE"  # noqa: S105 – the variable's name


def passphrase_of(account: str) -> str:
    """The passphrase of an account: DAYBOOK_PASSPHRASE, or what is typed. Raises CommandError when nobody can be asked."""
    given = os.environ.get(PASSPHRASE_VARIABLE)
    return ask_passphrase(f"Passphrase of {account}: ") if given is None else given


def unlock(account: str, passphrase: str | None = None) -> Unlocked:
    """Unlock an account with this passphrase, or the one of `passphrase_of`. Raises CommandError when it does not open."""
    if passphrase is None:
        passphrase = passphrase_of(account)
    try:
        return unlock_record(name=account, passphrase=passphrase, now=now(), means="command line")
    except CannotUnlock as error:
        raise CommandError(str(error)) from error


def ask_passphrase(prompt: str) -> str:
    """Ask for a passphrase without showing it. Raises CommandError when there is nobody to ask."""
    if not sys.stdin.isatty():
        raise CommandError(f"No one can be asked for the passphrase here. Set {PASSPHRASE_VARIABLE}.")
    return getpass.getpass(prompt)


def now() -> datetime:
    """The present instant, from the clock the settings name."""
    return doors.clock().now()


def say(text: str) -> None:
    """Print one line for the person at the keyboard."""
    sys.stdout.write(text + "\n")
    sys.stdout.flush()
