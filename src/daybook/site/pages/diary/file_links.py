"""Files as the pages of the diary show them: the cards of the files pages, each with the id that a form sends."""

from dataclasses import dataclass
from uuid import UUID

from django.urls import reverse

from daybook.evidence.exhibits import ReadExhibit
from daybook.site.pages.files.cards import Card, card_of


@dataclass(frozen=True, slots=True)
class Choice:
    """A file to choose or to take away."""

    id: UUID
    file: Card
    chosen: bool = False


def choice_of(exhibit: ReadExhibit, *, chosen: bool = False) -> Choice:
    """One file, blurred until it is opened."""
    return Choice(exhibit.id, card_of(exhibit, ()), chosen)


def add_file_url(*, draft: UUID | None = None, entry: UUID | None = None) -> str:
    """The page that takes a new file for a draft, or for an entry."""
    return f"{reverse('files-add')}?{f'draft={draft}' if draft else f'entry={entry}'}"
