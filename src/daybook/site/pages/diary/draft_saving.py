"""Saving what is being written: exactly as it was typed, and never over words that another window wrote meanwhile."""

import hashlib
import re
import secrets
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid5

import orjson
from django.db import IntegrityError, transaction
from django.http import HttpRequest, JsonResponse, QueryDict
from django.utils import timezone

from daybook.diary.drafts import ReadDraft, Typed, begin_draft, get_draft_for, save_section
from daybook.diary.errors import NotFound
from daybook.kernel.consent import Viewer

WINDOW = "window"
ASIDE = "aside/"
PUT_AWAY = "put-away"
FILES = "files"
BESIDE = "beside"
NOT_TYPED = {"csrfmiddlewaretoken", "go", "late", "form", WINDOW}
_TOKEN = re.compile(r"[0-9a-f]{32}")


@dataclass(frozen=True, slots=True)
class Window:
    """One page open in one window: ``token`` names it, ``seen`` is the digest of what it was filled with."""

    token: str
    seen: str

    @classmethod
    def showing(cls, typed: Typed) -> "Window":
        """A window that is about to show this."""
        return cls(secrets.token_hex(8), digest_of(typed))

    @classmethod
    def of(cls, request: HttpRequest) -> "Window":
        """The window a form came from."""
        token, _, seen = request.POST.get(WINDOW, "").partition(".")
        return cls(token[:64], seen[:64])

    def knows(self, typed: Typed) -> bool:
        """Whether this is what the window was filled with, or what it saved last; another page may have added to that."""
        digest = digest_of(typed)
        return digest == self.seen or list(typed.get(WINDOW, ())) == [self.token, digest]

    def mark(self, typed: Typed) -> Typed:
        """What was typed, with the mark of the window it was typed in."""
        return {**typed, WINDOW: [self.token, digest_of(typed)]}

    def __str__(self) -> str:
        return f"{self.token}.{self.seen}"


def typed_in(post: QueryDict) -> dict[str, list[str]]:
    """What was typed or chosen in a form. Browsers send line ends as two characters; they are kept as one."""
    return {
        name: [with_plain_line_ends(str(value)) for value in values]
        for name, values in post.lists()
        if name not in NOT_TYPED
    }


def with_plain_line_ends(text: str) -> str:
    """Line ends as browsers send them (two characters) made one."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


def new_token() -> str:
    """A fresh name for a form that is not a draft yet."""
    return secrets.token_hex(16)


def token_in(text: str) -> str:
    """The form's name that was sent, or a fresh one where it is not one of ours."""
    return text if _TOKEN.fullmatch(text) else new_token()


def id_for_form(viewer: Viewer, token: str) -> UUID:
    """The id of what a form makes. The same form sent twice makes the same thing; no form can name another record's."""
    return uuid5(viewer.record, f"form/{token}")


def digest_of(typed: Typed) -> str:
    """A short digest of what was typed, without the window it was typed in."""
    plain = {name: list(values) for name, values in sorted(typed.items()) if name != WINDOW}
    return hashlib.sha256(orjson.dumps(plain)).hexdigest()[:16]


def save_typed(
    viewer: Viewer, draft: ReadDraft, section: str, typed: Typed, *, window: Window, now: datetime
) -> ReadDraft:
    """Save a section. What another window put there since this one was opened is set aside, never overwritten.

    Raises NotFound.
    """
    there = draft.sections.get(section, {})
    if there and not window.knows(there) and digest_of(there) != digest_of(typed):
        if section == FILES:
            # Both windows chose files: all of them belong to the draft.
            both = dict.fromkeys([*there.get("exhibit", ()), *typed.get("exhibit", ())])
            typed = {**typed, "exhibit": list(both)}
        else:
            aside = f"{ASIDE}{section}/{secrets.token_hex(4)}"
            save_section(viewer, draft.id, aside, there, now=now)
    return save_section(viewer, draft.id, section, window.mark(typed), now=now)


def save_first(
    viewer: Viewer, draft_id: UUID, section: str, typed: Typed, *, window: Window, now: datetime
) -> ReadDraft:
    """Save a section of a draft that may not be begun yet. Raises NotFound."""
    try:
        return save_typed(viewer, get_draft_for(viewer, draft_id), section, typed, window=window, now=now)
    except NotFound:
        sections = {section: window.mark(typed)}
    try:
        with transaction.atomic():
            return begin_draft(viewer, now=now, sections=sections, new_id=draft_id)
    except IntegrityError:
        # Another request of the same form began it in between.
        return save_typed(viewer, get_draft_for(viewer, draft_id), section, typed, window=window, now=now)


def is_autosave(request: HttpRequest) -> bool:
    """Whether the page saves by itself, and wants a time for an answer."""
    return request.headers.get("X-Daybook") == "autosave"


def saved_answer(at: datetime) -> JsonResponse:
    """The answer to an autosave: when it was saved, on her clock."""
    return JsonResponse({"saved_at": timezone.localtime(at).strftime("%H:%M")})


def is_put_away(draft: ReadDraft) -> bool:
    """Whether she put the draft away."""
    return bool(draft.sections.get(PUT_AWAY))


def is_of_entry(draft: ReadDraft) -> bool:
    """Whether it is the draft of an entry, and not of somebody or some place kept beside the diary."""
    return BESIDE not in draft.sections


def put_away_at(draft: ReadDraft) -> datetime | None:
    """When she put it away."""
    written = draft.sections.get(PUT_AWAY, {}).get("at", [])
    return datetime.fromisoformat(written[0]) if written else None
