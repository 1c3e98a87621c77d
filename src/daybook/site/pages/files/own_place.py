"""“This is one of my places”: the position a file names, kept as a place of hers. It never stands in an address."""

from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from daybook.diary.kept_people import keep_place
from daybook.kernel.sealing.errors import SealingError
from daybook.site.pages.files.file_words import position_in_words
from daybook.site.pages.files.showing import altered, exhibit_or_404
from daybook.site.visits import OwnerRequest, owner_only


class PlaceForm(forms.Form):
    """What to call a place, and how far around it counts. The position comes from the file, not from the form."""

    label = forms.CharField(
        max_length=200,
        label="What do you call this place?",
        help_text="A short name such as Home, Work or School.",
        error_messages={"required": "Give it a short name. One word is enough."},
    )
    address = forms.CharField(
        required=False,
        max_length=1000,
        label="Address (you can leave this out)",
        help_text="It only goes into the part of a pack that is for police alone.",
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    radius_m = forms.TypedChoiceField(
        coerce=int,
        initial="100",
        label="How far around it?",
        help_text="Positions in pictures are rarely exact. Files within this distance are listed before you give them away.",
        choices=[("50", "50 metres"), ("100", "100 metres"), ("250", "250 metres"), ("1000", "1 kilometre")],
        widget=forms.RadioSelect,
    )


@require_http_methods(["GET", "HEAD", "POST"])
@owner_only
def mark(request: OwnerRequest, exhibit: UUID) -> HttpResponse:
    """Mark the place a file names as one of her own."""
    viewer = request.unlocked.viewer
    try:
        read = exhibit_or_404(viewer, exhibit)
    except SealingError:
        return altered(request, exhibit)
    if read.place is None or read.unseen:
        raise Http404
    form = PlaceForm(request.POST or None)
    if form.is_valid():
        latitude, longitude = read.place
        values = {**form.cleaned_data, "latitude": latitude, "longitude": longitude}
        keep_place(viewer, values, now=request.now)
        messages.success(request, "Kept.")
        return redirect("files-file", exhibit)
    context = {
        "form": form,
        "position": position_in_words(*read.place),
        "file": read,
        "back_url": reverse("files-file", args=[exhibit]),
        "back_text": read.reference,
    }
    return render(request, "files/place.html", context)
