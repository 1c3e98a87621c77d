"""``daybook pack``: hand over a record, or part of it, as a zip anyone can verify."""

import argparse
import os
from collections.abc import Iterator
from pathlib import Path

from daybook.evidence.errors import EvidenceError
from daybook.kernel.custody import CustodyError, EventKind
from daybook.kernel.sealing.errors import NotAKey, SealingError
from daybook.ledger.access import note_access
from daybook.packs.assembly import make_pack
from daybook.packs.contents import PackFault
from daybook.packs.selection import Selection
from daybook.packs.wrapping import check_recipient, sealed_for_recipient
from daybook.site.built import PDF_FONTS
from daybook.site.command_error import CommandError
from daybook.site.commands.asking import now, say, unlock


def run(arguments: argparse.Namespace) -> int:
    """Make the pack. Raises CommandError; a file half written is removed."""
    out: Path = arguments.out
    if arguments.first_day and arguments.last_day and arguments.first_day > arguments.last_day:
        raise CommandError("--from is later than --to.")
    if out.is_dir():
        raise CommandError(f"{out} is a folder. Say the name of the file to write, such as notes.zip.")
    if not out.parent.is_dir():
        raise CommandError(f"There is no folder {out.parent}.")
    if arguments.age_recipient is not None:
        try:
            check_recipient(arguments.age_recipient)
        except NotAKey as error:
            raise CommandError(f"--age-recipient: {error}.") from error
    unlocked = unlock(arguments.account)
    selection = Selection(
        first_day=arguments.first_day,
        last_day=arguments.last_day,
        feelings=arguments.with_feelings,
        police_part=not arguments.without_police_part,
    )
    moment = now()
    try:
        pack = make_pack(unlocked, selection, fonts=PDF_FONTS, now=moment)
        # Noted before the first byte: what was taken out shows even when the writing breaks off.
        note_access(
            unlocked.viewer, EventKind.EXPORTED, item=pack.id, what="pack", label=pack.name, now=moment
        )
        pieces = pack.stream(now=moment)
        if arguments.age_recipient is not None:
            pieces = sealed_for_recipient(pieces, arguments.age_recipient)
        write_whole(out, pieces)
    except (PackFault, SealingError, CustodyError, EvidenceError) as error:
        raise CommandError(f"The pack was not made: {error}") from error
    except OSError as error:
        raise CommandError(f"{out} cannot be written: {error.strerror}.") from error
    say(f"{out}\nFingerprint (write it down; the pack's reader can compare it): {pack.fingerprint}")
    return 0


def write_whole(path: Path, pieces: Iterator[bytes]) -> None:
    """Write a file that is there whole or not at all, readable by its owner alone."""
    partial = path.with_name(f"{path.name}.part")
    try:
        with os.fdopen(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            for piece in pieces:
                file.write(piece)
            file.flush()
            os.fsync(file.fileno())
        partial.replace(path)
    except BaseException:
        partial.unlink(missing_ok=True)
        raise
