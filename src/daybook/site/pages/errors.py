"""What is shown when something is wrong: plain words, what to do next, and nothing lost without saying so."""

import sys

from django.db import OperationalError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from daybook.site.pages.account.late import NOT_TYPED
from daybook.site.visits import keep_stale_words, words_of


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """The request could not be understood; most often the wrong address for this machine was used."""
    address = f"http://localhost:{request.META.get('SERVER_PORT', '')}"
    return render(request, "errors/bad_request.html", {"address": address}, status=400)


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Not allowed; said like "not there", so that it tells nothing."""
    return render(request, "errors/not_found.html", status=404)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """There is nothing here."""
    return render(request, "errors/not_found.html", status=404)


def broken(request: HttpRequest) -> HttpResponse:
    """Something broke on our side: most often the disk is full. The words just sent are shown back."""
    # A form that was not read before it broke is not read now: that could break again.
    sent = words_of(request) if "_post" in request.__dict__ and not request.path.startswith("/pack/") else {}
    context = {
        "words": [
            text for name, texts in sent.items() if name not in NOT_TYPED for text in texts if text.strip()
        ],
        "may_be_full": isinstance(sys.exc_info()[1], OperationalError),
    }
    return render(request, "errors/broken.html", context, status=500)


def form_not_ours(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form whose token is missing or stale: it was not taken. Words from a page of ours wait, others are shown back."""
    kept = keep_stale_words(request)
    words = [] if kept else [word for values in words_of(request).values() for word in values if word.strip()]
    return render(request, "errors/form_not_ours.html", {"words": words, "kept": kept}, status=403)
