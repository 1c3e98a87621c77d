"""Choosing what goes into a pack, looking it over, and making it from the record.

Everything here reads; the one thing written is the ``pack.made`` event that closes a pack's ledger.
"""

import uuid
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any

from django.db import transaction

from daybook.diary.attachments import exhibits_by_entry
from daybook.diary.entries import ReadEntry, all_entries_for
from daybook.diary.kept_people import OwnPlace, places_for, witnesses_for
from daybook.diary.models import Item
from daybook.diary.versions import ReadVersion, read_history
from daybook.evidence.errors import BodyDamaged
from daybook.evidence.exhibits import ReadExhibit, exhibits_for, open_body, thumbnails_for
from daybook.kernel.chronology import overlaps
from daybook.kernel.consent import Viewer
from daybook.kernel.custody import Event, EventKind
from daybook.kernel.facts import behaviours, changes, contact_means, identifier_kinds, told_whom
from daybook.kernel.media.decoder import can_decode
from daybook.kernel.media.distance import metres_between
from daybook.kernel.sealing.keys import Section
from daybook.ledger.chains import Link as LedgerLink
from daybook.ledger.chains import append, links_for
from daybook.packs.bag import PreparedPack, prepare_pack, stream_pack
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
from daybook.people.accounts import Unlocked


@dataclass(frozen=True, slots=True)
class Selection:
    """What the person wants in a pack. None means all; the defaults are what SAFETY.md rule 10 says.

    ``first_day`` and ``last_day`` choose entries by when they happened; ``entries`` and ``exhibits`` by hand; ``left_out``
    names exhibits that stay out whatever else was chosen. ``feelings`` puts the private section in; ``police_part`` the
    folder with witnesses' contacts and her own addresses.
    """

    first_day: date | None = None
    last_day: date | None = None
    entries: frozenset[uuid.UUID] | None = None
    exhibits: frozenset[uuid.UUID] | None = None
    left_out: frozenset[uuid.UUID] = frozenset()
    feelings: bool = False
    police_part: bool = True


@dataclass(frozen=True, slots=True)
class PlaceGivenAway:
    """An original whose own metadata shows a position at one of her places."""

    exhibit: ReadExhibit
    place: OwnPlace
    metres: float


@dataclass(frozen=True, slots=True)
class Preview:
    """What a selection would hand over, before anything is made, and what of the record stays out.

    ``places_given_away`` are originals that say where they were made, at a place of hers; ``unread`` are those whose hidden
    details nobody has read, so that they may say it too. ``unseen`` were kept without looking. ``damaged`` cannot go in.
    ``witness_contacts`` and ``addresses`` count what the part for the police would hold.
    """

    entries: list[ReadEntry]
    exhibits: list[ReadExhibit]
    entries_left_out: int
    exhibits_left_out: int
    with_feelings: int
    witness_contacts: int
    addresses: int
    places_given_away: list[PlaceGivenAway]
    unread: list[ReadExhibit]
    unseen: list[ReadExhibit]
    damaged: list[ReadExhibit]

    @property
    def bytes_of_exhibits(self) -> int:
        """How many bytes of originals there are."""
        return sum(exhibit.size for exhibit in self.exhibits)

    @property
    def is_empty(self) -> bool:
        """Whether nothing at all was chosen."""
        return not self.entries and not self.exhibits


def entries_chosen(unlocked: Unlocked, selection: Selection) -> list[ReadEntry]:
    """The entries a selection chooses, earliest event first. Raises SealingError when a row was altered."""
    viewer = unlocked.viewer
    return [entry for entry in all_entries_for(viewer) if _wanted(entry, selection, unlocked.profile.zone)]


