"""What the sections of an entry may offer: the people, places and files of the record, read when first asked for."""

import uuid
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from daybook.diary.attachments import exhibits_by_entry, exhibits_that_open
from daybook.diary.kept_people import (
    OwnPlace,
    Suspect,
    Witness,
    places_for,
    suspects_for,
    witnesses_for,
)
from daybook.evidence.exhibits import ReadExhibit
from daybook.kernel.consent import Viewer


@dataclass(frozen=True)
class Around:
    """One record at one moment. ``zone`` is the time zone she writes in; ``amends`` the entry a draft changes."""

    viewer: Viewer
    zone: str
    now: datetime
    amends: uuid.UUID | None = None

    @cached_property
    def suspects(self) -> list[Suspect]:
        """Everyone kept as a suspect."""
        return suspects_for(self.viewer)

    @cached_property
    def witnesses(self) -> list[Witness]:
        """Every witness."""
        return witnesses_for(self.viewer)

    @cached_property
    def places(self) -> list[OwnPlace]:
        """Every place of hers."""
        return places_for(self.viewer)

    @cached_property
    def exhibits(self) -> list[ReadExhibit]:
        """Every file, the newest first; without those whose rows were altered."""
        return exhibits_that_open(self.viewer)[0][::-1]

    @cached_property
    def attached(self) -> list[uuid.UUID]:
        """The files that belong to the entry being amended already."""
        if self.amends is None:
            return []
        return exhibits_by_entry(self.viewer, [self.amends]).get(self.amends, [])
