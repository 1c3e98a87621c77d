"""What was searched for, remembered by the browser alone: sealed, in a cookie that goes only to the page of that result.

A result has to live at an address of its own, or Back and Reload would break it; and no word of a search may stand in an
address. So the address is a random number, and the words are in a cookie for it that ends with the browser's session and
opens only while the record is unlocked.
"""

import base64
import binascii
import re
import secrets
from collections.abc import Mapping

import orjson
from django.http import HttpRequest, HttpResponse

from daybook.kernel.consent import Viewer
from daybook.kernel.sealing.errors import SealingError
from daybook.kernel.sealing.keys import Section

COOKIE = "daybook-found"
_NUMBER = re.compile(r"[0-9a-f]{16}")


def new_number() -> str:
    """The number of a new result."""
    return secrets.token_hex(8)


def address_of(number: str) -> str:
    """Where a result is shown."""
    return f"/diary/found/{number}/"


def remember(response: HttpResponse, viewer: Viewer, number: str, sent: Mapping[str, str]) -> None:
    """Give the browser what was asked for, sealed."""
    keys = viewer.keys
    sealed = keys.seal(
        Section.DIARY, item=number, version=1, field="search", plaintext=orjson.dumps(dict(sent))
    )
    value = f"{keys.epoch}.{base64.urlsafe_b64encode(sealed).decode()}"
    response.set_cookie(COOKIE, value, path=address_of(number), httponly=True, samesite="Strict")


def remembered(request: HttpRequest, viewer: Viewer, number: str) -> dict[str, str] | None:
    """What was asked for; None where the browser does not know it any more, or it is not this record's."""
    epoch, _, text = request.COOKIES.get(COOKIE, "").partition(".")
    if not _NUMBER.fullmatch(number) or not epoch.isascii() or not epoch.isdigit() or len(epoch) > 6:
        return None
    try:
        sealed = base64.b64decode(text, altchars=b"-_", validate=True)
        opened = viewer.keys.open(
            Section.DIARY, item=number, version=1, field="search", epoch=int(epoch), sealed=sealed
        )
    except (SealingError, binascii.Error, ValueError, KeyError):
        return None
    return {str(name): str(value) for name, value in orjson.loads(opened).items()}
