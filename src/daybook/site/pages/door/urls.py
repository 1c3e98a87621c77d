"""Addresses of these pages."""

from django.urls import URLPattern, path

from daybook.site.pages.door import front, leaving, starting, unlocking

urlpatterns: list[URLPattern] = [
    path("", front.front, name="front"),
    path("help/", front.help_now, name="help"),
    path("sheet/", front.sheet, name="sheet"),
    path("start/", starting.device, name="start"),
    path("start/safer/", starting.safer, name="start-safer"),
    path("start/before/", starting.before, name="start-before"),
    path("start/name/", starting.name, name="start-name"),
    path("start/check/", starting.check, name="start-check"),
    path("unlock/", unlocking.unlock, name="unlock"),
    path("recover/", unlocking.recover, name="recover"),
    path("recover/done/", unlocking.recovered, name="recovered"),
    path("lock/", leaving.lock, name="lock"),
    path("leave/", leaving.leave, name="leave"),
]
