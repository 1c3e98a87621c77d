"""Where the pages of files are, and how a file is shown in a card: always blurred until opened."""

from dataclasses import dataclass
from uuid import UUID

from daybook.evidence.exhibits import ReadExhibit
from daybook.kernel.media.names import display_name


@dataclass(frozen=True, slots=True)
class FileCard:
    """A file as the component ``file_card.html`` wants it."""

    id: UUID
    ref: str
    title: str
    url: str
    thumb: str
    full: str
    alt: str = ""
    meta: str = ""


def card_of(exhibit: ReadExhibit) -> FileCard:
    """The card of one file."""
    shown = display_name(exhibit.name).short
    thumb = f"/files/{exhibit.id}/thumbnail/" if exhibit.has_thumbnail and not exhibit.unseen else ""
    return FileCard(
        id=exhibit.id,
        ref=exhibit.reference,
        title=shown,
        url=f"/files/{exhibit.id}/",
        thumb=thumb,
        full=thumb,
        alt=f"Picture of {exhibit.reference}",
        meta="Kept without looking" if exhibit.unseen else "",
    )


def add_file_url(*, draft: UUID | None = None, entry: UUID | None = None) -> str:
    """The page that takes a new file for a draft, or for an entry."""
    return f"/files/add/?draft={draft}" if draft else f"/files/add/?entry={entry}"
