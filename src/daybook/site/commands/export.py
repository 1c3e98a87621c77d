"""``daybook export``: everything of a record in open formats, in a folder of one's own."""

import argparse
import os
import sys
from pathlib import Path

from daybook.evidence.errors import BodyDamaged
from daybook.kernel.custody import EventKind
from daybook.kernel.sealing.passphrases import normalise_passphrase, weakness_of
from daybook.ledger.access import note_access
from daybook.packs.export import Export
from daybook.people.errors import RecordAltered
from daybook.site.command_error import CommandError
from daybook.site.commands.asking import ask_passphrase, now, say, unlock
from daybook.site.commands.pack import write_whole

EXPORT_PASSPHRASE_VARIABLE = "DAYBOOK_EXPORT_PASSPHRASE"  # noqa: S105 – the variable's name


def run(arguments: argparse.Namespace) -> int:
    """Export. What does not agree or cannot be read is named at the end, and the exit status is 1; all else is there."""
    folder: Path = arguments.out
    try:
        if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
            raise CommandError(
                f"{folder} is not an empty folder. Choose a new one, so that nothing is overwritten."
            )
        passphrase = _passphrase() if arguments.sealed else None
        unlocked = unlock(arguments.account)
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise CommandError(f"{folder} cannot be used: {error.strerror}.") from error
    # Noted before the first file: what was taken out shows even when the writing breaks off.
    note_access(
        unlocked.viewer,
        EventKind.EXPORTED,
        item=unlocked.record_id,
        what="export",
        label="everything, sealed" if arguments.sealed else "everything",
        now=now(),
    )
    export = Export(unlocked, now(), passphrase)
    try:
        write_export(export, folder)
    except OSError as error:
        raise CommandError(
            f"Not everything was written to {folder}: {error.strerror}. Delete it and begin again."
        ) from error
    except (BodyDamaged, RecordAltered) as error:
        raise CommandError(f"Not everything was written to {folder}: {error}") from error
    how = "sealed; README.txt says how to open it" if arguments.sealed else "opened"
    say(f"Everything was written to {folder}, {how}. Keep it where nobody else can read it.")
    if export.faults:
        raise CommandError("Not everything agrees, or is there:\n  " + "\n  ".join(export.faults))
    return 0


def write_export(export: Export, folder: Path) -> None:
    """Write every file below ``folder``, each for its owner alone."""
    for file in export.files():
        place = folder / file.path
        # Each by itself: `parents=True` would leave those in between open to others.
        for parent in [*reversed(Path(file.path).parents)][1:]:
            (folder / parent).mkdir(mode=0o700, exist_ok=True)
        write_whole(place, iter(file.pieces))


def _passphrase() -> str:
    """What the sealed form opens with: from the environment, or asked for twice. Raises CommandError."""
    typed = os.environ.get(EXPORT_PASSPHRASE_VARIABLE)
    if typed is None:
        if not sys.stdin.isatty():
            raise CommandError(
                f"No one can be asked for the passphrase of the export here. Set {EXPORT_PASSPHRASE_VARIABLE}."
            )
        typed = ask_passphrase("A passphrase for the export: ")
        if normalise_passphrase(ask_passphrase("The same again: ")) != normalise_passphrase(typed):
            raise CommandError("The two are not the same. Nothing was written.")
    passphrase = normalise_passphrase(typed)
    weakness = weakness_of(passphrase)
    if weakness is not None:
        raise CommandError(f"The passphrase for the export: {weakness}")
    return passphrase
