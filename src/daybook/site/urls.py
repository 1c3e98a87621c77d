"""Every address. Paths are neutral: nothing in a browser's history says what this is for."""

from django.urls import include, path

from daybook.site.pages import errors

urlpatterns = [
    path("", include("daybook.site.pages.door.urls")),
    path("account/", include("daybook.site.pages.account.urls")),
    path("diary/", include("daybook.site.pages.diary.urls")),
    path("people/", include("daybook.site.pages.people.urls")),
    path("files/", include("daybook.site.pages.files.urls")),
    path("pack/", include("daybook.site.pages.pack.urls")),
]

handler400 = errors.bad_request
handler403 = errors.forbidden
handler404 = errors.not_found
handler500 = errors.broken
