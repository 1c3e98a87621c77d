"""Saving the original: byte for byte, to the disk and never into a page of ours."""

from collections.abc import Iterator
from uuid import UUID

from django.http import HttpResponse, StreamingHttpResponse
from django.views.decorators.http import require_safe

from daybook.evidence.errors import BodyDamaged
from daybook.evidence.exhibits import ReadExhibit, check_body, open_body
from daybook.kernel.custody import EventKind
from daybook.kernel.media.display import DOWNLOAD_TYPE
from daybook.kernel.media.names import file_name
from daybook.kernel.sealing.errors import SealingError
from daybook.ledger.access import note_access
from daybook.site.pages.files.showing import ALONE, altered, exhibit_or_404
from daybook.site.visits import OwnerRequest, owner_only

_MOST_EXTENSION = 8


@require_safe
@owner_only
def original(request: OwnerRequest, exhibit: UUID) -> HttpResponse:
    """Send the original, or a page that names it as damaged.

    It is read to its end and compared with its digest before the first byte leaves, and checked again as it streams: should
    it be damaged in between, the stream ends short of its length, and the browser says that the download failed.
    """
    viewer = request.unlocked.viewer
    try:
        read = exhibit_or_404(viewer, exhibit)
    except SealingError:
        return altered(request, exhibit)
    pieces: Iterator[bytes] = iter(())
    if request.method == "GET":
        try:
            check_body(viewer, read)
            pieces = open_body(viewer, read)
        except BodyDamaged:
            return altered(request, exhibit, read=read)
        note_access(
            viewer, EventKind.EXPORTED, item=exhibit, what="file", label=read.reference, now=request.now
        )
    headers = {
        "Content-Length": str(read.size),
        "Content-Disposition": f'attachment; filename="{neutral_name(read)}"',
        "Content-Security-Policy": ALONE,
    }
    # A streamed answer is an HttpResponseBase to Django's types, and a response to everyone else.
    return StreamingHttpResponse(pieces, content_type=DOWNLOAD_TYPE, headers=headers)  # type: ignore[return-value]


def neutral_name(exhibit: ReadExhibit) -> str:
    """A name that gives nothing away in a list of downloads: the reference, and the ending the file came with."""
    stem = exhibit.reference.replace("/", "-")
    _, dot, extension = exhibit.name.rpartition(".")
    plain = extension.isascii() and extension.isalnum() and len(extension) <= _MOST_EXTENSION
    return file_name(f"{stem}.{extension.lower()}" if dot and plain else stem, default="file")
