"""Dated, sourced facts as data: what the forms offer and what the advice says, with how sure we are."""

from .errors import InvalidFacts
from .fact import STALE_AFTER, Confidence, Fact
from .reading import read_table
from .shipped import (
    behaviours,
    changes,
    checklists,
    codes_of,
    contact_means,
    identifier_kinds,
    label_of,
    told_whom,
)
from .tables import (
    Behaviour,
    Change,
    Checklist,
    ChecklistStep,
    ContactMeans,
    IdentifierKind,
    ToldWhom,
)

__all__ = [
    "STALE_AFTER",
    "Behaviour",
    "Change",
    "Checklist",
    "ChecklistStep",
    "Confidence",
    "ContactMeans",
    "Fact",
    "IdentifierKind",
    "InvalidFacts",
    "ToldWhom",
    "behaviours",
    "changes",
    "checklists",
    "codes_of",
    "contact_means",
    "identifier_kinds",
    "label_of",
    "read_table",
    "told_whom",
]
