"""``daybook export``: everything of a record in open formats, in a folder of one's own."""

import argparse
import json
import os
from pathlib import Path
from typing import Any

from daybook.diary.attachments import exhibits_by_entry
from daybook.diary.drafts import drafts_for
from daybook.diary.models import Item
from daybook.diary.versions import read_history
from daybook.evidence.errors import BodyDamaged
from daybook.evidence.exhibits import exhibits_for
from daybook.evidence.reading import open_body
from daybook.kernel.custody import EventKind
from daybook.kernel.media.names import file_name
from daybook.ledger.access import note_access
from daybook.ledger.chains import ACCESS, LEDGER, links_for
from daybook.people.accounts import Unlocked, capture_identity
from daybook.people.late_saves import late_words_for
from daybook.site.command_error import CommandError
from daybook.site.commands.asking import now, say, unlock
from daybook.site.commands.pack import write_whole

FILES = "files"


def run(arguments: argparse.Namespace) -> int:
    """Export. Files that cannot be read are named at the end and the exit status is 1; everything else is there."""
    folder: Path = arguments.out
    try:
        if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
            raise CommandError(
                f"{folder} is not an empty folder. Choose a new one, so that nothing is overwritten."
            )
        unlocked = unlock(arguments.account)
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        (folder / FILES).mkdir(mode=0o700)
    except OSError as error:
        raise CommandError(f"{folder} cannot be used: {error.strerror}.") from error
    # Noted before the first file: what was taken out shows even when the writing breaks off.
    note_access(
        unlocked.viewer,
        EventKind.EXPORTED,
        item=unlocked.record_id,
        what="export",
        label="everything",
        now=now(),
    )
    try:
        failures = write_export(unlocked, folder)
    except OSError as error:
        raise CommandError(
            f"Not everything was written to {folder}: {error.strerror}. Delete it and begin again."
        ) from error
    say(f"Everything was written to {folder}, opened. Keep it where nobody else can read it.")
    if failures:
        raise CommandError("These could not be read and are missing:\n  " + "\n  ".join(failures))
    return 0


def write_export(unlocked: Unlocked, folder: Path) -> list[str]:
    """Write the record into ``folder``: JSON for what was written, the originals, both chains. Returns what failed."""
    viewer = unlocked.viewer
    for kind in Item.Kind:
        versions = [
            {
                "id": str(version.item),
                "version": version.version,
                "written_at": version.written_at.isoformat(),
                "fields": version.values,
            }
            for version in read_history(viewer, kind)
        ]
        _write_json(folder / f"{kind.value}-versions.json", versions)
    drafts = [
        {"saved_at": draft.saved_at.isoformat(), "sections": draft.sections} for draft in drafts_for(viewer)
    ]
    _write_json(folder / "drafts.json", drafts)
    late = [
        {"received_at": words.received_at.isoformat(), "fields": words.written()}
        for words in late_words_for(unlocked)
    ]
    _write_json(folder / "late-words.json", late)
    attached = {
        str(entry): [str(one) for one in exhibits] for entry, exhibits in exhibits_by_entry(viewer).items()
    }
    _write_json(folder / "attachments.json", attached)
    identity = capture_identity(viewer)
    for chain in (LEDGER, ACCESS):
        lines = (
            json.dumps(
                {"event": link.event.to_json(), "salts": dict(link.salts), "head": link.head.hex()}
            ).encode()
            + b"\n"
            for link in links_for(viewer, chain=chain, capture_identity=identity)
        )
        write_whole(folder / f"{chain.value}.jsonl", iter(lines))
    failures = []
    rows = []
    for exhibit in exhibits_for(viewer):
        place = folder / FILES / exhibit.reference.replace("/", "-") / file_name(exhibit.name)
        rows.append({"id": str(exhibit.id), "file": str(place.relative_to(folder)), **exhibit.committed})
        place.parent.mkdir(mode=0o700)
        try:
            write_whole(place, open_body(viewer, exhibit))
        except BodyDamaged as error:
            failures.append(f"{exhibit.reference}: {error}")
    _write_json(folder / "files.json", rows)
    return failures


def _write_json(path: Path, value: Any) -> None:
    text = json.dumps(value, ensure_ascii=False, indent=1)
    write_whole(path, iter([text.encode() + os.linesep.encode()]))
