"""An entry in words: one row for each thing that was said, for pages and for paper."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from uuid import UUID

from daybook.kernel.chronology import describe
from daybook.kernel.entry import EntryFields, Identifier
from daybook.kernel.facts import behaviours, changes, contact_means, identifier_kinds, label_of, told_whom
from daybook.site.pages.diary.sections.around import Around

CERTAINTY = {
    "known": "I know it was them",
    "think": "I think it was them",
    "unknown": "I do not know if it was them",
}
ANSWERS = {"yes": "Yes", "no": "No", "unsure": "Not sure"}
SOMEONE = "Someone"


@dataclass(frozen=True, slots=True)
class Row:
    """One thing that was said: the section it belongs to, its name, and its words (line breaks count)."""

    section: str
    key: str
    value: str
    own_words: bool = True


def rows_of(fields: EntryFields, around: Around, *, feelings: bool = True) -> list[Row]:
    """Every field that says something, in the order of the questions, without the words themselves."""
    return [row for row in _rows(fields, around, feelings=feelings) if row.value.strip()]


def _rows(fields: EntryFields, around: Around, *, feelings: bool) -> Iterator[Row]:
    if fields.when is not None:
        yield Row("when", "When", _capital(describe(fields.when, home_zone=around.zone)))
    yield Row("where", "Where", _place(fields, around))
    yield Row(
        "kind", "What kind of thing", _labels(label_of(behaviours(), code) for code in fields.behaviours)
    )
    yield Row(
        "contact",
        "How they made contact",
        _labels(label_of(contact_means(), code) for code in fields.contact),
    )
    yield Row("said", "Words they used", fields.said)
    yield Row("names", "Numbers and names they used", _labels(map(_identifier, fields.identifiers)))
    yield Row("who", "Who did it", _labels(_suspects(fields, around)))
    yield Row("saw", "Who saw or heard it", _labels(_witnesses(fields, around)))
    yield Row("effect", "What it changed", _effect(fields))
    yield Row("told", "Who was told", _labels(_told(fields)))
    yield Row("order", "Did it break an order?", _order(fields))
    if feelings:
        yield Row("feelings", "Private feelings", fields.feelings)


def suspect_names(around: Around) -> dict[UUID, str]:
    """What to call each suspect."""
    return {one.id: one.label for one in around.suspects}


def witness_names(around: Around) -> dict[UUID, str]:
    """What to call each witness."""
    return {one.id: one.name for one in around.witnesses}


def _place(fields: EntryFields, around: Around) -> str:
    place = fields.place
    if place is None:
        return ""
    own = next((one.label for one in around.places if one.id == place.mine), "A place of mine")
    if place.kind == "mine":
        more = "" if _same(own, place.text) else place.text
        return f"{own} (a place of mine)\n{more}".strip()
    return f"Online: {place.text}" if place.kind == "online" and place.text != "Online" else place.text


def _same(one: str, other: str) -> bool:
    return " ".join(one.split()).casefold() == " ".join(other.split()).casefold()


def _identifier(identifier: Identifier) -> str:
    return f"{label_of(identifier_kinds(), identifier.kind)}: {identifier.value}"


def _suspects(fields: EntryFields, around: Around) -> Iterator[str]:
    names = suspect_names(around) if fields.suspects else {}
    for link in fields.suspects:
        yield f"{names.get(link.suspect, SOMEONE)} ({CERTAINTY[link.certainty]})"
    for named in fields.named_suspects:
        yield f"{named.name or named.description} ({CERTAINTY[named.certainty]}; new)"


def _witnesses(fields: EntryFields, around: Around) -> Iterator[str]:
    names = witness_names(around) if fields.witnesses else {}
    for link in fields.witnesses:
        name = names.get(link.witness, SOMEONE)
        yield f"{name}: {link.saw}" if link.saw else name
    for named in fields.named_witnesses:
        yield f"{named.name} (new): {named.saw}" if named.saw else f"{named.name} (new)"


def _effect(fields: EntryFields) -> str:
    ticked = _labels(label_of(changes(), code) for code in fields.changes)
    return "\n\n".join(part for part in (fields.effect, ticked) if part)


def _told(fields: EntryFields) -> Iterator[str]:
    for telling in fields.told:
        parts = [label_of(told_whom(), telling.who), telling.force, telling.officer]
        if telling.reference:
            parts.append(f"reference {telling.reference}")
        parts.append(telling.when)
        yield ", ".join(part for part in parts if part)


def _order(fields: EntryFields) -> str:
    order = fields.order_breached
    if order is None:
        return ""
    return f"{ANSWERS[order.answer]}\n{order.detail}".strip()


def _labels(labels: Iterable[str]) -> str:
    return "\n".join(labels)


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]
