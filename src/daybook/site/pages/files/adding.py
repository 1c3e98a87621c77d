"""Adding files. They are sealed by the time these views run; here they become evidence, and each one's fate is said."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast
from urllib.parse import urlencode
from uuid import UUID

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from daybook.diary.attachments import attach_exhibit
from daybook.diary.drafts import get_draft_for, save_section
from daybook.diary.entries import get_entry_for
from daybook.diary.errors import NotFound
from daybook.evidence.describing import Describe, described_together
from daybook.evidence.errors import NoSuchExhibit, NotKept
from daybook.evidence.exhibits import Admitted, ReadExhibit, admit_exhibit, exhibit_ids_for, get_exhibit_for
from daybook.evidence.intake import Received
from daybook.evidence.notes import May
from daybook.evidence.uploads import MOST_FILES, SealedUpload, upload_refusals
from daybook.kernel.media.names import display_name
from daybook.people.accounts import Unlocked
from daybook.site.pages.files.cards import EntryLink, link_to
from daybook.site.pages.files.coming import coming_files
from daybook.site.pages.files.file_words import kind_in_words, size_in_words
from daybook.site.pages.files.handling import WhoForm, keep_choice
from daybook.site.visits import OwnerRequest, owner_only

SECTION, FIELD = "files", "exhibit"
"""Where a draft keeps the files that belong to it."""

WORDS = ("kept", "back", "already")
"""What can become of a file, as the address says it."""

_OFFERED = 100


class _SeveralFiles(forms.FileInput):
    """A control for several files. What it sends was sealed before this form is read."""

    allow_multiple_selected = True


class AddForm(WhoForm):
    """Everything about the files but the files themselves."""

    name_decides = True

    file = forms.Field(
        required=False,
        widget=_SeveralFiles(attrs={"multiple": True}),
        label="Choose files",
        help_text="Any kind of file, up to 10 GB each. If the connection breaks, what has arrived is kept, and it goes "
        "on from there. Your own copy stays where it is.",
    )
    unseen = forms.BooleanField(
        required=False,
        label="Keep without looking",
        help_text="No small picture is made and no name is shown. You can change your mind later.",
    )
    made_from = forms.ChoiceField(
        required=False,
        label="Is this a copy you edited?",
        help_text="If you marked or cropped a file that is kept already, say which. It is kept beside the first one, "
        "which stays as it was.",
    )

    def __init__(self, *args: Any, numbers: Mapping[UUID, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [("", "No, or I do not know"), *((str(one), ref) for one, ref in numbers.items())]
        cast(forms.ChoiceField, self.fields["made_from"]).choices = choices
        if not numbers:
            del self.fields["made_from"]

    @property
    def is_unseen(self) -> bool:
        """Whether she does not want to look; saying who looks for her says that too."""
        return bool(self.cleaned_data.get("unseen")) or self.chosen[0] is not May.NOBODY


@dataclass(frozen=True, slots=True)
class Goal:
    """Where the files go besides the record: with an entry, into a draft, or nowhere yet."""

    entry: EntryLink | None = None
    draft: UUID | None = None
    gone: bool = False

    @property
    def query(self) -> dict[str, str]:
        """The goal as the address says it."""
        if self.draft is not None:
            return {"draft": str(self.draft)}
        return {"entry": str(self.entry.id)} if self.entry is not None else {}

    @property
    def query_string(self) -> str:
        """The same, as the end of an address."""
        return f"?{urlencode(self.query)}" if self.query else ""

    @property
    def url(self) -> str:
        """The page to go back to."""
        if self.draft is not None:
            return f"/diary/draft/{self.draft}/"
        return f"/diary/{self.entry.id}/" if self.entry is not None else reverse("files")


@dataclass(frozen=True, slots=True)
class Fate:
    """What became of one file that was kept."""

    exhibit: ReadExhibit
    already: bool
    put_back: bool = False

    @classmethod
    def of(cls, admitted: Admitted) -> "Fate":
        """What became of a file that was admitted."""
        return cls(admitted.exhibit, admitted.duplicate, admitted.put_back)

    @property
    def word(self) -> str:
        """How the address of the page that tells of it names it."""
        if self.put_back:
            return "back"
        return "already" if self.already else "kept"

    @property
    def name(self) -> str:
        """The name to show; none for a file that was kept without looking."""
        return "" if self.exhibit.unseen else display_name(self.exhibit.name).short

    @property
    def what(self) -> str:
        """Kind and size."""
        size = size_in_words(self.exhibit.size)
        return size if self.exhibit.unseen else f"{kind_in_words(self.exhibit)}, {size}"

    @property
    def remark(self) -> str:
        """What is odd about it, in one sentence."""
        if self.exhibit.unseen:
            return ""
        if not self.exhibit.size:
            return "This file is empty: it has a name and nothing in it. It is kept as it came."
        return str(self.exhibit.metadata.get("mismatch", ""))


@require_http_methods(["GET", "HEAD", "POST"])
@owner_only
def add(request: OwnerRequest) -> HttpResponse:
    """Choose files to keep."""
    goal = goal_of(request)
    if goal.gone and request.method != "POST":
        raise Http404
    asked = request.POST.get("made_from") or request.GET.get("made_from", "")
    numbers = references(request.unlocked, asked)
    if request.method != "POST":
        form = AddForm(numbers=numbers, initial={"made_from": asked})
        return _form(request, form, goal)
    form = AddForm(request.POST, numbers=numbers)
    refused = list(upload_refusals(request))
    sent = [one for one in request.FILES.getlist("file") if isinstance(one, SealedUpload)]
    if form.is_valid() and not sent and not refused:
        form.add_error("file", "Choose at least one file.")
    if not form.is_valid():
        return _form(request, form, goal, lost=bool(sent))
    fates, not_kept = _keep(request, sent, form.cleaned_data | {"unseen": form.is_unseen})
    keep_choice(
        request.unlocked.viewer, [fate.exhibit for fate in fates if not fate.already], form, now=request.now
    )
    goal = put_with_goal(request, goal, [fate.exhibit.id for fate in fates])
    refused += not_kept
    if refused or goal.gone:
        return _result(request, fates, goal, refused)
    if goal.draft is not None and not any(fate.already or fate.remark for fate in fates):
        messages.success(request, "Kept.")
        return redirect(goal.url)
    told = {word: ",".join(str(fate.exhibit.id) for fate in fates if fate.word == word) for word in WORDS}
    if not told["back"]:
        del told["back"]
    return redirect(f"{reverse('files-added')}?{urlencode({**goal.query, **told})}")


@require_safe
@owner_only
def added(request: OwnerRequest) -> HttpResponse:
    """What became of the files that were sent."""
    viewer = request.unlocked.viewer
    fates = []
    for word in WORDS:
        for exhibit in _ids(request.GET.get(word, "")):
            try:
                read = get_exhibit_for(viewer, exhibit)
                fates.append(Fate(read, already=word != "kept", put_back=word == "back"))
            except NoSuchExhibit as error:
                raise Http404 from error
    if not fates:
        raise Http404
    return _result(request, fates, goal_of(request), [])


def _keep(
    request: OwnerRequest, sent: Sequence[SealedUpload], chosen: Mapping[str, Any]
) -> tuple[list[Fate], list[tuple[str, str]]]:
    fates: list[Fate] = []
    not_kept = []
    parent = UUID(chosen["made_from"]) if chosen.get("made_from") else None
    with described_together(request.unlocked.viewer, [_claims(upload) for upload in sent]) as described:
        for upload in sent:
            describe = described.get(upload.received.blob_key)
            try:
                admitted = _admit(request, upload, parent=parent, unseen=chosen["unseen"], described=describe)
            except NotKept as refusal:
                not_kept.append((display_name(upload.original_name).short, str(refusal)))
            else:
                fates.append(Fate.of(admitted))
    return fates, not_kept


def _claims(upload: SealedUpload) -> tuple[Received, str, str]:
    return upload.received, upload.original_name, upload.content_type or ""


def _admit(
    request: OwnerRequest,
    upload: SealedUpload,
    *,
    parent: UUID | None,
    unseen: bool,
    described: Describe | None,
) -> Admitted:
    return admit_exhibit(
        request.unlocked,
        upload.received,
        name=upload.original_name,
        declared_type=upload.content_type or "",
        source="upload",
        now=request.now,
        parent=parent,
        unseen=unseen,
        described=described,
    )


def put_with_goal(request: OwnerRequest, goal: Goal, exhibits: Sequence[UUID]) -> Goal:
    """Attach the kept files. A draft or entry that went away meanwhile costs no file: the page says so."""
    viewer = request.unlocked.viewer
    try:
        if goal.entry is not None:
            for exhibit in exhibits:
                attach_exhibit(viewer, entry=goal.entry.id, exhibit=exhibit, now=request.now)
        if goal.draft is not None:
            with transaction.atomic():
                typed = get_draft_for(viewer, goal.draft).sections.get(SECTION, {})
                chosen = list(dict.fromkeys([*typed.get(FIELD, ()), *map(str, exhibits)]))
                save_section(viewer, goal.draft, SECTION, {**typed, FIELD: chosen}, now=request.now)
    except NotFound:
        return Goal(gone=True)
    return goal


def goal_of(request: OwnerRequest) -> Goal:
    """Where the address says that the files go."""
    viewer = request.unlocked.viewer
    try:
        if wanted := request.GET.get("draft"):
            return Goal(draft=get_draft_for(viewer, UUID(wanted)).id)
        if wanted := request.GET.get("entry"):
            entry = get_entry_for(viewer, UUID(wanted))
            return Goal(entry=link_to(entry, request.unlocked.profile.zone))
    except (NotFound, ValueError):
        return Goal(gone=True)
    return Goal()


def references(unlocked: Unlocked, asked: str) -> dict[UUID, str]:
    """The references to offer, without opening a file: the newest ones, and the one asked for."""
    initials = unlocked.profile.initials
    listed = exhibit_ids_for(unlocked.viewer)
    offered = [*listed[:_OFFERED], *(one for one in listed[_OFFERED:] if str(one[0]) == asked)]
    return {exhibit: f"{initials}/{number}" for exhibit, number in offered}


def _ids(written: str) -> Iterable[UUID]:
    try:
        return [UUID(one) for one in written.split(",")[:MOST_FILES] if one]
    except ValueError as error:
        raise Http404 from error


def _form(request: OwnerRequest, form: AddForm, goal: Goal, *, lost: bool = False) -> HttpResponse:
    coming = coming_files(request.unlocked)
    context = {
        "form": form,
        "goal": goal,
        "lost": lost,
        "coming": coming,
        "some_to_come": any(not each.is_whole for each in coming),
        "most_files": MOST_FILES,
        "added_url": f"{reverse('files-added')}?{urlencode(goal.query)}",
        "copy": "made_from" in form.fields and bool(form["made_from"].value()),
        "back_url": goal.url,
        "back_text": "Back",
    }
    return render(request, "files/add.html", context, status=422 if form.is_bound else 200)


def _result(
    request: OwnerRequest, fates: list[Fate], goal: Goal, refused: list[tuple[str, str]]
) -> HttpResponse:
    context = {
        **{word: [fate for fate in fates if fate.word == word] for word in WORDS},
        "refused": refused,
        "goal": goal,
        "again": f"{reverse('files-add')}?{urlencode(goal.query)}",
        "breadcrumbs": [("Files", reverse("files")), ("Added", "")],
    }
    return render(request, "files/added.html", context, status=422 if refused else 200)
