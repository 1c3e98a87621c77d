"""Checking a draft, keeping it as an entry, and merging with what another window kept meanwhile."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from daybook.diary.drafts import ReadDraft, get_draft_for, move_draft
from daybook.diary.entries import ReadEntry, entry_versions_for, get_entry_for
from daybook.diary.errors import AmendedMeanwhile, NotFound
from daybook.diary.keeping import keep_draft
from daybook.kernel.chronology import lies_ahead
from daybook.kernel.entry import EntryFields, InvalidEntry
from daybook.site.pages.diary import late_words
from daybook.site.pages.diary.addressed import address_of, around_of, draft_or_404, entry_or_404
from daybook.site.pages.diary.changes import changes_between
from daybook.site.pages.diary.draft_check import check_draft, merge
from daybook.site.pages.diary.draft_saving import Window, is_autosave, save_typed, saved_answer, typed_in
from daybook.site.pages.diary.entry_words import rows_of
from daybook.site.pages.diary.file_links import choice_of
from daybook.site.pages.diary.sections import FILES, REASON, Around
from daybook.site.visits import OwnerRequest, owner_only


@require_http_methods(["GET", "HEAD", "POST"])
@owner_only
def check(request: OwnerRequest, draft: UUID) -> HttpResponse:
    """All that the entry will say, or what is to be put right first; then keep it."""
    viewer = request.unlocked.viewer
    try:
        read = get_draft_for(viewer, draft)
    except NotFound:
        return redirect(address_of(_already_kept(request, draft)))
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
        return redirect(address_of(_already_kept(request, draft)))
    messages.success(request, "Kept.")
    return redirect(address_of(kept))


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
        "ahead": bool(
            checked.fields and checked.fields.when and lies_ahead(checked.fields.when, request.now)
        ),
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


def _overtaken(request: OwnerRequest, draft: ReadDraft) -> bool:
    if draft.amends is None:
        return False
    return get_entry_for(request.unlocked.viewer, draft.amends).version != draft.amends_version


def _already_kept(request: OwnerRequest, draft: UUID) -> ReadEntry:
    """The entry a draft became: its own, or the one the form says that it amends."""
    try:
        return get_entry_for(request.unlocked.viewer, draft)
    except NotFound:
        try:
            return entry_or_404(request, UUID(request.POST.get("amends", "")))
        except ValueError:
            raise Http404 from None
