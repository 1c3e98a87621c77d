"""The page that says what a pack would hand over, before anything is made, with the last questions."""

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render

from daybook.evidence.exhibits import ReadExhibit
from daybook.kernel.custody import EventKind
from daybook.kernel.media.names import display_name
from daybook.kernel.sealing.passphrases import suggest_passphrase
from daybook.ledger.access import note_access
from daybook.packs.selection import PlaceGivenAway, Preview, preview_pack
from daybook.site.pages.pack.faults import DOES_NOT_HOLD, show_faults
from daybook.site.pages.pack.forms import Chosen, MakeForm
from daybook.site.pages.pack.readers import reader_of
from daybook.site.visits import OwnerRequest

DOCUMENTS_BYTES = 200_000
BYTES_PER_ENTRY = 3_000
BYTES_PER_PICTURE = 15_000
"""About what the documents take in the zip, for saying a size before they are made."""


def show_preview(
    request: OwnerRequest, chosen: Chosen, form: MakeForm | None = None, page_error: str = ""
) -> HttpResponse:
    """The page that says what would be handed over, with the last questions."""
    try:
        found = preview_pack(request.unlocked, chosen.selection)
    except DOES_NOT_HOLD as error:
        return show_faults(request, error)
    if form is None:
        form = MakeForm(ask_places=bool(found.places_given_away))
    note_access(
        request.unlocked.viewer,
        EventKind.VIEWED,
        item=request.unlocked.record_id,
        what="preview of a pack",
        now=request.now,
    )
    given_away = _by_exhibit(found.places_given_away)
    ticked = set(request.POST.getlist("leave_out"))
    context = {
        "form": form,
        "page_error": page_error,
        "found": found,
        "chosen": chosen,
        "size": _about_bytes(found),
        "reader": reader_of(chosen.reader),
        "given_away": [
            {"file": _named(exhibit), "places": places, "ticked": str(exhibit.id) in ticked}
            for exhibit, places in given_away
        ],
        "unseen": [_named(exhibit) for exhibit in found.unseen],
        "unread": [_named(exhibit) for exhibit in found.unread],
        "damaged": [_named(exhibit) for exhibit in found.damaged],
        "carried": chosen.carried(),
        "pack_passphrase": form.data.get("pack_passphrase")
        if _keeps_its_words(form)
        else suggest_passphrase(),
        "back_url": "/pack/choose/",
        "back_text": "Choose again",
    }
    return render(request, "pack/preview.html", context)


def _keeps_its_words(form: MakeForm) -> bool:
    """Whether the words shown before may be shown again: nobody has to write down new ones after a slip elsewhere."""
    return form.is_bound and bool(form.cleaned_data.get("pack_passphrase")) and "saved_as" not in form.errors


def _by_exhibit(found: list[PlaceGivenAway]) -> list[tuple[ReadExhibit, list[str]]]:
    labels: dict[UUID, list[str]] = {}
    for one in found:
        labels.setdefault(one.exhibit.id, []).append(one.place.label)
    exhibits = {one.exhibit.id: one.exhibit for one in found}
    return [(exhibits[key], names) for key, names in labels.items()]


def _named(exhibit: ReadExhibit) -> dict[str, object]:
    name = "" if exhibit.unseen else display_name(exhibit.name).short
    return {"id": exhibit.id, "reference": exhibit.reference, "name": name}


def _about_bytes(found: Preview) -> int:
    pictures = sum(exhibit.has_thumbnail for exhibit in found.exhibits)
    documents = DOCUMENTS_BYTES + BYTES_PER_ENTRY * len(found.entries) + BYTES_PER_PICTURE * pictures
    return found.bytes_of_exhibits + documents
