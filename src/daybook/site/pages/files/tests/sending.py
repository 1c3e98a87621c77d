"""Forms with files as a browser sends them: Django's test client would tidy the names first."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, cast

from django.conf import settings
from django.http import HttpResponse
from django.test import Client

BOUNDARY = "----DaybookFormBoundary7MA4YWxkTrZu0gW"

Sent = tuple[str, bytes]
"""A file: its name, raw, and its content."""


def form_body(
    fields: Mapping[str, str], files: Sequence[Sent], *, declared: str = "application/octet-stream"
) -> bytes:
    """The body of a form with files. Names go out as they are, but for the quotation mark, which ends a name."""
    parts = [
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
        for name, value in fields.items()
    ]
    for name, content in files:
        raw = name.replace("\\", "\\\\").replace('"', "%22").replace("\r", "%0D").replace("\n", "%0A")
        head = (
            f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="{raw}"\r\n'
            f"Content-Type: {declared}\r\n\r\n"
        )
        parts.append(head.encode() + content + b"\r\n")
    return b"".join(parts) + f"--{BOUNDARY}--\r\n".encode()


def send(
    browser: Client, path: str, *files: Sent, fields: Mapping[str, str] | None = None, **headers: Any
) -> HttpResponse:
    """Post files to a page."""
    body = form_body(fields or {}, files)
    sent = browser.post(path, body, content_type=f"multipart/form-data; boundary={BOUNDARY}", **headers)
    return cast(HttpResponse, sent)


def text_of(response: Any) -> str:
    """The page that came back."""
    return str(response.content.decode())


def stored() -> set[Path]:
    """Every file in the folder store, half-written ones too."""
    return set(_files_below(settings.HOME.files))


def _files_below(folder: Path) -> Iterator[Path]:
    return (path for path in folder.rglob("*") if path.is_file())
