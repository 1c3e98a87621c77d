"""The shape of a clock. Time enters the house through one gateway, so that everything else can be tried on any day."""

from datetime import datetime
from typing import Protocol


class Clock(Protocol):
    """Something that tells the time."""

    def now(self) -> datetime:
        """The present instant, aware, in UTC."""
        ...
