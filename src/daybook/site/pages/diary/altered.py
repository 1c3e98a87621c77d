"""The page of an entry that something other than Daybook changed: it is named as altered, and nothing of it is made up."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec

from django.http import HttpResponse
from django.shortcuts import render

from daybook.kernel.sealing.errors import SealingError
from daybook.site.visits import OwnerRequest

P = ParamSpec("P")


def says_if_altered(
    view: Callable[Concatenate[OwnerRequest, P], HttpResponse],
) -> Callable[Concatenate[OwnerRequest, P], HttpResponse]:
    """A page about one entry, that says so where what is stored of the entry does not open."""

    @wraps(view)
    def page(request: OwnerRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        try:
            return view(request, *args, **kwargs)
        except SealingError:
            context = {"breadcrumbs": [("Diary", "/diary/"), ("Entry", "")]}
            return render(request, "diary/altered.html", context, status=500)

    return page
