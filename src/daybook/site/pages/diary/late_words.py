"""Words that came after the lock: shown, put back where they belong, or put away as a draft. None is thrown away unasked."""

from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from daybook.diary.drafts import Typed, begin_draft
from daybook.people.accounts import Unlocked
from daybook.people.late_saves import LateWords, forget_late_save, late_words_for
from daybook.site.pages.diary.draft_saving import PUT_AWAY, WINDOW
from daybook.site.visits import OwnerRequest, owner_only

# Addresses whose forms hold nothing a person wrote: what she searched for, or a passphrase.
_NOT_WRITING = ("/diary/find/", "/diary/print/", "/account/", "/unlock/", "/recover/", "/lock/", "/leave/")
_NOT_WORDS = {"go", "form", WINDOW, "late", "version"}
_PLACES = (
    ("/diary/new/", "A new entry"),
    ("/diary/draft/", "A draft of an entry"),
    ("/diary/", "The diary"),
    ("/people/", "People"),
    ("/files/", "Files"),
    ("/pack/", "Make a pack"),
)


@dataclass(frozen=True, slots=True)
class Late:
    """What was written on one page after the lock; ``same`` are the saves that hold the very same."""

    words: LateWords
    same: tuple[UUID, ...]

    @property
    def place(self) -> str:
        """The page it was written on, by its name."""
        return next((name for path, name in _PLACES if self.words.path.startswith(path)), "A page")

    @property
    def texts(self) -> list[str]:
        """What was written, without the names of controls."""
        return [text for name, text in self.words.written() if name not in _NOT_WORDS]

    @property
    def beginning(self) -> str:
        """The first words, to know it by."""
        longest = max(self.texts, key=len, default="")
        return longest[:160]

    @property
    def back(self) -> str:
        """The page with the words put back into its form."""
        return f"{self.words.path}?late={self.words.id}"


def late_words(unlocked: Unlocked) -> list[Late]:
    """What came after the lock, the newest first; the same form sent again and again is there once."""
    found: dict[str, tuple[LateWords, list[UUID]]] = {}
    for late in late_words_for(unlocked):
        if late.path.startswith(_NOT_WRITING) or not (late.damaged or any(late.written())):
            continue
        key = str(late.id) if late.damaged else repr((late.path, sorted(_typed(late).items())))
        _, same = found.get(key, (late, []))
        found[key] = (late, [*same, late.id])
    newest_first = sorted(found.values(), key=lambda pair: pair[0].received_at, reverse=True)
    return [
        Late(words, tuple(same)) for words, same in newest_first if words.damaged or Late(words, ()).texts
    ]


def asked_for(request: OwnerRequest) -> Late | None:
    """The late words that ``?late=`` names (or the form that they were put back into), if they are there."""
    wanted = request.GET.get("late") or request.POST.get("late")
    if not wanted:
        return None
    return next((late for late in late_words(request.unlocked) if wanted in map(str, late.same)), None)


def typed_late(late: Late | None, path: str) -> Typed | None:
    """What was typed on this very page after the lock."""
    if late is None or late.words.path != path:
        return None
    return _typed(late.words)


def forget(request: OwnerRequest) -> None:
    """The words are where they belong now."""
    late = asked_for(request)
    for save in late.same if late else ():
        forget_late_save(request.unlocked, save)


@require_http_methods(["GET", "HEAD"])
@owner_only
def show(request: OwnerRequest, late: UUID) -> HttpResponse:
    """All that was written on one page after the lock."""
    return render(request, "diary/late.html", {"late": _found(request, late), "back_url": "/diary/"})


@require_http_methods(["GET", "HEAD", "POST"])
@owner_only
def move(request: OwnerRequest, late: UUID) -> HttpResponse:
    """Make a new draft of late words: to go on with, or put away where they can be found again."""
    found = _found(request, late)
    if request.method != "POST":
        return redirect(f"/diary/late/{late}/")
    if request.POST.get("go") not in ("begin", "put-away"):
        raise Http404
    away = request.POST.get("go") == "put-away"
    sections: dict[str, Typed] = {"words": {"words": ["\n\n".join(found.texts)]}}
    if away:
        sections[PUT_AWAY] = {"at": [request.now.isoformat()]}
    draft = None
    if not found.words.damaged:
        draft = begin_draft(request.unlocked.viewer, now=request.now, sections=sections)
    for save in found.same:
        forget_late_save(request.unlocked, save)
    return redirect("/diary/" if away or draft is None else f"/diary/draft/{draft.id}/")


def _found(request: OwnerRequest, wanted: UUID) -> Late:
    for late in late_words(request.unlocked):
        if wanted in late.same:
            return late
    raise Http404


def _typed(late: LateWords) -> Typed:
    return dict(_without_names(late))


def _without_names(late: LateWords) -> Iterator[tuple[str, list[str]]]:
    for name, values in late.fields.items():
        if name not in _NOT_WORDS:
            yield name, [value.replace("\r\n", "\n").replace("\r", "\n") for value in values]


def form_token(late: Late | None, request: HttpRequest) -> str:
    """The name of the form the late words were typed into, so that they go into the draft it had begun."""
    if late is None or late.words.path != request.path:
        return ""
    return next(iter(late.words.fields.get("form", [])), "")
