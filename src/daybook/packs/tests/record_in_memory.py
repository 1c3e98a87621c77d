"""A record kept in memory: its ledger and what opens it, as a pack wants them, deterministic and without database."""

import hashlib
import io
import random
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

from PIL import Image

from daybook.kernel.custody import Event, EventKind, commit, event_digest
from daybook.packs.bag import Bind, CloseLedger
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
MADE_AT = datetime(2026, 11, 20, 18, 0, tzinfo=UTC)
RECORD = UUID("11111111-2222-4333-8444-555555555555")
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

    def closer(self) -> CloseLedger:
        """What the ledger does when a pack is made."""

        def close(bind: Bind) -> tuple[Link, ...]:
            self.append(EventKind.PACK_MADE, self.uuid(), at=MADE_AT, details=bind(self.links))
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
