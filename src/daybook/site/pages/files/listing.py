"""The list of files: cards of one page at a time, so that a thousand files are as quick as ten."""

from typing import Any
from uuid import UUID

from django import forms
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from daybook.diary.attachments import entries_by_exhibit
from daybook.evidence.exhibits import ReadExhibit, exhibit_ids_for, exhibits_for, get_exhibit_for
from daybook.evidence.notes import Noted, noted_for
from daybook.kernel.consent import Viewer
from daybook.kernel.sealing.errors import SealingError
from daybook.people.accounts import Unlocked
from daybook.site.pages.files.cards import (
    Card,
    altered_card,
    card_of,
    entry_links,
    links_in_order,
    noted_or_hidden,
)
from daybook.site.visits import OwnerRequest, owner_only

PAGE = 24

SHOWN = (
    ("", "All files"),
    ("alone", "Not with any entry"),
    ("unseen", "Kept without looking"),
    ("helper", "Kept for someone to look at"),
    ("never", "Never to be shown to you"),
    ("pictures", "With a picture"),
)


WAITING = ("helper", "never")
"""Those of them that are told apart by a note."""


class FilterForm(forms.Form):
    """Which files to show."""

    show = forms.ChoiceField(choices=SHOWN, required=False, label="Show", widget=forms.RadioSelect)


@require_safe
@owner_only
def show(request: OwnerRequest) -> HttpResponse:
    """A page of the record's files, the newest first."""
    viewer = request.unlocked.viewer
    filter_form = FilterForm(request.GET)
    wanted = filter_form.cleaned_data["show"] if filter_form.is_valid() else ""
    listed = _listed(viewer, wanted)
    page = Paginator(listed, PAGE).get_page(request.GET.get("page"))
    context: dict[str, Any] = {
        "cards": _cards(request.unlocked, list(page.object_list)),
        "page": page,
        "total": len(listed),
        "any": bool(listed) or bool(wanted and exhibit_ids_for(viewer)),
        "query": f"show={wanted}&" if wanted else "",
        "filter_form": FilterForm(initial={"show": wanted}),
        "chosen": [{"text": dict(SHOWN)[wanted], "url": reverse("files")}] if wanted else [],
    }
    return render(request, "files/list.html", context)


def _listed(viewer: Viewer, wanted: str) -> list[tuple[UUID, int]]:
    listed = exhibit_ids_for(viewer, unseen=wanted in {"unseen", *WAITING}, pictures=wanted == "pictures")
    if wanted in WAITING:
        noted = _noted(viewer, [exhibit for exhibit, _ in listed])
        return [(exhibit, number) for exhibit, number in listed if noted[exhibit].may == wanted]
    if wanted != "alone":
        return listed
    attached = entries_by_exhibit(viewer)
    return [(exhibit, number) for exhibit, number in listed if exhibit not in attached]


def _cards(unlocked: Unlocked, listed: list[tuple[UUID, int]]) -> list[Card]:
    viewer = unlocked.viewer
    read = _read(viewer, [exhibit for exhibit, _ in listed])
    attached = entries_by_exhibit(viewer, read)
    wanted = (entry for entries in attached.values() for entry in entries)
    links = entry_links(viewer, wanted, unlocked.profile.zone)
    noted = _noted(viewer, [exhibit.id for exhibit in read.values() if exhibit and exhibit.unseen])
    cards = []
    for exhibit, number in listed:
        entries, found = links_in_order(attached.get(exhibit, ()), links), read[exhibit]
        altered = altered_card(exhibit, f"{unlocked.profile.initials}/{number}", entries)
        cards.append(altered if found is None else card_of(found, entries, noted.get(exhibit, Noted())))
    return cards


def _read(viewer: Viewer, wanted: list[UUID]) -> dict[UUID, ReadExhibit | None]:
    try:
        return {read.id: read for read in exhibits_for(viewer, wanted)}
    except SealingError:
        # One row was altered: it is named, and the others are shown all the same.
        return {exhibit: _read_one(viewer, exhibit) for exhibit in wanted}


def _noted(viewer: Viewer, exhibits: list[UUID]) -> dict[UUID, Noted]:
    try:
        return {exhibit: Noted() for exhibit in exhibits} | noted_for(viewer, exhibits)
    except SealingError:
        return {exhibit: noted_or_hidden(viewer, exhibit) for exhibit in exhibits}


def _read_one(viewer: Viewer, exhibit: UUID) -> ReadExhibit | None:
    try:
        return get_exhibit_for(viewer, exhibit)
    except SealingError:
        return None
