"""Which entries a file belongs to: put it with one, or take it away again. The record notes both."""

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from daybook.diary.attachments import attach_exhibit, detach_exhibit, entries_by_exhibit
from daybook.diary.entries import PAGE, count_entries, page_of_entries, page_of_wanted
from daybook.diary.errors import NotFound
from daybook.diary.filtering import Wanted
from daybook.kernel.sealing.errors import SealingError
from daybook.site.pages.files.cards import link_to
from daybook.site.pages.files.showing import altered, exhibit_or_404
from daybook.site.visits import OwnerRequest, owner_only


class FindForm(forms.Form):
    """Words to find an entry by. They are posted, never part of an address: addresses stay in the browser's history."""

    words = forms.CharField(required=False, max_length=200, label="Find an entry by its words")


@require_http_methods(["GET", "HEAD", "POST"])
@owner_only
def join(request: OwnerRequest, exhibit: UUID) -> HttpResponse:
    """Choose an entry that this file belongs to."""
    viewer = request.unlocked.viewer
    try:
        read = exhibit_or_404(viewer, exhibit)
    except SealingError:
        return altered(request, exhibit)
    if request.method == "POST" and "entry" in request.POST:
        try:
            attach_exhibit(viewer, entry=_entry(request), exhibit=exhibit, now=request.now)
        except NotFound as error:
            raise Http404 from error
        messages.success(request, "Kept.")
        return redirect("files-file", exhibit)
    find_form = FindForm(request.POST or None)
    words = find_form.cleaned_data["words"] if find_form.is_valid() else ""
    numbers = Paginator(range(count_entries(viewer)), PAGE)
    number = numbers.get_page(request.GET.get("page")).number
    found = page_of_wanted(viewer, Wanted(words=words), 1) if words else page_of_entries(viewer, number)
    taken = set(entries_by_exhibit(viewer, [exhibit]).get(exhibit, ()))
    zone = request.unlocked.profile.zone
    context: dict[str, Any] = {
        "file": read,
        "find_form": find_form,
        "words": words,
        "entries": [(link_to(entry, zone), entry.id in taken) for entry in found.entries],
        "more": found.total - len(found.entries) if words else 0,
        "page": None if words else numbers.page(number),
        "back_url": reverse("files-file", args=[exhibit]),
        "back_text": read.reference,
    }
    return render(request, "files/entries.html", context)


@require_POST
@owner_only
def part(request: OwnerRequest, exhibit: UUID) -> HttpResponse:
    """Take the file away from an entry. The file stays."""
    try:
        detach_exhibit(request.unlocked.viewer, entry=_entry(request), exhibit=exhibit, now=request.now)
    except NotFound as error:
        raise Http404 from error
    messages.success(request, "Taken away from that entry. The file stays here.")
    return redirect("files-file", exhibit)


def _entry(request: OwnerRequest) -> UUID:
    try:
        return UUID(request.POST.get("entry", ""))
    except ValueError as error:
        raise Http404 from error
