"""``daybook add-exhibit``: keep files as evidence, by the same service as the page."""

import argparse
import json
import os
from datetime import datetime
from pathlib import Path
from typing import Any

from daybook.diary.attachments import attach_exhibit
from daybook.diary.entries import get_entry_for
from daybook.diary.errors import NotFound
from daybook.evidence.errors import EvidenceError, NotKept
from daybook.evidence.exhibits import admit_exhibit
from daybook.evidence.intake import Intake, Received
from daybook.evidence.resumable import MOST_UPLOAD_BYTES
from daybook.people.accounts import Unlocked
from daybook.site.command_error import CommandError
from daybook.site.commands.asking import now, say, unlock

PIECE_BYTES = 1024 * 1024


def run(arguments: argparse.Namespace) -> int:
    """Keep each file and print a JSON list; a file that cannot be kept is named, the others are kept all the same."""
    unlocked = unlock(arguments.account)
    viewer = unlocked.viewer
    if arguments.entry is not None:
        try:
            get_entry_for(viewer, arguments.entry)
        except NotFound as error:
            raise CommandError(str(error)) from error
    kept: list[dict[str, Any]] = []
    failures = []
    for path in arguments.files:
        moment = now()
        try:
            received = take_in(unlocked, path, moment)
            name = readable(path.name)
            admitted = admit_exhibit(unlocked, received, name=name, source="command line", now=moment)
        except (OSError, EvidenceError) as error:
            failures.append(f"{readable(str(path))}: {getattr(error, 'strerror', None) or error}")
            continue
        exhibit = admitted.exhibit
        if arguments.entry is not None:
            attach_exhibit(viewer, entry=arguments.entry, exhibit=exhibit.id, now=moment)
        kept.append(
            {
                "file": readable(str(path)),
                "id": str(exhibit.id),
                "ref": exhibit.reference,
                "sha256": exhibit.sha256,
                "size": exhibit.size,
                "type": exhibit.type,
                "duplicate": admitted.duplicate,
                "put_back": admitted.put_back,
            }
        )
    # Escaped, so that no name of a file can play tricks on a terminal.
    say(json.dumps(kept))
    if failures:
        raise CommandError("Not kept:\n  " + "\n  ".join(failures))
    return 0


def take_in(unlocked: Unlocked, path: Path, moment: datetime) -> Received:
    """Hash and seal one file in one pass. Raises OSError or NotKept; nothing of it remains then."""
    with path.open("rb", buffering=0) as file:
        if os.fstat(file.fileno()).st_size > MOST_UPLOAD_BYTES:
            raise NotKept("This file is larger than 10 GB, which is the most that can be kept as one file.")
        intake = Intake(unlocked.record_id, now=moment, most_bytes=MOST_UPLOAD_BYTES)
        try:
            while piece := file.read(PIECE_BYTES):
                intake.write(piece)
        except (OSError, KeyboardInterrupt):
            intake.abort()
            raise
        return intake.finish()


def readable(name: str) -> str:
    """A name whose bytes are not UTF-8, with a mark for each of those, so that it can be kept and printed."""
    return os.fsencode(name).decode("utf-8", "replace")
