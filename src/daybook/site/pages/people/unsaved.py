"""What is being typed about somebody or some place: saved by itself like a draft of an entry, so that no lock costs a word."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid5

from daybook.diary.drafts import ReadDraft, Typed, discard_draft, drafts_for, get_draft_for, save_section
from daybook.diary.errors import NotFound
from daybook.kernel.consent import Viewer
from daybook.site.pages.diary.draft_saving import (
    BESIDE,
    PUT_AWAY,
    WINDOW,
    Window,
    is_of_entry,
    is_put_away,
    save_first,
)

VERSION = "version"
_ADDRESS = "address"


@dataclass(frozen=True, slots=True)
class Unsaved:
    """Something typed and not saved: its first words, the page to go on with, and when it was typed."""

    beginning: str
    address: str
    typed_at: datetime


def id_of_change(viewer: Viewer, item: UUID) -> UUID:
    """The id of what is typed to change one."""
    return uuid5(viewer.record, f"change/{item}")


def save_unsaved(viewer: Viewer, unsaved_id: UUID, typed: Typed, *, address: str, now: datetime) -> None:
    """Keep what was typed so far; the newest state stands."""
    saved: Typed = {**typed, _ADDRESS: [address]}
    there = unsaved(viewer, unsaved_id) or {}
    window = Window.showing({**there, _ADDRESS: [address]})
    draft = save_first(viewer, unsaved_id, BESIDE, saved, window=window, now=now)
    if is_put_away(draft):
        save_section(viewer, unsaved_id, PUT_AWAY, {}, now=now)


def unsaved(viewer: Viewer, unsaved_id: UUID) -> Typed | None:
    """What was typed and not saved, or not wanted; None where there is nothing."""
    try:
        draft = get_draft_for(viewer, unsaved_id)
    except NotFound:
        return None
    return None if is_put_away(draft) else _typed(draft)


def unsaved_for(viewer: Viewer) -> list[Unsaved]:
    """Everything that was typed and not saved, the newest first."""
    found = [draft for draft in drafts_for(viewer) if not is_of_entry(draft) and not is_put_away(draft)]
    return [
        Unsaved(_beginning(draft), draft.sections[BESIDE][_ADDRESS][0], draft.saved_at) for draft in found
    ]


def drop_unsaved(viewer: Viewer, unsaved_id: UUID, typed: Typed, *, address: str, now: datetime) -> None:
    """Put away what was typed: out of sight, not wiped."""
    save_unsaved(viewer, unsaved_id, typed, address=address, now=now)
    save_section(viewer, unsaved_id, PUT_AWAY, {"at": [now.isoformat()]}, now=now)


def forget_unsaved(viewer: Viewer, unsaved_id: UUID) -> None:
    """It is kept now."""
    discard_draft(viewer, unsaved_id)


def _typed(draft: ReadDraft) -> Typed:
    return {
        name: values
        for name, values in draft.sections.get(BESIDE, {}).items()
        if name not in (_ADDRESS, WINDOW)
    }


def _beginning(draft: ReadDraft) -> str:
    texts = (value.strip() for name, values in _typed(draft).items() if name != VERSION for value in values)
    return next((text[:120] for text in texts if text), "")
