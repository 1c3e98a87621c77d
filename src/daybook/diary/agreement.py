"""Whether the rows say what the ledger says: every entry, person, place, file and attachment, each exactly once.

Sealing keeps a row from being read or rewritten; it does not keep whoever can write the database from deleting it, putting an
older one back, or changing what stands in clear beside it. The ledger's events do: they are walked once, and each is held
against its row. What does not agree is named in plain words, without a word of what was written.
"""

import uuid
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction

from daybook.diary.attachments import exhibits_that_open
from daybook.diary.entries import entries_among, moment_of
from daybook.diary.models import Attachment, Item
from daybook.diary.timeline import places_of
from daybook.diary.versions import (
    KeptVersion,
    ReadVersion,
    committed_values,
    hold_ledger,
    kept_versions,
    may_open_field,
)
from daybook.evidence.exhibits import ReadExhibit
from daybook.evidence.models import Exhibit
from daybook.evidence.notes import ReadNote, notes_beside
from daybook.evidence.removing import RemovedExhibit, removed_exhibits_for, removed_for
from daybook.kernel.consent import Viewer
from daybook.kernel.custody import CustodyError, EventKind, commitment_hex
from daybook.kernel.sealing.errors import SealingError
from daybook.ledger.chains import Link, head_of, instant, links_for

