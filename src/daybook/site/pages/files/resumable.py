"""Uploads that can be taken up again: a server of the tus protocol 1.0, for the person's own unlocked record.

Source: tus.io/protocols/resumable-upload 1.0.0: core, creation, creation-with-upload, checksum, termination. What is refused
is said in one plain sentence, which the page shows. These requests are a page's own doing: they keep no record open, and one
that was locked meanwhile answers 401, with all that arrived until then kept.
"""

import base64
import binascii
import hashlib
import hmac
from collections.abc import Callable
from functools import wraps
from typing import Concatenate, Final, ParamSpec, cast
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.request import UnreadablePostError
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from daybook import doors
from daybook.evidence.errors import (
    AllArrived,
    AnotherFile,
    EvidenceError,
    NoRoom,
    NoSuchUpload,
    NotKept,
    TooLong,
    UploadBusy,
    UploadLost,
    WrongPlace,
)
from daybook.evidence.receiving import Sitting
from daybook.evidence.resumable import (
    MOST_UPLOAD_BYTES,
    begin_upload,
    finish_upload,
    get_upload_for,
    let_go_upload,
)
from daybook.people.unlocks import State, visit_of
from daybook.site.visits import OwnerRequest

P = ParamSpec("P")
VERSION: Final = "1.0.0"
EXTENSIONS: Final = "creation,creation-with-upload,checksum,termination"
CHECKSUMS: Final = {"sha256": hashlib.sha256, "sha1": hashlib.sha1}
BODY_TYPE: Final = "application/offset+octet-stream"
LOCKED: Final = (
    "Your record is locked. What has arrived is kept. Open it in another tab, then come back here: it goes on "
    "by itself."
)

MOST_CHECKED_BYTES: Final = 16 * 1024 * 1024
"""A request with a checksum is held in memory until it is checked: nothing unchecked may reach the disk."""

_CHECKSUM_MISMATCH: Final = 460
_STATUS: Final[dict[type[EvidenceError], int]] = {
    NoSuchUpload: 404,
    UploadLost: 410,
    UploadBusy: 423,
    WrongPlace: 409,
    AnotherFile: 422,
    TooLong: 413,
    NoRoom: 507,
    NotKept: 422,
}


class _Refused(Exception):
    """A request that is not as the protocol has it."""

    def __init__(self, status: int, words: str) -> None:
        super().__init__(words)
        self.status, self.words = status, words


