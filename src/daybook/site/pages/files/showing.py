"""One file: what it is, what it says of itself, what belongs to it; and its small picture. The original is never shown."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from daybook.diary.attachments import entries_by_exhibit
from daybook.diary.kept_people import places_for
from daybook.evidence.errors import BodyDamaged, NoSuchExhibit
from daybook.evidence.exhibits import ReadExhibit, copies_for, get_exhibit_for, thumbnail_for
from daybook.evidence.previews import look_at
from daybook.kernel.consent import Viewer
from daybook.kernel.custody import EventKind
from daybook.kernel.media.claims import kind_of
from daybook.kernel.media.display import safe_to_show_inline
from daybook.kernel.sealing.errors import SealingError
from daybook.ledger.access import note_access
from daybook.site.pages.files.cards import (
    entry_links,
    links_in_order,
    picture_urls,
    why_no_picture,
)
from daybook.site.pages.files.file_words import (
    doubts_about,
    facts_of,
    gives_away,
    kept_on,
    said_by_the_file,
    size_in_words,
)
from daybook.site.pages.files.previews import previews_of
from daybook.site.visits import OwnerRequest, owner_only

PICTURE_TYPE = "image/jpeg"
ALONE = "default-src 'none'; sandbox"
"""The content policy of what is not a page: it may load nothing, run nothing, and belongs to no origin."""


@require_safe
@owner_only
def show(request: OwnerRequest, exhibit: UUID) -> HttpResponse:
    """A file's page."""
    viewer = request.unlocked.viewer
    try:
        read = exhibit_or_404(viewer, exhibit)
    except SealingError:
        return altered(request, exhibit)
    note_access(viewer, EventKind.VIEWED, item=exhibit, what="file", label=read.reference, now=request.now)
    return render(request, "files/file.html", _context(request, read))


@require_safe
@owner_only
def thumb(request: OwnerRequest, exhibit: UUID) -> HttpResponse:
    """The small picture, for a page that blurs it."""
    return _small_picture(request.unlocked.viewer, exhibit)


@require_safe
@owner_only
def picture(request: OwnerRequest, exhibit: UUID) -> HttpResponse:
    """The small picture, opened: as a picture into the page that asked, or (without scripts) on a page of its own.

    A page of its own, because a bare picture has no way out on it (SAFETY rule 11).
    """
    viewer = request.unlocked.viewer
    try:
        read = exhibit_or_404(viewer, exhibit)
    except SealingError:
        return altered(request, exhibit)
    if not picture_urls(read)[0]:
        raise Http404
    note_access(viewer, EventKind.VIEWED, item=exhibit, what="picture", label=read.reference, now=request.now)
    if "text/html" not in request.headers.get("Accept", ""):
        return _small_picture(viewer, exhibit)
    context = {
        "file": read,
        "thumb": picture_urls(read)[0],
        "back_url": reverse("files-file", args=[exhibit]),
        "back_text": read.reference,
    }
    return render(request, "files/picture.html", context)


@require_POST
@owner_only
def look(request: OwnerRequest, exhibit: UUID) -> HttpResponse:
    """Make the preview of a file that was kept without looking."""
    try:
        look_at(request.unlocked, exhibit, now=request.now)
    except NoSuchExhibit as error:
        raise Http404 from error
    except (BodyDamaged, SealingError):
        return altered(request, exhibit)
    messages.success(request, "Pictures stay blurred until you open them.")
    return redirect("files-file", exhibit)


def exhibit_or_404(viewer: Viewer, exhibit: UUID) -> ReadExhibit:
    """The exhibit; a stranger's looks just like none. Raises Http404, and SealingError when its row was altered."""
    try:
        return get_exhibit_for(viewer, exhibit)
    except NoSuchExhibit as error:
        raise Http404 from error


def altered(request: OwnerRequest, exhibit: UUID, *, read: ReadExhibit | None = None) -> HttpResponse:
    """Say that what is stored of a file was altered or is gone. Nothing of it is shown."""
    context = {
        "ref": read.reference if read else "",
        "body_only": read is not None,
        "file": read,
        "back_url": reverse("files-file", args=[exhibit]) if read else reverse("files"),
        "back_text": read.reference if read else "Files",
    }
    return render(request, "files/altered.html", context, status=500)


def _context(request: OwnerRequest, read: ReadExhibit) -> dict[str, Any]:
    viewer = request.unlocked.viewer
    places = places_for(viewer) if read.place is not None else []
    entries = entries_by_exhibit(viewer, [read.id]).get(read.id, [])
    small, full = picture_urls(read)
    context: dict[str, Any] = {
        "file": read,
        "entries": links_in_order(entries, entry_links(viewer, entries, request.unlocked.profile.zone)),
        "copies": _related(copies_for(viewer, read.id)),
        "size": size_in_words(read.size),
        "kept_on": kept_on(read),
        "breadcrumbs": [("Files", reverse("files")), (read.reference, "")],
    }
    if read.unseen:
        return context
    return (
        context
        | previews_of(viewer, read)
        | {
            "parent": _related([exhibit_or_404(viewer, read.parent)])[0] if read.parent else None,
            "thumb": small,
            "full": full,
            "alt": f"Picture {read.reference}",
            "none_text": why_no_picture(read),
            "facts": facts_of(read),
            "said": said_by_the_file(read, places),
            "doubts": doubts_about(read),
            "mismatch": read.metadata.get("mismatch", ""),
            "is_picture": kind_of(read.type) == "picture",
            "gives_away": gives_away(read, places),
        }
    )


def _related(exhibits: list[ReadExhibit]) -> list[dict[str, str]]:
    return [
        {"ref": one.reference, "url": reverse("files-file", args=[one.id]), "kept": kept_on(one)}
        for one in exhibits
    ]


def _small_picture(viewer: Viewer, exhibit: UUID) -> HttpResponse:
    try:
        read = exhibit_or_404(viewer, exhibit)
        small = None if read.unseen else thumbnail_for(viewer, exhibit)
    except SealingError as error:
        raise Http404 from error
    if small is None or not safe_to_show_inline(PICTURE_TYPE):
        raise Http404
    return HttpResponse(small.content, content_type=PICTURE_TYPE, headers={"Content-Security-Policy": ALONE})