def preview_pack(unlocked: Unlocked, selection: Selection) -> Preview:
    """Look over a selection: what is in it, what stays out, and which originals show a place marked as hers.

    Raises SealingError when a row was altered.
    """
    viewer = unlocked.viewer
    everything, files = all_entries_for(viewer), exhibits_for(viewer)
    entries, exhibits = _chosen(unlocked, selection, everything, files)
    places = [
        place for place in places_for(viewer) if place.latitude is not None and place.longitude is not None
    ]
    chosen = {entry.id for entry in entries}
    history = read_history(viewer, Item.Kind.ENTRY)
    spoken_of = _spoken_of(version for version in history if version.item in chosen)
    return Preview(
        entries=entries,
        exhibits=exhibits,
        entries_left_out=len(everything) - len(entries),
        exhibits_left_out=len(files) - len(exhibits),
        with_feelings=sum(1 for entry in entries if entry.values.get("feelings")),
        witness_contacts=sum(1 for one in witnesses_for(viewer) if one.id in spoken_of and one.contact),
        addresses=sum(1 for one in places_for(viewer) if one.id in spoken_of and one.address),
        places_given_away=[found for exhibit in exhibits for found in _given_away(exhibit, places)],
        unread=[exhibit for exhibit in exhibits if _may_hide_a_place(exhibit)],
        unseen=[exhibit for exhibit in exhibits if exhibit.unseen],
        damaged=[exhibit for exhibit in exhibits if not _opens(viewer, exhibit)],
    )


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

        def close_ledger(contents_digest: str) -> list[Link]:
            viewer = self.unlocked.viewer
            known = {link.seq: link for link in self.prepared.contents.ledger}
            with transaction.atomic():
                made = append(
                    viewer.keys,
                    EventKind.PACK_MADE,
                    item=self.id,
                    details={"contents": contents_digest},
                    now=now,
                )
                whole = [
                    known.get(link.event.seq) or Link(link.event.seq, None, link.digest.hex())
                    for link in links_for(viewer)
                    if link.event.seq < made.event.seq
                ]
            self.fingerprint = made.head.hex()
            return [*whole, Link(made.event.seq, made.event)]

        yield from stream_pack(
            self.prepared,
            open_exhibit=lambda exhibit: open_body(self.unlocked.viewer, self.exhibits[exhibit]),
            close_ledger=close_ledger,
        )


def make_pack(unlocked: Unlocked, selection: Selection, *, fonts: Path, now: datetime) -> MakingPack:
    """Typeset a selection and make it ready to stream. Raises PackFault or SealingError before a byte is sent.

    Every stored file is opened first: one that is missing or cut is named now, not when half the pack is on its way.
    """
    viewer = unlocked.viewer
    entries, exhibits = _chosen(unlocked, selection, all_entries_for(viewer), exhibits_for(viewer))
    damaged = [exhibit.reference for exhibit in exhibits if not _opens(viewer, exhibit)]
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
        **_ledger_parts(viewer, selection, entries, exhibits),
        labels=_labels(),
        thumbnails=_thumbnails(viewer, exhibits),
    )
    prepared = prepare_pack(contents, fonts=fonts)
    return MakingPack(unlocked, prepared, {str(exhibit.id): exhibit for exhibit in exhibits})


def _chosen(
    unlocked: Unlocked, selection: Selection, entries: list[ReadEntry], exhibits: list[ReadExhibit]
) -> tuple[list[ReadEntry], list[ReadExhibit]]:
    wanted = [entry for entry in entries if _wanted(entry, selection, unlocked.profile.zone)]
    allowed = [exhibit for exhibit in exhibits if exhibit.id not in selection.left_out]
    if selection.exhibits is not None:
        return wanted, [exhibit for exhibit in allowed if exhibit.id in selection.exhibits]
    if selection.entries is None and selection.first_day is None and selection.last_day is None:
        return wanted, allowed
    # A choice of entries brings their own exhibits; files that belong to no chosen entry stay out.
    attached = exhibits_by_entry(unlocked.viewer, [entry.id for entry in wanted])
    theirs = {exhibit for own in attached.values() for exhibit in own}
    parents = {exhibit.parent for exhibit in allowed if exhibit.id in theirs and exhibit.parent}
    return wanted, [exhibit for exhibit in allowed if exhibit.id in theirs | parents]


