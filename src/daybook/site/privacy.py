"""What is said, kept and logged about a visit: as little as there can be."""

import logging
import traceback
from collections.abc import Callable
from pathlib import PurePath

from django.http import HttpRequest, HttpResponse


class KeepNothing:
    """Middleware: no page may be kept by the browser or anything between, nor be listed, nor ask for the device's senses."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self._get_response(request)
        response.headers.setdefault("Cache-Control", "no-store")
        response.headers["X-Robots-Tag"] = "noindex, nofollow, noarchive"
        response.headers["Permissions-Policy"] = (
            "camera=(), microphone=(), geolocation=(), browsing-topics=()"
        )
        response.headers["Cross-Origin-Resource-Policy"] = "same-origin"
        return response


def static_headers(headers: dict[str, str], path: str, url: str) -> None:
    """Style, script and fonts are the same for everyone: they may be kept, and are asked after each time."""
    headers["Cache-Control"] = "no-cache"
    headers["Cross-Origin-Resource-Policy"] = "same-origin"


class QuietFormatter(logging.Formatter):
    """Formats a record without any words that may quote what someone wrote.

    For an error: its type and the places in the code. For Django's own request lines: the status, not the address.
    """

    def format(self, record: logging.LogRecord) -> str:
        """One line, plus one for each place in the code when there is an error."""
        line = f"{self.formatTime(record)} {record.levelname} {record.name}"
        status = getattr(record, "status_code", None)
        if status is not None:
            line += f" status {status}"
        elif not record.exc_info:
            line += f" {str(record.msg).splitlines()[0] if record.msg else ''}"
            # Only what our own server says of itself is filled in; the arguments of others may quote what someone wrote.
            if record.name == "daybook.site.server" and record.args:
                line = f"{line % record.args}"
        if record.exc_info and record.exc_info[1] is not None:
            error = record.exc_info[1]
            line += f" {type(error).__name__}"
            for frame in traceback.extract_tb(error.__traceback__):
                line += f"\n    {PurePath(frame.filename).name}:{frame.lineno} {frame.name}"
        return line
