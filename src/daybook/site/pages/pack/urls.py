"""Addresses of packs."""

from django.urls import path

from daybook.site.pages.pack import choosing, making, overview, ticking

urlpatterns = [
    path("", overview.pack, name="pack"),
    path("choose/", choosing.choose, name="pack-choose"),
    path("list/", ticking.tick, name="pack-list"),
    path("preview/", making.preview, name="pack-preview"),
    path("make/", making.make, name="pack-make"),
    path("opening/", overview.opening, name="pack-opening"),
]
