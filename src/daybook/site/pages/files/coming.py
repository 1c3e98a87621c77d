"""Files that are still on their way, as pages show them."""

from dataclasses import dataclass
from datetime import datetime

from daybook.evidence.resumable import ABANDONED_AFTER, uploads_for
from daybook.evidence.upload_rows import ReadUpload
from daybook.kernel.media.names import display_name
from daybook.people.accounts import Unlocked
from daybook.site.pages.files.file_words import size_in_words


@dataclass(frozen=True, slots=True)
class Coming:
    """A file on its way, as a page shows it."""

    upload: ReadUpload

    @property
    def name(self) -> str:
        """Its name."""
        return display_name(self.upload.name).short

    @property
    def arrived(self) -> str:
        """How much of it is here."""
        if self.is_whole:
            return f"All of it is here: {size_in_words(self.upload.length)}"
        return f"{size_in_words(self.upload.offset)} of {size_in_words(self.upload.length)} arrived"

    @property
    def is_whole(self) -> bool:
        """Whether all of it is here."""
        return self.upload.offset == self.upload.length

    @property
    def until(self) -> datetime:
        """When it is removed if nobody goes on with it."""
        return self.upload.touched_at + ABANDONED_AFTER


def coming_files(unlocked: Unlocked) -> list[Coming]:
    """What began to arrive and is not kept yet, the newest first."""
    return [Coming(upload) for upload in uploads_for(unlocked.viewer)]
