"""A draft: its questions one by one, words of another window set aside, putting it away and bringing it back."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from daybook.diary.drafts import ReadDraft, Typed, discard_draft, get_draft_for, save_section
from daybook.diary.errors import NotFound
from daybook.site.pages.diary import late_words
from daybook.site.pages.diary.addressed import address_of, around_of, draft_or_404, entry_or_404
from daybook.site.pages.diary.draft_check import tasks_of
from daybook.site.pages.diary.draft_saving import (
    ASIDE,
    PUT_AWAY,
    WINDOW,
    Window,
    is_autosave,
    is_of_entry,
    is_put_away,
    new_token,
    put_away_at,
    save_typed,
    saved_answer,
    typed_in,
)
from daybook.site.pages.diary.file_links import add_file_url, choice_of
from daybook.site.pages.diary.first_page import show_new
from daybook.site.pages.diary.sections import FILES, SECTIONS, WORDS, Around, Section, section_named
from daybook.site.visits import OwnerRequest, owner_only

KEPT_AWAY = timedelta(days=7)


@require_http_methods(["GET", "HEAD"])
@owner_only
def hub(request: OwnerRequest, draft: UUID) -> HttpResponse:
    """A draft: its sections and how each stands."""
    try:
        read = get_draft_for(request.unlocked.viewer, draft)
    except NotFound:
        return redirect(address_of(entry_or_404(request, draft)))
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
        return show_new(request, {WORDS.slug: [texts]}, new_token(), Window.showing({}))
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
        # The page's title: it stands in the browser's tab and history, so it says no more than this.
        "number": SECTIONS.index(asked) + 1,
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
