"""Reading an entry from the JSON of a form or the command line: everything is checked, nothing is dropped."""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast, get_args

from daybook.kernel.chronology import InvalidTime, When, parse_when
from daybook.kernel.facts import behaviours, changes, codes_of, contact_means, identifier_kinds, told_whom

from .errors import InvalidEntry
from .fields import (
    Answer,
    Certainty,
    EntryFields,
    Identifier,
    NamedSuspect,
    NamedWitness,
    OrderBreached,
    Place,
    PlaceKind,
    SuspectLink,
    Telling,
    WitnessLink,
)
from .limits import LONG_TEXT
from .reader import Reader

_FIELDS = (
    "words", "when", "place", "behaviours", "contact", "identifiers", "suspects", "witnesses",
    "said", "effect", "changes", "told", "order_breached", "feelings",
)  # fmt: skip


def parse_entry(json_object: object, *, default_zone: str) -> EntryFields:
    """The entry that parsed JSON stands for, as docs/entry.schema.json describes it.

    Only `words` is needed. `default_zone` is the IANA zone of times that name none. Line ends become single
    line feeds, and a code given twice counts once; otherwise every character is kept as it came. Raises
    InvalidEntry with every problem found.
    """
    reader = Reader()
    given = reader.mapping(json_object, "", _FIELDS)
    if given is None:
        raise InvalidEntry(reader.problems)
    suspects = reader.items(given, "suspects", "", _suspect)
    witnesses = reader.items(given, "witnesses", "", _witness)
    fields = EntryFields(
        words=reader.text(
            given, "words", "", longest=LONG_TEXT, needed="Write what happened, in your own words."
        ),
        when=_when(reader, given, default_zone),
        place=_place(reader, given),
        behaviours=reader.codes(given, "behaviours", "", codes_of(behaviours())),
        contact=reader.codes(given, "contact", "", codes_of(contact_means())),
        identifiers=reader.items(given, "identifiers", "", _identifier),
        suspects=tuple(link for link in suspects if isinstance(link, SuspectLink)),
        witnesses=tuple(link for link in witnesses if isinstance(link, WitnessLink)),
        said=reader.text(given, "said", "", longest=LONG_TEXT),
        effect=reader.text(given, "effect", "", longest=LONG_TEXT),
        changes=reader.codes(given, "changes", "", codes_of(changes())),
        told=reader.items(given, "told", "", _telling),
        order_breached=_order_breached(reader, given),
        feelings=reader.text(given, "feelings", "", longest=LONG_TEXT),
        named_suspects=tuple(named for named in suspects if isinstance(named, NamedSuspect)),
        named_witnesses=tuple(named for named in witnesses if isinstance(named, NamedWitness)),
    )
    reader.no_one_twice("/suspects", [link.suspect for link in fields.suspects])
    reader.no_one_twice("/suspects", [named.name.casefold() for named in fields.named_suspects if named.name])
    reader.no_one_twice("/witnesses", [link.witness for link in fields.witnesses])
    reader.no_one_twice("/witnesses", [named.name.casefold() for named in fields.named_witnesses])
    if reader.problems:
        raise InvalidEntry(reader.problems)
    return fields


def _when(reader: Reader, given: Mapping[str, object], default_zone: str) -> When | None:
    if "when" not in given:
        return None
    try:
        return parse_when(given["when"], default_zone=default_zone)
    except InvalidTime as error:
        reader.fail(f"/when{error.pointer}", error.words, "time")
        return None


def _place(reader: Reader, given: Mapping[str, object]) -> Place | None:
    if "place" not in given:
        return None
    where = "Say where it was, or leave the place out."
    value = given["place"]
    if isinstance(value, str):
        return Place("place", reader.text_value(value, "/place", needed=where))
    fields = reader.mapping(value, "/place", ("kind", "text", "mine"))
    if fields is None:
        return None
    kind = reader.choice({"kind": "place", **fields}, "kind", "/place", get_args(PlaceKind))
    if kind == "mine":
        return Place("mine", reader.text(fields, "text", "/place"), reader.uuid(fields, "mine", "/place"))
    text = reader.text(fields, "text", "/place", needed=where)
    if "mine" in fields:
        reader.fail(
            "/place/mine", 'Only a place of kind "mine" has this. Take it out, or change the kind.', "choice"
        )
    return None if kind is None else Place(cast(PlaceKind, kind), text)


