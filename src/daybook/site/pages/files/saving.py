"""Saving the original: byte for byte, to the disk and never into a page of ours."""

from uuid import UUID

from django.http import HttpResponse
from django.views.decorators.http import require_safe

from daybook.evidence.errors import BodyDamaged
from daybook.kernel.custody import EventKind
from daybook.kernel.media.display import DOWNLOAD_TYPE
from daybook.kernel.sealing.errors import SealingError
from daybook.site.pages.files.sending import send_original
from daybook.site.pages.files.showing import altered, exhibit_or_404
from daybook.site.visits import OwnerRequest, owner_only


@require_safe
@owner_only
def original(request: OwnerRequest, exhibit: UUID) -> HttpResponse:
    """Send the original or the part of it that is asked for, or a page that names it as damaged."""
    viewer = request.unlocked.viewer
    try:
        read = exhibit_or_404(viewer, exhibit)
    except SealingError:
        return altered(request, exhibit)
    try:
        return send_original(request, read, content_type=DOWNLOAD_TYPE, kind=EventKind.EXPORTED, what="file")
    except BodyDamaged:
        return altered(request, exhibit, read=read)
