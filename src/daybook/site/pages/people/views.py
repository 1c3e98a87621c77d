"""Pages of people and places: the list, one of them with its versions, adding and changing."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db import IntegrityError, transaction
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from daybook.diary.drafts import Typed
from daybook.diary.errors import AmendedMeanwhile, NotFound
from daybook.evidence.errors import NoSuchExhibit
from daybook.evidence.exhibits import get_exhibit_for
from daybook.kernel.consent import Viewer
from daybook.kernel.custody import EventKind
from daybook.ledger.access import note_access
from daybook.site.pages.diary import late_words
from daybook.site.pages.diary.draft_saving import (
    id_for_form,
    is_autosave,
    new_token,
    saved_answer,
    token_in,
    typed_in,
)
from daybook.site.pages.diary.sections.section import text_of
from daybook.site.pages.people.kinds import KINDS, PLACE, Kept, Kind, keep_one
from daybook.site.pages.people.unsaved import (
    VERSION,
    drop_unsaved,
    forget_unsaved,
    id_of_change,
    save_unsaved,
    unsaved,
    unsaved_for,
)
from daybook.site.visits import OwnerRequest, owner_only


@require_http_methods(["GET", "HEAD"])
@owner_only
def people(request: OwnerRequest) -> HttpResponse:
    """Everyone and every place, in three lists; above them what was typed and not saved."""
    viewer = request.unlocked.viewer
    lists = [(kind, [(one.id, kind.label(one)) for one in kind.every(viewer)]) for kind in KINDS.values()]
    return render(request, "people/list.html", {"lists": lists, "unsaved": unsaved_for(viewer)})


@require_http_methods(["GET", "HEAD"])
@owner_only
def one(request: OwnerRequest, kind: str, item: UUID) -> HttpResponse:
    """One of them: what is kept now, and every earlier version."""
    asked, versions = _versions_or_404(request, kind, item)
    newest = versions[-1]
    note_access(request.unlocked.viewer, EventKind.VIEWED, item=item, what=asked.noun, now=request.now)
    context = {
        "kind": asked,
        "item": item,
        "label": asked.label(newest),
        "rows": asked.shown(newest),
        "earlier": [(one.version, asked.shown(one)) for one in reversed(versions[:-1])],
        "version": newest.version,
        "breadcrumbs": [("People", "/people/"), (asked.noun.capitalize(), "")],
    }
    return render(request, "people/one.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@owner_only
def add(request: OwnerRequest, kind: str) -> HttpResponse:
    """A new one."""
    asked, viewer = _kind_or_404(kind), request.unlocked.viewer
    if request.method != "POST":
        late = late_words.asked_for(request)
        token = token_in(late_words.form_token(late) or request.GET.get("go-on", ""))
        typed = late_words.typed_late(late) or unsaved(viewer, id_for_form(viewer, token))
        return _show_form(request, asked, typed or _from_photo(request, asked), token=token)
    typed, token = typed_in(request.POST), token_in(request.POST.get("form", ""))
    new_id = id_for_form(viewer, token)
    if is_autosave(request):
        if _is_kept(asked, viewer, new_id):
            # It was overtaken by the button: what it brings is kept already.
            return HttpResponse(status=409)
        save_unsaved(viewer, new_id, typed, address=f"{request.path}?go-on={token}", now=request.now)
        return saved_answer(request.now)
    if request.POST.get("go") == "drop":
        return _dropped(request, new_id)
    answers = asked.read(typed)
    if answers.faults:
        save_unsaved(viewer, new_id, typed, address=f"{request.path}?go-on={token}", now=request.now)
        return _show_form(request, asked, typed, token=token, tried=True)
    try:
        with transaction.atomic():
            keep_one(asked, viewer, answers.values, now=request.now, new_id=new_id)
            forget_unsaved(viewer, new_id)
    except IntegrityError:
        # The same form again: it was kept already.
        return redirect(f"/people/{kind}/{new_id}/")
    return _kept(request, kind, new_id)


@require_http_methods(["GET", "HEAD", "POST"])
@owner_only
def change(request: OwnerRequest, kind: str, item: UUID) -> HttpResponse:
    """The next version of one; the earlier ones stay readable."""
    asked, versions = _versions_or_404(request, kind, item)
    viewer, newest = request.unlocked.viewer, versions[-1]
    unsaved_id = id_of_change(viewer, item)
    if request.method != "POST":
        typed = late_words.typed_late(late_words.asked_for(request)) or unsaved(viewer, unsaved_id)
        version = _whole(text_of(typed, VERSION)) if typed else newest.version
        typed = typed or _from_photo(request, asked, asked.typed(newest)) or asked.typed(newest)
        return _show_form(request, asked, typed, item=item, version=version)
    typed = typed_in(request.POST)
    answers = asked.read({name: values for name, values in typed.items() if name != VERSION})
    if is_autosave(request):
        if answers.values == asked.values(newest):
            forget_unsaved(viewer, unsaved_id)
        else:
            save_unsaved(viewer, unsaved_id, typed, address=request.path, now=request.now)
        return saved_answer(request.now)
    if request.POST.get("go") == "drop":
        return _dropped(request, unsaved_id)
    seen = _whole(text_of(typed, VERSION))
    if answers.faults:
        save_unsaved(viewer, unsaved_id, typed, address=request.path, now=request.now)
        return _show_form(request, asked, typed, item=item, version=seen, tried=True)
    try:
        with transaction.atomic():
            if answers.values != asked.values(newest):
                asked.keep(viewer, answers.values, now=request.now, item=item, expected=seen)
            forget_unsaved(viewer, unsaved_id)
    except AmendedMeanwhile:
        words = (
            "This was changed in another window after you began. What you typed is below and nothing is lost. "
            "Look at what is kept now, then save yours again if it is right."
        )
        return _show_form(
            request, asked, typed, item=item, version=newest.version, tried=True, error=words, now_kept=newest
        )
    return _kept(request, kind, item)


def _show_form(
    request: OwnerRequest,
    kind: Kind[Any],
    typed: Typed | None,
    *,
    token: str = "",
    item: UUID | None = None,
    version: int = 0,
    tried: bool = False,
    error: str = "",
    now_kept: Kept | None = None,
) -> HttpResponse:
    form = kind.form(typed)
    if tried and typed is not None:
        form.show_faults(kind.read(typed).faults)
    context = {
        "kind": kind,
        "form": form,
        "token": token or new_token(),
        "item": item,
        "version": version,
        "page_error": error,
        "now_kept": kind.shown(now_kept) if now_kept is not None else [],
        "late": late_words.hidden(request),
        "back_url": f"/people/{kind.slug}/{item}/" if item else "/people/",
    }
    return render(request, "people/form.html", context, status=422 if tried else 200)


def _kept(request: OwnerRequest, kind: str, item: UUID) -> HttpResponse:
    late_words.put_back(request, now=request.now)
    if request.POST.get("go") == "more":
        return redirect(f"/people/{kind}/{item}/change/")
    messages.success(request, "Kept.")
    return redirect(f"/people/{kind}/{item}/")


def _dropped(request: OwnerRequest, unsaved_id: UUID) -> HttpResponse:
    """She does not want what she typed: it goes out of sight, and is not wiped."""
    drop_unsaved(
        request.unlocked.viewer, unsaved_id, typed_in(request.POST), address=request.path, now=request.now
    )
    return redirect("/people/")


def _from_photo(request: OwnerRequest, kind: Kind[Any], typed: Typed | None = None) -> Typed | None:
    """The position that a photo of the record carries, where the page was opened from one."""
    photo = request.GET.get("photo", "")
    if kind is not PLACE or not photo:
        return None
    try:
        position = get_exhibit_for(request.unlocked.viewer, UUID(photo)).place
    except (NoSuchExhibit, ValueError):
        return None
    if position is None:
        return None
    return {**(typed or {}), "latitude": [str(position[0])], "longitude": [str(position[1])]}


def _kind_or_404(kind: str) -> Kind[Any]:
    try:
        return KINDS[kind]
    except KeyError:
        raise Http404 from None


def _is_kept(kind: Kind[Any], viewer: Viewer, item: UUID) -> bool:
    try:
        return bool(kind.versions(viewer, item))
    except NotFound:
        return False


def _versions_or_404(request: OwnerRequest, kind: str, item: UUID) -> tuple[Kind[Any], list[Any]]:
    asked = _kind_or_404(kind)
    try:
        return asked, list(asked.versions(request.unlocked.viewer, item))
    except NotFound:
        raise Http404 from None


def _whole(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 9 else 0
