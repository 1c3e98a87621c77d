"""The three kinds of things kept beside the diary: what is asked about each, and what was said of it."""

import math
import uuid
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, ClassVar, Generic, Protocol, TypeVar

from daybook.diary.drafts import Typed
from daybook.diary.kept_people import (
    OwnPlace,
    Suspect,
    Witness,
    keep_place,
    keep_suspect,
    keep_witness,
    place_versions_for,
    places_for,
    suspect_versions_for,
    suspects_for,
    witness_versions_for,
    witnesses_for,
)
from daybook.kernel.consent import Viewer
from daybook.kernel.entry import InvalidEntry, parse_entry
from daybook.kernel.entry.reader import Reader
from daybook.kernel.facts import identifier_kinds, label_of
from daybook.site.pages.diary.sections.rows import (
    identifier_fields,
    read_identifiers,
    row_groups,
    typed_identifiers,
)
from daybook.site.pages.diary.sections.section import Fault, Group, SectionForm, line, lines, said, text_of

IDENTIFIER = "identifier"
DEFAULT_RADIUS_M = 150
LEAST_RADIUS_M, MOST_RADIUS_M = 20, 50_000


class Kept(Protocol):
    """Something kept in versions."""

    @property
    def id(self) -> uuid.UUID: ...
    @property
    def version(self) -> int: ...


One = TypeVar("One", bound=Kept)


@dataclass(slots=True)
class Answers:
    """What was typed about one, as it would be kept, and what is to be put right first."""

    values: dict[str, Any] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)


class Kind(ABC, Generic[One]):
    """A kind of thing that is kept beside the diary."""

    slug: ClassVar[str]
    heading: ClassVar[str]
    why: ClassVar[str]
    note: ClassVar[str] = ""
    adding: ClassVar[str]
    adds_rows: ClassVar[str] = ""
    noun: ClassVar[str]

    every: Callable[[Viewer], Sequence[One]]
    versions: Callable[[Viewer, uuid.UUID], Sequence[One]]
    keep: Callable[..., One]

    @abstractmethod
    def groups(self, typed: Typed) -> list[Group]:
        """The controls."""

    @abstractmethod
    def read(self, typed: Typed) -> Answers:
        """What was typed."""

    @abstractmethod
    def values(self, one: One) -> dict[str, Any]:
        """What is kept of one: the same shape that ``read`` gives."""

    @abstractmethod
    def typed(self, one: One) -> Typed:
        """What one would have typed to get this."""

    @abstractmethod
    def label(self, one: One) -> str:
        """What to call it."""

    @abstractmethod
    def rows(self, one: One) -> list[tuple[str, str]]:
        """What is kept of one, in words."""

    def form(self, typed: Typed | None) -> SectionForm:
        """The controls, filled with what was typed."""
        return SectionForm(self.groups(typed or {}), typed)

    def shown(self, one: One) -> list[dict[str, Any]]:
        """The rows that say something, as the component ``summary_list.html`` wants them."""
        return [
            {"key": key, "value": value, "own_words": True} for key, value in self.rows(one) if said(value)
        ]