def unlocked_only(
    view: Callable[Concatenate[OwnerRequest, P], HttpResponse],
) -> Callable[Concatenate[HttpRequest, P], HttpResponse]:
    """An address that scripts of our pages ask: 401 in words for anyone who is not unlocked, and errors by their status."""

    @wraps(view)
    def gate(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        known = cast(OwnerRequest, request)
        if known.visit.unlocked is None:
            return in_words(401, LOCKED)
        known.unlocked = known.visit.unlocked
        try:
            return view(known, *args, **kwargs)
        except EvidenceError as error:
            return in_words(status_of(error), str(error))
        except _Refused as refused:
            return in_words(refused.status, refused.words)

    return gate


def status_of(error: EvidenceError) -> int:
    """The status that says what went wrong."""
    return next((_STATUS[kind] for kind in type(error).__mro__ if kind in _STATUS), 422)


def in_words(status: int, words: str) -> HttpResponse:
    """A refusal that a page can show as it is."""
    return _tus(HttpResponse(words, status=status, content_type="text/plain; charset=utf-8"))


@require_http_methods(["OPTIONS", "POST"])
def uploads(request: HttpRequest) -> HttpResponse:
    """What this server can do (OPTIONS), or begin a file (POST)."""
    if request.method == "OPTIONS":
        answer = _tus(HttpResponse(status=204))
        answer["Tus-Version"] = VERSION
        answer["Tus-Extension"] = EXTENSIONS
        answer["Tus-Max-Size"] = str(MOST_UPLOAD_BYTES)
        answer["Tus-Checksum-Algorithm"] = ",".join(CHECKSUMS)
        return answer
    return _begin(request)


@require_http_methods(["HEAD", "PATCH", "DELETE", "POST"])
def one_upload(request: HttpRequest, upload: UUID) -> HttpResponse:
    """Ask how far a file has come (HEAD), add to it (PATCH), or let go of it (DELETE)."""
    method = request.method or ""
    if method == "POST":
        # For what stands between and lets nothing but POST through. A GET never becomes anything else.
        method = request.headers.get("X-HTTP-Method-Override", "").upper()
    views: dict[str, Callable[..., HttpResponse]] = {"HEAD": _ask, "PATCH": _add, "DELETE": _let_go}
    view = views.get(method)
    return view(request, upload=upload) if view is not None else HttpResponse(status=405)


@unlocked_only
def _begin(request: OwnerRequest) -> HttpResponse:
    _check_version(request)
    metadata = _metadata(request.headers.get("Upload-Metadata", ""))
    length = _number(request, "Upload-Length")
    with_body = request.content_type == BODY_TYPE
    begun = begin_upload(
        request.unlocked,
        name=metadata.get("filename", ""),
        declared_type=metadata.get("filetype", ""),
        length=length,
        head_digest=metadata.get("head", ""),
        now=request.now,
    )
    answer = _tus(HttpResponse(status=201))
    answer["Location"] = reverse("files-upload", args=[begun.id])
    if with_body:
        answer["Upload-Offset"] = str(_take_first(request, begun.id))
    return answer


def _take_first(request: OwnerRequest, upload: UUID) -> int:
    """Take what came along with the beginning of a file; whatever becomes of it, the browser learns where to go on."""
    try:
        _take(request, upload, 0)
    except EvidenceError:
        return get_upload_for(request.unlocked.viewer, upload, now=request.now).offset
    except _Refused:
        let_go_upload(request.unlocked.viewer, upload)
        raise
    return get_upload_for(request.unlocked.viewer, upload, now=request.now).offset


@unlocked_only
def _ask(request: OwnerRequest, *, upload: UUID) -> HttpResponse:
    _check_version(request)
    found = get_upload_for(request.unlocked.viewer, upload, now=request.now)
    answer = _tus(HttpResponse(status=200))
    answer["Upload-Offset"] = str(found.offset)
    answer["Upload-Length"] = str(found.length)
    return answer


@unlocked_only
def _add(request: OwnerRequest, *, upload: UUID) -> HttpResponse:
    _check_version(request)
    if request.content_type != BODY_TYPE:
        raise _Refused(415, "A part of a file is sent as application/offset+octet-stream.")
    return _take(request, upload, _number(request, "Upload-Offset"))


@unlocked_only
def _let_go(request: OwnerRequest, *, upload: UUID) -> HttpResponse:
    _check_version(request)
    let_go_upload(request.unlocked.viewer, upload)
    return _tus(HttpResponse(status=204))


def _take(request: OwnerRequest, upload: UUID, offset: int) -> HttpResponse:
    """Take the body of a request into an upload, and say how far it has come."""
    viewer = request.unlocked.viewer
    cookie = request.COOKIES.get(settings.VISIT_COOKIE_NAME)

    def may_go_on() -> bool:
        return visit_of(cookie, now=doors.clock().now()).state is State.UNLOCKED

    cut_short = stopped = False
    try:
        with Sitting(viewer, upload, now=request.now, may_go_on=may_go_on) as sitting:
            sitting.expect(offset)
            coming = int(request.META.get("CONTENT_LENGTH") or 0)
            if offset + coming > sitting.upload.length:
                raise TooLong("More was sent than the file was said to have.")
            try:
                if "Upload-Checksum" in request.headers:
                    sitting.write(_checked(request, coming))
                else:
                    while not sitting.stopped and (piece := request.read(sitting.wanted)):
                        sitting.write(piece)
            except (UnreadablePostError, OSError):
                # The connection broke. What arrived whole is kept; nobody hears this answer.
                cut_short = True
            sitting.settle()
            arrived, stopped = sitting.offset, sitting.stopped
            length = sitting.upload.length
    except AllArrived:
        found = get_upload_for(viewer, upload, now=request.now)
        if offset != found.length:
            raise WrongPlace(f"{found.length} bytes have arrived.") from None
        arrived = length = found.length
    if arrived == length:
        finish_upload(viewer, upload, now=request.now)
    answer = in_words(401, LOCKED) if stopped and arrived < length else _tus(HttpResponse(status=204))
    if cut_short:
        answer = in_words(400, "The connection broke.")
    answer["Upload-Offset"] = str(arrived)
    return answer


def _checked(request: OwnerRequest, length: int) -> bytes:
    """The whole body, once it has the checksum that was sent with it."""
    name, _, encoded = request.headers["Upload-Checksum"].partition(" ")
    algorithm = CHECKSUMS.get(name)
    try:
        expected = base64.b64decode(encoded, validate=True)
    except binascii.Error:
        expected = b""
    if algorithm is None or len(expected) != algorithm().digest_size:
        raise _Refused(400, "This kind of checksum is not known here.")
    if length > MOST_CHECKED_BYTES:
        raise _Refused(413, "With a checksum, at most 16 MB can be sent at once.")
    body = request.read(length) if length else b""
    if not hmac.compare_digest(algorithm(body).digest(), expected):
        raise _Refused(_CHECKSUM_MISMATCH, "What arrived is not what was sent. It is sent again.")
    return body


def _check_version(request: OwnerRequest) -> None:
    if request.headers.get("Tus-Resumable") != VERSION:
        raise _Refused(412, "Another version of the upload protocol is spoken here.")


def _number(request: OwnerRequest, header: str) -> int:
    written = request.headers.get(header, "")
    if not (written.isascii() and written.isdigit() and len(written) <= 18):
        raise _Refused(400, f"{header} is missing or no number.")
    return int(written)


def _metadata(written: str) -> dict[str, str]:
    """The pairs of an Upload-Metadata header. Raises _Refused when it is not well formed."""
    found: dict[str, str] = {}
    for pair in filter(None, (each.strip() for each in written.split(","))):
        key, _, encoded = pair.partition(" ")
        try:
            found[key] = base64.b64decode(encoded, validate=True).decode("utf-8", "backslashreplace")
        except binascii.Error:
            raise _Refused(400, "Upload-Metadata is not well formed.") from None
    return found


def _tus(answer: HttpResponse) -> HttpResponse:
    answer["Tus-Resumable"] = VERSION
    if answer.status_code == 412:
        answer["Tus-Version"] = VERSION
    return answer
