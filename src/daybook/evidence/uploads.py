"""The only upload handler: seals a form's files as they arrive, so that Django never spools them to disk.

CSRF protection reads the form, and with it the files, before any view runs. The handler therefore uses nothing but the public
evidence key of the record behind the cookie; files of a stranger are not taken at all. What no view admitted is discarded
when the response is made, so a forged form leaves nothing behind.
"""

from collections.abc import Callable
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler, SkipFile
from django.http import HttpRequest, HttpResponse

from daybook import doors
from daybook.evidence.errors import NotKept
from daybook.evidence.intake import Intake, Received, discard

CHUNK_BYTES = 256 * 1024


class SealedUpload(UploadedFile):
    """A file of a form, already sealed. It has a name and a size, and no content to read."""

    def __init__(self, *, received: Received, name: str, content_type: str, field_name: str) -> None:
        super().__init__(file=None, name=None, content_type=content_type, size=received.size)
        self.received = received
        self.original_name = name
        self.field_name = field_name
        self._name = name

    @property
    def name(self) -> str:
        """The name as the browser gave it, path parts and all; it is evidence too."""
        return self._name

    @name.setter
    def name(self, value: str | None) -> None:
        self._name = value or ""


class SealingUploadHandler(FileUploadHandler):
    """Gives each file of a form to an Intake; says in ``request.upload_refusals`` what could not be kept, and why."""

    chunk_size = CHUNK_BYTES

    def __init__(self, request: HttpRequest | None = None) -> None:
        super().__init__(request)
        self._intake: Intake | None = None
        self._original_name = ""

    def handle_raw_input(
        self, input_data: Any, META: Any, content_length: int, boundary: Any, encoding: Any = None
    ) -> None:
        """Begin a form: no file refused yet."""
        self._refusals().clear()

    def new_file(self, field_name: str, file_name: str, *args: Any, **kwargs: Any) -> None:
        """Begin a file, or skip it when nobody's record could take it."""
        super().new_file(field_name, file_name, *args, **kwargs)
        visit = getattr(self.request, "visit", None)
        if visit is None or visit.record_id is None:
            self._refuse(file_name, "Unlock first, then choose the file again.")
        try:
            self._intake = Intake(visit.record_id, now=doors.clock().now())
        except NotKept as refusal:
            self._refuse(file_name, str(refusal))

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        """Seal the next bytes."""
        assert self._intake is not None
        try:
            self._intake.write(raw_data)
        except NotKept as refusal:
            self._intake = None
            self._refuse(self.file_name or "", str(refusal))

    def file_complete(self, file_size: int) -> SealedUpload | None:
        """The file is whole: make it durable."""
        intake, self._intake = self._intake, None
        if intake is None:
            return None
        try:
            received = intake.finish()
        except NotKept as refusal:
            self._refusals().append((self.file_name or "", str(refusal)))
            return None
        upload = SealedUpload(
            received=received,
            name=self.file_name or "",
            content_type=self.content_type or "",
            field_name=self.field_name or "",
        )
        _sealed_uploads(self.request).append(upload)
        return upload

    def upload_interrupted(self) -> None:
        """The connection broke: let go of the half-read file."""
        intake, self._intake = self._intake, None
        if intake is not None:
            intake.abort()

    def _refuse(self, name: str, words: str) -> None:
        self._refusals().append((name, words))
        raise SkipFile

    def _refusals(self) -> list[tuple[str, str]]:
        return upload_refusals(self.request)


def upload_refusals(request: HttpRequest | None) -> list[tuple[str, str]]:
    """The files of this request that could not be kept: (name, words)."""
    refusals = request.__dict__.setdefault("upload_refusals", [])
    assert isinstance(refusals, list)
    return refusals


def _sealed_uploads(request: HttpRequest | None) -> list[SealedUpload]:
    uploads = request.__dict__.setdefault("sealed_uploads", [])
    assert isinstance(uploads, list)
    return uploads


class DiscardUnadmitted:
    """Middleware: after the response is made, whatever was uploaded and not admitted is removed."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        try:
            return self._get_response(request)
        finally:
            for upload in _sealed_uploads(request):
                discard(upload.received)
