"""Entries: writing, amending, listing, filtering and searching."""

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from daybook.diary import timeline
from daybook.diary.filtering import Wanted, answers, may_hold
from daybook.diary.kept_people import keep_named_people
from daybook.diary.models import Item
from daybook.diary.versions import (
    AlteredVersion,
    ReadVersion,
    count_of,
    first_written,
    hold_ledger,
    keep_version,
    read_current,
    read_versions,
    read_what_opens,
)
from daybook.kernel.chronology import Unknown, When, overlaps, read_kept, sort_key, written_after
from daybook.kernel.consent import Viewer
from daybook.kernel.entry import EntryFields, field_values, fields_from_values

ENTRY = Item.Kind.ENTRY
PAGE = 25
MOST_REASON = 2000


@dataclass(frozen=True, slots=True)
class ReadEntry:
    """One version of an entry, opened, with what is asked of it most."""

    id: uuid.UUID
    version: int
    written_at: datetime
    first_written_at: datetime
    reason: str
    values: Mapping[str, Any]

    @property
    def fields(self) -> EntryFields:
        """The entry as a value."""
        return fields_from_values({name: value for name, value in self.values.items() if name != "reason"})

    @property
    def when(self) -> When:
        """When it happened; Unknown where nothing was said."""
        written = self.values.get("when")
        return Unknown() if written is None else read_kept(written)

    @property
    def written(self) -> str:
        """How long after the event this version was written, in words."""
        return written_after(self.when, self.written_at)

    @property
    def first_written(self) -> str:
        """How long after the event the first version was written, in words: what a later amendment does not change."""
        return written_after(self.when, self.first_written_at)

    @property
    def amended(self) -> bool:
        """Whether this is a later version than the first."""
        return self.version > 1


