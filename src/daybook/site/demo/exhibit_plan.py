"""Which exhibits a case has, which entries they belong to, and what each is made from."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial

from daybook.site.demo.copies import crop_copy
from daybook.site.demo.documents import (
    make_bank_list,
    make_call_log,
    make_email,
    make_pdf,
    make_text,
    make_voicemail,
)
from daybook.site.demo.evidence_source import EvidenceSource
from daybook.site.demo.exhibit_names import LONG_NAME, name_exhibit
from daybook.site.demo.people import EX, FRIEND_OF_EX, HOME, Cast
from daybook.site.demo.phone_screens import draw_call_list, draw_page, draw_thread
from daybook.site.demo.photos import PHOTO_KINDS, draw_photo
from daybook.site.demo.shapes import DemoExhibit, EntryJson, codes_in, identifiers_in, known_suspects

_MAKERS: dict[str, Callable[[EvidenceSource], bytes]] = {
    "screenshot": draw_thread,
    "screenshot-calls": draw_call_list,
    "web-page": draw_page,
    "email": make_email,
    "text": make_text,
    "statement": make_text,
    "call-log": make_call_log,
    "bank-csv": make_bank_list,
    "voicemail": make_voicemail,
    "pdf-letter": make_pdf,
    "pdf-order": make_pdf,
    **dict.fromkeys(PHOTO_KINDS, draw_photo),
}
_FIRST = (
    "pdf-order",
    "photo-tracker",
    "photo-flowers",
    "screenshot",
    "email",
    "voicemail",
    "call-log",
    "photo-note",
    "pdf-letter",
    "text",
    "photo-letter",
    "statement",
    "web-page",
    "photo-street",
    "photo-car",
    "photo-damage",
    "photo-gift",
    "bank-csv",
    "photo-leaflet",
)
"""Kinds of which every case with room has one, most telling first."""
_AT_HOME = ("photo-flowers", "photo-letter", "photo-damage", "photo-gift")
_WORTH_A_RING = ("screenshot", "photo-note", "photo-letter", "photo-car")
_CAMERAS = (
    ("Quillon", "Q7 mini"),
    ("Quillon", "Q7 mini"),
    ("Quillon", "Q7 mini"),
    ("Ostrava Optical", "OO-12"),
)


@dataclass(frozen=True, slots=True)
class Told:
    """An entry as the plan sees it, its `moment` on UK clocks; `wants` are the kinds of evidence that fit."""

    key: str
    moment: datetime
    written_at: datetime
    entry: EntryJson
    wants: tuple[str, ...]


def plan_exhibits(
    rng: random.Random, cast: Cast, told: Sequence[Told], count: int, now: datetime
) -> tuple[DemoExhibit, ...]:
    """Plan `count` exhibits, in the order they were received.

    With eight or more, one is an edited copy of another, one is the same file handed in twice, and one has a
    name that tries every font.
    """
    special = 2 if count >= 8 else 0
    plain = [
        _plan_one(rng, cast, kind, entry, number, now)
        for number, (kind, entry) in enumerate(_choose(rng, told, count - special))
    ]
    if special:
        plain = _add_specials(rng, plain, told, now)
    # A stable sort, and the copy is received later than its parent.
    return tuple(sorted(plain, key=lambda exhibit: exhibit.received_at))


def _choose(rng: random.Random, told: Sequence[Told], count: int) -> list[tuple[str, Told | None]]:
    wanting: dict[str, list[Told]] = {}
    for entry in told:
        for kind in dict.fromkeys(entry.wants):
            wanting.setdefault(kind, []).append(entry)
    chosen: list[tuple[str, Told | None]] = []
    for kind in _FIRST[:count]:
        fitting = wanting.get(kind) or list(told)
        chosen.append((kind, rng.choice(fitting) if fitting else None))
    open_to_evidence = [entry for entry in told if entry.wants]
    rng.shuffle(open_to_evidence)
    while len(chosen) < count:
        if open_to_evidence:
            entry = open_to_evidence[len(chosen) % len(open_to_evidence)]
            chosen.append((rng.choice(entry.wants), entry))
        else:
            chosen.append((rng.choice(_FIRST), rng.choice(told) if told else None))
    return chosen


def _plan_one(
    rng: random.Random, cast: Cast, kind: str, told: Told | None, number: int, now: datetime
) -> DemoExhibit:
    entry: EntryJson = told.entry if told else {"words": "Kept, not yet written up."}
    taken = told.moment if told else now - timedelta(days=40 + number % 200, minutes=rng.randrange(1440))
    if kind.startswith("photo-"):
        # The camera comes out some minutes after what it shows was found.
        taken += timedelta(minutes=rng.randint(0, 2), seconds=rng.randrange(60))
    source = EvidenceSource(
        seed=f"{rng.getrandbits(48):012x}",
        kind=kind,
        at=taken,
        cast=cast,
        said=str(entry.get("said", "")),
        words=str(entry["words"]),
        sender=_sender(rng, entry, cast),
        shows_sender=rng.random() < 0.7,
        shows_time=rng.random() < 0.75,
        spot=_spot(rng, cast, kind, entry),
        camera=rng.choice(_CAMERAS),
        encoding=_encoding(rng, kind),
    )
    if kind == "screenshot" and "silent-call" in codes_in(entry, "contact"):
        source = replace(source, kind="screenshot-calls")
    received = (told.written_at if told else now - timedelta(days=30)) + timedelta(
        seconds=rng.choice((40, 75, 130, 260, 700))
    )
    return DemoExhibit(
        key=f"exhibit-{number + 1:03d}",
        kind=source.kind,
        name=name_exhibit(rng, source, number),
        received_at=min(received, now - timedelta(seconds=30 - number % 20)),
        make_bytes=partial(_MAKERS[source.kind], source),
        parent=None,
        entries=(told.key,) if told else (),
    )


def _add_specials(
    rng: random.Random, plain: list[DemoExhibit], told: Sequence[Told], now: datetime
) -> list[DemoExhibit]:
    pictures = [exhibit for exhibit in plain if exhibit.kind.startswith(("screenshot", "photo-"))]
    shots = [exhibit for exhibit in pictures if exhibit.kind in _WORTH_A_RING] or pictures
    original = rng.choice(shots)
    later = min(
        original.received_at + timedelta(days=2, minutes=rng.randrange(300)), now - timedelta(seconds=5)
    )
    stem = original.name.rsplit(".", 1)[0]
    copy = DemoExhibit(
        key=f"exhibit-{len(plain) + 1:03d}",
        kind="edited-copy",
        name=f"{stem} (cropped).png",
        received_at=later,
        make_bytes=partial(crop_copy, original.make_bytes),
        parent=original.key,
        entries=original.entries,
    )
    twice = rng.choice([exhibit for exhibit in plain if exhibit is not original])
    again = replace(
        twice,
        key=f"exhibit-{len(plain) + 2:03d}",
        received_at=min(twice.received_at + timedelta(hours=5), now - timedelta(seconds=3)),
    )
    # One exhibit can belong to several entries: the first that is told elsewhere too.
    shared = [
        replace(exhibit, entries=_also(rng, exhibit, told)) if index % 9 == 4 else exhibit
        for index, exhibit in enumerate(plain)
    ]
    position = next(
        index
        for index, exhibit in enumerate(shared)
        if exhibit.kind not in ("screenshot", "pdf-order") and exhibit.key != twice.key
    )
    extension = shared[position].name.rsplit(".", 1)[1]
    shared[position] = replace(shared[position], name=f"{LONG_NAME}.{extension}")
    return [*shared, copy, again]


def _also(rng: random.Random, exhibit: DemoExhibit, told: Sequence[Told]) -> tuple[str, ...]:
    others = [
        entry.key
        for entry in told
        if entry.written_at < exhibit.received_at and entry.key not in exhibit.entries
    ]
    return (*exhibit.entries, rng.choice(others)) if others else exhibit.entries


def _sender(rng: random.Random, entry: EntryJson, cast: Cast) -> str:
    senders = [
        each["value"] for each in identifiers_in(entry) if each["kind"] in ("phone", "handle", "email")
    ]
    if senders:
        return senders[0]
    known = known_suspects(entry)
    if FRIEND_OF_EX in known:
        return cast.traces.friend_number
    return cast.traces.ex_number if EX in known else rng.choice(cast.traces.numbers)


def _spot(rng: random.Random, cast: Cast, kind: str, entry: EntryJson) -> tuple[float, float] | None:
    """Where the phone was, when its camera kept that: at the place of the entry, or somewhere in the town."""
    # Flowers on the step are always marked, so that every case with room has a photo that gives a home away.
    if not kind.startswith("photo-") or (kind != "photo-flowers" and rng.random() < 0.3):
        return None
    place = entry.get("place")
    key = str(place.get("mine", "")) if isinstance(place, dict) else ""
    home = cast.place(HOME)
    if key or kind in _AT_HOME:
        at = home if kind == "photo-flowers" else cast.place(key or HOME)
        return at.latitude + rng.uniform(-3e-4, 3e-4), at.longitude + rng.uniform(-3e-4, 3e-4)
    return home.latitude + rng.uniform(0.004, 0.02), home.longitude + rng.uniform(0.004, 0.03)


def _encoding(rng: random.Random, kind: str) -> str:
    if kind.startswith("photo-"):
        return rng.choices(("JPEG", "WEBP", "PNG"), (88, 9, 3))[0]
    return rng.choices(("PNG", "JPEG", "WEBP"), (76, 16, 8))[0]
