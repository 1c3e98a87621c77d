"""What the door's tests share: a browser that starts and unlocks through the pages, as a person does."""

import re
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.test import Client

from daybook.people.models import Unlock

WORDS = "plover mosaic candle drift wagon eleven"
OTHER_WORDS = "lantern cobble thistle orbit gravel nine"


def browser(**headers: Any) -> Client:
    """A browser with no cookies that checks form tokens, as the real ones do."""
    return Client(
        enforce_csrf_checks=True, HTTP_HOST="localhost", headers={"Sec-Fetch-Site": "same-origin", **headers}
    )


def post(client: Client, path: str, data: dict[str, Any], *, page: str | None = None, **extra: Any) -> Any:
    """Send a form with the token of ``page`` (the same address, when left out)."""
    answer = client.get(page or path)
    found = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', answer.content.decode())
    token = found.group(1) if found else ""
    return client.post(path, {**data, "csrfmiddlewaretoken": token}, **extra)


def start(client: Client, name: str = "moth", passphrase: str = WORDS, **more: str) -> Any:
    """Make a record; the answer is the page with its recovery code."""
    fields = {
        "name": name,
        "initials": "ab",
        "new_passphrase": passphrase,
        "new_passphrase_again": passphrase,
        "zone": "",
        "suggested": passphrase,
    }
    return post(client, "/start/name/", {**fields, **more}, page="/start/name/?ready=1")


def unlock(client: Client, name: str = "moth", passphrase: str = WORDS, **more: str) -> Any:
    """Unlock through the page."""
    return post(client, "/unlock/", {"name": name, "passphrase": passphrase, **more})


def code_on(answer: Any) -> str:
    """The recovery code that a page shows."""
    return "-".join(re.findall(r'<strong class="db-code">([^<]+)</strong>', answer.content.decode()))


def is_unlocked(client: Client) -> bool:
    """Whether this browser reads the record."""
    return bool(client.get("/account/").status_code == 200)


def lie_idle(by: timedelta) -> None:
    """Let every browser lie untouched for so long."""
    for row in Unlock.objects.all():
        Unlock.objects.filter(pk=row.pk).update(seen_at=row.seen_at - by, unlocked_at=row.unlocked_at - by)


def visit_cookie(client: Client) -> str:
    """The value of the cookie that keeps a browser unlocked."""
    morsel = client.cookies.get(settings.VISIT_COOKIE_NAME)
    return morsel.value if morsel is not None else ""


def later(now: datetime, seconds: float) -> datetime:
    """So many seconds after ``now``."""
    return now + timedelta(seconds=seconds)
