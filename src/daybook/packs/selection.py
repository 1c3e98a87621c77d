"""What a person chooses for a pack, and a look at it before anything is made. Everything here only reads."""

import uuid
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from daybook.diary.agreement import Agreement, compare_with_ledger
from daybook.diary.entries import ReadEntry, all_entries_for, entries_among
from daybook.diary.kept_people import OwnPlace, place_versions_for, places_for, witnesses_for
from daybook.diary.models import Item
from daybook.diary.versions import ReadVersion
from daybook.evidence.exhibits import ReadExhibit
from daybook.evidence.reading import opens
from daybook.evidence.removing import RemovedExhibit
from daybook.kernel.chronology import overlaps
from daybook.kernel.consent import Viewer
from daybook.kernel.custody import EventKind
from daybook.kernel.media.decoder import is_picture
from daybook.kernel.media.distance import metres_between
from daybook.ledger.chains import Link, check_chain
from daybook.packs.contents import PackFault
from daybook.people.accounts import Unlocked

MOST_NAMED = 5


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
    """An original whose own metadata shows a position at one of her places, as it is or as it once was."""

    exhibit: ReadExhibit
    place: OwnPlace
    metres: float


@dataclass(frozen=True, slots=True)
class Preview:
    """What a selection would hand over, before anything is made, and what of the record stays out.

    ``places_given_away`` are originals that say where they were made, at a place of hers; ``unread`` are those whose hidden
    details nobody has read, so that they may say it too. ``unseen`` were kept without looking. ``damaged`` cannot go in.
    ``witness_contacts`` and ``addresses`` count what the part for the police would hold. ``removed`` are files that she
    removed and the pack names.
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
    removed: list[RemovedExhibit]

    @property
    def bytes_of_exhibits(self) -> int:
        """How many bytes of originals there are."""
        return sum(exhibit.size for exhibit in self.exhibits)


def entries_chosen(unlocked: Unlocked, selection: Selection) -> list[ReadEntry]:
    """The entries a selection chooses, earliest event first. Raises SealingError when a row was altered."""
    viewer = unlocked.viewer
    return [entry for entry in all_entries_for(viewer) if _wanted(entry, selection, unlocked.profile.zone)]


def agreed_record(viewer: Viewer) -> Agreement:
    """The whole record as its ledger tells it, for a pack to be made from: nothing else says what "everything" is.

    Raises CustodyError or SealingError when the ledger does not hold together, and PackFault naming the entries, people,
    places, files and attachments that are missing or not what they were. An order of the list that was altered is no fault
    of a pack: it is not made from that.
    """
    check_chain(viewer)
    record = compare_with_ledger(viewer)
    faults = [fault.words for fault in record.beyond_the_list]
    if faults:
        more = f" And {len(faults) - MOST_NAMED} more." if len(faults) > MOST_NAMED else ""
        raise PackFault(f"{' '.join(faults[:MOST_NAMED])}{more}", faults)
    return record


def preview_pack(unlocked: Unlocked, selection: Selection, record: Agreement | None = None) -> Preview:
    """Look over a selection: what is in it, what stays out, and which originals show a place marked as hers.

    ``record`` is what `agreed_record` gave, where it was asked already. Raises as that does.
    """
    viewer = unlocked.viewer
    record = record or agreed_record(viewer)
    everything, files = entries_among(record.versions.values()), record.exhibits
    entries, exhibits = chosen_from(unlocked, selection, everything, files, record.attached)
    # Where she used to live is hers too: a place that was moved or made smaller counts as it ever was, newest first.
    places = [
        version for place in places_for(viewer) for version in place_versions_for(viewer, place.id)[::-1]
    ]
    chosen = {entry.id for entry in entries}
    history = (version for version in record.versions.values() if version.kind == Item.Kind.ENTRY)
    people = spoken_of(version for version in history if version.item in chosen)
    return Preview(
        entries=entries,
        exhibits=exhibits,
        entries_left_out=len(everything) - len(entries),
        exhibits_left_out=len(files) - len(exhibits),
        with_feelings=sum(1 for entry in entries if entry.values.get("feelings")),
        witness_contacts=sum(1 for one in witnesses_for(viewer) if one.id in people and one.contact),
        addresses=sum(1 for one in places_for(viewer) if one.id in people and one.address),
        places_given_away=[found for exhibit in exhibits for found in _given_away(exhibit, places)],
        unread=[exhibit for exhibit in exhibits if _may_hide_a_place(exhibit)],
        unseen=[exhibit for exhibit in exhibits if exhibit.unseen],
        damaged=[exhibit for exhibit in exhibits if not body_opens(viewer, exhibit)],
        removed=[removed for _, removed in removals_told(record, selection, entries)],
    )


def chosen_from(
    unlocked: Unlocked,
    selection: Selection,
    entries: list[ReadEntry],
    exhibits: list[ReadExhibit],
    attached: Mapping[uuid.UUID, list[uuid.UUID]],
) -> tuple[list[ReadEntry], list[ReadExhibit]]:
    """Those of a record's entries and exhibits that a selection chooses; ``attached`` are the exhibits of each entry."""
    wanted = [entry for entry in entries if _wanted(entry, selection, unlocked.profile.zone)]
    allowed = [exhibit for exhibit in exhibits if exhibit.id not in selection.left_out]
    if selection.exhibits is not None:
        return wanted, [exhibit for exhibit in allowed if exhibit.id in selection.exhibits]
    if selection.entries is None and selection.first_day is None and selection.last_day is None:
        return wanted, allowed
    # A choice of entries brings their own exhibits; files that belong to no chosen entry stay out.
    theirs = {exhibit for entry in wanted for exhibit in attached.get(entry.id, ())}
    parents = {exhibit.parent for exhibit in allowed if exhibit.id in theirs and exhibit.parent}
    return wanted, [exhibit for exhibit in allowed if exhibit.id in theirs | parents]


