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
from daybook.evidence.errors import BodyDamaged, NoSuchExhibit, NotForHer
from daybook.evidence.exhibits import ReadExhibit, copies_for, exhibits_for, thumbnail_for
from daybook.evidence.previews import look_at
from daybook.kernel.consent import Viewer
from daybook.kernel.custody import EventKind
from daybook.kernel.media.claims import kind_of
from daybook.kernel.media.display import safe_to_show_inline
from daybook.kernel.media.names import display_name
from daybook.kernel.sealing.errors import SealingError
from daybook.ledger.access import note_access
from daybook.site.pages.files.cards import (
    entry_links,
    kept_for,
    links_in_order,
    noted_or_hidden,
    picture_urls,
    why_no_picture,
)
from daybook.site.pages.files.file_words import (
    facts_of,
    gives_away,
    kept_on,
    known_of,
    not_trusted,
    said_by_the_file,
    size_in_words,
)
from daybook.site.pages.files.player import player_context
from daybook.site.pages.files.previews import previews_of
from daybook.site.pages.files.questions import screen_question
from daybook.site.pages.files.showing_errors import altered as altered
from daybook.site.pages.files.showing_errors import exhibit_or_404 as exhibit_or_404
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
    except NotForHer as refusal:
        messages.warning(request, str(refusal))
        return redirect("files-who", exhibit)
    except (BodyDamaged, SealingError):
        return altered(request, exhibit)
    messages.success(request, "Pictures stay blurred until you open them.")
    return redirect("files-file", exhibit)


def _context(request: OwnerRequest, read: ReadExhibit) -> dict[str, Any]:
    viewer, zone = request.unlocked.viewer, request.unlocked.profile.zone
    noted, known = noted_or_hidden(viewer, read.id), known_of(read)
    places = places_for(viewer) if read.place is not None and not read.unseen else []
    entries = entries_by_exhibit(viewer, [read.id]).get(read.id, [])
    taken = None if read.unseen else known.taken
    small, full = picture_urls(read)
    context: dict[str, Any] = {
        "file": read,
        "name": "" if read.unseen else display_name(read.name).short,
        "noted": noted,
        "kept_for": kept_for(noted),
        "description": noted.description,
        "entries": links_in_order(entries, entry_links(viewer, entries, zone, taken)),
        "copies": _related(copies_for(viewer, read.id)),
        "size": size_in_words(read.size),
        "kept_on": kept_on(read),
        "breadcrumbs": [("Files", reverse("files")), (read.reference, "")],
        **player_context(viewer, read, now=request.now),
    }
    if read.unseen:
        return context
    return context | {
        # An original that was removed is not there any more; its edited copy stays, and says no more of it.
        "parent": next(iter(_related(exhibits_for(viewer, [read.parent] if read.parent else []))), None),
        "thumb": small,
        "full": full,
        "alt": f"Picture {read.reference}",
        "none_text": why_no_picture(read),
        "facts": facts_of(read),
        "said": said_by_the_file(read, known, places),
        "not_trusted": not_trusted(known),
        "mismatch": read.metadata.get("mismatch", ""),
        "is_picture": kind_of(read.type) == "picture",
        "gives_away": gives_away(read, places),
        "not_compared": known.taken is None and any(one.about == "Time" for one in known.doubts),
        "screen": screen_question(read, known, noted),
        **previews_of(viewer, read),
    }


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