class Who(Kind[Suspect]):
    """Who is doing this."""

    slug = "who"
    heading = "Who is doing this"
    why = (
        "It lets you say “them” in an entry with one tap, and keeps what you know of them in one place. Every part "
        "can be skipped."
    )
    note = (
        "What you write here can go into a pack, and may be read by the other side in a court case one day."
    )
    adding = "Add somebody"
    adds_rows = "Save and add another number or name"
    noun = "person"

    every = staticmethod(suspects_for)
    versions = staticmethod(suspect_versions_for)
    keep = staticmethod(keep_suspect)

    def groups(self, typed: Typed) -> list[Group]:
        """Name, who they are, what they look like, and their numbers and names."""
        about = Group(
            {
                "name": line(
                    "Name, if you know it",
                    "A nickname is fine. Leave it empty if you do not know.",
                    dir="auto",
                ),
                "relationship": line(
                    "Who they are to you", "Such as “ex-partner”, “neighbour” or “stranger”.", dir="auto"
                ),
                "description": lines("What they look like, or anything to know them by", rows=4),
            }
        )
        return [about, *row_groups(typed, IDENTIFIER, "Number or name they use", identifier_fields)]

    def read(self, typed: Typed) -> Answers:
        """The kernel judges it as it would inside an entry."""
        identifiers = read_identifiers(typed, IDENTIFIER, "/suspects/0/identifiers")
        values = {name: text_of(typed, name).strip() for name in ("name", "relationship", "description")}
        values |= {"identifiers": identifiers.values.get("identifiers", [])}
        controls = {f"/suspects/0/{name}": name for name in ("name", "relationship", "description")}
        faults = _faults({"suspects": [values]}, {"/suspects/0": "name"} | controls | identifiers.controls)
        taken = {fault.field for fault in identifiers.faults}
        return Answers(
            values, [*identifiers.faults, *(fault for fault in faults if fault.field not in taken)]
        )

    def values(self, one: Suspect) -> dict[str, Any]:
        """The four parts."""
        return {
            "name": one.name,
            "relationship": one.relationship,
            "description": one.description,
            "identifiers": [dict(identifier) for identifier in one.identifiers],
        }

    def typed(self, one: Suspect) -> Typed:
        """The four parts."""
        rows = typed_identifiers([dict(identifier) for identifier in one.identifiers], IDENTIFIER)
        return {
            "name": [one.name],
            "relationship": [one.relationship],
            "description": [one.description],
            **rows,
        }

    def label(self, one: Suspect) -> str:
        """The name, or the beginning of the description."""
        return one.label

    def rows(self, one: Suspect) -> list[tuple[str, str]]:
        """The four parts."""
        names = (f"{label_of(identifier_kinds(), each['kind'])}: {each['value']}" for each in one.identifiers)
        return [
            ("Name", one.name),
            ("Who they are to you", one.relationship),
            ("What they look like", one.description),
            ("Numbers and names", "\n".join(names)),
        ]


class Saw(Kind[Witness]):
    """Who saw or heard something."""

    slug = "saw"
    heading = "Who saw or heard something"
    why = "They may be able to confirm it later. Daybook never contacts anyone, and you do not have to ask them now."
    note = "How to reach them is kept apart. In a pack it goes only into the part for police."
    adding = "Add somebody"
    noun = "person"

    every = staticmethod(witnesses_for)
    versions = staticmethod(witness_versions_for)
    keep = staticmethod(keep_witness)

    def groups(self, typed: Typed) -> list[Group]:
        """Name, how to reach them, notes."""
        return [
            Group(
                {
                    "name": line("Name", "Or who they are, such as “man with a white dog”.", dir="auto"),
                    "contact": lines(
                        "How police could reach them", "Goes only into the part for police.", rows=3
                    ),
                    "notes": lines("Anything else about them", "This can go into a pack.", rows=3),
                }
            )
        ]

    def read(self, typed: Typed) -> Answers:
        """The kernel judges it as it would inside an entry."""
        values = {name: text_of(typed, name).strip() for name in ("name", "contact", "notes")}
        controls = {f"/witnesses/0/{name}": name for name in values}
        return Answers(values, _faults({"witnesses": [values]}, {"/witnesses/0": "name"} | controls))

    def values(self, one: Witness) -> dict[str, Any]:
        """The three parts."""
        return {"name": one.name, "contact": one.contact, "notes": one.notes}

    def typed(self, one: Witness) -> Typed:
        """The three parts."""
        return {name: [text] for name, text in self.values(one).items()}

    def label(self, one: Witness) -> str:
        """The name."""
        return one.name

    def rows(self, one: Witness) -> list[tuple[str, str]]:
        """The three parts."""
        return [
            ("Name", one.name),
            ("How police could reach them", one.contact),
            ("Anything else", one.notes),
        ]


