"""``daybook pack``: hand over a record, or part of it, as a zip anyone can verify."""

import argparse
import errno
import os
import secrets
import sys
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from uuid import UUID

from daybook.evidence.errors import EvidenceError
from daybook.evidence.exhibits import ReadExhibit
from daybook.kernel.custody import CustodyError, EventKind
from daybook.kernel.media.names import display_name
from daybook.kernel.sealing.errors import NotAKey, SealingError
from daybook.ledger.access import note_access
from daybook.packs.assembly import make_pack
from daybook.packs.contents import PackFault
from daybook.packs.selection import Selection, preview_pack
from daybook.packs.wording import fingerprint_groups
from daybook.packs.wrapping import check_recipient, sealed_for_recipient
from daybook.packs.zip_reading import show_name
from daybook.people.accounts import Unlocked
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
    try:
        refuse_existing(out)
    except FileExistsError as error:
        raise CommandError(f"{out} cannot be written: {error.strerror}. Say another name.") from error
    if arguments.age_recipient is not None:
        try:
            check_recipient(arguments.age_recipient)
        except NotAKey as error:
            raise CommandError(
                f"--age-recipient: that is not the public key of an age program, which begins with age1 ({error})."
            ) from error
    unlocked = unlock(arguments.account)
    selection = Selection(
        first_day=arguments.first_day,
        last_day=arguments.last_day,
        feelings=arguments.with_feelings,
        police_part=not arguments.without_police_part,
    )
    moment = now()
    try:
        selection = look_over(unlocked, selection, with_places=arguments.with_places)
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
    if arguments.age_recipient is None:
        sys.stderr.write("The pack is not sealed: whoever gets the file can read all of it.\n")
    shown = fingerprint_groups(pack.fingerprint)
    say(f"{out}\nFingerprint (write it down; the pack's reader can compare it):\n{shown}")
    return 0


def look_over(unlocked: Unlocked, selection: Selection, *, with_places: bool) -> Selection:
    """Say which originals show, or may show, where they were made; leave out those that show a place of hers.

    ``with_places`` keeps them in; they are named all the same. Raises SealingError when a row was altered.
    """
    found = preview_pack(unlocked, selection)
    places: dict[UUID, list[str]] = {}
    for one in found.places_given_away:
        places.setdefault(one.exhibit.id, []).append(one.place.label)
    shown = [exhibit for exhibit in found.exhibits if exhibit.id in places]
    known = {exhibit.id for exhibit in shown}
    unread = [exhibit for exhibit in found.unread if exhibit.id not in known and not exhibit.unseen]
    fate = "They are in the pack" if with_places else "They are left out (--with-places puts them in)"
    _warn(
        f"These files show a place marked as yours. {fate}:",
        [f"{_name(exhibit)}: {', '.join(map(show_name, places[exhibit.id]))}" for exhibit in shown],
    )
    _warn("These are in the pack; Daybook cannot read whether they show a place:", map(_name, unread))
    _warn(
        "These are in the pack; they were kept without looking, and may show a place:",
        map(_name, found.unseen),
    )
    return selection if with_places else replace(selection, left_out=selection.left_out | known)


def _name(exhibit: ReadExhibit) -> str:
    return f"{exhibit.reference} {show_name(display_name(exhibit.name).short)}"


def _warn(words: str, names: Iterable[str]) -> None:
    """Say it and the names below it, on the stream that is not the result; nothing when there are no names."""
    lines = [f"  {name}" for name in names]
    if lines:
        sys.stderr.write("\n".join((words, *lines)) + "\n")


def write_whole(path: Path, pieces: Iterator[bytes]) -> None:
    """Write a new file that is there whole or not at all, readable by its owner alone.

    Raises FileExistsError, and changes nothing, when something has that name already: a file, or a link to anywhere.
    """
    refuse_existing(path)
    partial = path.with_name(f".{secrets.token_hex(8)}.part")
    # A new file under a name nobody could guess: nothing that waits in this folder is followed, or keeps its own rights.
    opened = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
    try:
        with os.fdopen(opened, "wb") as file:
            for piece in pieces:
                file.write(piece)
            file.flush()
            os.fsync(file.fileno())
        _give_name(partial, path)
    except BaseException:
        partial.unlink(missing_ok=True)
        raise


def refuse_existing(path: Path) -> None:
    """Raise FileExistsError when anything has this name, be it a link that leads nowhere."""
    if os.path.lexists(path):
        raise FileExistsError(
            errno.EEXIST, "something of that name is there already, and is not overwritten", path
        )


def _give_name(partial: Path, path: Path) -> None:
    """Give a finished file its name, unless something took that name meanwhile."""
    try:
        os.link(partial, path, follow_symlinks=False)
    except FileExistsError:
        raise
    except OSError:
        # A file system without second names, such as that of most USB sticks: the moment between is all that is left open.
        refuse_existing(path)
        partial.rename(path)
    else:
        partial.unlink()
