"""A question about a picture that only the person can answer: whether a picture of a screen shows a date and a number.

It is asked and never guessed, can be left unanswered, and an answer comes with what can be done, and what may give her away.
"""

from dataclasses import dataclass
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from daybook.evidence.errors import NoSuchExhibit
from daybook.evidence.exhibits import ReadExhibit
from daybook.evidence.notes import DATE_AND_NUMBER, DateAndNumber, Noted, answer_date_and_number
from daybook.kernel.media.claims import kind_of
from daybook.kernel.media.known import Known
from daybook.kernel.sealing.errors import SealingError
from daybook.site.pages.files.showing_errors import altered, exhibit_or_404
from daybook.site.visits import OwnerRequest, owner_only

ANSWERS = (
    (DateAndNumber.YES.value, "Yes, both"),
    (DateAndNumber.NO.value, "No, not both"),
    (DateAndNumber.CANNOT_TELL.value, "I cannot tell"),
)


class ScreenForm(forms.Form):
    """Whether a date and a number can be seen."""

    answer = forms.ChoiceField(
        choices=ANSWERS,
        widget=forms.RadioSelect,
        label=DATE_AND_NUMBER,
        help_text="If it is a picture of a screen, such as a message: police often look for when it was sent, and from which "
        "number or name. You can leave this out.",
    )


@dataclass(frozen=True, slots=True)
class ScreenQuestion:
    """The question on a file's page, and what she said to it."""

    form: ScreenForm
    said: str

    @property
    def wants_advice(self) -> bool:
        """Whether a better picture could help."""
        return self.said in (ANSWERS[1][1], ANSWERS[2][1])


def screen_question(exhibit: ReadExhibit, known: Known, noted: Noted) -> ScreenQuestion | None:
    """The question, for pictures that do not say that a camera took them; an answer given stays with the file."""
    answered = noted.date_and_number
    from_a_camera = known.taken is not None and bool(exhibit.said.get("make") or exhibit.said.get("model"))
    of_a_screen = known.hint is not None and known.hint.screen
    if kind_of(exhibit.type) != "picture" or (from_a_camera and not of_a_screen and answered is None):
        return None
    said = dict(ANSWERS)[answered.value] if answered else ""
    return ScreenQuestion(ScreenForm(initial={"answer": answered.value if answered else None}), said)


@require_POST
@owner_only
def answer_screen(request: OwnerRequest, exhibit: UUID) -> HttpResponse:
    """Keep the answer; no answer changes nothing."""
    viewer = request.unlocked.viewer
    try:
        exhibit_or_404(viewer, exhibit)
        form = ScreenForm(request.POST)
        if form.is_valid():
            answer = DateAndNumber(form.cleaned_data["answer"])
            if answer_date_and_number(viewer, exhibit, answer=answer, now=request.now):
                messages.success(request, "Kept.")
    except NoSuchExhibit as error:
        raise Http404 from error
    except SealingError:
        return altered(request, exhibit)
    return redirect("files-file", exhibit)