_KINDS = {
    EventKind.ENTRY_WRITTEN: Item.Kind.ENTRY,
    EventKind.ENTRY_AMENDED: Item.Kind.ENTRY,
    EventKind.SUSPECT_KEPT: Item.Kind.SUSPECT,
    EventKind.SUSPECT_AMENDED: Item.Kind.SUSPECT,
    EventKind.WITNESS_KEPT: Item.Kind.WITNESS,
    EventKind.WITNESS_AMENDED: Item.Kind.WITNESS,
    EventKind.PLACE_KEPT: Item.Kind.PLACE,
}
_NAMES = {
    Item.Kind.ENTRY: "the entry written",
    Item.Kind.SUSPECT: "the person who may be doing this, kept",
    Item.Kind.WITNESS: "the witness kept",
    Item.Kind.PLACE: "your place kept",
}


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that does not agree, as a sentence. ``in_list`` where only the order of the list is wrong: that can be made
    again from the entries, and nothing of them is lost.
    """

    words: str
    in_list: bool = False


@dataclass(slots=True)
class Agreement:
    """One walk of the ledger beside the rows: what both say, and where they differ.

    ``versions``, ``exhibits`` and ``notes`` are those that opened; ``attached`` says which files belong to each entry now, by
    the ledger. ``removed`` are the files that the person removed; they are not among ``exhibits``.
    """

    links: list[Link] = field(default_factory=list)
    versions: dict[tuple[uuid.UUID, int], ReadVersion] = field(default_factory=dict)
    exhibits: list[ReadExhibit] = field(default_factory=list)
    removed: dict[uuid.UUID, RemovedExhibit] = field(default_factory=dict)
    attached: dict[uuid.UUID, list[uuid.UUID]] = field(default_factory=dict)
    notes: dict[tuple[uuid.UUID, int], ReadNote] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)

    @property
    def is_whole(self) -> bool:
        """Whether nothing at all differs."""
        return not self.faults

    @property
    def beyond_the_list(self) -> list[Fault]:
        """The faults that no new order of the list mends."""
        return [fault for fault in self.faults if not fault.in_list]


def compare_with_ledger(viewer: Viewer) -> Agreement:
    """Hold every row of a record against its ledger. Raises nothing for what was altered: it is named in ``faults``.

    Costs one walk of the ledger and one reading of every row. The ledger itself is checked by `ledger.chains.check_chain`.
    """
    before = head_of(viewer.record)
    found = _compare(viewer)
    if found.is_whole or head_of(viewer.record) == before:
        return found
    # Something was kept in between, in another window: what differs may be only that.
    with transaction.atomic():
        hold_ledger(viewer)
        return _compare(viewer)


def _compare(viewer: Viewer) -> Agreement:
    found = Agreement()
    try:
        found.links.extend(links_for(viewer))
    except (CustodyError, SealingError, ValueError, KeyError):
        found.faults.append(
            Fault(
                "The steps of your record do not hold together, so what you wrote cannot be compared with them."
            )
        )
        return found
    found.faults.extend(Fault(words) for words in _versions(viewer, found))
    found.faults.extend(Fault(words) for words in _exhibits(viewer, found))
    found.faults.extend(Fault(words) for words in _attachments(viewer, found))
    found.notes, faults = notes_beside(viewer, found.links)
    found.faults.extend(map(Fault, faults))
    found.faults.extend(Fault(words, in_list=True) for words in _list(viewer, found))
    return found


def _versions(viewer: Viewer, found: Agreement) -> Iterator[str]:
    expected: dict[tuple[uuid.UUID, int], Link] = {}
    firsts: dict[uuid.UUID, Link] = {}
    newest: dict[uuid.UUID, int] = {}
    for link in found.links:
        if link.event.kind not in _KINDS:
            continue
        item = uuid.UUID(link.event.item)
        expected[item, link.event.version] = link
        firsts.setdefault(item, link)
        newest[item] = max(newest.get(item, 0), link.event.version)
    marked: dict[uuid.UUID, list[int]] = defaultdict(list)
    seen = set()
    strange = 0
    for row in kept_versions(viewer):
        here = expected.get((row.item, row.version))
        if here is None:
            strange += 1
            continue
        seen.add((row.item, row.version))
        if row.current:
            marked[row.item].append(row.version)
        if row.read is not None:
            found.versions[row.item, row.version] = row.read
        yield from _version_faults(viewer, row, here, _named(firsts[row.item]))
    for (item, version), _ in sorted(expected.items(), key=lambda one: one[1].event.seq):
        if (item, version) not in seen:
            yield _of_version(version, _named(firsts[item]), "is missing.")
    rows = {
        item: (kind, versions)
        for item, kind, versions in Item.objects.filter(record_id=viewer.record).values_list(
            "pk", "kind", "versions"
        )
    }
    for item, first in firsts.items():
        kind, versions = rows.pop(item, ("", newest[item]))
        if not kind:
            yield f"{_begun(_named(first))} was taken out of your record's lists."
        elif kind != _KINDS[EventKind(first.event.kind)]:
            yield f"{_begun(_named(first))} is listed as something else."
        if versions != newest[item] or (marked[item] != [newest[item]] and (item, newest[item]) in seen):
            yield f"{_begun(_named(first))} does not show its newest words."
    if strange or rows:
        yield f"There are things that your record never noted: {max(strange, len(rows))}."


def _version_faults(viewer: Viewer, row: KeptVersion, link: Link, name: str) -> Iterator[str]:
    kind = _KINDS[EventKind(link.event.kind)]
    if row.kind != kind:
        yield _of_version(row.version, name, "is kept as something else.")
        return
    if instant(row.written_at) != link.event.at:
        yield _of_version(row.version, name, "says that it was written at another time.")
    if row.read is None:
        yield _of_version(row.version, name, "was altered, and does not open.")
        return
    values = committed_values(kind, row.read.values)
    names = {one for one in link.event.commitments if may_open_field(viewer, kind, one)}
    held = {one for one in values if may_open_field(viewer, kind, one)}
    if names != held or not _kept(link, {one: values[one] for one in names}):
        yield _of_version(row.version, name, "is not what was written then.")


def _exhibits(viewer: Viewer, found: Agreement) -> Iterator[str]:
    admitted = [link for link in found.links if link.event.kind == EventKind.EXHIBIT_ADMITTED]
    opened, altered = exhibits_that_open(viewer)
    read = {exhibit.id: exhibit for exhibit in opened}
    numbers = dict(altered)
    rows = Exhibit.objects.filter(record_id=viewer.record)
    columns = {
        exhibit: (number, at, parent, removed_at)
        for exhibit, number, at, parent, removed_at in rows.values_list(
            "pk", "number", "admitted_at", "parent_id", "removed_at"
        )
    }
    taken_out = _taken_out(found.links)
    any_removed = taken_out or any(row[3] is not None for row in columns.values())
    removed = {one.exhibit: one for one in removed_for(viewer)} if any_removed else {}
    still_there = removed_exhibits_for(viewer)[0] if removed else {}
    for place, link in enumerate(admitted, 1):
        exhibit = uuid.UUID(link.event.item)
        name = f"file {place}, kept {_day(link.event.at)}"
        row = columns.pop(exhibit, None)
        one = read.get(exhibit)
        removal = taken_out.get(exhibit)
        if row is None:
            yield f"{_begun(name)}, is missing."
        elif removal is not None or row[3] is not None:
            gone = removed.get(exhibit)
            fault = _removal_fault(removal, gone, row[3], still_there.get(exhibit), link)
            if fault:
                yield f"{_begun(name)}, {fault}"
            elif (row[0], instant(row[1])) != (place, link.event.at):
                yield f"{_begun(name)}, is listed under another number or time, or as a copy of another file."
            if gone is not None and removal is not None:
                found.removed[exhibit] = gone
        elif exhibit in numbers or one is None:
            yield f"{_begun(name)}: what is stored about it was altered, and does not open."
        elif not _kept(link, one.committed):
            yield f"{_begun(name)}, is not what was kept then."
        elif (row[0], instant(row[1]), row[2]) != (place, link.event.at, one.parent):
            yield f"{_begun(name)}, is listed under another number or time, or as a copy of another file."
    if columns:
        yield f"There are files that your record never noted: {len(columns)}."
    known = {uuid.UUID(link.event.item) for link in admitted}
    found.exhibits.extend(exhibit for exhibit in opened if exhibit.id in known)


def _taken_out(links: list[Link]) -> dict[uuid.UUID, Link]:
    """By the ledger: the files that were removed and not fetched back."""
    taken_out: dict[uuid.UUID, Link] = {}
    for link in links:
        if link.event.kind == EventKind.EXHIBIT_REMOVED:
            taken_out[uuid.UUID(link.event.item)] = link
        elif link.event.kind == EventKind.EXHIBIT_RESTORED:
            taken_out.pop(uuid.UUID(link.event.item), None)
    return taken_out


def _removal_fault(
    removal: Link | None,
    gone: RemovedExhibit | None,
    removed_at: datetime | None,
    read: ReadExhibit | None,
    admitted: Link,
) -> str:
    """What differs about one file that the ledger or its row says was removed; empty where nothing does."""
    if removal is None:
        return "was taken out of your lists. Your record does not say that you removed it."
    if removed_at is None:
        return "is listed again, though you removed it."
    if gone is None or gone.altered or not _kept(removal, gone.committed):
        return "was removed by you, but what is stored about that was altered."
    if instant(removed_at) != removal.event.at:
        return "says that you removed it at another time."
    if not gone.destroyed and (read is None or not _kept(admitted, read.committed)):
        return "was removed by you, and is not what was kept then."
    return ""


def _attachments(viewer: Viewer, found: Agreement) -> Iterator[str]:
    periods: dict[tuple[uuid.UUID, uuid.UUID], list[tuple[str, str | None]]] = {}
    written: dict[uuid.UUID, Link] = {}
    for link in found.links:
        item = uuid.UUID(link.event.item)
        match EventKind(link.event.kind):
            case EventKind.ENTRY_WRITTEN:
                written[item] = link
            case EventKind.EXHIBIT_ATTACHED:
                periods.setdefault((item, uuid.UUID(link.event.details["exhibit"])), []).append(
                    (link.event.at, None)
                )
            case EventKind.EXHIBIT_DETACHED:
                pair = periods.get((item, uuid.UUID(link.event.details["exhibit"])))
                if pair:
                    pair[-1] = (pair[-1][0], link.event.at)
            case _:
                pass
    for (entry, exhibit), spans in periods.items():
        if spans[-1][1] is None:
            found.attached.setdefault(entry, []).append(exhibit)
    said = Counter((pair, span) for pair, spans in periods.items() for span in spans)
    rows = Attachment.objects.filter(record_id=viewer.record)
    kept = Counter(
        ((entry, exhibit), (instant(attached), instant(detached) if detached else None))
        for entry, exhibit, attached, detached in rows.values_list(
            "entry_id", "exhibit_id", "attached_at", "detached_at"
        )
    )
    for entry in dict.fromkeys(pair[0] for pair, _ in (said - kept) + (kept - said)):
        name = _named(written[entry]) if entry in written else "an entry that your record never noted"
        yield f"Which files belong to {name}, is not what you chose."


def _list(viewer: Viewer, found: Agreement) -> Iterator[str]:
    """Faults of the list's order. Entries that did not open have no time to be held against."""
    places, whole = places_of(viewer)
    if not whole:
        yield "Part of the list of entries was altered, and does not open."
    where: dict[uuid.UUID, list[datetime]] = defaultdict(list)
    for entry, moment in places:
        where[entry].append(moment)
    moments = {entry.id: moment_of(entry) for entry in entries_among(found.versions.values())}
    missing = sum(1 for entry in moments if entry not in where)
    twice = sum(1 for stands in where.values() if len(stands) > 1)
    moved = sum(1 for entry, stands in where.items() if len(stands) == 1 and _moved(moments, entry, stands))
    if missing:
        yield f"The list of entries leaves some out: {missing}."
    if twice:
        yield f"The list of entries shows some twice: {twice}."
    if moved:
        yield f"The list of entries shows some at the wrong place: {moved}."


def _moved(moments: Mapping[uuid.UUID, datetime], entry: uuid.UUID, stands: list[datetime]) -> bool:
    return entry in moments and moments[entry] != stands[0]


def _kept(link: Link, values: Mapping[str, object]) -> bool:
    """Whether these values are what the event commits to."""
    try:
        return all(
            commitment_hex(name, value, bytes.fromhex(link.salts[name])) == link.event.commitments[name]
            for name, value in values.items()
        )
    except (KeyError, ValueError, CustodyError):
        return False


def _of_version(version: int, name: str, what: str) -> str:
    return f"{_begun(name)} {what}" if version == 1 else f"Version {version} of {name}, {what}"


def _named(first: Link) -> str:
    return f"{_NAMES[_KINDS[EventKind(first.event.kind)]]} {_day(first.event.at)}"


def _day(at: str) -> str:
    moment = datetime.fromisoformat(at)
    return f"on {moment.day} {moment:%B %Y at %H:%M} (UTC)"


def _begun(words: str) -> str:
    return words[:1].upper() + words[1:]
