"""Files that are still on their way: found again when they are chosen again, kept once they are here, or let go of."""

import json
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_http_methods, require_POST

from daybook.evidence.errors import AllArrived, EvidenceError, NoSuchUpload, NotKept, UploadBusy
from daybook.evidence.resumable import admit_upload, find_upload_for, is_the_same, let_go_upload
from daybook.evidence.upload_rows import read_upload
from daybook.kernel.media.names import display_name
from daybook.site.pages.files.adding import AddForm, Fate, goal_of, put_with_goal, references
from daybook.site.pages.files.coming import Coming
from daybook.site.pages.files.handling import keep_choice
from daybook.site.pages.files.resumable import unlocked_only
from daybook.site.visits import OwnerRequest, owner_only

_MOST_DIGESTS = 2000
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
    form = AddForm(request.POST, numbers=references(request.unlocked, request.POST.get("made_from", "")))
    goal = goal_of(request)
    if not form.is_valid():
        return HttpResponse("Look at the choices below again.", status=422, content_type="text/plain")
    chosen = form.cleaned_data
    name = ""
    try:
        name = display_name(read_upload(request.unlocked.viewer, upload).name).short
        admitted = admit_upload(
            request.unlocked,
            upload,
            source="upload",
            now=request.now,
            parent=UUID(chosen["made_from"]) if chosen.get("made_from") else None,
            unseen=form.is_unseen,
        )
    except NoSuchUpload as error:
        raise Http404 from error
    except EvidenceError as refusal:
        if by_script:
            status = 507 if isinstance(refusal, NotKept) else 409
            return HttpResponse(str(refusal), status=status, content_type="text/plain; charset=utf-8")
        messages.error(request, f"{name}: {refusal}")
        return redirect(f"{reverse('files-add')}?{urlencode(goal.query)}")
    if not admitted.duplicate:
        keep_choice(request.unlocked.viewer, [admitted.exhibit], form, now=request.now)
    fate = Fate(admitted.exhibit, already=admitted.duplicate)
    goal = put_with_goal(request, goal, [admitted.exhibit.id])
    if by_script:
        if goal.draft is not None and request.POST.get("last") and not (fate.already or fate.remark):
            messages.success(request, "Kept.")
        told = {"id": str(admitted.exhibit.id), "already": fate.already, "remark": bool(fate.remark)}
        return JsonResponse(told)
    word = "already" if fate.already else "kept"
    return redirect(f"{reverse('files-added')}?{urlencode({**goal.query, word: str(admitted.exhibit.id)})}")


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
