"""Reading an entry back exactly as it was kept.

Not by `parse_entry`: its limits and codes may change from release to release, and what was sealed must open
for ever.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from daybook.kernel.chronology.kept import read_kept

from .errors import InvalidEntry, Problem
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

_FIELDS = frozenset(
    {
        "words", "when", "place", "behaviours", "contact", "identifiers", "suspects", "witnesses",
        "said", "effect", "changes", "told", "order_breached", "feelings",
    }
)  # fmt: skip
_WITNESS = "witness/"


def entry_from_kept(kept: Mapping[str, Any]) -> EntryFields:
    """The entry whose `to_json` this is, unchanged. Only for what we wrote ourselves and know is unaltered.

    Raises InvalidEntry for what `to_json` never writes.
    """
    try:
        return _read(kept)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        words = "This is not an entry as this Daybook keeps it. A newer one may have written it."
        raise InvalidEntry([Problem("", words, "shape")]) from error


def fields_from_values(values: Mapping[str, Any]) -> EntryFields:
    """The entry whose `field_values` these are, unchanged. Raises InvalidEntry when they are no entry's."""
    kept = {key: value for key, value in values.items() if not key.startswith(_WITNESS)}
    witnesses = [value for key, value in values.items() if key.startswith(_WITNESS)]
    return entry_from_kept({**kept, "witnesses": witnesses})


def _read(kept: Mapping[str, Any]) -> EntryFields:
    if not kept.keys() <= _FIELDS:
        raise ValueError("a field this Daybook does not know")
    suspects, witnesses = kept.get("suspects", ()), kept.get("witnesses", ())
    place, order = kept.get("place"), kept.get("order_breached")
    return EntryFields(
        words=kept["words"],
        when=read_kept(kept["when"]) if "when" in kept else None,
        place=None if place is None else _place(place),
        behaviours=tuple(kept.get("behaviours", ())),
        contact=tuple(kept.get("contact", ())),
        identifiers=_identifiers(kept.get("identifiers", ())),
        suspects=tuple(
            SuspectLink(UUID(link["suspect"]), link["certainty"]) for link in suspects if "suspect" in link
        ),
        witnesses=tuple(
            WitnessLink(UUID(link["witness"]), link.get("saw", "")) for link in witnesses if "witness" in link
        ),
        said=kept.get("said", ""),
        effect=kept.get("effect", ""),
        changes=tuple(kept.get("changes", ())),
        told=tuple(Telling(**telling) for telling in kept.get("told", ())),
        order_breached=None if order is None else OrderBreached(**order),
        feelings=kept.get("feelings", ""),
        named_suspects=tuple(_named_suspect(named) for named in suspects if "suspect" not in named),
        named_witnesses=tuple(NamedWitness(**named) for named in witnesses if "witness" not in named),
    )


def _place(kept: Mapping[str, Any]) -> Place:
    mine = kept.get("mine")
    return Place(kept["kind"], kept.get("text", ""), None if mine is None else UUID(mine))


def _identifiers(kept: Iterable[Mapping[str, Any]]) -> tuple[Identifier, ...]:
    return tuple(Identifier(**identifier) for identifier in kept)


def _named_suspect(kept: Mapping[str, Any]) -> NamedSuspect:
    return NamedSuspect(**{**kept, "identifiers": _identifiers(kept.get("identifiers", ()))})
