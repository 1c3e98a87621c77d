"""One diary entry as it is handed in: parsed, checked and kept as a frozen value."""

from .canonical import field_values, to_json
from .errors import InvalidEntry, PeopleNotKept, Problem
from .fields import (
    EntryFields,
    Identifier,
    NamedSuspect,
    NamedWitness,
    OrderBreached,
    Place,
    SuspectLink,
    Telling,
    WitnessLink,
)
from .kept import entry_from_kept, fields_from_values
from .limits import LONG_TEXT, LONGEST_LIST, SHORT_TEXT
from .parsing import parse_entry

__all__ = [
    "LONGEST_LIST",
    "LONG_TEXT",
    "SHORT_TEXT",
    "EntryFields",
    "Identifier",
    "InvalidEntry",
    "NamedSuspect",
    "NamedWitness",
    "OrderBreached",
    "PeopleNotKept",
    "Place",
    "Problem",
    "SuspectLink",
    "Telling",
    "WitnessLink",
    "entry_from_kept",
    "field_values",
    "fields_from_values",
    "parse_entry",
    "to_json",
]
