"""What can be wrong with a table of facts."""

from __future__ import annotations

from collections.abc import Sequence


class InvalidFacts(ValueError):
    """A table of facts that breaks its schema. It lists every fault found, each with its place."""

    def __init__(self, table: str, faults: Sequence[str]) -> None:
        self.table = table
        self.faults = tuple(faults)
        super().__init__("\n".join(f"{table}: {fault}" for fault in self.faults))
