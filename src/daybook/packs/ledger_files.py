"""The ledger as files: one canonical JSON object (RFC 8785) per line, so that each file has exactly one
right form.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any
from uuid import UUID

from daybook.kernel.custody import CustodyError, canonical, parse_event
from daybook.packs.contents import Audience, Disclosure, Link

JSON = Any
EVENTS = "ledger/events.jsonl"
DISCLOSURES = "ledger/disclosures.jsonl"
HEAD = "ledger/head.json"
POLICE_DISCLOSURES = "police-only/disclosures.jsonl"


class NotCanonical(ValueError):
    """A line is not the canonical form of what it should hold; the message names the line."""


def write_events(links: Iterable[Link]) -> bytes:
    """events.jsonl: each event in full, or the digest of a withheld one."""
    return _lines(
        {"seq": link.seq, "event": link.event.to_json()}
        if link.event is not None
        else {"seq": link.seq, "digest": link.digest}
        for link in links
    )


def write_disclosures(disclosures: Iterable[Disclosure], audience: Audience) -> bytes:
    """disclosures.jsonl for one audience, sorted by event and field."""
    chosen = sorted((d for d in disclosures if d.audience is audience), key=lambda d: (d.seq, d.field))
    return _lines({"seq": d.seq, "field": d.field, "salt": d.salt, "value": d.value} for d in chosen)


def write_head(record: UUID, length: int, head: str) -> bytes:
    """head.json: where the chain ends; ``head`` is 64 hexadecimal digits."""
    return canonical({"record": str(record), "length": length, "head": head}) + b"\n"


def read_events(data: bytes) -> Iterator[Link]:
    """The links of an events.jsonl; raises NotCanonical or CustodyError naming the line."""
    for number, value in read_lines(data):
        match value:
            case {"seq": int(seq), "event": dict(event), **rest} if not rest and not isinstance(seq, bool):
                try:
                    yield Link(seq, parse_event(event))
                except CustodyError as error:
                    raise NotCanonical(f"line {number}: {error}") from error
            case {"seq": int(seq), "digest": str(digest), **rest} if not rest and not isinstance(seq, bool):
                yield Link(seq, None, digest)
            case _:
                raise NotCanonical(f"line {number} is not an event")


def read_disclosures(data: bytes, audience: Audience) -> list[Disclosure]:
    """The disclosures of a file; raises NotCanonical naming the line that is wrong, out of order or there
    twice.
    """
    found: list[Disclosure] = []
    for number, value in read_lines(data):
        match value:
            case {"seq": int(seq), "field": str(field), "salt": str(salt), "value": held, **rest} if (
                not rest and not isinstance(seq, bool)
            ):
                if found and (found[-1].seq, found[-1].field) >= (seq, field):
                    raise NotCanonical(f"line {number} is out of order or stands twice")
                found.append(Disclosure(seq, field, salt, held, audience))
            case _:
                raise NotCanonical(f"line {number} is not a disclosure")
    return found


def read_head(data: bytes) -> tuple[UUID, int, str]:
    """Record, length and head of a head.json; raises NotCanonical."""
    match list(read_lines(data)):
        case [(_, {"record": str(record), "length": int(length), "head": str(head), **rest})] if (
            not rest and not isinstance(length, bool)
        ):
            try:
                return UUID(record), length, head
            except ValueError as error:
                raise NotCanonical("the record has no proper identifier") from error
        case _:
            raise NotCanonical("it does not say where the chain ends")


def read_lines(data: bytes) -> Iterator[tuple[int, JSON]]:
    """(line number, value) of each line; raises NotCanonical unless every byte is as a pack would have
    written it.
    """
    if data and not data.endswith(b"\n"):
        raise NotCanonical("the last line is cut off")
    for number, line in enumerate(data.split(b"\n")[:-1], 1):
        try:
            value = json.loads(line)
            exact = canonical(value) == line
        except (ValueError, RecursionError, CustodyError) as error:
            raise NotCanonical(f"line {number} cannot be read") from error
        if not exact:
            raise NotCanonical(f"line {number} is not in canonical form")
        yield number, value


def _lines(values: Iterable[JSON]) -> bytes:
    return b"".join(canonical(value) + b"\n" for value in values)
