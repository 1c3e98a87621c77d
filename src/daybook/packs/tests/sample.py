"""A synthetic record, deterministic and without database: enough of everything a pack can hold."""

import hashlib
import io
import random
import re
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any
from uuid import UUID

from PIL import Image

from daybook.kernel.custody import Event, EventKind, commit, event_digest
from daybook.packs.bag import prepare_pack, stream_pack
from daybook.packs.bag_tags import TAG_FILES, manifest
from daybook.packs.contents import (
    Audience,
    Contents,
    Disclosure,
    Link,
    Period,
    Producer,
    Thumbnail,
    audience_of,
)

JSON = Any
FONTS = Path(__file__).parents[2] / "site/static/built/fonts/pdf"
MADE_AT = datetime(2026, 11, 20, 18, 0, tzinfo=UTC)
RECORD = UUID("11111111-2222-4333-8444-555555555555")
HARD_WORDS = (
    "رأيته أمام المدرسة. He shouted שלום and ran 🔪👩\u200d👩\u200d👧 我看见他了 "
    "\U000e1234\ufffe\u202eabc\ue000 नमस्ते a\u0363\u20e3 🤷🏽\u200d♀\ufe0f"
)
LABELS = {
    "following": "Following",
    "contacting": "Contact or attempts to contact",
    "loitering": "Waiting about in a place",
    "watching": "Watching or spying",
    "phone": "Phone",
    "handle": "Handle",
    "text": "Text message",
    "route": "Changed her route",
    "police": "Police",
    "friend": "Friend",
}


@dataclass
class Record:
    """A record being written: appends events as the ledger would, and keeps what opens their commitments."""

    seed: int = 1
    links: list[Link] = field(default_factory=list)
    disclosures: list[Disclosure] = field(default_factory=list)
    thumbnails: dict[str, Thumbnail] = field(default_factory=dict)
    originals: dict[str, bytes] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.random = random.Random(self.seed)

    def uuid(self) -> str:
        return str(UUID(bytes=self.random.randbytes(16), version=4))

    def append(
        self,
        kind: EventKind,
        item: str,
        version: int = 0,
        values: Mapping[str, JSON] | None = None,
        *,
        at: datetime,
        details: Mapping[str, JSON] | None = None,
        withheld: Iterable[str] = (),
        feelings: bool = False,
    ) -> None:
        seq = len(self.links) + 1
        made = commit(values or {}, random_bytes=self.random.randbytes)
        event = Event(
            record=str(RECORD),
            seq=seq,
            at=at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
            kind=str(kind),
            item=item,
            version=version,
            commitments={one.field: one.digest for one in made},
            details=details or {},
            salt=self.random.randbytes(16).hex(),
        )
        self.links.append(Link(seq, event))
        for one in made:
            audience = audience_of(kind, one.field)
            if one.field == "feelings" and feelings:
                audience = Audience.OPEN
            if audience is not Audience.PRIVATE and one.field not in withheld:
                value = (values or {})[one.field]
                self.disclosures.append(Disclosure(seq, one.field, one.salt, value, audience))

    def withhold(self, seq: int) -> None:
        """Leave a whole event out: only its digest stays."""
        self.links[seq - 1] = Link(seq, None, digest_of(self.links[seq - 1]))
        self.disclosures = [one for one in self.disclosures if one.seq != seq]

    def admit(
        self, name: str, data: bytes, *, at: datetime, picture: bytes | None = None, **more: JSON
    ) -> str:
        exhibit = self.uuid()
        number = (
            sum(link.event is not None and link.event.kind == "exhibit.admitted" for link in self.links) + 1
        )
        values = {
            "reference": f"WT/{number}",
            "sha256": hashlib.sha256(data).hexdigest(),
            "name": name,
            "size": len(data),
            "type": more.pop("type", "image/jpeg"),
            "received_at": at.isoformat(),
            "source": "upload",
            "parent": None,
            **more,
        }
        self.append(EventKind.EXHIBIT_ADMITTED, exhibit, 1, values, at=at)
        self.originals[exhibit] = data
        if picture is not None:
            size = Image.open(io.BytesIO(picture)).size
            self.thumbnails[exhibit] = Thumbnail(picture, "jpeg", *size)
        return exhibit

    def contents(self, **changes: JSON) -> Contents:
        return Contents(
            **{
                "record": RECORD,
                "producer": Producer("Wren Tallowby", "WT"),
                "made_at": MADE_AT,
                "zone": "Europe/London",
                "period": Period(date(2026, 2, 1), date(2026, 11, 20)),
                "ledger": tuple(self.links),
                "disclosures": tuple(self.disclosures),
                "labels": LABELS,
                "thumbnails": self.thumbnails,
                **changes,
            }
        )

    def closer(self) -> Callable[[str], tuple[Link, ...]]:
        """What the ledger does when a pack is made."""

        def close(digest: str) -> tuple[Link, ...]:
            self.append(EventKind.PACK_MADE, self.uuid(), at=MADE_AT, details={"contents": digest})
            return tuple(self.links)

        return close


def digest_of(link: Link) -> str:
    assert link.event is not None
    return event_digest(link.event).hex()


def picture(seed: int, size: tuple[int, int] = (320, 240)) -> bytes:
    """A small JPEG that differs by seed."""
    rng = random.Random(seed)
    image = Image.new("RGB", size, tuple(rng.randrange(60, 230) for _ in range(3)))
    for _ in range(12):
        x, y = rng.randrange(size[0]), rng.randrange(size[1])
        image.paste(
            tuple(rng.randrange(256) for _ in range(3)),
            (x, y, x + rng.randrange(10, 90), y + rng.randrange(10, 60)),
        )
    out = io.BytesIO()
    image.save(out, "JPEG", quality=80)
    return out.getvalue()


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


def unpack(pack: bytes) -> dict[str, bytes]:
    """The files of a pack by path below its one folder, in their order."""
    with zipfile.ZipFile(io.BytesIO(pack)) as opened:
        return {info.filename.partition("/")[2]: opened.read(info) for info in opened.infolist()}


def repack(files: Mapping[str, bytes], top: str = "notes-2026-11-20") -> io.BytesIO:
    """A plain zip of these files, as any program would write it."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        for path, data in files.items():
            made.writestr(zipfile.ZipInfo(f"{top}/{path}"), data)
    return out


def list_again(files: dict[str, bytes]) -> dict[str, bytes]:
    """The same files with bag-info and both manifests rewritten to fit, as a careful forger would."""
    payload = {
        path: hashlib.sha256(data).hexdigest() for path, data in files.items() if path.startswith("data/")
    }
    octets = sum(len(data) for path, data in files.items() if path.startswith("data/"))
    info = re.sub(
        rb"Payload-Oxum: .*", b"Payload-Oxum: %d.%d" % (octets, len(payload)), files["bag-info.txt"]
    )
    fitted = {**files, "bag-info.txt": info, "manifest-sha256.txt": manifest(payload)}
    tags = {path: hashlib.sha256(fitted[path]).hexdigest() for path in TAG_FILES if path in fitted}
    return {**fitted, "tagmanifest-sha256.txt": manifest(tags)}
