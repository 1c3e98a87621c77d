"""``daybook doctor``: numbered checks of this home and machine, each with a hint where something is wrong."""

import argparse
import shutil
import sqlite3
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.db import connection

from daybook import doors
from daybook.evidence.fixity import fixity_of_all
from daybook.evidence.models import Blob
from daybook.people.closing import closings_under_way, closings_wait
from daybook.people.models import KeySlot
from daybook.site.built import PDF_FONTS
from daybook.site.commands.asking import now, say
from daybook.site.home import Home

LEAST_FREE_BYTES = 1024**3


@dataclass(frozen=True, slots=True)
class Finding:
    """One check: its number, what was looked at, whether it is well, and what to do if not."""

    number: str
    looked_at: str
    well: bool
    words: str = ""


def run(arguments: argparse.Namespace) -> int:
    """Print each check; exit status 1 when something is wrong."""
    findings = list(_findings(settings.HOME))
    for finding in findings:
        mark = "well" if finding.well else "LOOK"
        say(f"{finding.number} {mark}  {finding.looked_at}{': ' + finding.words if finding.words else ''}")
    return 0 if all(finding.well for finding in findings) else 1


def _findings(home: Home) -> Iterator[Finding]:
    yield _home_is_private(home)
    yield _keys_are_whole(home)
    yield _disk_has_room(home)
    yield _database_is_durable()
    yield _bodies_are_there()
    yield _passphrases_cost()
    yield from _decoder_is_confined()
    yield _fonts_are_built()
    yield _nothing_waits_to_be_erased()
    yield _bodies_were_read()


def _home_is_private(home: Home) -> Finding:
    paths = [home.path, home.keys, home.files, *home.keys.iterdir()]
    open_ones = [path for path in paths if stat.S_IMODE(path.stat().st_mode) & 0o077]
    words = (
        f"others on this machine may read {open_ones[0]}; run: chmod -R go= '{home.path}'"
        if open_ones
        else ""
    )
    return Finding("D01", "only you can read the home folder", not open_ones, words)


def _keys_are_whole(home: Home) -> Finding:

    held = home.peppers()
    wanted = set(KeySlot.objects.values_list("pepper_version", flat=True))
    missing = sorted(wanted - held.keys())
    words = f"pepper {missing} is missing from {home.keys}; put it back from a copy" if missing else ""
    return Finding("D02", "the server's keys are here and fit the records", not missing, words)


def _disk_has_room(home: Home) -> Finding:
    free = shutil.disk_usage(home.path).free
    words = (
        "" if free >= LEAST_FREE_BYTES else f"only {free // 1024**2} MB left; make room before keeping files"
    )
    return Finding("D03", "the disk has room", not words, words)


def _database_is_durable() -> Finding:

    if connection.vendor != "sqlite":
        return Finding("D04", "rows are in PostgreSQL", well=True)
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA synchronous")
        synchronous = cursor.fetchone()[0]
        cursor.execute("PRAGMA journal_mode")
        journal = cursor.fetchone()[0]
        cursor.execute("PRAGMA quick_check")
        quick = cursor.fetchone()[0]
    well = (synchronous, journal, quick) == (2, "wal", "ok")
    words = f"SQLite {sqlite3.sqlite_version}"
    if not well:
        words = f"quick_check says {quick}; copy the home folder before anything else, then ask for help"
    return Finding("D04", "the database is whole and writes through to the disk", well, words)


def _bodies_are_there() -> Finding:

    keys = Blob.objects.filter(admitted=True).values_list("key", flat=True)
    missing = [key for key in keys.iterator() if not doors.blobs().exists(key)]
    words = (
        f"{len(missing)} sealed file(s) are missing, the first is {missing[0]}; put them back from a copy"
        if missing
        else ""
    )
    return Finding("D05", "every kept file is in the store", not missing, words)


def _passphrases_cost() -> Finding:

    well = settings.KDF_COST.is_at_least_floor()
    return Finding(
        "D06", "guessing a passphrase costs what it should", well, "" if well else "this is a test home"
    )


def _decoder_is_confined() -> Iterator[Finding]:

    confinement = doors.decoder().confinement()
    for place, measure in enumerate(confinement.measures, start=1):
        yield Finding(
            f"D07.{place}", f"files are read in a child: {measure.name}", measure.in_force, measure.detail
        )


def _fonts_are_built() -> Finding:

    well = Path(PDF_FONTS, "coverage.json").exists()
    return Finding("D08", "fonts for PDFs are built", well, "" if well else "run: make setup")


def _nothing_waits_to_be_erased() -> Finding:
    waiting = closings_wait(now=now())
    words = []
    if closings_under_way():
        words.append("a record is being erased and that is not finished; run daybook doctor again")
    for one in waiting:
        words.append(
            f"a record is to be erased, on {one.due_at:%d %B %Y} at the earliest; whoever unlocks it can undo that "
            "on any of its pages, or by daybook close --account NAME --undo"
        )
    return Finding("D20", "no record waits to be erased", not words, "; ".join(words))


def _bodies_were_read() -> Finding:
    """What the last readings of the stored files found; `daybook serve` makes them, a little at a time."""
    found = fixity_of_all(now=doors.clock().now())
    looked_at = "stored files are read again while Daybook runs"
    if not found.size:
        return Finding("D09", looked_at, well=True, words="there are none yet")
    last = f"{found.last_read:%Y-%m-%d %H:%M} UTC" if found.last_read else "never"
    words = f"{found.read_lately} of {found.size} within 30 days, last {last}"
    if found.damaged:
        words += f"; {found.damaged} missing or damaged: open Daybook, Account, Was anything changed"
    return Finding("D09", looked_at, not found.damaged, words)
