"""Starting a record: the device first, then what to know, then the name and passphrase, then the recovery code.

Nothing is stored before the last form of all: the questions about the device are read, not answered to us.
"""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from daybook.kernel.custody import EventKind
from daybook.kernel.sealing.passphrases import suggest_passphrase, word_list
from daybook.kernel.sealing.recovery_code import NotARecoveryCode
from daybook.ledger.access import note_access
from daybook.ledger.records import open_record
from daybook.people.accounts import Profile, confirm_recovery_code
from daybook.people.errors import NameTaken, TooManyTries, WeakPassphrase, WrongRecoveryCode
from daybook.site.pages.door.forms import CheckForm, NameForm
from daybook.site.visits import DaybookRequest, OwnerRequest, open_to_all, owner_only, unlock_browser

READY = "ready"
JUST_MADE = "Did you make it a moment ago? Then unlock it."


@require_safe
@open_to_all
def device(request: DaybookRequest) -> HttpResponse:
    """Is this device safe? Asked before there is anything to find on it."""
    return render(request, "door/device.html", {"back_url": "/"})


@require_safe
@open_to_all
def safer(request: DaybookRequest) -> HttpResponse:
    """Safer ways than this device, with the choice still hers."""
    return render(request, "door/safer.html", {"back_url": "/start/"})


@require_safe
@open_to_all
def before(request: DaybookRequest) -> HttpResponse:
    """What sealing is and is not, and who may read the record one day."""
    if READY not in request.GET:
        return redirect("/start/")
    return render(request, "door/before.html", {"back_url": "/start/"})


@require_http_methods(["GET", "HEAD", "POST"])
@open_to_all
def name(request: DaybookRequest) -> HttpResponse:
    """Name and passphrase; the answer to the form is the one page that ever shows the recovery code."""
    if request.visit.unlocked is not None:
        # The form was sent twice, or its answer loaded again: the record is there, and only one.
        return redirect("/diary/" if request.visit.unlocked.recovery_confirmed else "/start/check/")
    if request.method != "POST":
        if READY not in request.GET:
            return redirect("/start/")
        return _ask(request, NameForm(), suggest_passphrase())
    suggested = _suggested(request.POST.get("suggested", ""))
    if "another" in request.POST:
        typed = {field: request.POST.get(field, "") for field in ("name", "initials", "zone")}
        return _ask(request, NameForm(initial=typed), suggest_passphrase())
    form = NameForm(request.POST)
    if not form.is_valid():
        return _ask(request, form, suggested)
    chosen = form.cleaned_data
    try:
        opened = open_record(
            name=chosen["name"],
            passphrase=chosen["new_passphrase"],
            profile=Profile(initials=chosen["initials"], zone=chosen["zone"]),
            now=request.now,
        )
    except WeakPassphrase as weakness:
        form.add_error("new_passphrase", str(weakness))
        return _ask(request, form, suggested)
    except TooManyTries as hurry:
        form.add_error(None, str(hurry))
        return _ask(request, form, suggested, status=429)
    except NameTaken as taken:
        # Nothing typed is shown back: it may be the form that made the record, sent again by someone else.
        return _ask(request, NameForm(), suggest_passphrase(), page_error=f"{taken} {JUST_MADE}")
    note_access(
        opened.unlocked.viewer,
        EventKind.UNLOCKED,
        item=opened.unlocked.record_id,
        what="browser",
        now=request.now,
    )
    groups = opened.recovery_code.split("-")
    response = render(request, "door/recovery_code.html", {"groups": groups, "new_record": True})
    unlock_browser(request, response, opened.unlocked)
    return response


@require_http_methods(["GET", "HEAD", "POST"])
@owner_only
def check(request: OwnerRequest) -> HttpResponse:
    """Type the recovery code back, so that a slip of the pen shows now and not on the day it is needed."""
    form = CheckForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            confirm_recovery_code(request.unlocked, typed=form.cleaned_data["recovery_code"], now=request.now)
        except (NotARecoveryCode, WrongRecoveryCode) as fault:
            form.add_error("recovery_code", str(fault))
        else:
            messages.success(request, "Your code works. Keep it where only you can find it.")
            return redirect("/diary/")
    return render(request, "door/check.html", {"form": form})


def _ask(
    request: DaybookRequest, form: NameForm, suggested: str, *, page_error: str = "", status: int = 200
) -> HttpResponse:
    context = {
        "form": form,
        "suggested": suggested,
        "page_error": page_error,
        "back_url": f"/start/before/?{READY}=1",
    }
    return render(request, "door/name.html", context, status=status)


def _suggested(sent: str) -> str:
    """The words the page suggested before, so that a slip elsewhere does not change what she has just written down."""
    words = sent.split()
    known = 0 < len(words) <= 12 and set(words) <= set(word_list())
    return " ".join(words) if known else suggest_passphrase()
