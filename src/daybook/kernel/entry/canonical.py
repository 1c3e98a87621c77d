"""An entry as the JSON we keep, and as the values its commitments are made of."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from daybook.kernel.chronology import JsonValue
from daybook.kernel.chronology import to_json as when_to_json

from .errors import PeopleNotKept
from .fields import (
    EntryFields,
    Identifier,
    NamedSuspect,
    NamedWitness,
    SuspectLink,
    WitnessLink,
)


def to_json(fields: EntryFields) -> dict[str, JsonValue]:
    """The entry as one JSON object; what is empty is left out. `entry_from_kept` reads it back."""
    entry = _shared_values(fields)
    people: list[JsonValue] = [_suspect_link(link) for link in fields.suspects]
    people += [_named_suspect(named) for named in fields.named_suspects]
    witnesses: list[JsonValue] = [_witness_link(link) for link in fields.witnesses]
    witnesses += [_named_witness(named) for named in fields.named_witnesses]
    return entry | _filled({"suspects": people, "witnesses": witnesses})


def field_values(fields: EntryFields) -> dict[str, JsonValue]:
    """The value behind each commitment of an entry, by the commitment's field name, without what is empty.

    Each witness is a field of its own, "witness/<id>", so that one can be disclosed without the others.
    Raises PeopleNotKept while the entry names people who have no id yet.
    """
    if fields.named_suspects or fields.named_witnesses:
        raise PeopleNotKept("Keep the named suspects and witnesses in the record first.")
    suspects: list[JsonValue] = [_suspect_link(link) for link in fields.suspects]
    witnesses = {f"witness/{link.witness}": _witness_link(link) for link in fields.witnesses}
    return _shared_values(fields) | _filled({"suspects": suspects}) | witnesses


def _shared_values(fields: EntryFields) -> dict[str, JsonValue]:
    """Every field but the people, which a commitment and an entry's JSON group differently."""
    place, order = fields.place, fields.order_breached
    told: list[JsonValue] = [
        _filled(
            {
                "who": telling.who,
                "force": telling.force,
                "officer": telling.officer,
                "reference": telling.reference,
                "when": telling.when,
            }
        )
        for telling in fields.told
    ]
    values: dict[str, JsonValue] = {
        "words": fields.words,
        "when": {} if fields.when is None else when_to_json(fields.when),
        "place": {}
        if place is None
        else _filled({"kind": place.kind, "text": place.text, "mine": str(place.mine or "")}),
        "behaviours": list(fields.behaviours),
        "contact": list(fields.contact),
        "identifiers": _identifiers(fields.identifiers),
        "said": fields.said,
        "effect": fields.effect,
        "changes": list(fields.changes),
        "told": told,
        "order_breached": {} if order is None else _filled({"answer": order.answer, "detail": order.detail}),
        "feelings": fields.feelings,
    }
    return _filled(values)


def _identifiers(identifiers: Iterable[Identifier]) -> list[JsonValue]:
    return [{"kind": identifier.kind, "value": identifier.value} for identifier in identifiers]


def _suspect_link(link: SuspectLink) -> JsonValue:
    return {"suspect": str(link.suspect), "certainty": link.certainty}


def _witness_link(link: WitnessLink) -> JsonValue:
    return _filled({"witness": str(link.witness), "saw": link.saw})


def _named_suspect(named: NamedSuspect) -> JsonValue:
    return _filled(
        {
            "name": named.name,
            "certainty": named.certainty,
            "relationship": named.relationship,
            "description": named.description,
            "identifiers": _identifiers(named.identifiers),
        }
    )


def _named_witness(named: NamedWitness) -> JsonValue:
    return _filled({"name": named.name, "contact": named.contact, "notes": named.notes, "saw": named.saw})


def _filled(values: Mapping[str, JsonValue]) -> dict[str, JsonValue]:
    """The values that say something."""
    return {key: value for key, value in values.items() if value not in ("", [], {})}
