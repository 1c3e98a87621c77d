"""Suspects, witnesses and the person's own places: kept in versions, referred to by entries."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from daybook.diary.models import Item
from daybook.diary.versions import ReadVersion, keep_version, read_versions, read_what_opens
from daybook.kernel.consent import Viewer
from daybook.kernel.entry import EntryFields, NamedSuspect, NamedWitness

SUSPECT, WITNESS, PLACE = Item.Kind.SUSPECT, Item.Kind.WITNESS, Item.Kind.PLACE


@dataclass(frozen=True, slots=True)
class Suspect:
    """Someone who may be doing this: known, thought of, or known only by what they showed."""

    id: uuid.UUID
    version: int
    name: str
    relationship: str
    description: str
    identifiers: tuple[Mapping[str, str], ...]

    @property
    def label(self) -> str:
        """What to call them in a list."""
        return self.name or self.description[:60] or "Someone not named"


@dataclass(frozen=True, slots=True)
class Witness:
    """Someone who can confirm something. ``contact`` goes only into the police part of a pack."""

    id: uuid.UUID
    version: int
    name: str
    contact: str
    notes: str


@dataclass(frozen=True, slots=True)
class OwnPlace:
    """A place of hers. Its address goes only into the police part; its position finds files that give it away."""

    id: uuid.UUID
    version: int
    label: str
    address: str
    latitude: float | None
    longitude: float | None
    radius_m: int


def keep_suspect(
    viewer: Viewer,
    values: Mapping[str, Any],
    *,
    now: datetime,
    item: uuid.UUID | None = None,
    expected: int | None = None,
    new_id: uuid.UUID | None = None,
) -> Suspect:
    """Keep a new suspect, or the next version of one. ``values``: name, relationship, description, identifiers."""
    return _suspect(
        keep_version(viewer, SUSPECT, values, now=now, item=item, expected=expected, new_id=new_id)
    )


def keep_witness(
    viewer: Viewer,
    values: Mapping[str, Any],
    *,
    now: datetime,
    item: uuid.UUID | None = None,
    expected: int | None = None,
    new_id: uuid.UUID | None = None,
) -> Witness:
    """Keep a new witness, or the next version of one. ``values``: name, contact, notes."""
    return _witness(
        keep_version(viewer, WITNESS, values, now=now, item=item, expected=expected, new_id=new_id)
    )


def keep_place(
    viewer: Viewer,
    values: Mapping[str, Any],
    *,
    now: datetime,
    item: uuid.UUID | None = None,
    expected: int | None = None,
    new_id: uuid.UUID | None = None,
) -> OwnPlace:
    """Keep a place of hers. ``values``: label, address, latitude and longitude (degrees, or None), radius_m (metres)."""
    return _place(keep_version(viewer, PLACE, values, now=now, item=item, expected=expected, new_id=new_id))


def suspects_for(viewer: Viewer) -> list[Suspect]:
    """Everyone kept as a suspect, by name; without those whose rows were altered."""
    opened, _ = read_what_opens(viewer, SUSPECT)
    return sorted((_suspect(row) for row in opened), key=lambda one: one.label.casefold())


def witnesses_for(viewer: Viewer) -> list[Witness]:
    """Every witness, by name; without those whose rows were altered."""
    opened, _ = read_what_opens(viewer, WITNESS)
    return sorted((_witness(row) for row in opened), key=lambda one: one.name.casefold())


def places_for(viewer: Viewer) -> list[OwnPlace]:
    """Every place of hers, by label; without those whose rows were altered."""
    opened, _ = read_what_opens(viewer, PLACE)
    return sorted((_place(row) for row in opened), key=lambda one: one.label.casefold())


def suspect_versions_for(viewer: Viewer, item: uuid.UUID) -> list[Suspect]:
    """Every version of a suspect, oldest first. Raises NotFound."""
    return [_suspect(row) for row in read_versions(viewer, SUSPECT, item)]


def witness_versions_for(viewer: Viewer, item: uuid.UUID) -> list[Witness]:
    """Every version of a witness, oldest first. Raises NotFound."""
    return [_witness(row) for row in read_versions(viewer, WITNESS, item)]


def place_versions_for(viewer: Viewer, item: uuid.UUID) -> list[OwnPlace]:
    """Every version of a place, oldest first. Raises NotFound."""
    return [_place(row) for row in read_versions(viewer, PLACE, item)]


def keep_named_people(viewer: Viewer, fields: EntryFields, *, now: datetime) -> EntryFields:
    """Turn people given by name into kept ones: someone of the same name is the same person, anyone else is new."""
    if not fields.named_suspects and not fields.named_witnesses:
        return fields
    with transaction.atomic():
        suspects = {one.name.casefold(): one.id for one in suspects_for(viewer) if one.name}
        witnesses = {one.name.casefold(): one.id for one in witnesses_for(viewer)}
        suspect_ids = []
        for suspect in fields.named_suspects:
            found = suspects.get(suspect.name.casefold()) if suspect.name else None
            if found is None:
                found = keep_suspect(viewer, _suspect_values(suspect), now=now).id
                suspects[suspect.name.casefold()] = found
            suspect_ids.append(found)
        witness_ids = []
        for witness in fields.named_witnesses:
            found = witnesses.get(witness.name.casefold())
            if found is None:
                found = keep_witness(viewer, _witness_values(witness), now=now).id
                witnesses[witness.name.casefold()] = found
            witness_ids.append(found)
    return fields.with_people(suspects=tuple(suspect_ids), witnesses=tuple(witness_ids))


def _suspect_values(named: NamedSuspect) -> dict[str, Any]:
    return {
        "name": named.name,
        "relationship": named.relationship,
        "description": named.description,
        "identifiers": [{"kind": one.kind, "value": one.value} for one in named.identifiers],
    }


def _witness_values(named: NamedWitness) -> dict[str, Any]:
    return {"name": named.name, "contact": named.contact, "notes": named.notes}


def _suspect(row: ReadVersion) -> Suspect:
    values = row.values
    return Suspect(
        id=row.item,
        version=row.version,
        name=values.get("name", ""),
        relationship=values.get("relationship", ""),
        description=values.get("description", ""),
        identifiers=tuple(values.get("identifiers", ())),
    )


def _witness(row: ReadVersion) -> Witness:
    values = row.values
    return Witness(
        row.item, row.version, values.get("name", ""), values.get("contact", ""), values.get("notes", "")
    )


def _place(row: ReadVersion) -> OwnPlace:
    values = row.values
    return OwnPlace(
        id=row.item,
        version=row.version,
        label=values.get("label", ""),
        address=values.get("address", ""),
        latitude=values.get("latitude"),
        longitude=values.get("longitude"),
        radius_m=values.get("radius_m", 150),
    )
