"""Unlocking with the passphrase, and getting back in with the recovery code. One answer for everything that fails."""

from urllib.parse import urlencode

from django.http import HttpResponse
from django.middleware.csrf import rotate_token
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from daybook.evidence.late_files import remove_what_was_let_go
from daybook.kernel.sealing.recovery_code import NotARecoveryCode
from daybook.ledger.records import recover_record, unlock_record
from daybook.people.accounts import Unlocked
from daybook.people.closing import closings_wait
from daybook.people.errors import CannotUnlock, TooManyTries, WeakPassphrase
from daybook.people.late_saves import late_saves_wait
from daybook.people.unlocks import State, end_other_unlocks
from daybook.site.pages.door.forms import RecoverForm, UnlockForm
from daybook.site.visits import (
    DaybookRequest,
    OwnerRequest,
    open_to_all,
    owner_only,
    safe_next,
    unlock_browser,
)

NO_RECOVERY = "That name and code do not go together. Check both and try again."


@require_http_methods(["GET", "HEAD", "POST"])
@open_to_all
def unlock(request: DaybookRequest) -> HttpResponse:
    """Name and passphrase."""
    if request.method != "POST":
        return _door(request)
    form = UnlockForm(request.POST)
    status = 200
    if form.is_valid():
        try:
            unlocked = unlock_record(
                name=form.cleaned_data["name"], passphrase=form.cleaned_data["passphrase"], now=request.now
            )
            return _let_in(request, unlocked, safe_next(request))
        except CannotUnlock as failure:
            form.add_error(None, str(failure))
            status = 429 if isinstance(failure, TooManyTries) else 200
    context = {"form": form, "back_url": "/", "notice": bool(closings_wait(now=request.now))}
    return render(request, "door/unlock.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@open_to_all
def recover(request: DaybookRequest) -> HttpResponse:
    """Name, recovery code and a new passphrase. Whoever was unlocked with the old one is locked."""
    form = RecoverForm(request.POST if request.method == "POST" else None)
    status = 200
    if form.is_valid():
        try:
            unlocked = recover_record(
                name=form.cleaned_data["name"],
                code=form.cleaned_data["recovery_code"],
                new_passphrase=form.cleaned_data["new_passphrase"],
                now=request.now,
            )
            end_other_unlocks(unlocked.account_id, keep=None)
            response = redirect("/recover/done/")
            unlock_browser(request, response, unlocked)
            rotate_token(request)
            return response
        except NotARecoveryCode as fault:
            form.add_error("recovery_code", str(fault))
        except WeakPassphrase as weakness:
            form.add_error("new_passphrase", str(weakness))
        except CannotUnlock as failure:
            too_soon = isinstance(failure, TooManyTries)
            form.add_error(None, str(failure) if too_soon else NO_RECOVERY)
            status = 429 if too_soon else 200
    return render(request, "door/recover.html", {"form": form, "back_url": "/unlock/"}, status=status)


@require_safe
@owner_only
def recovered(request: OwnerRequest) -> HttpResponse:
    """She is in again: what works now, and when to make a new code."""
    return render(request, "door/recovered.html", {"late": late_saves_wait(request.unlocked)})


def _door(request: DaybookRequest) -> HttpResponse:
    wanted = request.GET.get("next", "")
    if request.visit.state is State.UNLOCKED:
        return redirect(safe_next(request))
    if wanted and "open" not in request.GET and request.visit.state is State.STRANGER:
        # Someone pressed Back after leaving, or follows an old address: nothing is said about what was here.
        query = urlencode({"open": "1", "next": wanted})
        return render(request, "door/closed.html", {"open_url": f"/unlock/?{query}"})
    form = UnlockForm(initial={"next": wanted})
    context = {
        "form": form,
        "back_url": "/",
        "locked_itself": request.visit.state is State.LOCKED,
        "notice": bool(closings_wait(now=request.now)),
    }
    return render(request, "door/unlock.html", context)


def _let_in(request: DaybookRequest, unlocked: Unlocked, wanted: str) -> HttpResponse:
    """To the page that was wanted; by way of what came too late, if anything did."""
    remove_what_was_let_go(unlocked, now=request.now)
    target = wanted
    if late_saves_wait(unlocked):
        target = f"/account/late/?{urlencode({'next': wanted})}"
    response = redirect(target)
    unlock_browser(request, response, unlocked)
    # A try that the browser still remembers, right or wrong, cannot be sent again from here on.
    rotate_token(request)
    return response
