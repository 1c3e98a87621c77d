"""The first page of writing: her own words in one large box, kept at once or begun as a draft."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from daybook.diary.drafts import ReadDraft, Typed, save_section
from daybook.diary.entries import ReadEntry, entry_versions_for, get_entry_for
from daybook.diary.errors import NotFound
from daybook.diary.keeping import keep_at_once, keep_draft
from daybook.site.pages.diary import late_words
from daybook.site.pages.diary.addressed import address_of, around_of
from daybook.site.pages.diary.draft_check import Checked, check_draft
from daybook.site.pages.diary.draft_saving import (
    Window,
    id_for_form,
    is_autosave,
    new_token,
    save_first,
    saved_answer,
    token_in,
    typed_in,
)
from daybook.site.pages.diary.sections import FILES, TIME, WORDS, Around
from daybook.site.visits import OwnerRequest, owner_only

JUST_NOW = "just_now"
TAPPED = "tapped"


@require_http_methods(["GET", "HEAD", "POST"])
@owner_only
def new(request: OwnerRequest) -> HttpResponse:
    """The first page: her own words, in one large box. What she types is a draft from the first pause on."""
    late = late_words.asked_for(request)
    if request.method != "POST":
        typed = late_words.typed_late(late)
        token = token_in(late_words.form_token(late))
        if _entry_made_by(request, token) is not None:
            token = new_token()
        return show_new(request, typed, token, Window.showing({}))
    token, window = token_in(request.POST.get("form", "")), Window.of(request)
    kept_at_once = _keep_at_once(request, token)
    if kept_at_once is not None:
        late_words.put_back(request, now=request.now)
        messages.success(request, "Kept.")
        return redirect(address_of(kept_at_once))
    entry = _entry_made_by(request, token)
    if entry is not None and not is_autosave(request) and _says_other_words(request, entry):
        # The form of an entry that was kept, filled in anew: something else happened.
        token, entry = new_token(), None
    if entry is not None:
        # The same form again: it was kept already. An autosave that was overtaken must not begin it anew.
        return HttpResponse(status=409) if is_autosave(request) else redirect(address_of(entry))
    typed = typed_in(request.POST)
    draft = _save_new(request, id_for_form(request.unlocked.viewer, token), typed, window)
    if is_autosave(request):
        return saved_answer(draft.saved_at)
    late_words.put_back(request, now=request.now)
    if request.POST.get("go") != "keep":
        return redirect(f"/diary/draft/{draft.id}/")
    around = around_of(request)
    checked = check_draft(draft, around)
    if checked.fields is None:
        return show_new(request, typed, token, window, checked=checked)
    kept = keep_draft(
        request.unlocked.viewer,
        draft.id,
        checked.fields,
        exhibits=[one.id for one in FILES.chosen(draft.sections.get(FILES.slug, {}), around)],
        now=request.now,
    )
    messages.success(request, "Kept.")
    return redirect(address_of(kept))


def _keep_at_once(request: OwnerRequest, token: str) -> ReadEntry | None:
    """The entry, when she wrote and kept in one go; None when there is a draft to look at first, or a fault to show."""
    if request.POST.get("go") != "keep" or is_autosave(request):
        return None
    viewer, around = request.unlocked.viewer, around_of(request)
    typed, draft_id = typed_in(request.POST), id_for_form(request.unlocked.viewer, token)
    sections: dict[str, Typed] = {WORDS.slug: {WORDS.slug: typed.get(WORDS.slug, [])}}
    if typed.get(JUST_NOW):
        sections[TIME.slug] = TIME.quick("now", around) or {}
    checked = check_draft(ReadDraft(draft_id, None, 0, request.now, request.now, sections), around)
    if checked.fields is None:
        return None
    return keep_at_once(viewer, draft_id, checked.fields, now=request.now)


def _says_other_words(request: OwnerRequest, entry: ReadEntry) -> bool:
    written = " ".join(typed_in(request.POST).get(WORDS.slug, []))
    return (
        written.split()
        != str(entry_versions_for(request.unlocked.viewer, entry.id)[0].values["words"]).split()
    )


def show_new(
    request: OwnerRequest, typed: Typed | None, token: str, window: Window, *, checked: Checked | None = None
) -> HttpResponse:
    """The page with its box; with what is to be put right, when it was checked already."""
    form = WORDS.form(typed, around_of(request))
    form.fields["words"].label = "Write it in your own words"
    if checked is not None:
        form.show_faults([found.fault for found in checked.faults])
    context = {
        "form": form,
        "token": token,
        "window": window,
        "late": late_words.hidden(request),
        "just_now": bool(typed and typed.get(JUST_NOW)),
        "breadcrumbs": [("Diary", "/diary/"), ("Write", "")],
    }
    return render(request, "diary/new.html", context, status=422 if checked else 200)


def _save_new(request: OwnerRequest, draft_id: UUID, typed: Typed, window: Window) -> ReadDraft:
    """Save the words, and the time where she tapped that it happened just now."""
    viewer = request.unlocked.viewer
    words = {name: values for name, values in typed.items() if name == WORDS.slug}
    draft = save_first(viewer, draft_id, WORDS.slug, words, window=window, now=request.now)
    tapped = bool(draft.sections.get(TIME.slug, {}).get(TAPPED))
    if typed.get(JUST_NOW) and not draft.sections.get(TIME.slug):
        # About the time at which she began to write: later saves must not move it.
        began = Around(viewer, request.unlocked.profile.zone, draft.begun_at)
        answer = {**(TIME.quick("now", began) or {}), TAPPED: ["yes"]}
        return save_section(viewer, draft_id, TIME.slug, answer, now=request.now)
    if tapped and not typed.get(JUST_NOW):
        return save_section(viewer, draft_id, TIME.slug, {}, now=request.now)
    return draft


def _entry_made_by(request: OwnerRequest, token: str) -> ReadEntry | None:
    try:
        return get_entry_for(request.unlocked.viewer, id_for_form(request.unlocked.viewer, token))
    except NotFound:
        return None
