"""Taking out everything: the whole record as one file, sealed by default, made while it is sent and never stored here."""

from collections.abc import Iterator
from functools import partial

from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from daybook.kernel.custody import EventKind
from daybook.kernel.sealing.passphrases import suggest_passphrase
from daybook.ledger.access import note_access
from daybook.ledger.records import prove_it_is_her
from daybook.packs.export import Export
from daybook.packs.export_zip import zipped
from daybook.packs.wrapping import sealed_with_passphrase
from daybook.people.closing import closing_of
from daybook.site.pages.account.forms import SEALED, TakeOutForm
from daybook.site.visits import OwnerRequest, owner_only


@require_http_methods(["GET", "HEAD", "POST"])
@owner_only
def everything(request: OwnerRequest) -> HttpResponse:
    """Ask how, and for the passphrase; then send it."""
    form = TakeOutForm(request.POST if request.method == "POST" else None)
    if form.is_valid() and form.prove(partial(prove_it_is_her, request.unlocked, now=request.now)):
        sealed = form.cleaned_data["saved_as"] == SEALED
        return _download(request, form.cleaned_data["export_passphrase"] if sealed else None)
    kept = (
        form.data.get("export_passphrase") if form.is_bound and "export_passphrase" not in form.errors else ""
    )
    context = {
        "form": form,
        "export_passphrase": kept or suggest_passphrase(),
        "waits": closing_of(request.unlocked.record_id, now=request.now),
        "breadcrumbs": [("Account", "/account/"), ("Take out everything", "")],
    }
    return render(request, "account/export.html", context)


def _download(request: OwnerRequest, passphrase: str | None) -> HttpResponse:
    name = f"copy-{request.now:%Y-%m-%d}"
    export = Export(request.unlocked, request.now)
    pieces: Iterator[bytes] = zipped(export.files(), folder=name, now=request.now)
    if passphrase is not None:
        pieces = sealed_with_passphrase(pieces, passphrase)
    # Noted before the first byte: what was taken out shows even when the download breaks off.
    note_access(
        request.unlocked.viewer,
        EventKind.EXPORTED,
        item=request.unlocked.record_id,
        what="export",
        label="everything, sealed" if passphrase is not None else "everything, open",
        now=request.now,
    )
    response = StreamingHttpResponse(pieces, content_type="application/octet-stream")
    ending = "zip" if passphrase is None else "zip.age"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}.{ending}"'
    # A streamed answer is an HttpResponseBase to Django's types, and a response to everyone else.
    return response  # type: ignore[return-value]
