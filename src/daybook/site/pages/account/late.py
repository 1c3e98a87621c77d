"""What arrived while the record was locked: words to put back or let go, files to keep or let go."""

import re
from dataclasses import dataclass
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from daybook.evidence.late_files import LateFile, keep_late_file, late_files_of, remove_what_was_let_go
from daybook.evidence.notes import May, keep_for
from daybook.kernel.media.names import display_name
from daybook.people.accounts import Unlocked
from daybook.people.late_saves import (
    LateWords,
    fetch_back_late_save,
    forget_late_save,
    get_late_words_for,
    late_words_for,
    let_go_late_save,
)
from daybook.site.pages.files.handling import chosen_late
from daybook.site.visits import OwnerRequest, owner_only, safe_next

PLACES = {
    "/diary/": "Diary",
    "/files/": "Files",
    "/people/": "People",
    "/pack/": "Pack",
    "/account/": "Account",
}


# What forms carry for themselves, and what nobody typed.
NOT_TYPED = frozenset({"form", "window", "go", "late", "version", "next", "unseen", "may_look"})
MACHINE_MADE = re.compile(r"[0-9a-f.:\-]{20,}")


@dataclass(frozen=True, slots=True)
class Waiting:
    """One thing that waits: its words, the files that came along, and earlier states of the same page."""

    late: LateWords
    files: list[LateFile]
    earlier: list[LateWords]

    @property
    def place(self) -> str:
        """The part of the site it was sent to."""
        return next((name for path, name in PLACES.items() if self.late.path.startswith(path)), "A page")

    @property
    def words(self) -> list[tuple[str, str]]:
        """What was typed, with the field's name in plain letters."""
        return [(_in_letters(name), text) for name, text in self.late.written() if _typed(name, text)]

    @property
    def unseen(self) -> bool:
        """Whether the person wanted the files kept without looking."""
        return any(self.late.fields.get("unseen", ())) or chosen_late(self.late.fields)[0] is not May.NOBODY

    @property
    def shown_files(self) -> list[tuple[LateFile, str]]:
        """Each file with the name to show: none for one that she did not want to look at."""
        return [(file, "" if self.unseen else display_name(file.name).short) for file in self.files]

    @property
    def put_back(self) -> str:
        """The page it was sent to, filled in again; empty where there is none."""
        path = self.late.path
        ours = path.startswith("/") and url_has_allowed_host_and_scheme(path, allowed_hosts=None)
        return f"{path}?{urlencode({'late': self.late.id})}" if ours and self.late.written() else ""


@require_safe
@owner_only
def waiting(request: OwnerRequest) -> HttpResponse:
    """Everything that waits, newest first."""
    context = {
        "waiting": waiting_for(request.unlocked),
        "let_go": [_item(request.unlocked, late) for late in late_words_for(request.unlocked, let_go=True)],
        "next": safe_next(request),
    }
    return render(request, "account/late.html", context)


@require_POST
@owner_only
def keep_file(request: OwnerRequest, late_save: UUID) -> HttpResponse:
    """Make a file that came along evidence."""
    late = _get(request.unlocked, late_save)
    file = next(
        (each for each in _files(request.unlocked, late) if each.key == request.POST.get("file")), None
    )
    if file is None or not file.waits:
        raise Http404
    may, who = chosen_late(late.fields)
    unseen = any(late.fields.get("unseen", ())) or may is not May.NOBODY
    admitted = keep_late_file(
        request.unlocked, file, arrived_at=late.received_at, unseen=unseen, now=request.now
    )
    if may is not May.NOBODY and not admitted.duplicate:
        keep_for(request.unlocked.viewer, admitted.exhibit.id, may=may, who=who, now=request.now)
    _forget_if_empty(request.unlocked, late_save)
    words = "That file was kept before, as" if admitted.duplicate else "Kept as"
    back = " It was missing or damaged, and is whole again." if admitted.put_back else ""
    messages.success(request, f"{words} {admitted.exhibit.reference}.{back}")
    return redirect("/account/late/")


@require_http_methods(["GET", "HEAD", "POST"])
@owner_only
def let_go(request: OwnerRequest, late_save: UUID) -> HttpResponse:
    """Ask first; for a week it can be fetched back."""
    item = next((each for each in waiting_for(request.unlocked) if each.late.id == late_save), None)
    if item is None:
        raise Http404
    if request.method != "POST":
        return render(request, "account/let_go.html", {"item": item, "back_url": "/account/late/"})
    with transaction.atomic():
        for each in [item.late, *item.earlier]:
            let_go_late_save(request.unlocked, each.id, now=request.now)
    remove_what_was_let_go(request.unlocked, now=request.now)
    messages.success(request, "Let go. You can fetch it back for a week.")
    return redirect("/account/late/")


@require_POST
@owner_only
def fetch_back(request: OwnerRequest, late_save: UUID) -> HttpResponse:
    """It is wanted after all."""
    fetch_back_late_save(request.unlocked, late_save)
    return redirect("/account/late/")


def waiting_for(unlocked: Unlocked) -> list[Waiting]:
    """What waits, newest first. A page that saved itself again and again is one thing, with its earlier states."""
    found: list[Waiting] = []
    saved_itself: dict[str, Waiting] = {}
    for late in reversed(late_words_for(unlocked)):
        newest = saved_itself.get(late.path) if late.by_itself else None
        if newest is not None:
            newest.earlier.append(late)
            continue
        item = _item(unlocked, late)
        if late.by_itself and not late.damaged:
            saved_itself[late.path] = item
        found.append(item)
    return found


def _in_letters(name: str) -> str:
    return name.replace("_", " ").replace("-", " ").capitalize()


def _typed(name: str, text: str) -> bool:
    return name not in NOT_TYPED and not MACHINE_MADE.fullmatch(text.strip())


def _item(unlocked: Unlocked, late: LateWords) -> Waiting:
    return Waiting(late, [file for file in _files(unlocked, late) if file.waits], [])


def _files(unlocked: Unlocked, late: LateWords) -> list[LateFile]:
    return late_files_of(unlocked, late.files)


def _get(unlocked: Unlocked, late_save: UUID) -> LateWords:
    late = get_late_words_for(unlocked, late_save)
    if late is None:
        raise Http404
    return late


def _forget_if_empty(unlocked: Unlocked, late_save: UUID) -> None:
    """Once the last file is dealt with, and there are no words, nothing waits any more."""
    late = _get(unlocked, late_save)
    if not late.written() and not any(file.waits for file in _files(unlocked, late)):
        forget_late_save(unlocked, late_save, files_too=True)