@dataclass(frozen=True, slots=True)
class Page:
    """One page of the list: its entries, newest event first, and how many there are in all.

    ``altered`` are entries that belong here and do not open. ``missing`` entries have no place in the list, which is not
    ``whole`` then; `lay_timeline_anew` mends it.
    """

    entries: list[ReadEntry]
    number: int
    total: int
    altered: list[AlteredVersion]
    missing: int = 0
    whole: bool = True

    @property
    def pages(self) -> int:
        """How many pages there are; at least one."""
        return max(1, -(-self.total // PAGE))


@dataclass(frozen=True, slots=True)
class Found:
    """What a filter found, earliest event first; ``altered`` are entries nobody can look into."""

    entries: list[ReadEntry]
    altered: list[AlteredVersion]


def write_entry(
    viewer: Viewer, fields: EntryFields, *, now: datetime, new_id: uuid.UUID | None = None
) -> ReadEntry:
    """Keep a new entry; people given by name are kept too (or found again). Returns it as version 1.

    ``new_id`` is the id it gets (default: a random one).
    """
    with transaction.atomic(savepoint=False):
        resolved = keep_named_people(viewer, fields, now=now)
        entry = new_id or uuid.uuid4()
        columns = timeline.loose_columns(viewer, entry, _moment(resolved.when, now))
        kept = keep_version(viewer, ENTRY, field_values(resolved), now=now, new_id=entry, columns=columns)
        if entry.int % timeline.GATHER_EVERY == 0:
            # By chance, one in so many: a count would need a question, and a pattern of events could dodge a number.
            timeline.gather(viewer)
    return _as_entry(kept, now)


def amend_entry(
    viewer: Viewer, entry: uuid.UUID, fields: EntryFields, *, reason: str, expected: int, now: datetime
) -> ReadEntry:
    """Write the next version of an entry, with the reason; the earlier ones stay readable.

    ``expected`` is the version the person was looking at. Raises NotFound or AmendedMeanwhile.
    """
    with transaction.atomic():
        resolved = keep_named_people(viewer, fields, now=now)
        values = {**field_values(resolved), "reason": reason.strip()[:MOST_REASON]}
        kept = keep_version(viewer, ENTRY, values, now=now, item=entry, expected=expected)
        first = read_versions(viewer, ENTRY, entry)[0].written_at
        timeline.move(viewer, entry, _moment(resolved.when, first), version=kept.version)
    return _as_entry(kept, first)


def entry_versions_for(viewer: Viewer, entry: uuid.UUID) -> list[ReadEntry]:
    """Every version of an entry, oldest first. Raises NotFound."""
    versions = read_versions(viewer, ENTRY, entry)
    return [_as_entry(version, versions[0].written_at) for version in versions]


def get_entry_for(viewer: Viewer, entry: uuid.UUID) -> ReadEntry:
    """The newest version of an entry. Raises NotFound."""
    return entry_versions_for(viewer, entry)[-1]


def page_of_entries(viewer: Viewer, number: int) -> Page:
    """Page ``number`` (from 1) of all entries, newest event first; opens only the entries on that page.

    Whether the list is whole is told by one count, so that an entry cannot be hidden by taking its place away.
    """
    placed = timeline.newest_first(viewer, start=(number - 1) * PAGE, count=PAGE)
    opened, altered = read_what_opens(viewer, ENTRY, placed.entries)
    found = {entry.id: entry for entry in _with_first_times(viewer, opened)}
    known = found.keys() | {one.item for one in altered}
    gone = [AlteredVersion(entry, ENTRY, 0, None) for entry in placed.entries if entry not in known]
    there = count_of(viewer, ENTRY)
    return Page(
        [found[entry] for entry in placed.entries if entry in found],
        number,
        placed.total,
        altered + gone,
        missing=max(0, there - placed.total),
        whole=placed.whole and there == placed.total,
    )


def page_of_wanted(viewer: Viewer, wanted: Wanted, number: int) -> Page:
    """Page ``number`` of the entries that match, newest event first; every entry is opened to find them."""
    found = wanted_entries_for(viewer, wanted)
    matching = found.entries[::-1]
    start = (number - 1) * PAGE
    return Page(matching[start : start + PAGE], number, len(matching), found.altered)


def all_entries_for(viewer: Viewer) -> list[ReadEntry]:
    """The newest version of every entry, earliest event first. Raises SealingError when a row was altered."""
    return _ordered(viewer, _with_first_times(viewer, read_current(viewer, ENTRY)))


def wanted_entries_for(viewer: Viewer, wanted: Wanted) -> Found:
    """The entries that match, earliest event first, whether or not the list has a place for them."""
    opened, altered = read_what_opens(
        viewer, ENTRY, look=may_hold(wanted.words), keep=lambda version: answers(wanted, version)
    )
    entries = _with_first_times(viewer, opened)
    if wanted.by_day:
        entries = [entry for entry in entries if _in_days(entry, wanted)]
    return Found(_ordered(viewer, entries), altered)


def entries_among(versions: Iterable[ReadVersion]) -> list[ReadEntry]:
    """The newest version of every entry among ``versions``, earliest event first; asks the database for nothing."""
    firsts: dict[uuid.UUID, datetime] = {}
    newest: dict[uuid.UUID, ReadVersion] = {}
    for version in versions:
        if version.kind != ENTRY:
            continue
        if version.version == 1:
            firsts[version.item] = version.written_at
        if version.item not in newest or newest[version.item].version < version.version:
            newest[version.item] = version
    return sorted(
        (_as_entry(version, firsts.get(item, version.written_at)) for item, version in newest.items()),
        key=_place,
    )


def count_entries(viewer: Viewer) -> int:
    """How many entries the record has."""
    return count_of(viewer, ENTRY)


def lay_timeline_anew(viewer: Viewer) -> int:
    """Make the order of events again from the entries themselves; returns how many there are.

    One that was altered stands where its row says that it was written.
    """
    with transaction.atomic():
        hold_ledger(viewer)
        opened, altered = read_what_opens(viewer, ENTRY)
        places = [(entry.id, moment_of(entry)) for entry in _with_first_times(viewer, opened)]
        places += [(one.item, one.written_at) for one in altered if one.written_at is not None]
        timeline.lay_anew(viewer, places)
    return len(places)


def moment_of(entry: ReadEntry) -> datetime:
    """An entry's place in the order of events."""
    return _moment(entry.when, entry.first_written_at)


def _place(entry: ReadEntry) -> tuple[datetime, uuid.UUID]:
    return moment_of(entry), entry.id


def _ordered(viewer: Viewer, entries: list[ReadEntry]) -> list[ReadEntry]:
    """Entries in the order of events; one that the timeline has no place for is put where it belongs."""
    among = {entry.id: entry for entry in entries}
    order = timeline.in_order(viewer, among)
    if len(order) == len(among):
        return [among[entry] for entry in order]
    return sorted(entries, key=_place)


def _with_first_times(viewer: Viewer, versions: list[ReadVersion]) -> list[ReadEntry]:
    # Only amended entries need to be asked for: the first version of the others is the one at hand.
    amended = [version.item for version in versions if version.version > 1]
    first = first_written(viewer, ENTRY, amended) if amended else {}
    return [_as_entry(version, first.get(version.item, version.written_at)) for version in versions]


def _as_entry(version: ReadVersion, first_written_at: datetime) -> ReadEntry:
    return ReadEntry(
        id=version.item,
        version=version.version,
        written_at=version.written_at,
        first_written_at=first_written_at,
        reason=version.reason,
        values=version.values,
    )


def _moment(when: When | None, written_at: datetime) -> datetime:
    return sort_key(when or Unknown(), written_at=written_at)[0]


def _in_days(entry: ReadEntry, wanted: Wanted) -> bool:
    return overlaps(
        entry.when, wanted.first_day, wanted.last_day, written_at=entry.first_written_at, zone="Europe/London"
    )
