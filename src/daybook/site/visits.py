"""Who is asking: the middleware that knows the visit, and the gates in front of pages."""

import json
import threading
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import wraps
from typing import Any, Concatenate, ParamSpec, cast
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme, urlencode

from daybook import doors
from daybook.evidence.late_files import hold_files
from daybook.evidence.preview_work import begin_due_previews
from daybook.evidence.removing import count_removed
from daybook.evidence.uploads import SealedUpload, upload_refusals
from daybook.people.accounts import Unlocked
from daybook.people.closing import ClosingWaits, closing_of
from daybook.people.errors import RecordAltered
from daybook.people.late_saves import keep_late_save
from daybook.people.unlocks import (
    STRANGER,
    State,
    Visit,
    begin_unlock,
    end_unlock,
    still_here,
    tag_of,
    visit_of,
)

P = ParamSpec("P")
NOT_WORDS = frozenset({"csrfmiddlewaretoken", "recovery_code"})
# What is typed on these pages are names, passphrases and codes: never kept, never shown back.
NO_WORDS_UNDER = ("/unlock/", "/recover/", "/start/", "/account/")
LOOKS_AGAIN = "itself"
"""In the address of a page that loads itself again: nobody did anything, so it keeps no record open."""


class DaybookRequest(HttpRequest):
    """A request whose visit is known."""

    visit: Visit
    now: datetime


class OwnerRequest(DaybookRequest):
    """A request of someone who is unlocked."""

    unlocked: Unlocked


class KnowVisit:
    """Middleware: reads the cookie once, before anything that reads the body."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response
        self._saves = _NewestSaves()

    def __call__(self, request: HttpRequest) -> HttpResponse:
        known = cast(DaybookRequest, request)
        known.now = doors.clock().now()
        cookie = request.COOKIES.get(settings.VISIT_COOKIE_NAME)
        known.visit = visit_of(cookie, now=known.now) if cookie else STRANGER
        unlocked = known.visit.unlocked
        with timezone.override(ZoneInfo(unlocked.profile.zone if unlocked else "Europe/London")):
            response = self._get_response(request)
        if known.visit.seen_long_ago and response.status_code < 400 and self._is_her_doing(known):
            still_here(cookie, now=known.now)
        if unlocked is not None:
            begin_due_previews(unlocked)
        return response

    def _is_her_doing(self, request: DaybookRequest) -> bool:
        """Whether the person did something, not the page: it asks for a token, looks again, or saves what it saved before."""
        by_itself = request.headers.get("X-Daybook")
        if by_itself is None:
            return not (request.method == "GET" and LOOKS_AGAIN in request.GET)
        if not _saved_itself(request):
            return False
        fields = words_of(request)
        content = json.dumps([request.path, list(fields.items())]).encode()
        tag = tag_of(request.COOKIES.get(settings.VISIT_COOKIE_NAME), content)
        return self._saves.is_new(tag)


class _NewestSaves:
    """The tags of the saves that pages made by themselves, as many as fit: a state that comes again is nobody's writing."""

    def __init__(self, most: int = 1000) -> None:
        self._tags: OrderedDict[bytes, None] = OrderedDict()
        self._most = most
        self._lock = threading.Lock()

    def is_new(self, tag: bytes) -> bool:
        """Whether this was not saved before; remembers it."""
        with self._lock:
            known = tag in self._tags
            self._tags[tag] = None
            self._tags.move_to_end(tag)
            while len(self._tags) > self._most:
                self._tags.popitem(last=False)
        return not known


