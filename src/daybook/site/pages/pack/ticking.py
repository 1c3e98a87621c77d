"""Ticking entries and files in a list, a page at a time. What is ticked on other pages travels along, so nothing is stored."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.template.defaultfilters import filesizeformat
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from daybook.diary.attachments import exhibits_by_entry
from daybook.diary.entries import ReadEntry
from daybook.evidence.exhibits import exhibits_for
from daybook.kernel.chronology import describe, sort_key
from daybook.kernel.custody import EventKind
from daybook.kernel.media.names import display_name
from daybook.ledger.access import note_access
from daybook.packs.selection import Selection, entries_chosen
from daybook.site.pages.pack.choosing import read_choice, show_choice
from daybook.site.pages.pack.faults import DOES_NOT_HOLD, show_faults
from daybook.site.pages.pack.forms import Chosen
from daybook.site.pages.pack.looking_over import show_preview
from daybook.site.visits import OwnerRequest, owner_only

PAGE = 100
FIRST_WORDS = 90
ENTRIES, FILES = "entries", "files"


@dataclass(frozen=True, slots=True)
class Line:
    """One thing to tick."""

    id: UUID
    title: str
    words: str
    group: str
    ticked: bool = False


@require_http_methods(["GET", "HEAD", "POST"])
@owner_only
def tick(request: OwnerRequest) -> HttpResponse:
    """The list: first the entries, then the files. Each button brings the ticks of this page along."""
    if request.method != "POST":
        return redirect("/pack/choose/")
    form = read_choice(request)
    if not form.is_valid():
        return show_choice(request, form)
    chosen, of = form.chosen(), request.POST.get("list", "")
    if of in (ENTRIES, FILES):
        chosen = _with_ticks(request, chosen, of)
    go, _, number = request.POST.get("go", "").partition(":")
    match go:
        case "preview":
            return show_preview(request, chosen)
        case "files":
            return show_list(request, _with_files_of_entries(request, chosen), FILES, number)
        case "all" | "none":
            try:
                chosen = _all_or_none(request, chosen, of, everything=go == "all")
            except DOES_NOT_HOLD as error:
                return show_faults(request, error)
            return show_list(request, chosen, of, number)
        case _:
            return show_list(request, chosen, FILES if go == "page" and of == FILES else ENTRIES, number)


def _with_ticks(request: OwnerRequest, chosen: Chosen, of: str) -> Chosen:
    """The choice with the ticks of the page that was sent, and those of all other pages as they were."""
    shown, ticked = _ids(request, "shown"), _ids(request, "ticked")
    before = (chosen.ticked if of == ENTRIES else chosen.selection.exhibits) or frozenset()
    return _holding(chosen, of, (before - shown) | (ticked & shown))


def _holding(chosen: Chosen, of: str, ids: frozenset[UUID]) -> Chosen:
    if of == ENTRIES:
        return replace(chosen, ticked=ids, selection=replace(chosen.selection, entries=ids))
    return replace(chosen, selection=replace(chosen.selection, exhibits=ids))


def _with_files_of_entries(request: OwnerRequest, chosen: Chosen) -> Chosen:
    """Tick the files of entries ticked since, and take the tick from those of entries that are out again."""
    entries = chosen.ticked or frozenset()
    attached = exhibits_by_entry(request.unlocked.viewer)
    new = _files_of(attached, entries - chosen.asked)
    gone = _files_of(attached, chosen.asked - entries) - _files_of(attached, entries)
    files = ((chosen.selection.exhibits or frozenset()) - gone) | new
    return replace(_holding(chosen, FILES, files), asked=entries)


def _all_or_none(request: OwnerRequest, chosen: Chosen, of: str, *, everything: bool) -> Chosen:
    lines = _lines(request, chosen, of) if everything else []
    return _holding(chosen, of, frozenset(line.id for line in lines))


def show_list(request: OwnerRequest, chosen: Chosen, of: str, number: str = "1") -> HttpResponse:
    """Page ``number`` of the list of entries or files, with what is ticked so far."""
    try:
        lines = _lines(request, chosen, of)
    except DOES_NOT_HOLD as error:
        return show_faults(request, error)
    ticked = (chosen.ticked if of == ENTRIES else chosen.selection.exhibits) or frozenset()
    pages = max(1, -(-len(lines) // PAGE))
    page = min(max(int(number), 1), pages) if number.isascii() and number.isdigit() and len(number) < 6 else 1
    on_page = lines[(page - 1) * PAGE : page * PAGE]
    note_access(
        request.unlocked.viewer,
        EventKind.VIEWED,
        item=request.unlocked.record_id,
        what="list for a pack",
        now=request.now,
    )
    context = {
        "list": of,
        "groups": _grouped(replace(line, ticked=line.id in ticked) for line in on_page),
        "total": len(lines),
        "ticked": len(ticked & {line.id for line in lines}),
        "page": page,
        "pages": pages,
        "before": page - 1,
        "after": page + 1 if page < pages else 0,
        "carried": chosen.carried(),
        "back_url": "/pack/choose/",
        "back_text": "Begin again",
    }
    return render(request, "pack/list.html", context)


def _lines(request: OwnerRequest, chosen: Chosen, of: str) -> list[Line]:
    if of == FILES:
        return [
            Line(
                one.id,
                one.reference,
                f"{display_name(one.name).short} ({filesizeformat(one.size)})",
                "",
            )
            for one in exhibits_for(request.unlocked.viewer)
        ]
    days = Selection(first_day=chosen.selection.first_day, last_day=chosen.selection.last_day)
    zone = request.unlocked.profile.zone
    return [_entry_line(entry, zone) for entry in entries_chosen(request.unlocked, days)]


def _entry_line(entry: ReadEntry, zone: str) -> Line:
    words = " ".join(str(entry.values.get("words", "")).split())
    moment = timezone.localtime(sort_key(entry.when, written_at=entry.first_written_at)[0])
    when = describe(entry.when, home_zone=zone)
    return Line(
        entry.id,
        f"{when[:1].upper()}{when[1:]}",
        words if len(words) <= FIRST_WORDS else f"{words[:FIRST_WORDS].rstrip()}…",
        f"{moment:%B %Y}",
    )


def _grouped(lines: Iterable[Line]) -> list[tuple[str, list[Line]]]:
    return [(name, list(group)) for name, group in groupby(lines, key=lambda line: line.group)]


def _files_of(attached: dict[UUID, list[UUID]], entries: Iterable[UUID]) -> frozenset[UUID]:
    return frozenset(exhibit for entry in entries for exhibit in attached.get(entry, ()))


def _ids(request: OwnerRequest, name: str) -> frozenset[UUID]:
    sent: Sequence[str] = request.POST.getlist(name)
    found = set()
    for text in sent:
        try:
            found.add(UUID(text))
        except ValueError:
            continue  # not written by our page
    return frozenset(found)
