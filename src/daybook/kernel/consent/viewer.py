"""The Viewer: who is asking, for which record, with which keys. Every selector of sealed rows takes one."""

from dataclasses import dataclass
from uuid import UUID

from daybook.kernel.sealing.keys import RecordKeys, Section


@dataclass(frozen=True, slots=True)
class Viewer:
    """Someone who may read a record: the owner has every section, a grant (later) only some.

    ``who`` is "owner" for the person herself; ``sections`` are those that open.
    """

    record: UUID
    keys: RecordKeys
    who: str = "owner"
    sections: frozenset[Section] = frozenset(Section)

    def may_open(self, section: Section) -> bool:
        """Whether this viewer opens ``section``."""
        return section in self.sections
