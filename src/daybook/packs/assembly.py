"""Making a pack from the record.

Everything here reads; the one thing written is the ``pack.made`` event that closes a pack's ledger.
"""

import uuid
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from django.db import transaction

from daybook.diary.agreement import Agreement
from daybook.diary.entries import ReadEntry, entries_among
from daybook.diary.models import Item
from daybook.diary.versions import ReadVersion, committed_values
from daybook.evidence.exhibits import ReadExhibit, thumbnails_for
from daybook.evidence.reading import open_verified
from daybook.evidence.removing import RemovedExhibit
from daybook.kernel.consent import Viewer
from daybook.kernel.custody import Event, EventKind
from daybook.kernel.facts import behaviours, changes, contact_means, identifier_kinds, told_whom
from daybook.kernel.sealing.keys import Section
from daybook.ledger.chains import LEDGER, append, links_for
from daybook.ledger.chains import Link as LedgerLink
from daybook.ledger.models import ChainHead
from daybook.packs.bag import Bind, PreparedPack, prepare_pack, stream_pack
from daybook.packs.contents import (
    Audience,
    Contents,
    Disclosure,
    Link,
    PackFault,
    Period,
    Producer,
    Thumbnail,
    audience_of,
)
from daybook.packs.selection import (
    Selection,
    agreed_record,
    body_opens,
    chosen_from,
    removals_told,
    spoken_of,
)
from daybook.people.accounts import Unlocked


@dataclass(frozen=True, slots=True)
class MadePack:
    """A pack that was made, as the ledger tells: ``fingerprint`` (64 hexadecimal digits) is the ledger's head after it."""

    id: uuid.UUID
    made_at: datetime
    fingerprint: str


def packs_made_for(viewer: Viewer) -> list[MadePack]:
    """Every pack this record has made, newest first. Raises SealingError or BrokenChain on an altered ledger."""
    return [
        MadePack(uuid.UUID(link.event.item), datetime.fromisoformat(link.event.at), link.head.hex())
        for link in links_for(viewer, newest_first=True)
        if link.event.kind == EventKind.PACK_MADE
    ]


@dataclass(slots=True)
class MakingPack:
    """A pack ready to stream. ``id`` is the item of its event, ``fingerprint`` the ledger's head once the stream has ended."""

    unlocked: Unlocked
    prepared: PreparedPack
    exhibits: Mapping[str, ReadExhibit]
    id: uuid.UUID = field(default_factory=uuid.uuid4, init=False)
    fingerprint: str = field(default="", init=False)

    @property
    def name(self) -> str:
        """Its folder, such as ``notes-2026-11-20``."""
        return self.prepared.name

    def stream(self, *, now: datetime) -> Iterator[bytes]:
        """The zip, piece by piece; its last event is written when every file's digest is known.

        Raises PackFault or BodyDamaged in the middle when a stored file is not what the ledger says: the zip then ends without
        its directory and does not open.
        """

        def close_ledger(bind: Bind) -> list[Link]:
            viewer = self.unlocked.viewer
            known = {link.seq: link for link in self.prepared.contents.ledger}
            with transaction.atomic():
                # Nothing may be appended between what is bound and the event that binds it.
                ChainHead.objects.select_for_update().get(record_id=viewer.record, chain=LEDGER)
                whole = [
                    known.get(link.event.seq) or Link(link.event.seq, None, link.digest.hex())
                    for link in links_for(viewer)
                ]
                made = append(viewer.keys, EventKind.PACK_MADE, item=self.id, details=bind(whole), now=now)
            self.fingerprint = made.head.hex()
            return [*whole, Link(made.event.seq, made.event)]

        yield from stream_pack(
            self.prepared,
            open_exhibit=lambda exhibit: open_verified(self.unlocked.viewer, self.exhibits[exhibit]),
            close_ledger=close_ledger,
        )


def make_pack(
    unlocked: Unlocked, selection: Selection, *, fonts: Path, now: datetime, record: Agreement | None = None
) -> MakingPack:
    """Typeset a selection and make it ready to stream. Raises PackFault, CustodyError or SealingError before a byte is sent.

    The record is held against its ledger first (``record`` is what `agreed_record` gave, where it was asked already): what
    was hidden, put back or altered is named, and no pack passes over it. Every stored file is opened too: one that is
    missing or cut is named now, not when half the pack is on its way.
    """
    viewer = unlocked.viewer
    record = record or agreed_record(viewer)
    everything = entries_among(record.versions.values())
    entries, exhibits = chosen_from(unlocked, selection, everything, record.exhibits, record.attached)
    damaged = [exhibit.reference for exhibit in exhibits if not body_opens(viewer, exhibit)]
    if damaged:
        raise PackFault(
            f"these stored files are missing or were altered: {', '.join(damaged)}. "
            "Leave them out, or put them back from a copy."
        )
    contents = Contents(
        record=viewer.record,
        producer=Producer(name=unlocked.name, initials=unlocked.profile.initials),
        made_at=now,
        zone=unlocked.profile.zone,
        period=Period(first=selection.first_day, last=selection.last_day),
        **_ledger_parts(record, selection, entries, exhibits),
        labels=_labels(),
        thumbnails=_thumbnails(viewer, exhibits),
    )
    prepared = prepare_pack(contents, fonts=fonts)
    return MakingPack(unlocked, prepared, {str(exhibit.id): exhibit for exhibit in exhibits})


