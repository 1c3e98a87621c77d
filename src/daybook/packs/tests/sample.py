"""An invented case with enough of everything a pack can hold, many ordinary incidents, and their packs."""

import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from pathlib import Path

from daybook.kernel.custody import EventKind
from daybook.packs.bag import prepare_pack, stream_pack
from daybook.packs.tests.record_in_memory import JSON, LABELS, RECORD, Record, picture

FONTS = Path(__file__).parents[2] / "site/static/built/fonts/pdf"
HARD_WORDS = (
    "رأيته أمام المدرسة. He shouted שלום and ran 🔪👩\u200d👩\u200d👧 我看见他了 "
    "\U000e1234\ufffe\u202eabc\ue000 नमस्ते a\u0363\u20e3 🤷🏽\u200d♀\ufe0f"
)


def sample_record() -> Record:
    """A short case: every kind of field, amendments, hard scripts, hostile names, something withheld."""
    record = Record()
    start = datetime(2026, 2, 3, 20, 27, tzinfo=UTC)
    ex, friend, gosia, home = record.uuid(), record.uuid(), record.uuid(), record.uuid()
    record.append(EventKind.RECORD_OPENED, str(RECORD), at=start)
    record.append(
        EventKind.SUSPECT_KEPT,
        ex,
        1,
        {
            "name": "Dane Orrickby",
            "relationship": "former partner",
            "description": "Tall, silver hatchback.",
            "identifiers": [{"kind": "phone", "value": "+44 7700 900123"}],
        },
        at=start,
    )
    record.append(
        EventKind.SUSPECT_KEPT,
        friend,
        1,
        {"name": "Lewin Stokesby-Rudd", "relationship": "his friend"},
        at=start,
    )
    record.append(
        EventKind.WITNESS_KEPT,
        gosia,
        1,
        {
            "name": "Małgorzata Żółtek-Śliwa",
            "contact": "07700 900555, flat 2 downstairs",
            "notes": "Would rather speak Polish.",
        },
        at=start,
    )
    record.append(
        EventKind.PLACE_KEPT,
        home,
        1,
        {
            "label": "Home",
            "address": "14 Larch Row, Marrowby",
            "latitude": 52.9,
            "longitude": 0.2,
            "radius_m": 150,
        },
        at=start,
    )

    first = record.uuid()
    words = (
        "I came home from work. His car was outside again.\n\nHe sat in it with the lights off for an hour."
    )
    fields = {
        "words": words,
        "when": {"kind": "exact", "at": "2026-02-03T20:15:00+00:00", "zone": "Europe/London"},
        "place": {"kind": "mine", "text": "on the street", "mine": home},
        "behaviours": ["loitering", "watching"],
        "contact": ["text"],
        "identifiers": [{"kind": "phone", "value": "+44 7700 900123"}],
        "suspects": [{"suspect": ex, "certainty": "known"}, {"suspect": friend, "certainty": "think"}],
        f"witness/{gosia}": {"witness": gosia, "saw": "the car, from her window"},
        "said": '=HYPERLINK("http://x") You will see me everywhere.',
        "effect": "I did not sleep.",
        "changes": ["route"],
        "told": [
            {
                "who": "police",
                "force": "Fenland Police",
                "officer": "PC Lund-Barrow",
                "reference": "FN-2231",
                "when": "4 February 2026",
            }
        ],
        "order_breached": {"answer": "yes", "detail": "He must not come to my street."},
        "feelings": "I feel watched.",
    }
    record.append(EventKind.ENTRY_WRITTEN, first, 1, fields, at=start)
    photo = record.admit(
        "../../IMG 20:15‮gpj.exe",
        b"original one",
        at=start + timedelta(minutes=3),
        picture=picture(1),
        metadata={
            "taken_at": "2026-02-03T20:16:02",
            "offset": "+00:00",
            "latitude": 52.9,
            "longitude": 0.2,
            "make": "Fairphone",
            "model": "5",
        },
    )
    record.append(
        EventKind.EXHIBIT_ATTACHED, first, details={"exhibit": photo}, at=start + timedelta(minutes=3)
    )
    tall = record.admit(
        "screenshot – chat.png",
        b"\x89PNG original two",
        type="image/png",
        at=start + timedelta(minutes=5),
        picture=picture(2, (180, 390)),
    )
    record.append(
        EventKind.EXHIBIT_ATTACHED, first, details={"exhibit": tall}, at=start + timedelta(minutes=5)
    )
    sound = record.admit(
        "voicemail.mp3",
        b"ID3 original three",
        type="audio/mpeg",
        at=start + timedelta(minutes=8),
        parent=photo,
    )
    record.append(
        EventKind.EXHIBIT_ATTACHED, first, details={"exhibit": sound}, at=start + timedelta(minutes=8)
    )

    second = record.uuid()
    record.append(
        EventKind.ENTRY_WRITTEN,
        second,
        1,
        {
            "words": HARD_WORDS,
            "when": {"kind": "about", "at": "2026-01-28T15:30:00+00:00", "zone": "Europe/London"},
            "suspects": [{"certainty": "unknown"}],
        },
        at=start + timedelta(hours=2),
    )
    record.append(
        EventKind.ENTRY_AMENDED,
        first,
        2,
        {
            **fields,
            "words": words + " Gosia saw it too.",
            "reason": "I remembered that my neighbour was at the window.",
            "place": {"kind": "mine", "text": "on the street, by the bins", "mine": home},
        },
        at=start + timedelta(days=1),
    )
    third = record.uuid()
    record.append(
        EventKind.ENTRY_WRITTEN,
        third,
        1,
        {"words": "مرحبا. كتب لي رسالة طويلة."},
        at=start + timedelta(days=2),
    )
    fourth = record.uuid()
    record.append(
        EventKind.ENTRY_WRITTEN, fourth, 1, {"words": "This one is left out."}, at=start + timedelta(days=3)
    )
    record.withhold(len(record.links))
    fifth = record.uuid()
    record.append(
        EventKind.ENTRY_WRITTEN,
        fifth,
        1,
        {
            "words": "https://example.com/" + "a1b2" * 60 + '\n#read("/etc/passwd") *not bold* $x$ <script>',
            "when": {"kind": "unknown"},
            "effect": "Left out of this pack.",
        },
        at=start + timedelta(days=4),
        withheld=("effect",),
    )
    return record


