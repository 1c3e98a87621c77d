"""What a record says, as far as its ledger was disclosed: items with all their versions, computed from
events alone.

Making a pack and checking one both go through here. That is what lets a verifier say that the chronology
holds exactly what was disclosed: nothing altered, added or dropped.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from daybook.kernel.custody import Event, EventKind

JSON = Any
Opened = tuple[int, str, JSON]
"""(number of the event, name of the field, value)."""

_ITEM_KINDS: Mapping[str, str] = {
    EventKind.ENTRY_WRITTEN: "entries",
    EventKind.ENTRY_AMENDED: "entries",
    EventKind.EXHIBIT_ADMITTED: "exhibits",
    EventKind.SUSPECT_KEPT: "suspects",
    EventKind.SUSPECT_AMENDED: "suspects",
    EventKind.WITNESS_KEPT: "witnesses",
    EventKind.WITNESS_AMENDED: "witnesses",
    EventKind.PLACE_KEPT: "places",
}


@dataclass(frozen=True, slots=True)
class Version:
    """One version of an item: what is disclosed openly, what only to the police, and what is withheld."""

    number: int
    seq: int
    recorded_at: str
    fields: Mapping[str, JSON]
    police_fields: Mapping[str, JSON]
    withheld: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Item:
    """An entry, exhibit, suspect, witness or place with all its disclosed versions, oldest first."""

    id: str
    versions: tuple[Version, ...]

    @property
    def current(self) -> Version:
        """The newest version."""
        return self.versions[-1]


@dataclass(frozen=True, slots=True)
class Attachment:
    """An exhibit attached to an entry; times as in events, ``detached_at`` is None while it still is."""

    exhibit: str
    attached_at: str
    detached_at: str | None


@dataclass(frozen=True, slots=True)
class Removed:
    """An exhibit that the person removed from her record: it is in no pack, and this is all that a pack says of it."""

    exhibit: str
    seq: int
    removed_at: str
    fields: Mapping[str, JSON]
    withheld: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Disclosed:
    """The disclosed part of a record, in the order it was written. ``descriptions`` are words about what an
    exhibit shows, by exhibit. ``faults`` are sentences; none means it holds together.
    """

    entries: Mapping[str, Item]
    exhibits: Mapping[str, Item]
    suspects: Mapping[str, Item]
    witnesses: Mapping[str, Item]
    places: Mapping[str, Item]
    attachments: Mapping[str, tuple[Attachment, ...]]
    faults: tuple[str, ...]
    removed: Mapping[str, Removed] = field(default_factory=dict)
    descriptions: Mapping[str, tuple[Version, ...]] = field(default_factory=dict)


NOTHING_DISCLOSED = Disclosed({}, {}, {}, {}, {}, {}, ())


def read_disclosed(events: Iterable[Event], opened: Iterable[Opened], police: Iterable[Opened]) -> Disclosed:
    """Put together what ``events`` (in order) and the ``opened`` and ``police`` fields of them say.

    Never raises for what a stranger may have written into a pack: what does not hold together is named in
    ``faults``.
    """
    open_fields, police_fields = _by_event(opened), _by_event(police)
    items: dict[str, dict[str, list[Version]]] = {
        name: {} for name in ("entries", "exhibits", "suspects", "witnesses", "places")
    }
    attachments: dict[str, list[Attachment]] = {}
    removed: dict[str, Removed] = {}
    descriptions: dict[str, list[Version]] = {}
    faults: list[str] = []
    for event in events:
        name = _ITEM_KINDS.get(event.kind)
        if name is not None:
            fields, closed = open_fields.get(event.seq, {}), police_fields.get(event.seq, {})
            held = items[name].setdefault(event.item, [])
            if event.version != len(held) + 1:
                faults.append(
                    f"event {event.seq} is version {event.version} of its item, "
                    f"but version {len(held) + 1} is missing"
                )
            # Every entry commits to feelings, written or not: that they stay out says nothing, and is not told.
            withheld = tuple(sorted(set(event.commitments) - set(fields) - set(closed) - {"feelings"}))
            held.append(Version(event.version, event.seq, event.at, fields, closed, withheld))
        elif event.kind in (EventKind.EXHIBIT_ATTACHED, EventKind.EXHIBIT_DETACHED):
            fault = _attach(attachments.setdefault(event.item, []), event)
            if fault:
                faults.append(fault)
        elif event.kind == EventKind.EXHIBIT_REMOVED:
            fields = open_fields.get(event.seq, {})
            withheld = tuple(sorted(set(event.commitments) - set(fields)))
            removed[event.item] = Removed(event.item, event.seq, event.at, fields, withheld)
        elif event.kind == EventKind.EXHIBIT_RESTORED:
            removed.pop(event.item, None)
        elif event.kind == EventKind.EXHIBIT_DESCRIBED:
            fields, closed = open_fields.get(event.seq, {}), police_fields.get(event.seq, {})
            withheld = tuple(sorted(set(event.commitments) - set(fields) - set(closed)))
            told = Version(event.version, event.seq, event.at, fields, closed, withheld)
            descriptions.setdefault(event.item, []).append(told)
    read = {name: {key: Item(key, tuple(held)) for key, held in kept.items()} for name, kept in items.items()}
    for entry in attachments:
        if entry not in read["entries"]:
            faults.append(f"an exhibit is attached to entry {entry}, which is not disclosed")
    for exhibit, one in removed.items():
        if exhibit in read["exhibits"]:
            faults.append(f"event {one.seq} removes an exhibit that is disclosed all the same")
    faults += [
        f"exhibit {exhibit} is described, but not disclosed"
        for exhibit in descriptions
        if exhibit not in read["exhibits"]
    ]
    return Disclosed(
        entries=read["entries"],
        exhibits=read["exhibits"],
        suspects=read["suspects"],
        witnesses=read["witnesses"],
        places=read["places"],
        attachments={entry: tuple(held) for entry, held in attachments.items()},
        faults=tuple(faults),
        removed=removed,
        descriptions={exhibit: tuple(held) for exhibit, held in descriptions.items()},
    )


def _by_event(opened: Iterable[Opened]) -> dict[int, dict[str, JSON]]:
    found: dict[int, dict[str, JSON]] = {}
    for seq, name, value in opened:
        found.setdefault(seq, {})[name] = value
    return found


def _attach(held: list[Attachment], event: Event) -> str | None:
    exhibit = event.details.get("exhibit")
    if not isinstance(exhibit, str):
        return f"event {event.seq} does not say which exhibit it attaches"
    if event.kind == EventKind.EXHIBIT_ATTACHED:
        held.append(Attachment(exhibit, event.at, None))
        return None
    for place, attachment in enumerate(held):
        if attachment.exhibit == exhibit and attachment.detached_at is None:
            held[place] = Attachment(exhibit, attachment.attached_at, event.at)
            return None
    return f"event {event.seq} detaches an exhibit that is not attached"
