"""Addresses of these pages."""

from django.urls import URLPattern, path

from daybook.site.pages.account import checking, late, overview, secrets, stored, watching

urlpatterns: list[URLPattern] = [
    path("", overview.account, name="account"),
    path("browsers/lock/", overview.lock_others, name="account-lock-others"),
    path("passphrase/", secrets.passphrase, name="account-passphrase"),
    path("code/", secrets.code, name="account-code"),
    path("tries/", watching.tries, name="account-tries"),
    path("looked/", watching.looked, name="account-looked"),
    path("check/", checking.check, name="account-check"),
    path("check/files/", stored.files, name="account-files"),
    path("late/", late.waiting, name="account-late"),
    path("late/<uuid:late_save>/keep/", late.keep_file, name="account-late-keep"),
    path("late/<uuid:late_save>/let-go/", late.let_go, name="account-late-let-go"),
    path("late/<uuid:late_save>/fetch-back/", late.fetch_back, name="account-late-fetch-back"),
]
