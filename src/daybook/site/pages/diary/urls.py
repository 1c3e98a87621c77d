"""Addresses of the diary."""

from django.urls import path

from daybook.site.pages.diary import checking, drafting, first_page, listing, reading

urlpatterns = [
    path("", listing.diary, name="diary"),
    path("mend/", listing.mend, name="diary-mend"),
    path("find/", listing.find, name="diary-find"),
    path("found/<slug:number>/", listing.found, name="diary-found"),
    path("found/<slug:number>/print/", listing.on_paper, name="diary-found-print"),
    path("print/", listing.on_paper, name="diary-print"),
    path("new/", first_page.new, name="diary-new"),
    path("draft/<uuid:draft>/", drafting.hub, name="diary-draft"),
    path("draft/<uuid:draft>/check/", checking.check, name="diary-check"),
    path("draft/<uuid:draft>/newer/", checking.newer, name="diary-newer"),
    path("draft/<uuid:draft>/put-away/", drafting.put_away, name="diary-put-away"),
    path("draft/<uuid:draft>/aside/", drafting.aside_read, name="diary-aside"),
    path("draft/<uuid:draft>/<slug:slug>/", drafting.section, name="diary-section"),
    path("<uuid:entry>/", reading.entry, name="diary-entry"),
    path("<uuid:entry>/amend/", reading.amend, name="diary-amend"),
    path("<uuid:entry>/files/", reading.files, name="diary-entry-files"),
    path("<uuid:entry>/version/<int:number>/", reading.version, name="diary-version"),
]
