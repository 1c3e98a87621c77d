"""Addresses of these pages."""

from django.urls import URLPattern, path, register_converter

from daybook.kernel.media.previews import FRAME, PAGE
from daybook.site.pages.files import adding, before, joining, listing, previews, saving, showing


class _Shown:
    """What there can be several of: pages and pictures of a video."""

    regex = f"{PAGE}|{FRAME}"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


register_converter(_Shown, "shown")

urlpatterns: list[URLPattern] = [
    path("", listing.show, name="files"),
    path("add/", adding.add, name="files-add"),
    path("added/", adding.added, name="files-added"),
    path("before/", before.choose, name="files-before"),
    path("before/<slug:code>/", before.show, name="files-before-one"),
    path("thumb/<uuid:exhibit>/", showing.thumb, name="files-thumb"),
    path("<uuid:exhibit>/", showing.show, name="files-file"),
    path("<uuid:exhibit>/picture/", showing.picture, name="files-picture"),
    path("<uuid:exhibit>/look/", showing.look, name="files-look"),
    path("<uuid:exhibit>/pages/<int:number>/", previews.page, name="files-page"),
    path("<uuid:exhibit>/text/", previews.text, name="files-text"),
    path("<uuid:exhibit>/again/", previews.again, name="files-again"),
    path("<uuid:exhibit>/<shown:what>/<int:number>/", previews.opened, name="files-opened"),
    path("<uuid:exhibit>/<shown:what>/<int:number>/blurred/", previews.blurred, name="files-blurred"),
    path("<uuid:exhibit>/original/", saving.original, name="files-original"),
    path("<uuid:exhibit>/entries/", joining.join, name="files-entries"),
    path("<uuid:exhibit>/apart/", joining.part, name="files-apart"),
]
