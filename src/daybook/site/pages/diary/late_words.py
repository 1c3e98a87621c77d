"""Words that came after the lock, put back into the form they were typed into (``?late=``). /account/late/ lists them."""

from datetime import datetime
from uuid import UUID

from django.http import HttpRequest

from daybook.diary.drafts import Typed
from daybook.people.late_saves import (
    LateWords,
    forget_late_save,
    get_late_words_for,
    late_words_for,
    let_go_late_save,
)
from daybook.site.pages.diary.draft_saving import NOT_TYPED, with_plain_line_ends
from daybook.site.visits import OwnerRequest


def asked_for(request: OwnerRequest) -> LateWords | None:
    """The late words that ``?late=`` names, if they are there and were sent to this very page."""
    named = request.GET.get("late") or request.POST.get("late") or ""
    try:
        late = get_late_words_for(request.unlocked, UUID(named))
    except ValueError:
        return None
    return late if late is not None and late.path == request.path else None


def typed_late(late: LateWords | None) -> Typed | None:
    """What was typed on this page after the lock."""
    if late is None:
        return None
    fields = ((name, list(values)) for name, values in late.fields.items() if name not in NOT_TYPED)
    return {name: [with_plain_line_ends(value) for value in values] for name, values in fields}


def form_token(late: LateWords | None) -> str:
    """The name of the form the words were typed into, so that they go into the draft it had begun."""
    return "" if late is None else next(iter(late.fields.get("form", [])), "")


def put_back(request: OwnerRequest, *, now: datetime) -> None:
    """The words are where they belong now. Earlier states of the same page, saved by itself, are let go for a week."""
    late = asked_for(request)
    if late is None:
        return
    forget_late_save(request.unlocked, late.id)
    for other in late_words_for(request.unlocked):
        if other.by_itself and other.path == late.path and other.received_at <= late.received_at:
            let_go_late_save(request.unlocked, other.id, now=now)


def hidden(request: HttpRequest) -> str:
    """What a form carries along, so that saving it forgets the late words it was filled with."""
    return request.GET.get("late") or request.POST.get("late") or ""
