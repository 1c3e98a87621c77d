"""Who opened the record and who tried; who looked at what. Read from the access chain, which cannot be thinned out unseen."""

from collections.abc import Sequence
from typing import overload

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from daybook.kernel.custody import CustodyError
from daybook.kernel.sealing.errors import SealingError
from daybook.ledger.access import AccessNote, access_notes_for
from daybook.ledger.chains import ACCESS, head_of
from daybook.people.accounts import Unlocked
from daybook.site.pages.account.attempts import SIGN_INS, lines_of, words_of
from daybook.site.visits import OwnerRequest, owner_only

MOST_NOTES = 2000
ON_A_PAGE = 50
TRAIL = [("Account", "/account/")]


@require_safe
@owner_only
def tries(request: OwnerRequest) -> HttpResponse:
    """Every unlock and every try, the failed ones too."""
    context: dict[str, object] = {"breadcrumbs": [*TRAIL, ("Who opened it", "")]}
    try:
        # Read apart, so that a flood of wrong tries hides no unlock.
        opened = access_notes_for(request.unlocked, kinds=SIGN_INS, most=MOST_NOTES, while_locked=False)
        failed = access_notes_for(request.unlocked, kinds=SIGN_INS, most=MOST_NOTES, while_locked=True)
    except (SealingError, CustodyError):
        return render(request, "account/tries.html", {**context, "damaged": True})
    older = MOST_NOTES in (len(opened), len(failed))
    notes = sorted([*opened, *failed], key=lambda note: note.at, reverse=True)
    return render(request, "account/tries.html", {**context, "lines": lines_of(notes), "older": older})


@require_safe
@owner_only
def looked(request: OwnerRequest) -> HttpResponse:
    """Every step of the access chain, page by page."""
    paginator = Paginator(_Notes(request.unlocked), ON_A_PAGE)
    context: dict[str, object] = {"breadcrumbs": [*TRAIL, ("Who looked at what", "")]}
    try:
        page = paginator.get_page(request.GET.get("page"))
        rows = [{"at": note.at, "words": words_of(note), "who": note.who} for note in page.object_list]
    except (SealingError, CustodyError):
        return render(request, "account/looked.html", {**context, "damaged": True})
    return render(request, "account/looked.html", {**context, "page": page, "rows": rows})


class _Notes(Sequence[AccessNote]):
    """The access chain as something a paginator can cut: only the notes of one page are opened for the page."""

    def __init__(self, unlocked: Unlocked) -> None:
        self._unlocked = unlocked
        self._length = head_of(unlocked.record_id, ACCESS)[0]

    def __len__(self) -> int:
        return self._length

    @overload
    def __getitem__(self, index: int) -> AccessNote: ...

    @overload
    def __getitem__(self, index: slice) -> Sequence[AccessNote]: ...

    def __getitem__(self, index: int | slice) -> AccessNote | Sequence[AccessNote]:
        if isinstance(index, int):
            return self[index : index + 1][0]
        start, stop, _ = index.indices(self._length)
        return access_notes_for(self._unlocked, skip=start, most=stop - start)
