"""Who may look at a file that was kept without looking: nobody for now, a helper, or never her. And a helper's look at it.

Nothing opens by itself: a helper is asked who they are, what is shown is shown once on this screen, and the file stays hidden
in every list. Everything here can be changed back.
"""

import base64
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, cast
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from daybook.evidence.errors import BodyDamaged
from daybook.evidence.exhibits import ReadExhibit
from daybook.evidence.handling import show_once
from daybook.evidence.notes import MOST_NAME, MOST_WORDS, May, describe_exhibit, keep_for
from daybook.kernel.consent import Viewer
from daybook.kernel.custody import EventKind
from daybook.kernel.media.names import display_name
from daybook.kernel.sealing.errors import SealingError
from daybook.ledger.access import note_access
from daybook.site.pages.files.cards import kept_for, noted_or_hidden
from daybook.site.pages.files.file_words import facts_of, known_of, not_trusted, said_by_the_file
from daybook.site.pages.files.showing_errors import altered, exhibit_or_404
from daybook.site.visits import OwnerRequest, owner_only

CHOICES = (
    (May.NOBODY.value, "Nobody, for now"),
    (May.HELPER.value, "Someone who helps me"),
    (May.NEVER.value, "Never show me this"),
)


class WhoForm(forms.Form):
    """Who will look at a file. ``name_decides``: where files are added, a name alone means that this person looks."""

    name_decides = False
    may_look = forms.ChoiceField(
        choices=CHOICES,
        required=False,
        initial=May.NOBODY.value,
        widget=forms.RadioSelect,
        label="Who will look at it?",
        help_text="You can change this at any time. Nobody is told.",
    )
    helper = forms.CharField(
        required=False,
        max_length=MOST_NAME,
        label="What do you call the person who helps you?",
        help_text="Only if you chose someone who helps you. A first name is enough, and you can leave it empty. "
        "It is sealed, and it does not go into a pack.",
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false", "dir": "auto"}),
    )

    @property
    def chosen(self) -> tuple[May, str]:
        """The choice and the name."""
        may, who = (
            May(self.cleaned_data.get("may_look") or May.NOBODY),
            str(self.cleaned_data.get("helper") or ""),
        )
        return (May.HELPER if self.name_decides and may is May.NOBODY and who.strip() else may), who


class SeenForm(WhoForm):
    """The same questions, of a file that she sees: without an answer she sees it still."""

    name_decides = True

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        as_now = ("", "I may, as it is now")
        hide = (May.NOBODY.value, "Nobody, for now: hide it from me")
        cast(forms.ChoiceField, self.fields["may_look"]).choices = [as_now, hide, *CHOICES[1:]]

    @property
    def hides(self) -> bool:
        """Whether anything was chosen."""
        return bool(self.cleaned_data.get("may_look") or self.chosen[0] is not May.NOBODY)


class _LateForm(WhoForm):
    """The same questions, of files that were added while the record was locked."""

    name_decides = True


class OpenForm(forms.Form):
    """Who is looking, in their own word."""

    name = forms.CharField(
        required=False,
        max_length=MOST_NAME,
        label="Your name",
        help_text="It is kept in the list of who looked at what, which only the owner of this record sees.",
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false", "dir": "auto"}),
    )


class ShowsForm(forms.Form):
    """What a file shows, in words."""

    words = forms.CharField(
        required=False,
        max_length=MOST_WORDS,
        label="What does it show?",
        help_text="Only what can be seen or heard: what, who, which date or number. Facts, not what you think of it.",
        widget=forms.Textarea(attrs={"rows": 6, "autocomplete": "off", "spellcheck": "false", "dir": "auto"}),
    )
    helped = forms.BooleanField(required=False, label="I looked at it for the person whose record this is")
    name = forms.CharField(
        required=False,
        max_length=MOST_NAME,
        label="Your name, if you looked for her or him",
        help_text="In a pack it goes only into the part for the police.",
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false", "dir": "auto"}),
    )


def chosen_late(fields: Mapping[str, Sequence[str]]) -> tuple[May, str]:
    """The choice in a form that arrived after the lock."""
    form = _LateForm({name: fields[name][-1] for name in ("may_look", "helper") if fields.get(name)})
    return form.chosen if form.is_valid() else (May.NOBODY, "")