def _wanted(entry: ReadEntry, selection: Selection, zone: str) -> bool:
    if selection.entries is not None and entry.id not in selection.entries:
        return False
    if selection.first_day is None and selection.last_day is None:
        return True
    return overlaps(
        entry.when,
        selection.first_day,
        selection.last_day,
        written_at=entry.first_written_at,
        zone=zone,
    )


def _opens(viewer: Viewer, exhibit: ReadExhibit) -> bool:
    """Whether a stored file is there and ends as it should; its middle is only known when it is read whole."""
    try:
        open_body(viewer, exhibit)
    except BodyDamaged:
        return False
    return True


def _may_hide_a_place(exhibit: ReadExhibit) -> bool:
    """Whether a file may say where it was made without our knowing: nobody has read what it says of itself."""
    if exhibit.type.startswith("text/") or exhibit.size == 0:
        return False
    return exhibit.unseen or not can_decode(exhibit.type) or not exhibit.has_thumbnail


def _given_away(exhibit: ReadExhibit, places: list[OwnPlace]) -> Iterator[PlaceGivenAway]:
    if exhibit.place is None:
        return
    for place in places:
        if place.latitude is None or place.longitude is None:
            continue
        metres = metres_between(*exhibit.place, place.latitude, place.longitude)
        if metres <= place.radius_m:
            yield PlaceGivenAway(exhibit, place, metres)


def _ledger_parts(
    viewer: Viewer, selection: Selection, entries: list[ReadEntry], exhibits: list[ReadExhibit]
) -> dict[str, Any]:
    """The ledger with its withheld links as digests only, and every disclosure the selection allows."""
    histories = {
        (version.item, version.version): version
        for kind in Item.Kind
        for version in read_history(viewer, kind)
    }
    entry_ids = {entry.id for entry in entries}
    spoken_of = _spoken_of(version for version in histories.values() if version.item in entry_ids)
    committed = {exhibit.id: exhibit.committed for exhibit in exhibits}
    links: list[Link] = []
    disclosures: list[Disclosure] = []
    for link in links_for(viewer):
        event = link.event
        item = uuid.UUID(event.item)
        values = _values_to_disclose(event, item, histories, committed, entry_ids, spoken_of)
        if values is None:
            links.append(Link(event.seq, None, link.digest.hex()))
            continue
        links.append(Link(event.seq, event))
        disclosures.extend(_disclosures(link, values, selection))
    return {"ledger": tuple(links), "disclosures": tuple(disclosures)}


def _values_to_disclose(
    event: Event,
    item: uuid.UUID,
    histories: Mapping[tuple[uuid.UUID, int], ReadVersion],
    committed: Mapping[uuid.UUID, Mapping[str, Any]],
    entries: set[uuid.UUID],
    spoken_of: set[uuid.UUID],
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
            return histories[item, event.version].values if item in entries else None
        case (
            EventKind.SUSPECT_KEPT
            | EventKind.SUSPECT_AMENDED
            | EventKind.WITNESS_KEPT
            | EventKind.WITNESS_AMENDED
            | EventKind.PLACE_KEPT
        ):
            return histories[item, event.version].values if item in spoken_of else None
        case _:
            return None


def _disclosures(link: LedgerLink, values: Mapping[str, Any], selection: Selection) -> Iterator[Disclosure]:
    for name in link.event.commitments:
        audience = audience_of(link.event.kind, name)
        if audience is Audience.PRIVATE and selection.feelings:
            audience = Audience.OPEN
        if audience is Audience.PRIVATE or (audience is Audience.POLICE and not selection.police_part):
            continue
        yield Disclosure(link.event.seq, name, link.salts[name], values[name], audience)


def _spoken_of(versions: Iterable[ReadVersion]) -> set[uuid.UUID]:
    """The suspects, witnesses and places that any version of a chosen entry speaks of."""
    found: set[uuid.UUID] = set()
    for version in versions:
        found.update(uuid.UUID(link["suspect"]) for link in version.values.get("suspects", ()))
        found.update(
            uuid.UUID(name.removeprefix("witness/")) for name in version.values if name.startswith("witness/")
        )
        mine = (version.values.get("place") or {}).get("mine")
        if mine:
            found.add(uuid.UUID(mine))
    return found


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
