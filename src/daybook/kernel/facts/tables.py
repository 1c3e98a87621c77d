"""The tables of facts the diary and evidence pages offer: one frozen row type each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

from .fact import Fact

Notices: TypeAlias = Literal["no", "unknown", "likely", "yes"]
Loses: TypeAlias = Literal["no", "maybe", "yes"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Behaviour(Fact):
    """A kind of behaviour; `letter` is its example in s.2A(3), Protection from Harassment Act 1997."""

    letter: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactMeans(Fact):
    """A way somebody may have made contact."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Change(Fact):
    """Something that may have changed in daily life (prompts for s.4A of the same Act, fact RU3)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ToldWhom(Fact):
    """Somebody who may have been told, and whether to ask for a force and officer, or for a reference."""

    asks_force: bool
    asks_reference: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class IdentifierKind(Fact):
    """A kind of number, name or address a sender or car shows. `example` is made up."""

    example: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ChecklistStep(Fact):
    """One step to keep evidence, with what it may give away (fact RU25, SAFETY rule 3)."""

    notices: Notices
    """Whether the other person will notice; `noticing` says how, in words."""
    noticing: str
    loses_evidence: Loses
    can_be_undone: bool
    needs_safe_device: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Checklist(Fact):
    """What to do before blocking or deleting, for one medium (fact RU23). The steps stand in order."""

    steps: tuple[ChecklistStep, ...]
