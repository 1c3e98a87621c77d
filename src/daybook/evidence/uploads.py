"""The only upload handler: seals a form's files as they arrive, so that Django never spools them to disk.

CSRF protection reads the form, and with it the files, before any view runs. The handler therefore uses nothing but the public
evidence key of the record behind the cookie; files of a stranger are not taken at all. What no view admitted is discarded
when the response is made, so a forged form leaves nothing behind.
"""

from collections.abc import Callable
from typing import Any, NoReturn

from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler, SkipFile
from django.http import HttpRequest, HttpResponse, QueryDict, multipartparser
from django.utils.datastructures import MultiValueDict

from daybook import doors
from daybook.evidence.errors import NotKept
from daybook.evidence.intake import Intake, Received, check_room, discard
from daybook.kernel.media.names import display_name

CHUNK_BYTES = 256 * 1024
MOST_FILES = 50

# The heading of each part of a form holds the file's name. Django's limit of 1 KiB is less than a long name may take, and a
# form over it is refused whole, with every other file in it.
multipartparser.MAX_TOTAL_HEADER_SIZE = 32 * 1024  # type: ignore[attr-defined]  # the stubs do not know it


class SealedUpload(UploadedFile):  # type: ignore[type-arg]  # it is generic for the stubs only
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

    def close(self) -> None:
        """Nothing is open. Django closes what came before the place where a form broke off."""


class _NameKeepingParser(multipartparser.MultiPartParser):
    """Django's parser, but names stay as they were sent: Django drops what is invisible, and a name is evidence too.

    Names are only ever sealed, and shown through `kernel.media.names`; no file is opened by one.
    """

    def sanitize_file_name(self, file_name: str) -> str:
        """The name as it is."""
        return file_name


class SealingUploadHandler(FileUploadHandler):
    """Gives each file of a form to an Intake; says in ``request.upload_refusals`` what could not be kept, and why."""

    chunk_size = CHUNK_BYTES

    def __init__(self, request: HttpRequest | None = None) -> None:
        super().__init__(request)
        self._intake: Intake | None = None
        self._files = 0
        self._parsing = False
        _handlers(request).append(self)

    def handle_raw_input(
        self,
        input_data: Any,
        META: Any,  # noqa: N803 – Django's name
        content_length: int,
        boundary: Any,
        encoding: Any = None,
    ) -> "tuple[QueryDict, MultiValueDict[str, UploadedFile[Any]]] | None":
        """Begin a form: no file refused yet. Reads it with a parser that keeps names."""
        if self._parsing:
            return None
        self._parsing = True
        self._refusals().clear()
        return _NameKeepingParser(META, input_data, [self], encoding).parse()

    def new_file(self, field_name: str, file_name: str, *args: Any, **kwargs: Any) -> None:
        """Begin a file, or skip it when nobody's record could take it."""
        super().new_file(field_name, file_name, *args, **kwargs)
        # Django never completes a file whose field has no name; it goes straight on to the next.
        self.upload_interrupted()
        self._files += 1
        if self._files > MOST_FILES:
            self._refuse(file_name, f"Only {MOST_FILES} files can be sent at once. Choose this one again.")
        visit = getattr(self.request, "visit", None)
        if visit is None or visit.record_id is None:
            self._refuse(file_name, "Unlock first, then choose the file again.")
        try:
            check_room(visit.record_id, locked=visit.unlocked is None)
            self._intake = Intake(visit.record_id, now=doors.clock().now())
        except NotKept as refusal:
            self._refuse(file_name, str(refusal))

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        """Seal the next bytes."""
        if self._intake is None:
            raise SkipFile
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
            self._note(self.file_name or "", str(refusal))
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
        """The form ended in the middle of a file: let go of it. Django calls this only for some of the ways it can end."""
        intake, self._intake = self._intake, None
        if intake is not None:
            intake.abort()

    def _refuse(self, name: str, words: str) -> NoReturn:
        self._note(name, words)
        raise SkipFile

    def _note(self, name: str, words: str) -> None:
        self._refusals().append((display_name(name).short, words))

    def _refusals(self) -> list[tuple[str, str]]:
        return upload_refusals(self.request)


def upload_refusals(request: HttpRequest | None) -> list[tuple[str, str]]:
    """The files of this request that could not be kept: (name as a page may show it, why)."""
    refusals: list[tuple[str, str]] = request.__dict__.setdefault("upload_refusals", [])
    return refusals


def _sealed_uploads(request: HttpRequest | None) -> list[SealedUpload]:
    uploads: list[SealedUpload] = request.__dict__.setdefault("sealed_uploads", [])
    return uploads


def _handlers(request: HttpRequest | None) -> list[SealingUploadHandler]:
    handlers: list[SealingUploadHandler] = request.__dict__.setdefault("sealing_handlers", [])
    return handlers


class DiscardUnadmitted:
    """Middleware: after the response is made, whatever was uploaded and not admitted is removed, half-read files too."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        try:
            return self._get_response(request)
        finally:
            for handler in _handlers(request):
                handler.upload_interrupted()
            for upload in _sealed_uploads(request):
                discard(upload.received)
