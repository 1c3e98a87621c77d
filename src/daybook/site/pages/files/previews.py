"""What is shown of a file besides its small picture: pages, pictures of a video, loudness, text. Blurred, or behind a link."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.text import capfirst
from django.views.decorators.http import require_POST, require_safe

from daybook.evidence.derived import copy_for, summary_for
from daybook.evidence.errors import NoSuchExhibit
from daybook.evidence.exhibits import ReadExhibit, get_exhibit_for
from daybook.evidence.previews import can_try_again, preview_is_due, try_again
from daybook.kernel.consent import Viewer
from daybook.kernel.custody import EventKind
from daybook.kernel.media.decoder import Recording
from daybook.kernel.media.previews import FRAME, PAGE, TEXT, Place, Summary, read_picture, read_text
from daybook.kernel.sealing.errors import SealingError
from daybook.ledger.access import note_access
from daybook.site.visits import OwnerRequest, owner_only

PICTURE_TYPE = "image/jpeg"
ALONE = "default-src 'none'; sandbox"
WAVE_HEIGHT = 60
_QUIET = 12


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture as `components/picture.html` wants it."""

    name: str
    alt: str
    thumb: str
    full: str


def previews_of(viewer: Viewer, read: ReadExhibit) -> dict[str, Any]:
    """What `files/previews.html` shows of a file, opening nothing but the summary of what there is."""
    if read.unseen:
        return {}
    try:
        summary = summary_for(viewer, read.id)
    except SealingError:
        return {"previews": {"altered": True}}
    due = preview_is_due(viewer, read.id)
    shown: dict[str, Any] = {
        "due": due,
        "can_try": due or can_try_again(read, summary),
        "lacks": summary.lacks if summary is not None else "",
    }
    if summary is not None:
        shown |= _shown(read, summary)
    return {"previews": shown} if due or summary is not None else {}


@require_safe
@owner_only
def page(request: OwnerRequest, exhibit: UUID, number: int) -> HttpResponse:
    """One page of a document, blurred until it is opened."""
    read, summary = _summary_or_404(request.unlocked.viewer, exhibit)
    if not 1 <= number <= summary.pages:
        raise Http404
    context = {
        "file": read,
        "picture": _page(read, number, summary),
        "number": number,
        "summary": summary,
        "earlier": reverse("files-page", args=[exhibit, number - 1]) if number > 1 else "",
        "later": reverse("files-page", args=[exhibit, number + 1]) if number < summary.pages else "",
        "back_url": reverse("files-file", args=[exhibit]),
        "back_text": read.reference,
    }
    return render(request, "files/preview_page.html", context)


@require_safe
@owner_only
def blurred(request: OwnerRequest, exhibit: UUID, what: str, number: int) -> HttpResponse:
    """A page or a picture of a video, for a page of ours that blurs it."""
    return _picture(request.unlocked.viewer, exhibit, Place(what, number))


@require_safe
@owner_only
def opened(request: OwnerRequest, exhibit: UUID, what: str, number: int) -> HttpResponse:
    """The same, opened: as a picture into the page that asked, or (without scripts) on a page of its own with a way out."""
    viewer = request.unlocked.viewer
    read, summary = _summary_or_404(viewer, exhibit)
    if not 1 <= number <= (summary.pages if what == PAGE else summary.frames):
        raise Http404
    shown = _page(read, number, summary) if what == PAGE else _frame(read, number, summary)
    note_access(viewer, EventKind.VIEWED, item=exhibit, what=what, label=read.reference, now=request.now)
    if "text/html" not in request.headers.get("Accept", ""):
        return _picture(viewer, exhibit, Place(what, number))
    back = reverse("files-page", args=[exhibit, number]) if what == PAGE else ""
    context = {
        "file": read,
        "picture": shown,
        "back_url": back or reverse("files-file", args=[exhibit]),
        "back_text": "Back" if back else read.reference,
    }
    return render(request, "files/preview_open.html", context)


@require_safe
@owner_only
def text(request: OwnerRequest, exhibit: UUID) -> HttpResponse:
    """The text that was taken out of a file, as text."""
    viewer = request.unlocked.viewer
    read, _ = _summary_or_404(viewer, exhibit)
    try:
        found = copy_for(viewer, exhibit, Place(TEXT))
    except SealingError as error:
        raise Http404 from error
    if found is None:
        raise Http404
    note_access(viewer, EventKind.VIEWED, item=exhibit, what="text", label=read.reference, now=request.now)
    context = {
        "file": read,
        "extract": read_text(found),
        "back_url": reverse("files-file", args=[exhibit]),
        "back_text": read.reference,
    }
    return render(request, "files/preview_text.html", context)


