"""Changing the passphrase and making a new recovery code. Both need the passphrase: an open screen is not enough."""

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from daybook.kernel.sealing.passphrases import suggest_passphrase
from daybook.ledger.records import change_passphrase, make_recovery_code
from daybook.people.accounts import recovery_code_made_at
from daybook.people.errors import CannotUnlock, TooManyTries, WeakPassphrase
from daybook.people.unlocks import end_other_unlocks
from daybook.site.pages.account.forms import ChangePassphraseForm, NewCodeForm
from daybook.site.visits import OwnerRequest, owner_only

NOT_THIS = "This is not the passphrase of your record. Try again."
TRAIL = [("Account", "/account/")]


@require_http_methods(["GET", "HEAD", "POST"])
@owner_only
def passphrase(request: OwnerRequest) -> HttpResponse:
    """A new passphrase; every other browser is locked then."""
    form = ChangePassphraseForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            change_passphrase(
                request.unlocked,
                current=form.cleaned_data["passphrase"],
                new=form.cleaned_data["new_passphrase"],
                now=request.now,
            )
        except WeakPassphrase as weakness:
            form.add_error("new_passphrase", str(weakness))
        except CannotUnlock as failure:
            form.add_error("passphrase", _words(failure))
        else:
            end_other_unlocks(
                request.unlocked.account_id, keep=request.COOKIES.get(settings.VISIT_COOKIE_NAME)
            )
            messages.success(request, "Your new passphrase works from now on. All other browsers are locked.")
            return redirect("/account/")
    context = {"form": form, "suggested": suggest_passphrase(), "breadcrumbs": [*TRAIL, ("Passphrase", "")]}
    return render(request, "account/passphrase.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@owner_only
def code(request: OwnerRequest) -> HttpResponse:
    """A new recovery code, shown once in the answer to the form. The same form sent again makes no second one."""
    made_at = recovery_code_made_at(request.unlocked).isoformat()
    form = NewCodeForm(request.POST if request.method == "POST" else None, initial={"made_after": made_at})
    already = False
    if form.is_valid():
        already = form.cleaned_data["made_after"] != made_at
        if not already:
            try:
                made = make_recovery_code(
                    request.unlocked, passphrase=form.cleaned_data["passphrase"], now=request.now
                )
            except CannotUnlock as failure:
                form.add_error("passphrase", _words(failure))
            else:
                return render(
                    request, "door/recovery_code.html", {"groups": made.split("-"), "new_record": False}
                )
    if already:
        form = NewCodeForm(initial={"made_after": made_at})
    context = {"form": form, "already": already, "breadcrumbs": [*TRAIL, ("Recovery code", "")]}
    return render(request, "account/code.html", context)


def _words(failure: CannotUnlock) -> str:
    return str(failure) if isinstance(failure, TooManyTries) else NOT_THIS
