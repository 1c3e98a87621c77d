"""Reading an entry: all its versions, what changed between them, its files; and beginning to amend it."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from daybook.diary.attachments import attach_exhibit, detach_exhibit
from daybook.diary.drafts import begin_draft, drafts_for
from daybook.diary.entries import ReadEntry, entry_versions_for
from daybook.diary.errors import NotFound
from daybook.kernel.chronology import describe, lies_ahead, written_after
from daybook.kernel.custody import EventKind
from daybook.ledger.access import note_access
from daybook.site.pages.diary.addressed import around_of
from daybook.site.pages.diary.altered import says_if_altered
from daybook.site.pages.diary.changes import changes_between
from daybook.site.pages.diary.draft_check import sections_of
from daybook.site.pages.diary.draft_saving import is_put_away, typed_in
from daybook.site.pages.diary.entry_words import rows_of
from daybook.site.pages.diary.file_links import add_file_url, choice_of
from daybook.site.pages.diary.sections import FILES, Around
from daybook.site.visits import OwnerRequest, owner_only


@dataclass(frozen=True, slots=True)
class Told:
    """One version in the list of versions: when it was written, how long after the event, and why."""

    version: int
    written_at: Any
    after: str
    reason: str
    newest: bool


@require_http_methods(["GET", "HEAD"])
@owner_only
@says_if_altered
def entry(request: OwnerRequest, entry: UUID) -> HttpResponse:
    """The newest version of an entry, in words."""
    versions = _versions_or_404(request, entry)
    return _show(request, versions, versions[-1], "diary/entry.html")


@require_http_methods(["GET", "HEAD"])
@owner_only
@says_if_altered
def version(request: OwnerRequest, entry: UUID, number: int) -> HttpResponse:
    """One version of an entry, and what changed from the one before."""
    versions = _versions_or_404(request, entry)
    if not 1 <= number <= len(versions):
        raise Http404
    return _show(request, versions, versions[number - 1], "diary/version.html")


@require_http_methods(["GET", "HEAD", "POST"])
@owner_only
@says_if_altered
def amend(request: OwnerRequest, entry: UUID) -> HttpResponse:
    """Begin to amend an entry, or go on where that was begun before. The entry stays as it is until the draft is kept."""
    if request.method != "POST":
        # Somebody comes back here after unlocking: nothing is begun by merely looking.
        return redirect(f"/diary/{entry}/")
    viewer, newest = request.unlocked.viewer, _versions_or_404(request, entry)[-1]
    begun = next(
        (draft for draft in drafts_for(viewer) if draft.amends == entry and not is_put_away(draft)), None
    )
    draft = begun or begin_draft(
        viewer, now=request.now, sections=sections_of(newest.values), amends=entry, version=newest.version
    )
    return redirect(f"/diary/draft/{draft.id}/")


@require_http_methods(["GET", "HEAD", "POST"])
@owner_only
@says_if_altered
def files(request: OwnerRequest, entry: UUID) -> HttpResponse:
    """Files of an entry: put more of them with it, or take one away from it. The files themselves always stay."""
    viewer, newest = request.unlocked.viewer, _versions_or_404(request, entry)[-1]
    around = around_of(request, entry)
    if request.method == "POST":
        typed = typed_in(request.POST)
        if taken := _attached(request, around):
            detach_exhibit(viewer, entry=entry, exhibit=taken, now=request.now)
            messages.success(request, "Taken away from this entry. The file itself is still in Files.")
            return redirect(request.path)
        for one in FILES.chosen(typed, around):
            attach_exhibit(viewer, entry=entry, exhibit=one.id, now=request.now)
        return redirect(f"/diary/{entry}/")
    offered, more = FILES.offered({}, around, everything=bool(request.GET.get("all")))
    context = {
        "entry": newest,
        "attached": [choice_of(one) for one in around.exhibits if one.id in around.attached],
        "cards": [choice_of(one) for one in offered],
        "more": more,
        "add_url": add_file_url(entry=entry),
        "back_url": f"/diary/{entry}/",
        "back_text": "The entry",
    }
    return render(request, "diary/entry_files.html", context)


def _show(request: OwnerRequest, versions: list[ReadEntry], shown: ReadEntry, template: str) -> HttpResponse:
    viewer, around = request.unlocked.viewer, around_of(request, shown.id)
    newest, fields = versions[-1], shown.fields
    rows = rows_of(fields, around, feelings=False)
    before = versions[shown.version - 2] if shown.version > 1 else None
    label = "" if shown is newest else f"version {shown.version}"
    note_access(viewer, EventKind.VIEWED, item=shown.id, what="entry", label=label, now=request.now)
    context = {
        "entry": shown,
        "fields": fields,
        "when": describe(shown.when, home_zone=around.zone),
        "ahead": lies_ahead(shown.when, shown.first_written_at),
        "rows": [
            {"key": row.key, "value": row.value, "own_words": True} for row in rows if row.section != "when"
        ],
        "files": [choice_of(one) for one in around.exhibits if one.id in around.attached][::-1]
        if around.attached
        else [],
        "versions": [_told(one, newest) for one in reversed(versions)],
        "newest": newest,
        "changes": changes_between(before.fields, fields, around) if before else [],
        "before": before,
        "draft": next(
            (draft for draft in drafts_for(viewer) if draft.amends == shown.id and not is_put_away(draft)),
            None,
        ),
        "breadcrumbs": [
            ("Diary", "/diary/"),
            ("Entry", f"/diary/{shown.id}/" if shown is not newest else ""),
        ],
    }
    return render(request, template, context)


def _told(one: ReadEntry, newest: ReadEntry) -> Told:
    return Told(
        one.version, one.written_at, written_after(one.when, one.written_at), one.reason, one is newest
    )


def _attached(request: OwnerRequest, around: Around) -> UUID | None:
    """The file to take away, if the form names one that belongs to the entry."""
    wanted = request.POST.get("detach", "")
    return next((one for one in around.attached if str(one) == wanted), None)


def _versions_or_404(request: OwnerRequest, entry: UUID) -> list[ReadEntry]:
    try:
        return entry_versions_for(request.unlocked.viewer, entry)
    except NotFound:
        raise Http404 from None