@require_POST
@owner_only
def again(request: OwnerRequest, exhibit: UUID) -> HttpResponse:
    """Look into a file once more."""
    try:
        summary = try_again(request.unlocked, exhibit, now=request.now)
    except NoSuchExhibit as error:
        raise Http404 from error
    except SealingError:
        summary = None
    if summary is not None and summary.shows_something:
        messages.success(request, "Pictures stay blurred until you open them.")
    elif summary is None and preview_is_due(request.unlocked.viewer, exhibit):
        messages.info(request, "It did not work this time. You can try again later. The file itself is safe.")
    return redirect("files-file", exhibit)


def _shown(read: ReadExhibit, summary: Summary) -> dict[str, Any]:
    heard = summary.recording
    return {
        "pages": summary.pages,
        "pages_in_all": summary.pages_in_all,
        "first_page": reverse("files-page", args=[read.id, 1]) if summary.pages else "",
        # The first one is the small picture at the top of the page already.
        "frames": [_frame(read, number, summary) for number in range(2, summary.frames + 1)],
        "text": reverse("files-text", args=[read.id]) if summary.text else "",
        "length": length_in_words(heard.seconds) if heard is not None and heard.seconds else "",
        "silent": heard is not None and not heard.has_sound,
        "wave": _wave(heard) if heard is not None and heard.loudness else None,
    }


def _wave(heard: Recording) -> dict[str, Any]:
    """The loudness as the path of a drawing, and told in words for who does not see it."""
    bars = heard.loudness
    middle = WAVE_HEIGHT / 2
    steps = []
    for place, height in enumerate(bars):
        half = max(0.75, height / 255 * (middle - 1))
        steps.append(f"M{place * 2 + 1} {middle - half:.1f}v{2 * half:.1f}")
    return {
        "path": "".join(steps),
        "width": len(bars) * 2,
        "height": WAVE_HEIGHT,
        "words": _wave_in_words(heard),
        "part": not heard.heard_whole,
    }


def _wave_in_words(heard: Recording) -> str:
    bars, seconds = heard.loudness, heard.seconds or 0.0
    loud = [place for place, height in enumerate(bars) if height >= _QUIET]
    if not loud:
        return "It is quiet all the way through."
    if len(loud) == len(bars):
        return "There is sound all the way through."
    first, last = loud[0] * seconds / len(bars), (loud[-1] + 1) * seconds / len(bars)
    from_to = f"from {clock_of(first)} to {clock_of(last)}"
    if len(loud) == loud[-1] + 1 - loud[0]:
        return f"There is sound {from_to}. The rest is quiet."
    return f"There is sound here and there {from_to}. The rest is quiet."


def length_in_words(seconds: float) -> str:
    """How long something lasts, such as "1 minute 5 seconds"."""
    if seconds < 1:
        return "less than 1 second"
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    parts = [(hours, "hour"), (minutes, "minute"), (rest if not hours else 0, "second")]
    return " ".join(f"{count} {unit}{'' if count == 1 else 's'}" for count, unit in parts if count)


def clock_of(seconds: float) -> str:
    """A place in a recording as players show it, such as 1:05."""
    minutes, rest = divmod(int(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def _page(read: ReadExhibit, number: int, summary: Summary) -> Picture:
    return _as_picture(read, PAGE, number, f"page {number}", f"Page {number} of {summary.pages_in_all}")


def _frame(read: ReadExhibit, number: int, summary: Summary) -> Picture:
    name = f"picture {number} of {summary.frames}"
    return _as_picture(read, FRAME, number, name, f"{capfirst(name)} from the video {read.reference}")


def _as_picture(read: ReadExhibit, what: str, number: int, name: str, alt: str) -> Picture:
    arguments = [read.id, what, number]
    return Picture(
        name=name,
        alt=alt,
        thumb=reverse("files-blurred", args=arguments),
        full=reverse("files-opened", args=arguments),
    )


def _summary_or_404(viewer: Viewer, exhibit: UUID) -> tuple[ReadExhibit, Summary]:
    try:
        read = get_exhibit_for(viewer, exhibit)
        summary = None if read.unseen else summary_for(viewer, exhibit)
    except (NoSuchExhibit, SealingError) as error:
        raise Http404 from error
    if summary is None:
        raise Http404
    return read, summary


def _picture(viewer: Viewer, exhibit: UUID, place: Place) -> HttpResponse:
    _summary_or_404(viewer, exhibit)
    try:
        found = copy_for(viewer, exhibit, place)
    except SealingError as error:
        raise Http404 from error
    if found is None:
        raise Http404
    content = read_picture(found).content
    return HttpResponse(content, content_type=PICTURE_TYPE, headers={"Content-Security-Policy": ALONE})
