"""Closing a record: asked for with the passphrase, announced for seven days, undone by whoever unlocks it."""

from functools import partial

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from daybook.ledger.closing import ask_to_close, undo_closing
from daybook.people.closing import closing_of
from daybook.site.pages.account.forms import ProofForm
from daybook.site.visits import OwnerRequest, owner_only

TRAIL = [("Account", "/account/"), ("Close this record", "")]


@require_http_methods(["GET", "HEAD", "POST"])
@owner_only
def close(request: OwnerRequest) -> HttpResponse:
    """What closing does, and the form for it; or, while it waits, until when it can be undone."""
    form = ProofForm(request.POST if request.method == "POST" else None)
    waits = closing_of(request.unlocked.record_id, now=request.now)
    if waits is None and form.is_valid():
        ask = partial(ask_to_close, request.unlocked, now=request.now)
        if form.prove(ask):
            return redirect("account-close")
    if waits is not None:
        # The same form sent twice, or by another window: nothing is changed by it.
        form = ProofForm()
    context = {"form": form, "waits": waits, "breadcrumbs": TRAIL}
    return render(request, "account/close.html", context)


@require_POST
@owner_only
def undo(request: OwnerRequest) -> HttpResponse:
    """The record stays."""
    if undo_closing(request.unlocked, now=request.now):
        messages.success(request, "Your record stays. Nothing is erased.")
    else:
        messages.success(request, "Nothing was waiting. Your record stays.")
    return redirect("account")
