"""Choosing what goes into a pack."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from daybook.diary.entries import count_entries
from daybook.evidence.exhibits import count_exhibits
from daybook.site.pages.pack.forms import ChooseForm, ChosenForm
from daybook.site.visits import OwnerRequest, owner_only

LONG_LIST = 200


@require_safe
@owner_only
def choose(request: OwnerRequest) -> HttpResponse:
    """The form, as it stands when nobody chose anything yet."""
    return show_choice(request, ChooseForm())


def show_choice(request: OwnerRequest, form: ChooseForm) -> HttpResponse:
    """The form, also with its errors."""
    viewer = request.unlocked.viewer
    entries = count_entries(viewer)
    context = {
        "form": form,
        "entries": entries,
        "files": count_exhibits(viewer),
        "long_list": entries > LONG_LIST,
        "back_url": "/pack/",
        "back_text": "Make a pack",
    }
    return render(request, "pack/choose.html", context)


def read_choice(request: OwnerRequest) -> ChosenForm:
    """What the form before carried here."""
    form = ChosenForm(request.POST)
    form.is_valid()
    return form
