"""Are the files whole? What the readings of the stored files found, and a check of every piece with her keys."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from daybook import doors
from daybook.evidence.exhibits import ReadExhibit, exhibit_ids_for, exhibits_for
from daybook.evidence.fixity import Fixity, Found, damage_for, fixity_for
from daybook.evidence.full_check import Progress, State, begin_full_check, full_check_of
from daybook.kernel.consent import Viewer
from daybook.kernel.sealing.errors import SealingError
from daybook.people.accounts import Unlocked
from daybook.people.unlocks import is_this_browser, unlocks_of
from daybook.site.visits import LOOKS_AGAIN, OwnerRequest, owner_only

WHAT_IS_WRONG = {
    Found.MISSING: "It is not there any more",
    Found.ALTERED: "It is not as it was kept",
    Found.UNREADABLE: "It cannot be read",
}
_GOES_ON = "The next one goes on with the files it did not come to."
_ENDS = {
    State.DONE: "The check is done.",
    State.STOPPED: f"You stopped the check. What it found so far stays noted. {_GOES_ON}",
    State.LOCKED: f"The check stopped, because your record was locked. {_GOES_ON}",
    State.FAILED: "The check could not go on, because of a fault of this machine. What it found so far stays noted.",
}


@dataclass(frozen=True, slots=True)
class Named:
    """A file that is not whole, as a page names it."""

    ref: str
    url: str
    words: str
    since: datetime


@require_http_methods(["GET", "HEAD", "POST"])
@owner_only
def files(request: OwnerRequest) -> HttpResponse:
    """How the stored files were found; by POST a check of one or of all is begun, or the one under way is stopped."""
    viewer = request.unlocked.viewer
    if request.method == "POST":
        if request.POST.get("go") == "stop":
            under_way = full_check_of(viewer.record)
            if under_way is not None:
                under_way.stop()
        else:
            begin_full_check(viewer, _chosen(viewer, request), still_unlocked=while_unlocked(request))
        return redirect("account-files")
    check = full_check_of(viewer.record)
    context = {
        **stored_context(request.unlocked, now=request.now),
        **(progress_context(check.progress) if check is not None else {}),
        "breadcrumbs": [
            ("Account", "/account/"),
            ("Was anything changed?", reverse("account-check")),
            ("Stored files", ""),
        ],
    }
    return render(request, "account/files.html", context)


def stored_context(unlocked: Unlocked, *, now: datetime) -> dict[str, Any]:
    """How the stored files were found, for this page and for the one that checks everything."""
    found = fixity_for(unlocked.viewer, now=now)
    return {"stored": found, "stored_words": _words_of(found), "damaged": _named(unlocked)}


def progress_context(progress: Progress) -> dict[str, Any]:
    """How far a check is."""
    running = progress.state is State.RUNNING
    return {
        "running": running,
        "looks_again": LOOKS_AGAIN,
        "percent": progress.percent,
        "progress_text": f"{progress.files_done} of {progress.files} files, {progress.percent} per cent of it all",
        "ended": "" if running else _ENDS[progress.state],
        "check_found": ", ".join(progress.damaged),
        "check_clean": progress.state is State.DONE and not progress.damaged and progress.files,
    }


def _words_of(found: Fixity) -> str:
    if not found.size:
        return "You have kept no files yet."
    if found.unread == found.size:
        return "None of your files was read again yet. A new file is read a day after it was kept, while Daybook runs."
    waiting = found.size - found.read_lately
    counted = f"{found.read_lately} of {found.size} files were read in the last 30 days"
    return f"{counted}, and {waiting} wait for their turn." if waiting else f"{counted}."


def _named(unlocked: Unlocked) -> list[Named]:
    return [
        Named(
            f"{unlocked.profile.initials}/{damage.number}",
            reverse("files-file", args=[damage.exhibit]),
            WHAT_IS_WRONG[damage.found],
            damage.since,
        )
        for damage in damage_for(unlocked.viewer)
    ]


def _chosen(viewer: Viewer, request: HttpRequest) -> Sequence[ReadExhibit]:
    """The exhibits to check: the one that was named, or all. One whose row does not open is told on its own page."""
    ids = [exhibit for exhibit, _ in exhibit_ids_for(viewer)]
    named = request.POST.get("exhibit", "")
    wanted = [one for one in ids if str(one) == named] if named else ids
    try:
        return exhibits_for(viewer, wanted)
    except SealingError:
        return [read for one in wanted for read in _if_it_opens(viewer, one)]


def _if_it_opens(viewer: Viewer, exhibit: UUID) -> list[ReadExhibit]:
    try:
        return exhibits_for(viewer, [exhibit])
    except SealingError:
        return []


def while_unlocked(request: OwnerRequest) -> Callable[[], bool]:
    """Says whether the browser that asks is still unlocked, whenever it is called later."""
    account = request.unlocked.account_id
    cookie = request.COOKIES.get(settings.VISIT_COOKIE_NAME)

    def still_unlocked() -> bool:
        rows = unlocks_of(account, now=doors.clock().now())
        return any(is_this_browser(row, cookie) for row in rows)

    return still_unlocked