def long_record(entries: int, pictures: int) -> Record:
    """Many ordinary incidents: for measuring."""
    record, rng = Record(seed=2), random.Random(3)
    words = [
        "car",
        "outside",
        "again",
        "window",
        "letter",
        "phone",
        "work",
        "street",
        "followed",
        "shop",
        "bus",
        "friend",
        "message",
        "night",
        "door",
        "waited",
    ]
    start = datetime(2026, 2, 1, tzinfo=UTC)
    record.append(EventKind.RECORD_OPENED, str(RECORD), at=start)
    for number in range(entries):
        at, entry = start + timedelta(hours=3 * number), record.uuid()
        record.append(
            EventKind.ENTRY_WRITTEN,
            entry,
            1,
            {
                "words": " ".join(rng.choices(words, k=80)).capitalize() + ".",
                "when": {
                    "kind": "exact",
                    "at": (at - timedelta(minutes=rng.randrange(2, 90))).isoformat(),
                    "zone": "UTC",
                },
                "behaviours": rng.sample(sorted(LABELS)[:4], 2),
                "place": {"kind": "place", "text": "outside work"},
                "effect": " ".join(rng.choices(words, k=12)),
            },
            at=at,
        )
        if number < pictures:
            data = picture(number)
            exhibit = record.admit(f"IMG_{number}.jpg", data, at=at, picture=data)
            record.append(EventKind.EXHIBIT_ATTACHED, entry, details={"exhibit": exhibit}, at=at)
    return record


def make_pack(record: Record, **changes: JSON) -> bytes:
    """The whole zip of a record."""

    def original(exhibit: str) -> Iterator[bytes]:
        data = record.originals[exhibit]
        yield from (data[place : place + 65536] for place in range(0, len(data), 65536))

    prepared = prepare_pack(record.contents(**changes), fonts=FONTS)
    return b"".join(stream_pack(prepared, open_exhibit=original, close_ledger=record.closer()))


@lru_cache(maxsize=1)
def sample_pack() -> bytes:
    """The pack of sample_record, made once."""
    return make_pack(sample_record())
