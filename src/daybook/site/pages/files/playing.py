"""Playing: sound and film from the sealed store into a player of the file's page, part by part, and never by themselves."""

from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_safe

from daybook.evidence.errors import BodyDamaged
from daybook.kernel.custody import EventKind
from daybook.kernel.media.playing import player_of
from daybook.kernel.sealing.errors import SealingError
from daybook.site.pages.files.sending import send_original
from daybook.site.pages.files.showing import altered, exhibit_or_404
from daybook.site.visits import OwnerRequest, owner_only

MOST_OF_PART = 8 * 1024 * 1024
"""Players ask for everything from a place on and stop reading when they have enough. An answer of this size is read at once:
none keeps a worker of the server waiting, and a lock counts from the next one on."""


@require_safe
@owner_only
def play(request: OwnerRequest, exhibit: UUID) -> HttpResponse:
    """Send sound or film to a player. Who opens the address itself is led to the file's page, which has a way out."""
    viewer = request.unlocked.viewer
    try:
        read = exhibit_or_404(viewer, exhibit)
    except SealingError:
        return altered(request, exhibit)
    if read.unseen or not player_of(read.type):
        raise Http404
    if request.headers.get("Sec-Fetch-Dest") == "document" or "text/html" in request.headers.get(
        "Accept", ""
    ):
        return redirect("files-file", exhibit)
    try:
        return send_original(
            request,
            read,
            content_type=read.type,
            kind=EventKind.VIEWED,
            what="film" if player_of(read.type) == "video" else "sound",
            most_of_part=MOST_OF_PART,
        )
    except BodyDamaged:
        return altered(request, exhibit, read=read)