def removals_told(
    record: Agreement, selection: Selection, entries: list[ReadEntry]
) -> list[tuple[Link, RemovedExhibit]]:
    """The files that she removed and a pack of this selection has to speak of, each with its event.

    All of them where nothing was chosen; otherwise those that belong to a chosen entry. That a number is missing is seen in
    any case; that she removed it herself, and when, is better said than found out.
    """
    unlimited = (
        selection.entries is None
        and selection.exhibits is None
        and selection.first_day is None
        and selection.last_day is None
    )
    theirs = {exhibit for entry in entries for exhibit in record.attached.get(entry.id, ())}
    newest = {
        uuid.UUID(link.event.item): link
        for link in record.links
        if link.event.kind == EventKind.EXHIBIT_REMOVED
    }
    return [
        (newest[exhibit], removed)
        for exhibit, removed in record.removed.items()
        if unlimited or exhibit in theirs
    ]


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


def body_opens(viewer: Viewer, exhibit: ReadExhibit) -> bool:
    """Whether a stored file is there and ends as it should; its middle is only known when it is read whole.

    One whose last reading found it damaged does not open, until a check of the whole finds otherwise.
    """
    return not exhibit.damage and opens(viewer, exhibit)


def _may_hide_a_place(exhibit: ReadExhibit) -> bool:
    """Whether a file may say where it was made without our knowing: nobody has read what it says of itself."""
    if exhibit.type.startswith("text/") or exhibit.size == 0:
        return False
    return exhibit.unseen or not is_picture(exhibit.type) or not exhibit.has_thumbnail


def _given_away(exhibit: ReadExhibit, places: list[OwnPlace]) -> Iterator[PlaceGivenAway]:
    if exhibit.place is None:
        return
    named: set[uuid.UUID] = set()
    for place in places:
        if place.latitude is None or place.longitude is None or place.id in named:
            continue
        metres = metres_between(*exhibit.place, place.latitude, place.longitude)
        if metres <= place.radius_m:
            named.add(place.id)
            yield PlaceGivenAway(exhibit, place, metres)


def spoken_of(versions: Iterable[ReadVersion]) -> set[uuid.UUID]:
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
