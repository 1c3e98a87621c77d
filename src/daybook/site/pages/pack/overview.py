"""What a pack is, which were made, and how whoever gets one opens it."""

from dataclasses import dataclass
from datetime import datetime

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from daybook.kernel.custody import CustodyError, EventKind
from daybook.kernel.sealing.errors import SealingError
from daybook.ledger.access import AccessNote, access_notes_for
from daybook.packs.assembly import packs_made_for
from daybook.packs.wording import fingerprint_groups
from daybook.people.accounts import Unlocked
from daybook.site.pages.pack.making import PACK, STOPPED
from daybook.site.visits import DaybookRequest, OwnerRequest, open_to_all, owner_only

MOST_SHOWN = 20
NOTES_LOOKED_AT = 2000


@dataclass(frozen=True, slots=True)
class ShownPack:
    """A pack that was made: when, and its fingerprint in groups of four."""

    made_at: datetime
    groups: list[str]


@dataclass(frozen=True, slots=True)
class Unfinished:
    """A pack that was begun and never ended; ``why`` is empty when nobody knows."""

    begun_at: datetime
    why: str


@require_safe
@owner_only
def pack(request: OwnerRequest) -> HttpResponse:
    """What a pack is, and the earlier ones with their fingerprints."""
    try:
        made = packs_made_for(request.unlocked.viewer)
        unfinished = _unfinished(request.unlocked, {one.id for one in made})
        damaged = False
    except (SealingError, CustodyError):
        made, unfinished, damaged = [], [], True
    shown = [ShownPack(one.made_at, fingerprint_groups(one.fingerprint).split()) for one in made[:MOST_SHOWN]]
    context = {
        "newest": shown[0] if shown else None,
        "earlier": shown[1:],
        "more": len(made) - len(shown),
        # Of an older failure nothing needs to be done once a newer pack is there.
        "unfinished": [one for one in unfinished if not shown or one.begun_at > shown[0].made_at],
        "damaged": damaged,
    }
    return render(request, "pack/overview.html", context)


@require_safe
@open_to_all
def opening(request: DaybookRequest) -> HttpResponse:
    """How to open a sealed pack and check it, to be printed and given along."""
    return render(request, "pack/opening.html", {"back_url": "/pack/", "back_text": "Make a pack"})


def _unfinished(unlocked: Unlocked, made: set[object]) -> list[Unfinished]:
    notes = access_notes_for(unlocked, kinds={EventKind.EXPORTED}, look_at=NOTES_LOOKED_AT)
    found: dict[object, AccessNote] = {}
    why: dict[object, str] = {}
    for note in notes:
        if note.what != PACK or note.item in made:
            continue
        if note.label.startswith(STOPPED):
            why[note.item] = note.label.removeprefix(STOPPED)
        found[note.item] = note
    return [Unfinished(note.at, why.get(item, "")) for item, note in found.items()]
