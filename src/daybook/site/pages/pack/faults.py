"""The page that says why no pack can be made: what is missing from the record, or is not what it was."""

from django.http import HttpResponse
from django.shortcuts import render

from daybook.diary.agreement import compare_with_ledger
from daybook.kernel.custody import CustodyError
from daybook.kernel.sealing.errors import SealingError
from daybook.packs.contents import PackFault
from daybook.site.visits import OwnerRequest

DOES_NOT_HOLD = (PackFault, SealingError, CustodyError)
"""What comes of a record that was altered from outside."""
MOST_SHOWN = 20


def show_faults(request: OwnerRequest, error: Exception) -> HttpResponse:
    """Name what is wrong. A pack that passed over it would look whole and not be."""
    if isinstance(error, PackFault):
        named = error.named or (str(error),)
    else:
        named = tuple(fault.words for fault in compare_with_ledger(request.unlocked.viewer).faults)
    context = {
        "named": named[:MOST_SHOWN],
        "more": max(0, len(named) - MOST_SHOWN),
        "back_url": "/pack/",
        "back_text": "Make a pack",
    }
    return render(request, "pack/faults.html", context, status=500)