class Place(Kind[OwnPlace]):
    """A place of hers."""

    slug = "place"
    heading = "Places of yours"
    why = (
        "Name a place, such as “Home”, and you can say where something happened without its address. With a "
        "position, Daybook can also warn you before a pack is made: some photos carry the place they were taken."
    )
    note = "The address goes only into the part of a pack for police. The position never leaves this record by itself."
    adding = "Add a place"
    noun = "place"

    every = staticmethod(places_for)
    versions = staticmethod(place_versions_for)
    keep = staticmethod(keep_place)

    def groups(self, typed: Typed) -> list[Group]:
        """Name, address, and behind a fold the position."""
        position = {
            "latitude": line(
                "Latitude", "Such as 51.5072. You can paste both numbers here.", width="govuk-input--width-10"
            ),
            "longitude": line("Longitude", "Such as -0.1276.", width="govuk-input--width-10"),
            "radius_m": line(
                "How far around it, in metres",
                f"{DEFAULT_RADIUS_M} if you leave it empty.",
                width="govuk-input--width-5",
            ),
        }
        return [
            Group(
                {
                    "label": line(
                        "What do you call it?",
                        "Such as “Home”, “Work” or “Mum’s”. It can go into a pack.",
                        dir="auto",
                    ),
                    "address": lines(
                        "Address", "Goes only into the part for police. You can leave it empty.", rows=3
                    ),
                }
            ),
            Group(position, fold="Its position, to find photos that give it away", side_by_side=True),
        ]

    def read(self, typed: Typed) -> Answers:
        """Texts as the kernel judges texts; a position on earth, or none."""
        reader = Reader()
        label = reader.text_value(
            text_of(typed, "label").strip(), "label", needed="Give it a name, such as “Home”."
        )
        address = reader.text_value(text_of(typed, "address").strip(), "address")
        faults = [Fault(problem.path, problem.words) for problem in reader.problems]
        latitude, longitude = text_of(typed, "latitude").strip(), text_of(typed, "longitude").strip()
        if "," in latitude and not longitude:
            latitude, _, longitude = (part.strip() for part in latitude.partition(","))
        position: dict[str, float | None] = {"latitude": None, "longitude": None}
        if latitude or longitude:
            position["latitude"] = _degrees("latitude", latitude, 90, faults)
            position["longitude"] = _degrees("longitude", longitude, 180, faults)
        radius = _metres(text_of(typed, "radius_m").strip(), faults)
        return Answers({"label": label, "address": address, **position, "radius_m": radius}, faults)

    def values(self, one: OwnPlace) -> dict[str, Any]:
        """The five parts."""
        return {
            "label": one.label,
            "address": one.address,
            "latitude": one.latitude,
            "longitude": one.longitude,
            "radius_m": one.radius_m,
        }

    def typed(self, one: OwnPlace) -> Typed:
        """The five parts."""
        return {name: [str(value)] for name, value in self.values(one).items() if value is not None}

    def label(self, one: OwnPlace) -> str:
        """Its name."""
        return one.label

    def rows(self, one: OwnPlace) -> list[tuple[str, str]]:
        """The parts that say something."""
        known = one.latitude is not None and one.longitude is not None
        position = f"{one.latitude}, {one.longitude}, and {one.radius_m} metres around it" if known else ""
        return [("Name", one.label), ("Address", one.address), ("Position", position)]


WHO, SAW, PLACE = Who(), Saw(), Place()
KINDS: dict[str, Kind[Any]] = {kind.slug: kind for kind in (WHO, SAW, PLACE)}


def keep_one(
    kind: Kind[Any], viewer: Viewer, values: dict[str, Any], *, now: datetime, new_id: uuid.UUID
) -> uuid.UUID:
    """Keep a new one; returns its id."""
    made: Kept = kind.keep(viewer, values, now=now, new_id=new_id)
    return made.id


def _faults(entry: dict[str, Any], controls: dict[str, str]) -> list[Fault]:
    try:
        parse_entry({"words": "-", **entry}, default_zone="UTC")
    except InvalidEntry as invalid:
        return [Fault(_nearest(controls, problem.path), problem.words) for problem in invalid.problems]
    return []


def _nearest(controls: dict[str, str], pointer: str) -> str:
    while pointer and pointer not in controls:
        pointer = pointer.rpartition("/")[0]
    return controls.get(pointer, "")


def _degrees(name: str, text: str, most: int, faults: list[Fault]) -> float | None:
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not abs(value) <= most:
        faults.append(Fault(name, f"Give a number from -{most} to {most}, or leave both empty."))
        return None
    return value


def _metres(text: str, faults: list[Fault]) -> int:
    if not text:
        return DEFAULT_RADIUS_M
    if text.isascii() and text.isdigit() and len(text) < 9 and LEAST_RADIUS_M <= int(text) <= MOST_RADIUS_M:
        return int(text)
    faults.append(Fault("radius_m", f"Give whole metres, from {LEAST_RADIUS_M} to {MOST_RADIUS_M:,}."))
    return DEFAULT_RADIUS_M
