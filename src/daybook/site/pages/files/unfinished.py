"""Files that are still on their way: found again when they are chosen again, kept once they are here, or let go of."""

import json
from collections.abc import Sequence
from typing import Any, Final
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_http_methods, require_POST

from daybook.evidence.errors import AllArrived, EvidenceError, NoSuchUpload, NotKept, UploadBusy
from daybook.evidence.exhibits import Admitted
from daybook.evidence.resumable import admit_uploads, find_upload_for, is_the_same, let_go_upload
from daybook.evidence.upload_rows import read_upload
from daybook.kernel.media.names import display_name
from daybook.site.pages.files.adding import AddForm, Fate, Goal, goal_of, put_with_goal, references
from daybook.site.pages.files.coming import Coming
from daybook.site.pages.files.handling import keep_choice
from daybook.site.pages.files.resumable import in_words, status_of, unlocked_only
from daybook.site.visits import OwnerRequest, owner_only

_MOST_DIGESTS: Final = 2000
MOST_TOGETHER: Final = 50
_LOOK_AGAIN: Final = "Look at the choices below again."
ANOTHER = "This is not the same file: what arrived before is different. Choose the first one again, or let go of it."


@require_POST
@unlocked_only
def find(request: OwnerRequest) -> HttpResponse:
    """Whether a file that was chosen now began to arrive before: its address and how far it came."""
    written = request.POST.get("length", "")
    found = None
    if written.isascii() and written.isdigit() and len(written) <= 18:
        found = find_upload_for(
            request.unlocked.viewer,
            name=request.POST.get("name", ""),
            length=int(written),
            head_digest=request.POST.get("head", ""),
        )
    if found is None:
        return JsonResponse({"url": None})
    return JsonResponse({"url": reverse("files-upload", args=[found.id]), "offset": found.offset})


@require_POST
@unlocked_only
def compare(request: OwnerRequest, upload: UUID) -> HttpResponse:
    """Whether the file chosen now begins as what has arrived: the SHA-256 of its pieces of 8 MiB up to there."""
    try:
        digests = json.loads(request.POST.get("digests", "[]"))
    except ValueError:
        digests = None
    if not isinstance(digests, list) or len(digests) > _MOST_DIGESTS:
        return HttpResponse(status=400)
    try:
        same = is_the_same(request.unlocked.viewer, upload, [str(one) for one in digests], now=request.now)
    except AllArrived:
        same = True
    return JsonResponse({"same": same, "words": "" if same else ANOTHER})


@require_POST
@owner_only
def keep(request: OwnerRequest, upload: UUID) -> HttpResponse:
    """Make a file that has arrived evidence, with the choices of the form it was sent from."""
    by_script = request.headers.get("X-Daybook") == "upload"
    form = _choices(request)
    goal = goal_of(request)
    if not form.is_valid():
        return HttpResponse(_LOOK_AGAIN, status=422, content_type="text/plain")
    try:
        name = display_name(read_upload(request.unlocked.viewer, upload).name).short
    except NoSuchUpload as error:
        raise Http404 from error
    except EvidenceError:
        name = "This file"
    [outcome] = _admit(request, form, [upload])
    match outcome:
        case NoSuchUpload():
            raise Http404 from outcome
        case EvidenceError() as refusal if by_script:
            return in_words(_status(refusal), str(refusal))
        case EvidenceError() as refusal:
            messages.error(request, f"{name}: {refusal}")
            return redirect(f"{reverse('files-add')}?{urlencode(goal.query)}")
        case Fate() as fate:
            goal = _put(request, goal, [fate])
            if by_script:
                return JsonResponse(_told(fate))
            query = urlencode({**goal.query, fate.word: str(fate.exhibit.id)})
            return redirect(f"{reverse('files-added')}?{query}")


@require_POST
@unlocked_only
def keep_several(request: OwnerRequest) -> HttpResponse:
    """The same for several at once, in their order: what they say of themselves is read side by side."""
    try:
        uploads = [UUID(one) for one in dict.fromkeys(request.POST.getlist("upload"))]
    except ValueError:
        return in_words(400, "This is not the name of a file on its way.")
    form = _choices(request)
    if not 1 <= len(uploads) <= MOST_TOGETHER or not form.is_valid():
        return in_words(422, _LOOK_AGAIN)
    outcomes = _admit(request, form, uploads)
    _put(request, goal_of(request), [one for one in outcomes if isinstance(one, Fate)])
    return JsonResponse({"files": [_told(one) for one in outcomes]})


def _choices(request: OwnerRequest) -> AddForm:
    return AddForm(request.POST, numbers=references(request.unlocked, request.POST.get("made_from", "")))


def _admit(request: OwnerRequest, form: AddForm, uploads: Sequence[UUID]) -> list[Fate | EvidenceError]:
    parent = form.cleaned_data.get("made_from")
    admitted = admit_uploads(
        request.unlocked,
        uploads,
        source="upload",
        now=request.now,
        parent=UUID(parent) if parent else None,
        unseen=form.is_unseen,
    )
    new = [one.exhibit for one in admitted if isinstance(one, Admitted) and not one.duplicate]
    keep_choice(request.unlocked.viewer, new, form, now=request.now)
    return [Fate.of(one) if isinstance(one, Admitted) else one for one in admitted]


def _put(request: OwnerRequest, goal: Goal, fates: Sequence[Fate]) -> Goal:
    """Put what was kept where it was meant to go. With the last file of a page, the draft it goes back to says so."""
    kept = put_with_goal(request, goal, [fate.exhibit.id for fate in fates])
    quiet = all(fate.word == "kept" and not fate.remark for fate in fates)
    if kept.draft is not None and request.POST.get("last") and fates and quiet:
        messages.success(request, "Kept.")
    return kept


def _told(outcome: Fate | EvidenceError) -> dict[str, Any]:
    """What became of a file, for the page's script."""
    if isinstance(outcome, EvidenceError):
        return {"status": _status(outcome), "words": str(outcome)}
    return {"id": str(outcome.exhibit.id), "word": outcome.word, "remark": bool(outcome.remark)}


def _status(refusal: EvidenceError) -> int:
    """Whatever kept it from being kept, the upload is still there: 507 says so."""
    return 507 if isinstance(refusal, NotKept) else status_of(refusal)


@require_http_methods(["GET", "HEAD", "POST"])
@owner_only
def let_go(request: OwnerRequest, upload: UUID) -> HttpResponse:
    """Ask, then remove what has arrived of a file."""
    try:
        coming = Coming(read_upload(request.unlocked.viewer, upload))
    except EvidenceError as error:
        raise Http404 from error
    busy = False
    if request.method == "POST":
        try:
            let_go_upload(request.unlocked.viewer, upload)
        except UploadBusy:
            busy = True
        else:
            messages.success(request, "Let go. Your own copy is still where it was.")
            return redirect("files-add")
    context = {"coming": coming, "busy": busy, "back_url": reverse("files-add"), "back_text": "Back"}
    return render(request, "files/let_go.html", context, status=409 if busy else 200)
