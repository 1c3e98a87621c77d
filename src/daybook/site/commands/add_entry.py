"""``daybook add-entry``: keep an entry from a JSON file, by the same service as the page."""

import argparse
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from daybook.diary.entries import write_entry
from daybook.diary.kept_people import places_for, suspects_for, witnesses_for
from daybook.kernel.consent import Viewer
from daybook.kernel.entry import EntryFields, InvalidEntry, PeopleNotKept, parse_entry
from daybook.ledger.chains import head_of
from daybook.site.command_error import CommandError
from daybook.site.commands.asking import now, say, unlock


def run(arguments: argparse.Namespace) -> int:
    """Keep the entry and print its id. Raises CommandError naming every problem; nothing is kept then."""
    value = read_json(arguments.json)

    unlocked = unlock(arguments.account)
    try:
        fields = parse_entry(value, default_zone=unlocked.profile.zone)
        strangers = list(_strangers(unlocked.viewer, fields))
        if strangers:
            raise CommandError("\n".join(["This entry was not kept:", *strangers]))
        entry = write_entry(unlocked.viewer, fields, now=now())
    except InvalidEntry as error:
        lines = [f"  {problem.path or '/'}: {problem.words}" for problem in error.problems]
        raise CommandError("\n".join(["This entry was not kept:", *lines])) from error
    except PeopleNotKept as error:
        raise CommandError(str(error)) from error
    length, head = head_of(unlocked.record_id)
    say(
        json.dumps(
            {"id": str(entry.id), "version": entry.version, "ledger": {"length": length, "head": head.hex()}}
        )
    )
    return 0


def _strangers(viewer: Viewer, fields: EntryFields) -> Iterator[str]:
    """A line for each suspect, witness and place that is named by an id nobody in this record has."""
    suspects = {one.id for one in suspects_for(viewer)}
    for number, suspect in enumerate(fields.suspects):
        if suspect.suspect not in suspects:
            yield f"  /suspects/{number}/suspect: there is no such person in this record"
    witnesses = {one.id for one in witnesses_for(viewer)}
    for number, witness in enumerate(fields.witnesses):
        if witness.witness not in witnesses:
            yield f"  /witnesses/{number}/witness: there is no such person in this record"
    mine = fields.place.mine if fields.place else None
    if mine is not None and mine not in {one.id for one in places_for(viewer)}:
        yield "  /place/mine: there is no such place in this record"


def read_json(name: str) -> Any:
    """Parse a JSON file, or standard input for ``-``. Raises CommandError when it cannot be read."""
    try:
        text = sys.stdin.buffer.read() if name == "-" else Path(name).read_bytes()
        return json.loads(text.decode("utf-8-sig"))
    except OSError as error:
        raise CommandError(f"{name} cannot be read: {error.strerror}.", status=2) from error
    except (ValueError, RecursionError) as error:
        shown = "What came on standard input" if name == "-" else name
        raise CommandError(
            f"{shown} is not JSON in UTF-8. Check it against docs/entry.schema.json.", status=2
        ) from error