def _identifier(reader: Reader, value: object, path: str) -> Identifier | None:
    needed = "Give the number, name or address they used."
    if isinstance(value, str):
        return Identifier("other", reader.text_value(value, path, needed=needed))
    fields = reader.mapping(value, path, ("kind", "value"))
    if fields is None:
        return None
    kind = reader.choice(fields, "kind", path, codes_of(identifier_kinds()))
    text = reader.text(fields, "value", path, needed=needed)
    return None if kind is None else Identifier(kind, text)


def _suspect(reader: Reader, value: object, path: str) -> SuspectLink | NamedSuspect | None:
    needed = "Give a name, or describe them."
    if isinstance(value, str):
        return NamedSuspect(reader.text_value(value, path, needed=needed))
    if isinstance(value, Mapping) and "suspect" in value:
        fields = reader.mapping(value, path, ("suspect", "certainty"))
        if fields is None:
            return None
        suspect, certainty = reader.uuid(fields, "suspect", path), _certainty(reader, fields, path)
        return None if suspect is None else SuspectLink(suspect, certainty)
    fields = reader.mapping(value, path, ("name", "certainty", "relationship", "description", "identifiers"))
    if fields is None:
        return None
    named = NamedSuspect(
        name=reader.text(fields, "name", path),
        certainty=_certainty(reader, fields, path),
        relationship=reader.text(fields, "relationship", path),
        description=reader.text(fields, "description", path, longest=LONG_TEXT),
        identifiers=reader.items(fields, "identifiers", path, _identifier),
    )
    if not named.name and not named.description:
        reader.fail(path, needed, "missing")
    return named


def _certainty(reader: Reader, fields: Mapping[str, object], path: str) -> Certainty:
    """How sure the person is. A name alone is read as "think": never more than was said."""
    choice = reader.choice({"certainty": "think", **fields}, "certainty", path, get_args(Certainty))
    return cast(Certainty, choice or "think")


def _witness(reader: Reader, value: object, path: str) -> WitnessLink | NamedWitness | None:
    needed = "Give the name of the witness."
    if isinstance(value, str):
        return NamedWitness(reader.text_value(value, path, needed=needed))
    if isinstance(value, Mapping) and "witness" in value:
        fields = reader.mapping(value, path, ("witness", "saw"))
        if fields is None:
            return None
        witness, saw = (
            reader.uuid(fields, "witness", path),
            reader.text(fields, "saw", path, longest=LONG_TEXT),
        )
        return None if witness is None else WitnessLink(witness, saw)
    fields = reader.mapping(value, path, ("name", "contact", "notes", "saw"))
    if fields is None:
        return None
    return NamedWitness(
        name=reader.text(fields, "name", path, needed=needed),
        contact=reader.text(fields, "contact", path),
        notes=reader.text(fields, "notes", path, longest=LONG_TEXT),
        saw=reader.text(fields, "saw", path, longest=LONG_TEXT),
    )


def _telling(reader: Reader, value: object, path: str) -> Telling | None:
    allowed = codes_of(told_whom())
    if isinstance(value, str):
        who = reader.choice_value(value, path, allowed)
        return None if who is None else Telling(who)
    fields = reader.mapping(value, path, ("who", "force", "officer", "reference", "when"))
    if fields is None:
        return None
    who = reader.choice(fields, "who", path, allowed)
    force, officer, reference, when = (
        reader.text(fields, key, path) for key in ("force", "officer", "reference", "when")
    )
    return None if who is None else Telling(who, force, officer, reference, when)


def _order_breached(reader: Reader, given: Mapping[str, object]) -> OrderBreached | None:
    if "order_breached" not in given:
        return None
    value = given["order_breached"]
    if isinstance(value, str):
        value = {"answer": value}
    fields = reader.mapping(value, "/order_breached", ("answer", "detail"))
    if fields is None:
        return None
    answer = reader.choice(fields, "answer", "/order_breached", get_args(Answer))
    detail = reader.text(fields, "detail", "/order_breached", longest=LONG_TEXT)
    return None if answer is None else OrderBreached(cast(Answer, answer), detail)
