"""Sending an original, or a part of it, from the sealed store: nothing that did not verify, nothing half without a word."""

import threading
from collections import OrderedDict
from collections.abc import Iterator
from datetime import datetime, timedelta

from django.conf import settings
from django.http import HttpResponse, StreamingHttpResponse
from django.utils.cache import get_conditional_response

from daybook.evidence.errors import BodyDamaged
from daybook.evidence.exhibits import ReadExhibit
from daybook.evidence.fixity import Found, note_damage, note_found
from daybook.evidence.reading import check_body, check_opening, open_body, open_part, part_tag
from daybook.kernel.consent import Viewer
from daybook.kernel.custody import EventKind
from daybook.kernel.media.names import file_name
from daybook.ledger.access import note_access
from daybook.people.unlocks import tag_of
from daybook.site.pages.files.ranges import NotSatisfiable, Part, wanted_part, whole
from daybook.site.pages.files.showing import ALONE
from daybook.site.visits import OwnerRequest

READ_BEFORE_BYTES = 64 * 1024 * 1024
"""What is no longer than this is read to its end, and compared, before the first byte of the whole of it leaves.

A longer one would keep the person waiting. Each of its pieces is verified as it goes; where one does not verify, the stream
ends short of its length, what was found is noted, and the file's page says so from then on.
"""

NOTED_ANEW_AFTER = timedelta(minutes=10)
_MOST_EXTENSION = 8


def send_original(
    request: OwnerRequest,
    read: ReadExhibit,
    *,
    content_type: str,
    kind: EventKind,
    what: str,
    most_of_part: int | None = None,
) -> HttpResponse:
    """The answer to a GET or HEAD for an original's bytes; a GET is noted in the access chain as ``kind`` of ``what``.

    Args:
        request: its fields Range, If-Range, If-Match and If-None-Match count.
        read: the exhibit.
        content_type: what it is sent as.
        kind: what it is noted as; parts of one file are noted once in ten minutes.
        what: a short noun for the note.
        most_of_part: how many bytes a part has at most; the browser asks for the rest.

    Raises:
        BodyDamaged: what is stored does not verify; it is noted. No byte has left then.
    """
    viewer = request.unlocked.viewer
    etag = f'"{part_tag(viewer, read)}"'
    unwanted = get_conditional_response(request, etag=etag)
    if unwanted is not None:
        return unwanted
    headers = {
        "Accept-Ranges": "bytes",
        "ETag": etag,
        "Content-Disposition": f'attachment; filename="{neutral_name(read)}"',
        "Content-Security-Policy": ALONE,
    }
    part = whole(read.size)
    pieces: Iterator[bytes] = iter(())
    try:
        if request.method == "GET":
            wanted, only_if = request.headers.get("Range"), request.headers.get("If-Range")
            part = wanted_part(wanted, only_if, size=read.size, etag=etag)
            part = part if most_of_part is None else part.cut(most_of_part)
            pieces = _pieces(viewer, read, part, request.now)
            if not part.asked or _noted.is_new(request, read, kind):
                note_access(viewer, kind, item=read.id, what=what, label=read.reference, now=request.now)
        else:
            check_opening(viewer, read)
    except NotSatisfiable:
        return HttpResponse(status=416, headers={**headers, "Content-Range": f"bytes */{read.size}"})
    except BodyDamaged as damage:
        note_damage(read.blob_key, damage, now=request.now)
        raise
    # A streamed answer is an HttpResponseBase to Django's types, and a response to everyone else.
    return StreamingHttpResponse(  # type: ignore[return-value]
        _watched(read, pieces, request.now),
        status=part.status,
        content_type=content_type,
        headers={**headers, **part.headers},
    )


def neutral_name(exhibit: ReadExhibit) -> str:
    """A name that gives nothing away in a list of downloads: the reference, and the ending the file came with."""
    stem = exhibit.reference.replace("/", "-")
    _, dot, extension = exhibit.name.rpartition(".")
    plain = extension.isascii() and extension.isalnum() and len(extension) <= _MOST_EXTENSION
    return file_name(f"{stem}.{extension.lower()}" if dot and plain else stem, default="file")


def _pieces(viewer: Viewer, read: ReadExhibit, part: Part, now: datetime) -> Iterator[bytes]:
    if part.asked:
        if read.damage:
            # A part says nothing of the rest. Somewhere in it something is wrong, until the whole was found whole again.
            raise BodyDamaged(
                f"The stored file {read.reference} was found damaged.", missing=read.damage == Found.MISSING
            )
        return open_part(viewer, read, part.start, part.stop)
    if read.damage or read.size <= READ_BEFORE_BYTES:
        check_body(viewer, read)
    if read.damage:
        note_found(read.blob_key, Found.WHOLE, now=now, with_keys=True, opened=True)
    return open_body(viewer, read)


def _watched(read: ReadExhibit, pieces: Iterator[bytes], now: datetime) -> Iterator[bytes]:
    """The pieces; damage that shows only now is noted, and the connection is cut by the error."""
    try:
        yield from pieces
    except BodyDamaged as damage:
        note_damage(read.blob_key, damage, now=now)
        raise


class _Noted:
    """When parts of a file were last noted for a browser: a player asks for hundreds of them."""

    def __init__(self, most: int = 1000) -> None:
        self._times: OrderedDict[bytes, datetime] = OrderedDict()
        self._most = most
        self._lock = threading.Lock()

    def is_new(self, request: OwnerRequest, read: ReadExhibit, kind: EventKind) -> bool:
        """Whether this was not noted within the last minutes; remembers it."""
        cookie = request.COOKIES.get(settings.VISIT_COOKIE_NAME)
        tag = tag_of(cookie, f"{kind.value} {read.id}".encode())
        with self._lock:
            before = self._times.get(tag)
            if before is not None and before <= request.now < before + NOTED_ANEW_AFTER:
                return False
            self._times[tag] = request.now
            self._times.move_to_end(tag)
            while len(self._times) > self._most:
                self._times.popitem(last=False)
        return True


_noted = _Noted()
