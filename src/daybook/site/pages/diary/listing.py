"""The list of entries, the newest event first; finding entries; and the list on paper.

The plain list opens the entries on its page and nothing else, however many there are.
"""

from dataclasses import dataclass
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Page as PaginatorPage
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from daybook.diary.attachments import exhibits_by_entry, exhibits_that_open
from daybook.diary.drafts import drafts_that_open
from daybook.diary.entries import (
    PAGE,
    Page,
    ReadEntry,
    lay_timeline_anew,
    page_of_entries,
    page_of_wanted,
    wanted_entries_for,
)
from daybook.diary.filtering import Wanted
from daybook.diary.versions import AlteredVersion
from daybook.kernel.chronology import describe
from daybook.kernel.custody import EventKind
from daybook.kernel.entry import EntryFields
from daybook.kernel.facts import behaviours, label_of
from daybook.ledger.access import note_access
from daybook.people.late_saves import late_saves_wait
from daybook.site.pages.diary import found_again
from daybook.site.pages.diary.addressed import around_of
from daybook.site.pages.diary.draft_saving import is_of_entry, is_put_away
from daybook.site.pages.diary.entry_words import Row, rows_of, suspect_names, witness_names
from daybook.site.pages.diary.finding import FindForm
from daybook.site.pages.diary.sections.around import Around
from daybook.site.visits import OwnerRequest, owner_only

FIRST_WORDS = 240
ALTERED_PERSON = "Someone whose details were altered"
ALTERED_FILE = "a file that was altered"


@dataclass(frozen=True, slots=True)
class Line:
    """One entry in the list."""

    id: UUID
    when: str
    words: str
    tags: list[str]
    people: list[str]
    files: int
    written: str
    amended: bool
    breached: bool


@dataclass(frozen=True, slots=True)
class Damage:
    """What is wrong with a page of the list. ``altered`` entries do not open; ``missing`` have no place in the list;
    ``drafts`` of hers do not open.
    """

    altered: list[AlteredVersion]
    missing: int
    list_whole: bool
    drafts: int = 0


@dataclass(frozen=True, slots=True)
class Printed:
    """One entry on paper."""

    entry: ReadEntry
    fields: EntryFields
    when: str
    rows: list[Row]
    files: list[str]


