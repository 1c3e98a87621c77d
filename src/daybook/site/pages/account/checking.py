"""Has anything been changed? Walks both chains, and compares with a fingerprint that was written on paper."""

from dataclasses import dataclass

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from daybook.diary.agreement import compare_with_ledger
from daybook.kernel.custody import CustodyError
from daybook.kernel.sealing.errors import SealingError
from daybook.ledger.chains import ACCESS, LEDGER, check_chain
from daybook.ledger.fingerprints import fingerprint_after, fingerprint_of
from daybook.ledger.models import ChainHead
from daybook.people.accounts import Unlocked, capture_identity
from daybook.site.pages.account.forms import CompareForm
from daybook.site.pages.account.stored import stored_context
from daybook.site.visits import OwnerRequest, owner_only

MOST_NAMED = 20


@dataclass(frozen=True, slots=True)
class Finding:
    """What became of one check: ``whole`` and the words for it. ``named`` are the single things that are wrong;
    ``only_list`` where nothing is wrong but the order of the list, which can be made again.
    """

    title: str
    whole: bool
    words: str
    named: tuple[str, ...] = ()
    only_list: bool = False


@require_http_methods(["GET", "HEAD", "POST"])
@owner_only
def check(request: OwnerRequest) -> HttpResponse:
    """Look now; with a fingerprint from paper, compare too."""
    form = CompareForm(request.POST if request.method == "POST" else None)
    comparison = None
    if form.is_valid():
        comparison = _compare(request.unlocked, form.cleaned_data["steps"], form.cleaned_data["fingerprint"])
    context = {
        "findings": findings_for(request.unlocked),
        "fingerprint": fingerprint_of(request.unlocked.record_id),
        "comparison": comparison,
        "form": form,
        "now": request.now,
        **stored_context(request.unlocked, now=request.now),
        "breadcrumbs": [("Account", "/account/"), ("Was anything changed?", "")],
    }
    return render(request, "account/check.html", context)


def findings_for(unlocked: Unlocked) -> list[Finding]:
    """Both chains, walked from their first step to their last; and everything kept, held against the first."""
    return [
        _walk(unlocked, "Your record", LEDGER),
        _compared(unlocked),
        _walk(unlocked, "The list of who looked", ACCESS),
    ]


def _walk(unlocked: Unlocked, title: str, chain: ChainHead.Chain) -> Finding:
    try:
        steps = check_chain(unlocked.viewer, chain=chain, capture_identity=capture_identity(unlocked.viewer))
    except CustodyError as fault:
        return Finding(title, False, f"Something was changed from outside Daybook: {fault}.")
    except SealingError:
        return Finding(
            title, False, "Something was changed from outside Daybook: a step does not open any more."
        )
    return Finding(title, True, f"{_counted(steps)} No fault was found.")


def _compared(unlocked: Unlocked) -> Finding:
    title = "Entries, people and files"
    record = compare_with_ledger(unlocked.viewer)
    if record.is_whole:
        return Finding(
            title,
            True,
            "Each is there once, and holds what your record noted when it was kept. None is missing.",
        )
    named = [fault.words for fault in record.faults]
    if len(named) > MOST_NAMED:
        named[MOST_NAMED:] = [f"And {len(named) - MOST_NAMED} more."]
    if not record.beyond_the_list:
        words = "Nothing you wrote is lost or changed. But something other than Daybook changed the list of entries."
        return Finding(title, False, words, tuple(named), only_list=True)
    return Finding(title, False, "Something was changed from outside Daybook.", tuple(named))


def _counted(steps: int) -> str:
    match steps:
        case 0:
            return "It has no steps yet."
        case 1:
            return "It has 1 step."
        case _:
            return f"It has {steps} steps, and each follows from the one before."


def _compare(unlocked: Unlocked, steps: int, written: str) -> Finding:
    title = "Your fingerprint from paper"
    try:
        found = fingerprint_after(unlocked.viewer, steps)
    except (CustodyError, SealingError):
        return Finding(
            title, False, "It cannot be compared, because the record does not hold together. See below."
        )
    if found is None:
        return Finding(
            title,
            False,
            f"Your record has fewer than {steps} steps. Check the number. If it is right, steps are missing.",
        )
    if found.head != written:
        return Finding(
            title,
            False,
            f"It is not the same after step {steps}. Check what you typed. If it is right, something was changed.",
        )
    return Finding(
        title, True, f"It is the same. Everything up to step {steps} is as it was when you wrote it down."
    )
