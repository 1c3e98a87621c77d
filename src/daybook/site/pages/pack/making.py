"""Making a pack: sealed by default, sent while it is made, never stored here."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from daybook.evidence.errors import EvidenceError
from daybook.kernel.custody import CustodyError, EventKind
from daybook.kernel.sealing.errors import SealingError
from daybook.ledger.access import note_access
from daybook.packs.assembly import MakingPack, make_pack
from daybook.packs.contents import PackFault
from daybook.packs.selection import Preview, agreed_record, preview_pack
from daybook.packs.wrapping import sealed_with_passphrase
from daybook.site.built import PDF_FONTS
from daybook.site.pages.pack.choosing import read_choice, show_choice
from daybook.site.pages.pack.faults import DOES_NOT_HOLD, show_faults
from daybook.site.pages.pack.forms import PLACES_OUT, PLACES_TICKED, SEALED, MakeForm
from daybook.site.pages.pack.looking_over import show_preview
from daybook.site.pages.pack.ticking import ENTRIES, show_list
from daybook.site.visits import OwnerRequest, owner_only

PACK = "pack"
STOPPED = "stopped: "
"""How the note of a pack that broke off begins; what stopped it follows."""


@require_http_methods(["GET", "HEAD", "POST"])
@owner_only
def preview(request: OwnerRequest) -> HttpResponse:
    """What would be handed over, before anything is made. A choice by hand goes by way of the list."""
    if request.method != "POST":
        return redirect("/pack/choose/")
    form = read_choice(request)
    if not form.is_valid():
        return show_choice(request, form)
    chosen = form.chosen()
    if chosen.by_hand and chosen.ticked is None:
        return show_list(request, chosen, ENTRIES)
    return show_preview(request, chosen)


@require_http_methods(["GET", "HEAD", "POST"])
@owner_only
def make(request: OwnerRequest) -> HttpResponse:
    """Make the pack and send it. Whatever can be found out before the first byte is shown on a page instead."""
    if request.method != "POST":
        return redirect("/pack/choose/")
    choice = read_choice(request)
    if not choice.is_valid():
        return show_choice(request, choice)
    chosen = choice.chosen()
    try:
        record = agreed_record(request.unlocked.viewer)
        looked_over = preview_pack(request.unlocked, chosen.selection, record)
    except DOES_NOT_HOLD as error:
        return show_faults(request, error)
    form = MakeForm(request.POST, ask_places=bool(looked_over.places_given_away))
    if not form.is_valid():
        return show_preview(request, chosen, form)
    left_out = chosen.selection.left_out | _to_leave_out(request, form, looked_over)
    selection = replace(chosen.selection, left_out=left_out)
    if not looked_over.entries and left_out >= {one.id for one in looked_over.exhibits}:
        return show_preview(
            request, chosen, form, page_error="Nothing is left to put in. Choose something first."
        )
    try:
        pack = make_pack(request.unlocked, selection, fonts=PDF_FONTS, now=request.now, record=record)
    except (PackFault, SealingError, CustodyError, EvidenceError) as error:
        words = f"The pack was not made: {error} Nothing was sent, and nothing in your record was changed."
        return show_preview(request, chosen, form, page_error=words)
    sealed = form.cleaned_data["saved_as"] == SEALED
    return _download(request, pack, form.cleaned_data["pack_passphrase"] if sealed else None)


def _download(request: OwnerRequest, pack: MakingPack, passphrase: str | None) -> HttpResponse:
    name = f"{pack.name}.zip" if passphrase is None else f"{pack.name}.zip.age"
    how = "open" if passphrase is None else "sealed"
    pieces = pack.stream(now=request.now)
    if passphrase is not None:
        pieces = sealed_with_passphrase(pieces, passphrase)
    # Noted before the first byte: what was taken out shows even when the download breaks off.
    note_access(
        request.unlocked.viewer,
        EventKind.EXPORTED,
        item=pack.id,
        what=PACK,
        label=f"{pack.name}, {how}",
        now=request.now,
    )
    response = StreamingHttpResponse(
        _watched(pieces, request, pack.id, request.now), content_type="application/octet-stream"
    )
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    # A streamed answer is an HttpResponseBase to Django's types, and a response to everyone else.
    return response  # type: ignore[return-value]


def _watched(pieces: Iterator[bytes], request: OwnerRequest, pack: UUID, now: datetime) -> Iterator[bytes]:
    """The pieces; when they break off, why is noted for the page of packs, and the connection is cut by the error."""
    try:
        yield from pieces
    except (PackFault, EvidenceError, SealingError, CustodyError) as error:
        note_access(
            request.unlocked.viewer,
            EventKind.EXPORTED,
            item=pack,
            what=PACK,
            label=f"{STOPPED}{error}",
            now=now,
        )
        raise


def _to_leave_out(request: OwnerRequest, form: MakeForm, found: Preview) -> frozenset[UUID]:
    """The files that stay out by the answer given, and those that cannot go in."""
    given_away = {one.exhibit.id for one in found.places_given_away}
    damaged = {one.id for one in found.damaged}
    answer = form.cleaned_data.get("places")
    ticked = set(request.POST.getlist("leave_out"))
    if answer == PLACES_OUT:
        damaged |= given_away
    elif answer == PLACES_TICKED:
        damaged |= {one for one in given_away if str(one) in ticked}
    return frozenset(damaged)
