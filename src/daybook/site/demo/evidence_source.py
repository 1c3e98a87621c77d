"""What one exhibit is made from: the facts of its entry, and how the picture or paper came about."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import datetime

from daybook.site.demo.chance import chance_from
from daybook.site.demo.people import Cast


@dataclass(frozen=True, slots=True)
class EvidenceSource:
    """Facts for one exhibit.

    `at` is on UK clocks; `spot` is latitude and longitude in degrees, None when not recorded. `sender` is a
    number, handle or address; `shows_sender` and `shows_time` say whether the picture has them on it.
    """

    seed: str
    kind: str
    at: datetime
    cast: Cast
    said: str
    words: str
    sender: str
    shows_sender: bool
    shows_time: bool
    spot: tuple[float, float] | None
    camera: tuple[str, str]
    encoding: str

    def rng(self) -> random.Random:
        """A source of chance for this exhibit alone: its bytes do not depend on the order of making."""
        return chance_from(f"{self.seed} {self.kind} {self.at.isoformat()}")
