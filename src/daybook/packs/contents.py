"""What a pack is made from: frozen values, and the rule what may go where.

Everything a pack says about the record is computed from the ledger and the disclosures in here, so that a
pack cannot say anything that its own evidence does not. What is not in the ledger (who made it, wording,
thumbnails) is bound by the ``pack.made`` event through the digest of the finished files.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import Enum
from typing import Any, Literal
from uuid import UUID

from daybook.kernel.custody import Chain, CustodyError, Event, commitment_hex
from daybook.packs.disclosed import Disclosed, read_disclosed

JSON = Any


class PackFault(Exception):
    """A pack cannot be made from this; the message says why and holds nothing of the person's words.

    ``named`` are the single things that are wrong, as sentences, where there is more to say than the message.
    """

    def __init__(self, message: str, named: Sequence[str] = ()) -> None:
        super().__init__(message)
        self.named = tuple(named)


class Audience(Enum):
    """Who may read a disclosed field."""

    OPEN = "open"
    """Whoever gets the pack, the defence included."""
    POLICE = "police"
    """Only the folder ``police-only/``."""
    PRIVATE = "private"
    """Left out, unless the person chooses otherwise for this pack."""


_POLICE_ONLY = {
    ("witness", "contact"),
    ("witness", "notes"),
    ("place", "address"),
    ("place", "latitude"),
    ("place", "longitude"),
    ("place", "radius_m"),
    ("exhibit", "described_by"),
}
_PRIVATE = {("entry", "feelings")}


def audience_of(kind: str, field_name: str) -> Audience:
    """Who may read ``field_name`` of an event of ``kind`` (such as "witness.kept"), unless the person
    chooses otherwise.

    SAFETY.md rule 10: contact details of witnesses and her own addresses are for the police alone; feelings
    stay out.
    """
    item = (kind.partition(".")[0], field_name)
    if item in _POLICE_ONLY:
        return Audience.POLICE
    if item in _PRIVATE:
        return Audience.PRIVATE
    return Audience.OPEN


@dataclass(frozen=True, slots=True)
class Link:
    """One link of the ledger: the ``event`` itself, or only the ``digest`` (64 hexadecimal digits) of a
    withheld one.
    """

    seq: int
    event: Event | None
    digest: str | None = None


@dataclass(frozen=True, slots=True)
class Disclosure:
    """One field's value with the ``salt`` (32 hexadecimal digits) that opens its commitment in event
    ``seq``.
    """

    seq: int
    field: str
    salt: str
    value: JSON
    audience: Audience = Audience.OPEN


@dataclass(frozen=True, slots=True)
class Producer:
    """The person whose record it is, by the name she chose; ``initials`` begin every exhibit reference."""

    name: str
    initials: str


@dataclass(frozen=True, slots=True)
class Period:
    """The days the person chose, both included; None leaves that end open."""

    first: date | None = None
    last: date | None = None


@dataclass(frozen=True, slots=True)
class Thumbnail:
    """A small derived picture of an exhibit, ``width`` and ``height`` in pixels."""

    image: bytes
    kind: Literal["jpeg", "png", "webp"]
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Contents:
    """Everything one pack is made from. Raises PackFault when it does not hold together.

    ``ledger`` is the whole chain so far, ``disclosures`` the chosen fields, ``labels`` words for the codes
    in the fields, ``zone`` the IANA name of the time zone times are shown in, ``made_at`` an aware time.
    ``head`` (64 hexadecimal digits) and ``disclosed`` are worked out from the rest.
    """

    record: UUID
    producer: Producer
    made_at: datetime
    zone: str
    period: Period
    ledger: tuple[Link, ...]
    disclosures: tuple[Disclosure, ...]
    labels: Mapping[str, str] = field(default_factory=dict)
    thumbnails: Mapping[str, Thumbnail] = field(default_factory=dict)
    head: str = field(init=False)
    disclosed: Disclosed = field(init=False)

    def __post_init__(self) -> None:
        if self.made_at.tzinfo is None:
            raise PackFault("the time a pack is made needs a time zone")
        events = {link.seq: link.event for link in self.ledger if link.event is not None}
        object.__setattr__(self, "head", follow_chain(self.record, self.ledger))
        _check_disclosures(events, self.disclosures)
        disclosed = read_disclosed(
            events.values(),
            ((d.seq, d.field, d.value) for d in self.disclosures if d.audience is Audience.OPEN),
            ((d.seq, d.field, d.value) for d in self.disclosures if d.audience is Audience.POLICE),
        )
        if disclosed.faults:
            raise PackFault("the selection does not hold together: " + "; ".join(disclosed.faults[:5]))
        object.__setattr__(self, "disclosed", disclosed)


def follow_chain(record: UUID, ledger: Iterable[Link]) -> str:
    """The head (64 hexadecimal digits) that ``ledger`` leads to; raises PackFault when the chain does not
    follow.
    """
    chain = Chain.begin(record)
    try:
        for link in ledger:
            chain.follow(link.seq, link.event, bytes.fromhex(link.digest) if link.digest else None)
    except (CustodyError, ValueError) as error:
        raise PackFault("the ledger of this record does not follow") from error
    return chain.head.hex()


def _check_disclosures(events: Mapping[int, Event], disclosures: tuple[Disclosure, ...]) -> None:
    seen: set[tuple[int, str]] = set()
    for disclosure in disclosures:
        place = (disclosure.seq, disclosure.field)
        if disclosure.audience is Audience.PRIVATE:
            raise PackFault("a private field cannot be disclosed; choose it as open first")
        if place in seen:
            raise PackFault(f"field {disclosure.field} of event {disclosure.seq} is disclosed twice")
        seen.add(place)
        event = events.get(disclosure.seq)
        if event is None or disclosure.field not in event.commitments:
            raise PackFault(f"event {disclosure.seq} holds no commitment to {disclosure.field}")
        try:
            found = commitment_hex(disclosure.field, disclosure.value, bytes.fromhex(disclosure.salt))
        except (CustodyError, ValueError) as error:
            raise PackFault(
                f"field {disclosure.field} of event {disclosure.seq} cannot be checked"
            ) from error
        if found != event.commitments[disclosure.field]:
            raise PackFault(f"field {disclosure.field} of event {disclosure.seq} is not what was committed")
