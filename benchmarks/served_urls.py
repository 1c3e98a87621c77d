"""Daybook's addresses, and a bare Django view that writes one durable row on the same server and database."""

from datetime import UTC, datetime

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.urls import include, path
from django.views.decorators.csrf import csrf_exempt

from daybook.people.models import Attempt


@csrf_exempt
def bare(request: HttpRequest) -> HttpResponse:
    """Write one row and answer; the row is durable when the answer goes out."""
    with transaction.atomic():
        Attempt.objects.create(lookup=b"b" * 32, means="passphrase", outcome="wrong", at=datetime.now(UTC))
    return HttpResponse("kept", content_type="text/plain")


urlpatterns = [path("bare/", bare), path("", include("daybook.site.urls"))]
