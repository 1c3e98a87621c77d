"""“Before you block or delete”: one list for each medium, with what each step may give away.

Open to all: it holds nothing of anyone's.
"""

from dataclasses import dataclass

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from daybook.kernel.facts import ChecklistStep, checklists
from daybook.site.visits import DaybookRequest, open_to_all

_NOTICES = {"no": "No", "unknown": "Maybe", "likely": "Likely", "yes": "Yes"}
_LOSES = {"no": "No", "maybe": "Maybe", "yes": "Yes"}


@dataclass(frozen=True, slots=True)
class Step:
    """One step as the page shows it."""

    step: ChecklistStep
    badge: str

    @property
    def notices(self) -> str:
        """Whether the other person may notice, in a word."""
        return _NOTICES[self.step.notices]

    @property
    def loses(self) -> str:
        """Whether anything may be lost, in a word."""
        return _LOSES[self.step.loses_evidence]

    @property
    def careful(self) -> bool:
        """Whether the step can give something away, lose something or not be undone."""
        quiet = self.step.notices == "no" and self.step.loses_evidence == "no" and self.step.can_be_undone
        return not quiet or self.step.needs_safe_device


@require_safe
@open_to_all
def choose(request: DaybookRequest) -> HttpResponse:
    """Choose what it is about."""
    context = {"lists": checklists(), "back_url": "/files/" if request.visit.unlocked else "/"}
    return render(request, "files/before.html", context)


@require_safe
@open_to_all
def show(request: DaybookRequest, code: str) -> HttpResponse:
    """One list, to read or print."""
    found = next((one for one in checklists() if one.code == code), None)
    if found is None:
        raise Http404
    today = request.now.date()
    context = {
        "list": found,
        "steps": [Step(step, step.badge_on(today)) for step in found.steps],
        "back_url": reverse("files-before"),
    }
    return render(request, "files/before_one.html", context)
