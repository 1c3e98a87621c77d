"""The fields of one diary entry as frozen values. Only the words are needed; all else may be empty."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal, TypeAlias
from uuid import UUID

from daybook.kernel.chronology import When

from .errors import InvalidEntry, Problem

Certainty: TypeAlias = Literal["known", "think", "unknown"]
PlaceKind: TypeAlias = Literal["place", "online", "mine"]
Answer: TypeAlias = Literal["yes", "no", "unsure"]


@dataclass(frozen=True, slots=True)
class Place:
    """Where it happened: a place in words, a place online, or one of the person's own places (`mine`)."""

    kind: PlaceKind
    text: str = ""
    mine: UUID | None = None


@dataclass(frozen=True, slots=True)
class Identifier:
    """What the sender or caller showed: a number, handle or web address (facts: identifier_kinds)."""

    kind: str
    value: str


@dataclass(frozen=True, slots=True)
class SuspectLink:
    """A suspect of the record, and how sure the person is that it was them."""

    suspect: UUID
    certainty: Certainty


@dataclass(frozen=True, slots=True)
class WitnessLink:
    """A witness of the record, and what they saw or heard."""

    witness: UUID
    saw: str = ""


@dataclass(frozen=True, slots=True)
class NamedSuspect:
    """Somebody given by name or description on the command line, not yet a suspect of the record."""

    name: str = ""
    certainty: Certainty = "think"
    relationship: str = ""
    description: str = ""
    identifiers: tuple[Identifier, ...] = ()


@dataclass(frozen=True, slots=True)
class NamedWitness:
    """Somebody given by name on the command line, not yet kept as a witness. `contact` is police-only."""

    name: str
    contact: str = ""
    notes: str = ""
    saw: str = ""


@dataclass(frozen=True, slots=True)
class Telling:
    """Who was told about it (facts: told_whom). `when` is in the person's words."""

    who: str
    force: str = ""
    officer: str = ""
    reference: str = ""
    when: str = ""


@dataclass(frozen=True, slots=True)
class OrderBreached:
    """Whether the person thinks it broke a court order."""

    answer: Answer
    detail: str = ""


@dataclass(frozen=True, slots=True)
class EntryFields:
    """One version of one entry.

    `when` is None when nothing was said and chronology.Unknown() when the person said she does not know.
    `named_suspects` and `named_witnesses` are people not yet kept in the record; the diary turns them into
    links (see `with_people`) before the entry is sealed. `feelings` is private and has its own section.
    """

    words: str
    when: When | None = None
    place: Place | None = None
    behaviours: tuple[str, ...] = ()
    contact: tuple[str, ...] = ()
    identifiers: tuple[Identifier, ...] = ()
    suspects: tuple[SuspectLink, ...] = ()
    witnesses: tuple[WitnessLink, ...] = ()
    said: str = ""
    effect: str = ""
    changes: tuple[str, ...] = ()
    told: tuple[Telling, ...] = ()
    order_breached: OrderBreached | None = None
    feelings: str = ""
    named_suspects: tuple[NamedSuspect, ...] = ()
    named_witnesses: tuple[NamedWitness, ...] = ()

    def with_people(self, *, suspects: tuple[UUID, ...], witnesses: tuple[UUID, ...]) -> EntryFields:
        """The same entry with its named people as links: one id for each name, in the order of the names.

        Raises InvalidEntry when two of them turn out to be one person, so that nothing said of either is
        lost, and ValueError when the numbers of names and ids differ.
        """
        suspect_links = tuple(
            SuspectLink(suspect, named.certainty)
            for suspect, named in zip(suspects, self.named_suspects, strict=True)
        )
        witness_links = tuple(
            WitnessLink(witness, named.saw)
            for witness, named in zip(witnesses, self.named_witnesses, strict=True)
        )
        joined = replace(
            self,
            suspects=self.suspects + suspect_links,
            witnesses=self.witnesses + witness_links,
            named_suspects=(),
            named_witnesses=(),
        )
        problems = [
            Problem(f"/{field}", "The same person is there twice. Keep one of them.", "twice")
            for field, ids in (
                ("suspects", [link.suspect for link in joined.suspects]),
                ("witnesses", [link.witness for link in joined.witnesses]),
            )
            if len(set(ids)) < len(ids)
        ]
        if problems:
            raise InvalidEntry(problems)
        return joined
