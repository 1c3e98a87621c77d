"""What is shown when something is wrong: plain words, what to do next, and nothing lost without saying so."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

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
    """Something broke on our side. The words just sent are shown back by the browser's own Back."""
    return render(request, "errors/broken.html", status=500)


def form_not_ours(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form whose token is missing or stale: it was not taken. Words from a page of ours wait, others are shown back."""
    kept = keep_stale_words(request)
    words = [] if kept else [word for values in words_of(request).values() for word in values if word.strip()]
    return render(request, "errors/form_not_ours.html", {"words": words, "kept": kept}, status=403)
