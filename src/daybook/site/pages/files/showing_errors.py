"""A file that is not there, and a file that was altered: what every page about one file says of them."""

from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from daybook.evidence.errors import NoSuchExhibit
from daybook.evidence.exhibits import ReadExhibit, get_exhibit_for
from daybook.kernel.consent import Viewer
from daybook.site.visits import OwnerRequest


def exhibit_or_404(viewer: Viewer, exhibit: UUID) -> ReadExhibit:
    """The exhibit; a stranger's looks just like none. Raises Http404, and SealingError when its row was altered."""
    try:
        return get_exhibit_for(viewer, exhibit)
    except NoSuchExhibit as error:
        raise Http404 from error


def altered(request: OwnerRequest, exhibit: UUID, *, read: ReadExhibit | None = None) -> HttpResponse:
    """Say that what is stored of a file was altered or is gone. Nothing of it is shown."""
    context = {
        "ref": read.reference if read else "",
        "body_only": read is not None,
        "file": read,
        "back_url": reverse("files-file", args=[exhibit]) if read else reverse("files"),
        "back_text": read.reference if read else "Files",
    }
    return render(request, "files/altered.html", context, status=500)
