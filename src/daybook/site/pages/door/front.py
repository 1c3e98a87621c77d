"""The first page, the help page and the paper sheet: the same for everyone, whoever has a record here."""

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from daybook.site.pages.door.help_lines import help_sections
from daybook.site.visits import DaybookRequest, open_to_all


@require_safe
@open_to_all
def front(request: DaybookRequest) -> HttpResponse:
    """What this is, and the two ways on. Someone who is unlocked goes to her diary."""
    if request.visit.unlocked is not None:
        return redirect("/diary/")
    return render(request, "door/front.html")


@require_safe
@open_to_all
def help_now(request: DaybookRequest) -> HttpResponse:
    """Who to call; never behind a question, an account or a lock."""
    return render(request, "door/help.html", {"sections": help_sections(request.now.date())})


@require_safe
@open_to_all
def sheet(request: DaybookRequest) -> HttpResponse:
    """A sheet to print and fill in by hand."""
    return render(request, "paper_sheet.html")
