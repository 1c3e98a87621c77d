"""Requests of the upload protocol, as the page's script makes them."""

import base64
from typing import Any

from django.test import Client

UPLOADS = "/files/upload/"
BODY = "application/offset+octet-stream"


def encoded(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


def ask(browser: Client, method: str, path: str, body: bytes = b"", kind: str = "", **headers: str) -> Any:
    named = {"Tus-Resumable": "1.0.0", "X-Daybook": "upload"}
    named |= {name.replace("_", "-"): value for name, value in headers.items()}
    # Django's client says no type of an empty body by itself.
    typed: dict[str, Any] = {"CONTENT_TYPE": kind} if kind else {}
    given = {name: value for name, value in named.items() if value}
    return browser.generic(method, path, body, content_type=kind, headers=given, **typed)


def begin(browser: Client, length: int, name: str = "clip.mp4") -> str:
    metadata = f"filename {encoded(name)},filetype {encoded('video/mp4')},head"
    answer = ask(browser, "POST", UPLOADS, Upload_Length=str(length), Upload_Metadata=metadata)
    assert answer.status_code == 201, answer.content
    return str(answer["Location"])


def patch(browser: Client, url: str, offset: int, body: bytes, **headers: str) -> Any:
    return ask(browser, "PATCH", url, body, BODY, Upload_Offset=str(offset), **headers)
