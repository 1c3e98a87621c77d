"""The account at a glance, and locking other browsers."""

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from daybook.people.late_saves import late_saves_wait
from daybook.people.unlocks import end_other_unlocks, is_this_browser, unlocks_of
from daybook.site.visits import OwnerRequest, owner_only


@require_safe
@owner_only
def account(request: OwnerRequest) -> HttpResponse:
    """What there is, and which browsers are unlocked now."""
    cookie = request.COOKIES.get(settings.VISIT_COOKIE_NAME)
    browsers = [
        {"row": row, "this": is_this_browser(row, cookie)}
        for row in unlocks_of(request.unlocked.account_id, now=request.now)
    ]
    context = {
        "name": request.unlocked.name,
        "profile": request.unlocked.profile,
        "browsers": browsers,
        "others": sum(not browser["this"] for browser in browsers),
        "late": late_saves_wait(request.unlocked),
    }
    return render(request, "account/overview.html", context)


@require_POST
@owner_only
def lock_others(request: OwnerRequest) -> HttpResponse:
    """Lock every browser but this one."""
    ended = end_other_unlocks(
        request.unlocked.account_id, keep=request.COOKIES.get(settings.VISIT_COOKIE_NAME)
    )
    messages.success(request, "The others are locked." if ended else "No other browser was unlocked.")
    return redirect("/account/")
