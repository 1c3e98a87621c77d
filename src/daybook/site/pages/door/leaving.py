"""Locking and leaving. Both work always: without a script, without a valid form token, for anybody.

Neither is protected against a form sent from elsewhere: all it could do is lock, and browsers do not send our SameSite=Strict
cookie with such a form. A token that went stale must never keep the record open.
"""

from django.conf import settings
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from daybook.ledger.access import note_lock
from daybook.site.visits import DaybookRequest, lock_browser, open_to_all

LEFT_BEHIND = '"cache", "cookies", "storage"'


class SeeOther(HttpResponseRedirect):
    """On to another page by GET, whatever this one was asked with."""

    status_code = 303


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
@open_to_all
def lock(request: DaybookRequest) -> HttpResponse:
    """Lock the record, then say what stays on this device."""
    if request.method == "POST":
        response = SeeOther("/lock/")
        _close(request, response)
        return response
    if request.visit.unlocked is not None:
        return redirect("/diary/")
    return render(request, "door/locked.html")


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
@open_to_all
def leave(request: DaybookRequest) -> HttpResponse:
    """Lock, leave nothing of ours in the browser, and go to the neutral place.

    The exit script needs no page back; an ordinary form is sent on.
    """
    if request.method != "POST":
        return render(request, "door/closed.html")
    by_script = request.headers.get("Sec-Fetch-Mode", "navigate") != "navigate"
    response = HttpResponse(status=204) if by_script else SeeOther(settings.EXIT_URL)
    _close(request, response)
    if request.headers.get("Sec-Fetch-Site") != "cross-site":
        response.headers["Clear-Site-Data"] = LEFT_BEHIND
    return response


def _close(request: DaybookRequest, response: HttpResponse) -> None:
    """The key goes first: whatever fails after it, the key is gone."""
    lock_browser(request, response)
    if request.visit.unlocked is not None:
        note_lock(request.visit.unlocked, now=request.now)