@require_http_methods(["GET", "HEAD"])
@owner_only
def diary(request: OwnerRequest) -> HttpResponse:
    """All entries, with drafts and late words above them."""
    around = around_of(request)
    number = _number(request.GET.get("page"))
    page = page_of_entries(around.viewer, number)
    if number > page.pages:
        return redirect(f"/diary/?page={page.pages}")
    begun, drafts_altered = drafts_that_open(around.viewer)
    drafts = [draft for draft in begun if is_of_entry(draft)]
    context = {
        "lines": lines_of(page.entries, around),
        "total": page.total,
        "page": _paged(page),
        "damage": Damage(page.altered, page.missing, page.whole, drafts_altered),
        "find": FindForm(None, around),
        "drafts": [draft for draft in drafts if not is_put_away(draft)] if number == 1 else [],
        "put_away": [draft for draft in drafts if is_put_away(draft)] if number == 1 else [],
        "late": late_saves_wait(request.unlocked),
    }
    return render(request, "diary/list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@owner_only
def mend(request: OwnerRequest) -> HttpResponse:
    """Make the order of the list again from the entries. Nothing of an entry is changed by it."""
    if request.method == "POST":
        there = lay_timeline_anew(request.unlocked.viewer)
        entries = "1 entry is" if there == 1 else f"{there} entries are"
        messages.success(request, f"The list was made again. {entries} in it.")
    return redirect("/diary/")


@require_http_methods(["GET", "HEAD", "POST"])
@owner_only
def find(request: OwnerRequest) -> HttpResponse:
    """Look for entries. Only by POST: nothing that is searched for comes into an address."""
    if request.method != "POST":
        return redirect("/diary/")
    around = around_of(request)
    form = FindForm(request.POST, around)
    if not form.is_valid():
        return render(request, "diary/found.html", {"find": form, "form": form, "lines": []}, status=422)
    number = found_again.new_number()
    response = redirect(found_again.address_of(number))
    found_again.remember(response, around.viewer, number, dict(form.sent()))
    return response


@require_http_methods(["GET", "HEAD"])
@owner_only
def found(request: OwnerRequest, number: str) -> HttpResponse:
    """The entries that match what was looked for."""
    around = around_of(request)
    form = _remembered_form(request, around, number)
    if form is None:
        return redirect("/diary/")
    page = page_of_wanted(around.viewer, form.wanted(), _number(request.GET.get("page")))
    if page.number > page.pages:
        return redirect(f"{request.path}?page={page.pages}")
    context = {
        "lines": lines_of(page.entries, around),
        "total": page.total,
        "page": _paged(page),
        "damage": Damage(page.altered, 0, list_whole=True),
        "find": form,
        "chosen": form.chosen(),
        "print_url": f"{request.path}print/",
        "breadcrumbs": [("Diary", "/diary/"), ("Found", "")],
    }
    return render(request, "diary/found.html", context)


@require_http_methods(["GET", "HEAD"])
@owner_only
def on_paper(request: OwnerRequest, number: str = "") -> HttpResponse:
    """All entries, or those that match, with every field, to be printed. Private feelings only where she asks for them."""
    around = around_of(request)
    form = _remembered_form(request, around, number) if number else None
    if number and form is None:
        return redirect("/diary/")
    # Paper is read from the top: earliest event first.
    looked_for = wanted_entries_for(around.viewer, form.wanted() if form else Wanted())
    feelings = bool(request.GET.get("all"))
    note_access(
        around.viewer, EventKind.VIEWED, item=around.viewer.record, what="diary to print", now=request.now
    )
    found_url = found_again.address_of(number) if number else ""
    context = {
        "printed": _printed(looked_for.entries, around, feelings=feelings),
        "damage": Damage(looked_for.altered, 0, list_whole=True),
        "chosen": form.chosen() if form else [],
        "feelings": feelings,
        "printed_at": request.now,
        "breadcrumbs": [("Diary", "/diary/"), *([("Found", found_url)] if number else []), ("To print", "")],
    }
    return render(request, "diary/print.html", context)


def _remembered_form(request: OwnerRequest, around: Around, number: str) -> FindForm | None:
    sent = found_again.remembered(request, around.viewer, number)
    form = FindForm(sent, around) if sent is not None else None
    return form if form is not None and form.is_valid() else None


def lines_of(entries: list[ReadEntry], around: Around) -> list[Line]:
    """Entries as lines of the list."""
    files = exhibits_by_entry(around.viewer, [entry.id for entry in entries])
    suspects, witnesses = suspect_names(around), witness_names(around)
    return [_line(entry, around.zone, suspects, witnesses, len(files.get(entry.id, ()))) for entry in entries]


def _line(
    entry: ReadEntry, zone: str, suspects: dict[UUID, str], witnesses: dict[UUID, str], files: int
) -> Line:
    values = entry.values
    words = str(values.get("words", ""))
    people = [suspects.get(UUID(link["suspect"]), ALTERED_PERSON) for link in values.get("suspects", [])]
    people += [
        witnesses.get(UUID(name[8:]), ALTERED_PERSON) for name in values if name.startswith("witness/")
    ]
    return Line(
        id=entry.id,
        when=_capital(describe(entry.when, home_zone=zone)),
        words=words if len(words) <= FIRST_WORDS else f"{words[:FIRST_WORDS].rstrip()}…",
        tags=[label_of(behaviours(), code) for code in values.get("behaviours", [])],
        people=[name for name in people if name],
        files=files,
        written=_capital(entry.first_written),
        amended=entry.amended,
        breached=values.get("order_breached", {}).get("answer") == "yes",
    )


def _printed(entries: list[ReadEntry], around: Around, *, feelings: bool) -> list[Printed]:
    attached = exhibits_by_entry(around.viewer)
    wanted = {one for entry in entries for one in attached.get(entry.id, ())}
    opened, altered = exhibits_that_open(around.viewer, wanted) if wanted else ([], [])
    references = {one.id: one.reference for one in opened}
    references |= {one: f"{ALTERED_FILE} (number {number})" for one, number in altered}
    found = []
    for entry in entries:
        fields = entry.fields
        rows = [row for row in rows_of(fields, around, feelings=feelings) if row.section != "when"]
        files = [references.get(one, ALTERED_FILE) for one in attached.get(entry.id, ())]
        found.append(
            Printed(entry, fields, _capital(describe(entry.when, home_zone=around.zone)), rows, files)
        )
    return found


def _paged(page: Page) -> PaginatorPage[int]:
    """The numbers under a list; nothing but how many entries there are is needed for it."""
    return Paginator(range(page.total), PAGE).get_page(page.number)


def _number(text: str | None) -> int:
    return (
        int(text)
        if text and text.isascii() and text.isdigit() and int(text[:6]) > 0 and len(text) <= 6
        else 1
    )


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]
