"""``daybook close``: let a record be erased after seven days, or keep it after all; the same rules as on the page."""

import argparse
from datetime import UTC

from daybook.ledger.closing import ask_to_close, undo_closing
from daybook.people.closing import ClosingWaits, closing_of
from daybook.people.errors import CannotUnlock
from daybook.site.command_error import CommandError
from daybook.site.commands.asking import now, passphrase_of, say, unlock

WARNING = """\
This erases the record: every word, every file, the keys and the name. Nobody can bring them back after that.
It takes seven days. For that long a notice stands on every page, and whoever unlocks the record can undo it.
Do police or a court know of it? Destroying evidence can count against you: ask them, a solicitor or an advisor first.
Copies of the Daybook folder, packs and exports are not reached. In danger, call 999."""


def run(arguments: argparse.Namespace) -> int:
    """Ask for the record to be erased, or undo that. Raises CommandError when the passphrase does not open it."""
    if arguments.undo:
        unlocked = unlock(arguments.account)
        if undo_closing(unlocked, now=now()):
            say("The record stays. Nothing is erased.")
        else:
            say("Nothing was waiting. The record stays.")
        return 0
    say(WARNING)
    passphrase = passphrase_of(arguments.account)
    unlocked = unlock(arguments.account, passphrase)
    try:
        asked = ask_to_close(unlocked, passphrase=passphrase, now=now())
    except CannotUnlock as error:
        raise CommandError(str(error)) from error
    waits = closing_of(unlocked.record_id, now=now())
    if waits is None:
        raise CommandError("That was undone at this very moment. The record stays.")
    say("" if asked else "This was asked for before, and nothing about it has changed.")
    say(_until(waits))
    say(
        f"To keep the record: daybook close --account {arguments.account} --undo, or the button on its pages."
    )
    return 0


def _until(waits: ClosingWaits) -> str:
    due = waits.due_at.astimezone(UTC)
    return (
        f"It is erased on {due:%d %B %Y at %H:%M} UTC, at the earliest. Until then nothing is gone.\n"
        "Daybook has to run for the days to count: leave `daybook serve` running, or start it every second day. "
        "When the time is up, it erases the record by itself."
    )
