"""What an address of the diary names: a draft or an entry of this record, and what is around it."""

from uuid import UUID

from django.http import Http404

from daybook.diary.drafts import ReadDraft, get_draft_for
from daybook.diary.entries import ReadEntry, get_entry_for
from daybook.diary.errors import NotFound
from daybook.site.pages.diary.sections import Around
from daybook.site.visits import OwnerRequest


def around_of(request: OwnerRequest, amends: UUID | None = None) -> Around:
    """What the sections may offer to this person at this moment."""
    return Around(request.unlocked.viewer, request.unlocked.profile.zone, request.now, amends)


def draft_or_404(request: OwnerRequest, draft: UUID) -> ReadDraft:
    """A draft of this record; anything else is not there."""
    try:
        return get_draft_for(request.unlocked.viewer, draft)
    except NotFound:
        raise Http404 from None


def entry_or_404(request: OwnerRequest, entry: UUID) -> ReadEntry:
    """An entry of this record; anything else is not there."""
    try:
        return get_entry_for(request.unlocked.viewer, entry)
    except NotFound:
        raise Http404 from None


def address_of(entry: ReadEntry) -> str:
    """Where an entry is read."""
    return f"/diary/{entry.id}/"
