"""Forms with files as a browser sends them: Django's test client would tidy the names first."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, cast

from django.conf import settings
from django.http import HttpResponse
from django.test import Client

from tests.form_bodies import BOUNDARY, Sent, form_body

__all__ = ["BOUNDARY", "Sent", "form_body", "send", "stored", "text_of"]


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
