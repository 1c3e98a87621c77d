"""Addresses of these pages."""

from django.urls import URLPattern, path, register_converter

from daybook.kernel.media.previews import FRAME, PAGE
from daybook.site.pages.files import (
    adding,
    before,
    handling,
    joining,
    listing,
    playing,
    previews,
    questions,
    resumable,
    saving,
    showing,
    unfinished,
)


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
    path("upload/", resumable.uploads, name="files-uploads"),
    path("upload/find/", unfinished.find, name="files-upload-find"),
    path("upload/keep/", unfinished.keep_several, name="files-uploads-keep"),
    path("upload/<uuid:upload>/", resumable.one_upload, name="files-upload"),
    path("upload/<uuid:upload>/same/", unfinished.compare, name="files-upload-same"),
    path("upload/<uuid:upload>/keep/", unfinished.keep, name="files-upload-keep"),
    path("upload/<uuid:upload>/let-go/", unfinished.let_go, name="files-upload-let-go"),
    path("thumb/<uuid:exhibit>/", showing.thumb, name="files-thumb"),
    path("<uuid:exhibit>/", showing.show, name="files-file"),
    path("<uuid:exhibit>/picture/", showing.picture, name="files-picture"),
    path("<uuid:exhibit>/look/", showing.look, name="files-look"),
    path("<uuid:exhibit>/who/", handling.who, name="files-who"),
    path("<uuid:exhibit>/open/", handling.open_for_her, name="files-open"),
    path("<uuid:exhibit>/shows/", handling.shows, name="files-shows"),
    path("<uuid:exhibit>/screen/", questions.answer_screen, name="files-screen"),
    path("<uuid:exhibit>/pages/<int:number>/", previews.page, name="files-page"),
    path("<uuid:exhibit>/text/", previews.text, name="files-text"),
    path("<uuid:exhibit>/again/", previews.again, name="files-again"),
    path("<uuid:exhibit>/<shown:what>/<int:number>/", previews.opened, name="files-opened"),
    path("<uuid:exhibit>/<shown:what>/<int:number>/blurred/", previews.blurred, name="files-blurred"),
    path("<uuid:exhibit>/original/", saving.original, name="files-original"),
    path("<uuid:exhibit>/play/", playing.play, name="files-play"),
    path("<uuid:exhibit>/entries/", joining.join, name="files-entries"),
    path("<uuid:exhibit>/apart/", joining.part, name="files-apart"),
]
