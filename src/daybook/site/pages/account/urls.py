"""Addresses of these pages."""

from django.urls import URLPattern, path

from daybook.site.pages.account import (
    checking,
    closing,
    late,
    overview,
    removing,
    secrets,
    stored,
    taking_out,
    watching,
)

urlpatterns: list[URLPattern] = [
    path("", overview.account, name="account"),
    path("browsers/lock/", overview.lock_others, name="account-lock-others"),
    path("passphrase/", secrets.passphrase, name="account-passphrase"),
    path("code/", secrets.code, name="account-code"),
    path("tries/", watching.tries, name="account-tries"),
    path("looked/", watching.looked, name="account-looked"),
    path("check/", checking.check, name="account-check"),
    path("export/", taking_out.everything, name="account-export"),
    path("close/", closing.close, name="account-close"),
    path("close/undo/", closing.undo, name="account-close-undo"),
    path("removed/", removing.removed, name="account-removed"),
    path("removed/<uuid:exhibit>/", removing.remove, name="account-remove"),
    path("removed/<uuid:exhibit>/fetch-back/", removing.fetch_back, name="account-fetch-back"),
    path("check/files/", stored.files, name="account-files"),
    path("late/", late.waiting, name="account-late"),
    path("late/<uuid:late_save>/keep/", late.keep_file, name="account-late-keep"),
    path("late/<uuid:late_save>/let-go/", late.let_go, name="account-late-let-go"),
    path("late/<uuid:late_save>/fetch-back/", late.fetch_back, name="account-late-fetch-back"),
]
