"""Removing a file, and the page of removed files, from where each can be fetched back for thirty days."""

from datetime import datetime
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from daybook.evidence.errors import NoSuchExhibit
from daybook.evidence.exhibits import ReadExhibit, copies_for, get_exhibit_for
from daybook.evidence.removing import RemovedExhibit, fetch_back_exhibit, remove_exhibit, removed_for
from daybook.kernel.custody import CustodyError
from daybook.kernel.media.names import display_name
from daybook.kernel.sealing.errors import SealingError
from daybook.packs.assembly import packs_made_for
from daybook.people.accounts import Unlocked
from daybook.site.pages.account.forms import RemoveForm
from daybook.site.pages.files.showing import altered
from daybook.site.visits import OwnerRequest, owner_only


@require_safe
@owner_only
def removed(request: OwnerRequest) -> HttpResponse:
    """The files that were removed: those that can be fetched back, and those that are gone."""
    found = removed_for(request.unlocked.viewer, now=request.now)
    context = {
        "waiting": [_shown(one) for one in found if not one.destroyed],
        "gone": [_shown(one) for one in found if one.destroyed],
        "breadcrumbs": [("Account", "/account/"), ("Removed files", "")],
    }
    return render(request, "account/removed.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@owner_only
def remove(request: OwnerRequest, exhibit: UUID) -> HttpResponse:
    """Ask why; where the file may be in a pack that was handed over, ask once more."""
    viewer = request.unlocked.viewer
    try:
        read = get_exhibit_for(viewer, exhibit)
    except NoSuchExhibit as error:
        if exhibit in {one.exhibit for one in removed_for(viewer, now=request.now)}:
            return redirect("account-removed")  # the same form sent twice
        raise Http404 from error
    except SealingError:
        return altered(request, exhibit)
    form = RemoveForm(request.POST if request.method == "POST" else None)
    packs = _packs_since(request.unlocked, read)
    context = {
        "form": form,
        "file": read,
        "name": "" if read.unseen else display_name(read.name).short,
        "packs": packs,
        "copies": len(copies_for(viewer, exhibit)),
        "back_url": reverse("files-file", args=[exhibit]),
        "back_text": read.reference,
    }
    if not form.is_valid():
        return render(request, "account/remove.html", context)
    if packs and request.POST.get("again") != "yes":
        return render(request, "account/remove_again.html", context)
    remove_exhibit(
        viewer, exhibit, reason=form.cleaned_data["reason"], tell=form.cleaned_data["tell"], now=request.now
    )
    messages.success(request, f"{read.reference} is removed. You can fetch it back for 30 days.")
    return redirect("account-removed")


@require_POST
@owner_only
def fetch_back(request: OwnerRequest, exhibit: UUID) -> HttpResponse:
    """The file is wanted after all."""
    try:
        fetched = fetch_back_exhibit(request.unlocked.viewer, exhibit, now=request.now)
    except NoSuchExhibit as error:
        raise Http404 from error
    if fetched:
        messages.success(request, "The file is back, where it was.")
        return redirect("files-file", exhibit)
    return redirect("account-removed")


def _packs_since(unlocked: Unlocked, read: ReadExhibit) -> list[datetime]:
    """When packs were made that this file may be in: after it was kept. Which files a pack held, nobody keeps a list of."""
    kept = datetime.fromisoformat(read.received_at)
    try:
        return [pack.made_at for pack in packs_made_for(unlocked.viewer) if pack.made_at >= kept]
    except (SealingError, CustodyError):
        # The steps do not hold together: it cannot be ruled out.
        return [kept]


def _shown(one: RemovedExhibit) -> dict[str, object]:
    name = "" if one.unseen or not one.name else display_name(one.name).short
    return {"file": one, "name": name}
