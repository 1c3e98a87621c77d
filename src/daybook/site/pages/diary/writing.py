"""Writing: the first page, the draft with its sections, checking and keeping it."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from daybook.diary.drafts import ReadDraft, Typed, discard_draft, get_draft_for, move_draft, save_section
from daybook.diary.entries import ReadEntry, entry_versions_for, get_entry_for
from daybook.diary.errors import AmendedMeanwhile, NotFound
from daybook.diary.keeping import keep_at_once, keep_draft
from daybook.kernel.entry import EntryFields, InvalidEntry
from daybook.site.pages.diary import late_words
from daybook.site.pages.diary.changes import changes_between
from daybook.site.pages.diary.draft_check import Checked, check_draft, merge, tasks_of
from daybook.site.pages.diary.draft_saving import (
    ASIDE,
    PUT_AWAY,
    WINDOW,
    Window,
    id_for_form,
    is_autosave,
    is_of_entry,
    is_put_away,
    new_token,
    put_away_at,
    save_first,
    save_typed,
    saved_answer,
    token_in,
    typed_in,
)
from daybook.site.pages.diary.entry_words import rows_of
from daybook.site.pages.diary.file_links import add_file_url, choice_of
from daybook.site.pages.diary.sections import (
    FILES,
    REASON,
    SECTIONS,
    TIME,
    WORDS,
    Around,
    Section,
    section_named,
)
from daybook.site.visits import OwnerRequest, owner_only

JUST_NOW = "just_now"
TAPPED = "tapped"
KEPT_AWAY = timedelta(days=7)


def around_of(request: OwnerRequest, amends: UUID | None = None) -> Around:
    """What the sections may offer to this person at this moment."""
    return Around(request.unlocked.viewer, request.unlocked.profile.zone, request.now, amends)


def draft_or_404(request: OwnerRequest, draft: UUID) -> ReadDraft:
    """A draft of this record; anything else is not there."""
    try:
        return get_draft_for(request.unlocked.viewer, draft)
    except NotFound:
        raise Http404 from None


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
        return _show_new(request, typed, token, Window.showing({}))
    token, window = token_in(request.POST.get("form", "")), Window.of(request)
    kept_at_once = _keep_at_once(request, token)
    if kept_at_once is not None:
        late_words.put_back(request, now=request.now)
        messages.success(request, "Kept.")
        return redirect(_address(kept_at_once))
    entry = _entry_made_by(request, token)
    if entry is not None and not is_autosave(request) and _says_other_words(request, entry):
        # The form of an entry that was kept, filled in anew: something else happened.
        token, entry = new_token(), None
    if entry is not None:
        # The same form again: it was kept already. An autosave that was overtaken must not begin it anew.
        return HttpResponse(status=409) if is_autosave(request) else redirect(_address(entry))
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
        return _show_new(request, typed, token, window, checked=checked)
    kept = keep_draft(
        request.unlocked.viewer,
        draft.id,
        checked.fields,
        exhibits=[one.id for one in FILES.chosen(draft.sections.get(FILES.slug, {}), around)],
        now=request.now,
    )
    messages.success(request, "Kept.")
    return redirect(_address(kept))


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


def _show_new(
    request: OwnerRequest, typed: Typed | None, token: str, window: Window, *, checked: Checked | None = None
) -> HttpResponse:
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


@require_http_methods(["GET", "HEAD"])
@owner_only
def hub(request: OwnerRequest, draft: UUID) -> HttpResponse:
    """A draft: its sections and how each stands."""
    try:
        read = get_draft_for(request.unlocked.viewer, draft)
    except NotFound:
        return redirect(_address(_entry_or_404(request, draft)))
    if not is_of_entry(read):
        return redirect("/people/")
    around = around_of(request, read.amends)
    context = {
        "draft": read,
        "tasks": tasks_of(read, around, f"/diary/draft/{draft}/"),
        "aside": _set_aside(read),
        "put_away": is_put_away(read),
        "breadcrumbs": [("Diary", "/diary/"), ("Draft", "")],
    }
    return render(request, "diary/draft.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@owner_only
def section(request: OwnerRequest, draft: UUID, slug: str) -> HttpResponse:
    """One question of a draft."""
    asked = section_named(slug)
    if asked is None:
        raise Http404
    late = late_words.typed_late(late_words.asked_for(request))
    try:
        read = get_draft_for(request.unlocked.viewer, draft)
    except NotFound:
        if late is None:
            raise Http404 from None
        # The draft is gone, the late words are not: they begin a new one.
        texts = "\n\n".join(value for values in late.values() for value in values if value.strip())
        return _show_new(request, {WORDS.slug: [texts]}, new_token(), Window.showing({}))
    around = around_of(request, read.amends)
    if request.method == "POST":
        return _save_asked(request, read, asked, around)
    typed = late if late is not None else read.sections.get(slug)
    return _show_asked(request, read, asked, around, typed)


def _save_asked(request: OwnerRequest, draft: ReadDraft, asked: Section, around: Around) -> HttpResponse:
    viewer, go = request.unlocked.viewer, request.POST.get("go", "")
    typed: Typed = asked.quick(go, around) or typed_in(request.POST)
    saved = save_typed(viewer, draft, asked.slug, typed, window=Window.of(request), now=request.now)
    if is_autosave(request):
        return saved_answer(saved.saved_at)
    late_words.put_back(request, now=request.now)
    here = f"/diary/draft/{draft.id}/"
    if go == "more" or asked.faults(typed, around):
        # The page again, with a place for more, or with what is to be put right. All of it is saved as typed.
        return redirect(f"{here}{asked.slug}/")
    return redirect(here if go != "next" else _after(asked, here))


def _show_asked(
    request: OwnerRequest, draft: ReadDraft, asked: Section, around: Around, typed: Typed | None
) -> HttpResponse:
    form = asked.form(
        {name: values for name, values in typed.items() if name != WINDOW} if typed else None, around
    )
    if typed and asked is not WORDS:
        form.show_faults(asked.faults(typed, around))
    here = f"/diary/draft/{draft.id}/"
    context: dict[str, Any] = {
        "asked": asked,
        "draft": draft,
        "form": form,
        "window": Window.showing(draft.sections.get(asked.slug, {})),
        "late": late_words.hidden(request),
        "hub": here,
        "skip": _after(asked, here),
        "back_url": here,
        "back_text": "All questions",
    }
    if asked is FILES:
        everything = bool(request.GET.get("all"))
        chosen = {one.id for one in FILES.chosen(typed or {}, around)}
        offered, more = FILES.offered(typed or {}, around, everything=everything)
        context |= {
            "cards": [choice_of(one, chosen=one.id in chosen) for one in offered],
            "attached": [choice_of(one) for one in around.exhibits if one.id in around.attached],
            "more": more,
            "add_url": add_file_url(draft=draft.id),
        }
    return render(request, asked.template, context)


@require_http_methods(["GET", "HEAD", "POST"])
@owner_only
def check(request: OwnerRequest, draft: UUID) -> HttpResponse:
    """All that the entry will say, or what is to be put right first; then keep it."""
    viewer = request.unlocked.viewer
    try:
        read = get_draft_for(viewer, draft)
    except NotFound:
        return redirect(_address(_already_kept(request, draft)))
    around = around_of(request, read.amends)
    if request.method == "POST" and read.amends is not None:
        typed = typed_in(request.POST)
        read = save_typed(viewer, read, REASON.slug, typed, window=Window.of(request), now=request.now)
        if is_autosave(request):
            return saved_answer(read.saved_at)
        late_words.put_back(request, now=request.now)
    if _overtaken(request, read):
        return redirect(f"/diary/draft/{draft}/newer/")
    if request.method != "POST":
        return _show_check(request, read, around, tried=False)
    checked, reason = check_draft(read, around), ""
    exhibits = [one.id for one in FILES.chosen(read.sections.get(FILES.slug, {}), around)]
    if checked.fields is None:
        return _show_check(request, read, around, tried=True)
    if read.amends is not None:
        answer = read.sections.get(REASON.slug, {})
        reason = REASON.words(answer)
        if REASON.faults(answer, around):
            return _show_check(request, read, around, tried=True)
        if not exhibits and checked.fields == get_entry_for(viewer, read.amends).fields:
            return _show_check(
                request,
                read,
                around,
                tried=True,
                error="Nothing is different from the version you began with.",
            )
    try:
        kept = keep_draft(viewer, draft, checked.fields, exhibits=exhibits, reason=reason, now=request.now)
    except AmendedMeanwhile:
        return redirect(f"/diary/draft/{draft}/newer/")
    except InvalidEntry as invalid:
        # A name that meanwhile belongs to somebody who is in the entry already.
        words = " ".join(problem.words for problem in invalid.problems)
        return _show_check(request, read, around, tried=True, error=words)
    except NotFound:
        return redirect(_address(_already_kept(request, draft)))
    messages.success(request, "Kept.")
    return redirect(_address(kept))


def _show_check(
    request: OwnerRequest, draft: ReadDraft, around: Around, *, tried: bool, error: str = ""
) -> HttpResponse:
    checked = check_draft(draft, around)
    here = f"/diary/draft/{draft.id}/"
    late = late_words.typed_late(late_words.asked_for(request)) if request.method != "POST" else None
    answer = late if late is not None else draft.sections.get(REASON.slug)
    form = REASON.form(answer, around) if draft.amends is not None else None
    if form is not None and tried and not checked.faults:
        form = REASON.form(answer or {}, around)
        form.show_faults(REASON.faults(answer or {}, around))
    context: dict[str, Any] = {
        "draft": draft,
        "here": here,
        "faults": [
            (found.fault.words, f"{here}{found.section.slug}/", found.section.title)
            for found in checked.faults
        ],
        "fields": checked.fields,
        "rows": _check_rows(checked.fields, around, here) if checked.fields else [],
        "files": [choice_of(one) for one in FILES.chosen(draft.sections.get(FILES.slug, {}), around)],
        "form": form,
        "page_error": error,
        "window": Window.showing(draft.sections.get(REASON.slug, {})),
        "late": late_words.hidden(request),
        "back_url": here,
        "back_text": "All questions",
    }
    if draft.amends is not None and checked.fields is not None:
        newest = get_entry_for(request.unlocked.viewer, draft.amends)
        context["changes"] = changes_between(newest.fields, checked.fields, around)
    return render(request, "diary/check.html", context, status=422 if tried else 200)


def _check_rows(fields: EntryFields, around: Around, here: str) -> list[dict[str, Any]]:
    rows = [{"key": "In your own words", "value": fields.words, "url": f"{here}words/", "own_words": True}]
    rows += [
        {"key": row.key, "value": row.value, "url": f"{here}{row.section}/", "own_words": row.own_words}
        for row in rows_of(fields, around)
    ]
    return rows


@require_http_methods(["GET", "HEAD", "POST"])
@owner_only
def newer(request: OwnerRequest, draft: UUID) -> HttpResponse:
    """The entry was amended in another window after this amendment was begun: show how, and go on from there."""
    read = draft_or_404(request, draft)
    if read.amends is None or not _overtaken(request, read):
        return redirect(f"/diary/draft/{draft}/")
    viewer, around = request.unlocked.viewer, around_of(request, read.amends)
    versions = entry_versions_for(viewer, read.amends)
    newest = versions[-1]
    begun_from = versions[min(read.amends_version, newest.version) - 1]
    merged = merge(read, begun_from.values, newest.values, around)
    if request.method == "POST":
        move_draft(viewer, draft, merged.sections, version=newest.version, now=request.now)
        return redirect(f"/diary/draft/{draft}/check/")
    context = {
        "draft": read,
        "newest": newest,
        "changes": changes_between(begun_from.fields, newest.fields, around),
        "both": [asked.title for asked in merged.both],
        "back_url": f"/diary/draft/{draft}/",
        "back_text": "All questions",
    }
    return render(request, "diary/newer.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@owner_only
def put_away(request: OwnerRequest, draft: UUID) -> HttpResponse:
    """Put a draft away, or bring it back. Nothing goes for good before it was put away for a week."""
    read = draft_or_404(request, draft)
    away_at = put_away_at(read)
    may_remove = away_at is not None and request.now - away_at >= KEPT_AWAY
    if request.method != "POST":
        context = {
            "draft": read,
            "put_away": away_at,
            "may_remove": may_remove,
            "back_url": f"/diary/draft/{draft}/",
        }
        return render(request, "diary/put_away.html", context)
    match request.POST.get("go"):
        case "put-away" if away_at is None:
            answer: Typed = {"at": [request.now.isoformat()]}
            save_section(request.unlocked.viewer, draft, PUT_AWAY, answer, now=request.now)
        case "bring-back" if away_at is not None:
            save_section(request.unlocked.viewer, draft, PUT_AWAY, {}, now=request.now)
            return redirect(f"/diary/draft/{draft}/")
        case "remove" if may_remove:
            discard_draft(request.unlocked.viewer, draft)
    return redirect("/diary/")


@require_http_methods(["GET", "HEAD", "POST"])
@owner_only
def aside_read(request: OwnerRequest, draft: UUID) -> HttpResponse:
    """She has seen the words that another window wrote: they need not be shown any more."""
    read = draft_or_404(request, draft)
    name = request.POST.get("name", "")
    if name.startswith(ASIDE) and read.sections.get(name):
        # Kept under another name, not thrown away: only the notice goes.
        seen = f"seen/{name}"
        save_section(request.unlocked.viewer, draft, seen, read.sections[name], now=request.now)
        save_section(request.unlocked.viewer, draft, name, {}, now=request.now)
    return redirect(f"/diary/draft/{draft}/")


def _set_aside(draft: ReadDraft) -> list[dict[str, str]]:
    found = []
    for name, typed in draft.sections.items():
        asked = section_named(name.split("/")[1]) if name.startswith(ASIDE) and typed else None
        if asked is not None:
            texts = [
                value for key, values in typed.items() if key != WINDOW for value in values if value.strip()
            ]
            found.append({"name": name, "title": asked.title, "text": "\n".join(texts)})
    return found


def _after(asked: Section, here: str) -> str:
    """The next question, or the list after the last."""
    place = SECTIONS.index(asked) + 1
    return f"{here}{SECTIONS[place].slug}/" if place < len(SECTIONS) else here


def _overtaken(request: OwnerRequest, draft: ReadDraft) -> bool:
    if draft.amends is None:
        return False
    return get_entry_for(request.unlocked.viewer, draft.amends).version != draft.amends_version


def _entry_made_by(request: OwnerRequest, token: str) -> ReadEntry | None:
    try:
        return get_entry_for(request.unlocked.viewer, id_for_form(request.unlocked.viewer, token))
    except NotFound:
        return None


def _entry_or_404(request: OwnerRequest, entry: UUID) -> ReadEntry:
    try:
        return get_entry_for(request.unlocked.viewer, entry)
    except NotFound:
        raise Http404 from None


def _already_kept(request: OwnerRequest, draft: UUID) -> ReadEntry:
    """The entry a draft became: its own, or the one the form says that it amends."""
    try:
        return get_entry_for(request.unlocked.viewer, draft)
    except NotFound:
        try:
            return _entry_or_404(request, UUID(request.POST.get("amends", "")))
        except ValueError:
            raise Http404 from None


def _address(entry: ReadEntry) -> str:
    return f"/diary/{entry.id}/"