def owner_only(
    view: Callable[Concatenate[OwnerRequest, P], HttpResponse],
) -> Callable[Concatenate[HttpRequest, P], HttpResponse]:
    """A page only for an unlocked record.

    Anyone else is sent to unlock; words that were sent meanwhile are sealed and kept (or, for a browser nobody knows, shown
    back), so that a lock never costs a sentence.
    """

    @wraps(view)
    def gate(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        known = cast(OwnerRequest, request)
        if known.visit.unlocked is not None:
            known.unlocked = known.visit.unlocked
            return view(known, *args, **kwargs)
        if request.method == "POST":
            return _too_late(known)
        query = urlencode({"next": request.get_full_path()})
        return redirect(f"/unlock/?{query}")

    return gate


def open_to_all(
    view: Callable[Concatenate[DaybookRequest, P], HttpResponse],
) -> Callable[Concatenate[HttpRequest, P], HttpResponse]:
    """A page for anyone, unlocked or not."""

    @wraps(view)
    def gate(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        return view(cast(DaybookRequest, request), *args, **kwargs)

    return gate


def unlock_browser(request: DaybookRequest, response: HttpResponse, unlocked: Unlocked) -> None:
    """Make this browser unlocked: the old key goes, a new secret comes. Raises CannotUnlock as `begin_unlock` does."""
    end_unlock(request.COOKIES.get(settings.VISIT_COOKIE_NAME), now=request.now)
    secret = begin_unlock(unlocked, now=request.now)
    response.set_cookie(settings.VISIT_COOKIE_NAME, secret, httponly=True, samesite="Strict", path="/")


def lock_browser(request: DaybookRequest, response: HttpResponse) -> None:
    """Lock this browser: the key goes first, then the cookies.

    The form token goes too: a form that the browser still remembers must not be sent again by whoever comes next.
    """
    end_unlock(request.COOKIES.get(settings.VISIT_COOKIE_NAME), now=request.now)
    for cookie in (settings.VISIT_COOKIE_NAME, settings.CSRF_COOKIE_NAME):
        response.delete_cookie(cookie, path="/", samesite="Strict")


def safe_next(request: HttpRequest) -> str:
    """Where to go after unlocking: a page of ours, never another site."""
    wanted = request.POST.get("next") or request.GET.get("next") or "/diary/"
    if not wanted.startswith("/") or not url_has_allowed_host_and_scheme(wanted, allowed_hosts=None):
        return "/diary/"
    return wanted


def visit_context(request: HttpRequest) -> dict[str, Any]:
    """What every template may know of the visit."""
    visit: Visit = getattr(request, "visit", STRANGER)
    return {
        "unlocked": visit.unlocked is not None,
        "closing": _closing(request, visit),
        "removed_files": lambda: count_removed(visit.record_id) if visit.record_id and visit.unlocked else 0,
        "recovery_unconfirmed": visit.unlocked is not None and not visit.unlocked.recovery_confirmed,
        "exit_destination": settings.EXIT_URL,
        "idle_seconds": settings.IDLE_LOCK_SECONDS,
        "lock_on_hide": False,
    }


def _closing(request: HttpRequest, visit: Visit) -> ClosingWaits | None:
    """Whether the record on this page is to be erased: said on every page of it."""
    now = getattr(request, "now", None)
    return closing_of(visit.record_id, now=now) if visit.unlocked and visit.record_id and now else None


def words_of(request: HttpRequest) -> dict[str, list[str]]:
    """What was typed into a form and may be kept or shown back: all but tokens, passphrases and recovery codes."""
    if request.path.startswith(NO_WORDS_UNDER):
        return {}
    return {name: list(values) for name, values in request.POST.lists() if not _is_secret(name)}


def keep_stale_words(request: HttpRequest) -> bool:
    """Keep the words of a form whose token went stale, because the record was locked or unlocked in another window meanwhile.

    Only when the browser itself says that the form came from a page of ours; they wait with the late words, where nothing
    becomes part of the record unless the person puts it there. Files are not kept.
    """
    visit: Visit = getattr(request, "visit", STRANGER)
    fields = words_of(request)
    written = any(value.strip() for values in fields.values() for value in values)
    if visit.record_id is None or not written or request.headers.get("Sec-Fetch-Site") != "same-origin":
        return False
    _keep_for_later(
        cast(DaybookRequest, request), visit.record_id, fields, (), by_itself=_saved_itself(request)
    )
    return True


def _saved_itself(request: HttpRequest) -> bool:
    return request.headers.get("X-Daybook") == "autosave"


def _is_secret(name: str) -> bool:
    return name in NOT_WORDS or "passphrase" in name


def _too_late(request: DaybookRequest) -> HttpResponse:
    fields = words_of(request)
    files = [file for _, sent in request.FILES.lists() for file in sent if isinstance(file, SealedUpload)]
    written = [value for values in fields.values() for value in values if value.strip()]
    by_itself = _saved_itself(request)
    kept = False
    # A choice of what goes into a pack is no words of hers: it is made anew.
    words_of_hers = (written or files) and not request.path.startswith("/pack/")
    if request.visit.state is State.LOCKED and request.visit.record_id is not None and words_of_hers:
        try:
            _keep_for_later(request, request.visit.record_id, fields, files, by_itself=by_itself)
            kept = True
        except RecordAltered:
            kept = False  # her words are shown back to her instead
    if by_itself:
        return HttpResponse(status=401)
    context = {
        "kept": kept,
        "words": [] if kept else written,
        "files": len(files),
        "refused_files": upload_refusals(request),
        "next": request.path,
    }
    return render(request, "too_late.html", context, status=401)


def _keep_for_later(
    request: DaybookRequest,
    record: UUID,
    fields: Mapping[str, Sequence[str]],
    files: Sequence[SealedUpload],
    *,
    by_itself: bool,
) -> None:
    # A page that saves itself sends every state it goes through: they are one, told by the form's own name.
    own_names = [(name, fields[name][0].partition(".")[0]) for name in ("form", "window") if fields.get(name)]
    told_by = own_names if by_itself and own_names else list(fields.items())
    content = json.dumps([request.path, told_by, by_itself]).encode()
    tag = tag_of(request.COOKIES.get(settings.VISIT_COOKIE_NAME), content)
    with transaction.atomic():
        held = hold_files(files)
        keep_late_save(
            record,
            path=request.path,
            fields=fields,
            files=held,
            tag=tag,
            by_itself=by_itself,
            now=request.now,
        )