def keep_choice(viewer: Viewer, exhibits: list[ReadExhibit], form: WhoForm, *, now: datetime) -> None:
    """Note for files just kept who may look at them; for nobody, nothing needs to be noted."""
    may, name = form.chosen
    for exhibit in exhibits:
        if may is not May.NOBODY:
            keep_for(viewer, exhibit.id, may=may, who=name, now=now)


@require_http_methods(["GET", "HEAD", "POST"])
@owner_only
def who(request: OwnerRequest, exhibit: UUID) -> HttpResponse:
    """Choose who may look at a file, or that nobody ever shows it to her."""
    viewer = request.unlocked.viewer
    try:
        read = exhibit_or_404(viewer, exhibit)
        noted = noted_or_hidden(viewer, exhibit)
        kind, initial = (WhoForm, noted.may.value) if read.unseen else (SeenForm, "")
        form = kind(request.POST or None, initial={"may_look": initial, "helper": noted.who})
        if request.method == "POST" and form.is_valid():
            may, name = form.chosen
            wanted = not isinstance(form, SeenForm) or form.hides
            if wanted and keep_for(viewer, exhibit, may=may, who=name, now=request.now):
                messages.success(
                    request, "Kept. Nothing of it is shown to you." if not read.unseen else "Kept."
                )
            return redirect("files-file", exhibit)
    except SealingError:
        return altered(request, exhibit)
    return _page(request, "files/who.html", read, {"form": form, "noted": noted})


@require_http_methods(["GET", "HEAD", "POST"])
@owner_only
def open_for_her(request: OwnerRequest, exhibit: UUID) -> HttpResponse:
    """Ask a helper whether it is them; then show the file once, and ask what it shows."""
    viewer = request.unlocked.viewer
    try:
        read = exhibit_or_404(viewer, exhibit)
    except SealingError:
        return altered(request, exhibit)
    noted = noted_or_hidden(viewer, exhibit)
    if not read.unseen or noted.may is not May.HELPER:
        return redirect("files-file", exhibit)
    shown_name = display_name(noted.who).short
    form = OpenForm(request.POST or None, initial={"name": noted.who})
    if request.method != "POST" or not form.is_valid():
        return _page(request, "files/open.html", read, {"form": form, "who": shown_name})
    name = form.cleaned_data["name"].strip() or noted.who or "someone who gave no name"
    try:
        small = show_once(viewer, read)
    except BodyDamaged:
        return altered(request, exhibit, read=read)
    note_access(
        viewer, EventKind.VIEWED, item=exhibit, what="file", label=read.reference, by=name, now=request.now
    )
    known = known_of(read)
    context = {
        "who": shown_name,
        "picture": f"data:{small.content_type};base64,{base64.b64encode(small.content).decode()}"
        if small
        else "",
        "facts": facts_of(read),
        "said": said_by_the_file(read, known, ()),
        "not_trusted": not_trusted(known),
        "form": ShowsForm(
            initial={
                "words": noted.description.words if noted.description else "",
                "helped": True,
                "name": form.cleaned_data["name"] or noted.who,
            }
        ),
    }
    return _page(request, "files/opened.html", read, context)


@require_http_methods(["GET", "HEAD", "POST"])
@owner_only
def shows(request: OwnerRequest, exhibit: UUID) -> HttpResponse:
    """Note in words what a file shows, so that nobody has to look at it again."""
    viewer = request.unlocked.viewer
    try:
        read = exhibit_or_404(viewer, exhibit)
        told = noted_or_hidden(viewer, exhibit).description
        initial = {"words": told.words, "helped": told.by_helper, "name": told.by} if told else {}
        form = ShowsForm(request.POST or None, initial=initial)
        if request.method == "POST" and form.is_valid():
            values = form.cleaned_data
            if describe_exhibit(
                viewer,
                exhibit,
                words=values["words"],
                by=values["name"],
                by_helper=values["helped"] or bool(values["name"].strip()),
                now=request.now,
            ):
                messages.success(request, "Kept.")
            return redirect("files-file", exhibit)
    except SealingError:
        return altered(request, exhibit)
    return _page(request, "files/shows.html", read, {"form": form, "told": told})


def _page(request: OwnerRequest, template: str, read: ReadExhibit, context: dict[str, Any]) -> HttpResponse:
    form = context["form"]
    trail = {
        "file": read,
        "kept_for": kept_for(noted_or_hidden(request.unlocked.viewer, read.id)),
        "back_url": reverse("files-file", args=[read.id]),
        "back_text": read.reference,
    }
    return render(request, template, trail | context, status=422 if form.is_bound and form.errors else 200)