def _ledger_parts(
    record: Agreement, selection: Selection, entries: list[ReadEntry], exhibits: list[ReadExhibit]
) -> dict[str, Any]:
    """The ledger with its withheld links as digests only, and every disclosure the selection allows."""
    histories = record.versions
    entry_ids = {entry.id for entry in entries}
    people = spoken_of(version for version in histories.values() if version.item in entry_ids)
    committed = {exhibit.id: exhibit.committed for exhibit in exhibits}
    removals = {removal.event.seq: one for removal, one in removals_told(record, selection, entries)}
    described = _descriptions(record, committed)
    links: list[Link] = []
    disclosures: list[Disclosure] = []
    for link in record.links:
        event = link.event
        item = uuid.UUID(event.item)
        if event.seq in removals:
            links.append(Link(event.seq, event))
            disclosures.extend(_of_removal(link, removals[event.seq]))
            continue
        values = _values_to_disclose(event, item, histories, committed, entry_ids, people)
        if event.kind == EventKind.EXHIBIT_DESCRIBED:
            values = described.get((item, event.version))
        if values is None:
            links.append(Link(event.seq, None, link.digest.hex()))
            continue
        links.append(Link(event.seq, event))
        before = histories.get((item, event.version - 1))
        of_feelings = before is not None and _changes_feelings_alone(before.values, values)
        disclosures.extend(_disclosures(link, values, selection, reason_is_private=of_feelings))
    return {"ledger": tuple(links), "disclosures": tuple(disclosures)}


def _values_to_disclose(
    event: Event,
    item: uuid.UUID,
    histories: Mapping[tuple[uuid.UUID, int], ReadVersion],
    committed: Mapping[uuid.UUID, Mapping[str, Any]],
    entries: set[uuid.UUID],
    people: set[uuid.UUID],
) -> Mapping[str, Any] | None:
    """The field values of an event that may be disclosed, or None when the event is to be a digest only."""
    match EventKind(event.kind):
        case EventKind.RECORD_OPENED:
            return {}
        case EventKind.EXHIBIT_ADMITTED:
            return committed.get(item)
        case EventKind.EXHIBIT_ATTACHED | EventKind.EXHIBIT_DETACHED:
            both = item in entries and uuid.UUID(event.details["exhibit"]) in committed
            return {} if both else None
        case EventKind.ENTRY_WRITTEN | EventKind.ENTRY_AMENDED:
            return (
                committed_values(Item.Kind.ENTRY, _version_of(event, item, histories).values)
                if item in entries
                else None
            )
        case (
            EventKind.SUSPECT_KEPT
            | EventKind.SUSPECT_AMENDED
            | EventKind.WITNESS_KEPT
            | EventKind.WITNESS_AMENDED
            | EventKind.PLACE_KEPT
        ):
            return _version_of(event, item, histories).values if item in people else None
        case _:
            return None


def _descriptions(
    record: Agreement, exhibits: Collection[uuid.UUID]
) -> dict[tuple[uuid.UUID, int], Mapping[str, Any]]:
    """The newest words about what each of these exhibits shows; earlier ones, and those taken back, stay out."""
    newest = {
        note.exhibit: note
        for note in sorted(record.notes.values(), key=lambda note: note.version)
        if note.kind is EventKind.EXHIBIT_DESCRIBED
    }
    return {
        (note.exhibit, note.version): note.values
        for note in newest.values()
        if note.exhibit in exhibits and note.values["shows"]
    }


def _version_of(
    event: Event, item: uuid.UUID, histories: Mapping[tuple[uuid.UUID, int], ReadVersion]
) -> ReadVersion:
    version = histories.get((item, event.version))
    if version is None:
        raise PackFault(f"version {event.version} of what event {event.seq} speaks of is missing.")
    return version


def _changes_feelings_alone(before: Mapping[str, Any], after: Mapping[str, Any]) -> bool:
    """Whether a version differs from the one before in nothing but the private feelings: its reason speaks of them."""
    shown = [
        {name: value for name, value in values.items() if name not in {"reason", "feelings"}}
        for values in (before, after)
    ]
    return shown[0] == shown[1] and before.get("feelings", "") != after.get("feelings", "")


def _disclosures(
    link: LedgerLink, values: Mapping[str, Any], selection: Selection, *, reason_is_private: bool
) -> Iterator[Disclosure]:
    for name in link.event.commitments:
        audience = audience_of(link.event.kind, name)
        if name == "reason" and reason_is_private:
            audience = Audience.PRIVATE
        if audience is Audience.PRIVATE and selection.feelings:
            audience = Audience.OPEN
        if audience is Audience.PRIVATE or (audience is Audience.POLICE and not selection.police_part):
            continue
        if name not in values or name not in link.salts:
            raise PackFault(f"field {name} of event {link.event.seq} is missing.")
        yield Disclosure(link.event.seq, name, link.salts[name], values[name], audience)


def _of_removal(link: LedgerLink, removed: RemovedExhibit) -> Iterator[Disclosure]:
    """Which number is gone; why only where she said that packs may give it."""
    for name in ("reference", "reason") if removed.told else ("reference",):
        yield Disclosure(link.event.seq, name, link.salts[name], removed.committed[name], Audience.OPEN)


def _thumbnails(viewer: Viewer, exhibits: list[ReadExhibit]) -> dict[str, Thumbnail]:
    if not viewer.may_open(Section.EVIDENCE):
        return {}
    wanted = [exhibit.id for exhibit in exhibits if exhibit.has_thumbnail]
    return {
        str(copy.exhibit): Thumbnail(image=copy.content, kind="jpeg", width=copy.width, height=copy.height)
        for copy in thumbnails_for(viewer, wanted)
    }


def _labels() -> dict[str, str]:
    """Words for every code, by table: tables share codes such as "other" and "email"."""
    tables = {
        "behaviours": behaviours(),
        "contact": contact_means(),
        "changes": changes(),
        "told": told_whom(),
        "identifiers": identifier_kinds(),
    }
    return {f"{name}/{row.code}": row.label for name, table in tables.items() for row in table}
