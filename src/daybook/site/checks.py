"""Numbered system checks: a setting that would endanger someone refuses to start, with a hint."""

from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, register

TAG = "daybook"


def register_all() -> None:
    """Tell Django about the checks below."""
    for check in (check_kdf_cost, check_uploads, check_hosts):
        register(check, TAG)


def check_kdf_cost(app_configs: Any, **kwargs: Any) -> Sequence[CheckMessage]:
    """A guess at a passphrase costs 256 MiB; only a test may lower that (SEALING.md, Account)."""
    if settings.KDF_COST.is_at_least_floor() or settings.ENVIRONMENT == "test":
        return []
    return [
        Error(
            "The cost of guessing a passphrase is lowered.",
            hint="Unset DAYBOOK_TEST_KDF. It is for tests, which also set DAYBOOK_ENV=test.",
            id="daybook.E001",
        )
    ]


def check_uploads(app_configs: Any, **kwargs: Any) -> Sequence[CheckMessage]:
    """Any other upload handler writes plaintext to a temporary folder."""
    if settings.FILE_UPLOAD_HANDLERS == ["daybook.evidence.uploads.SealingUploadHandler"]:
        return []
    return [
        Error(
            "Uploaded files would not be sealed as they arrive.",
            hint="FILE_UPLOAD_HANDLERS must hold the sealing handler alone.",
            id="daybook.E002",
        )
    ]


def check_hosts(app_configs: Any, **kwargs: Any) -> Sequence[CheckMessage]:
    """Plain http is safe only for this machine's own name."""
    if set(settings.ALLOWED_HOSTS) <= {"localhost"}:
        return []
    return [
        Error(
            "Daybook would answer to other names than localhost over plain http.",
            hint="ALLOWED_HOSTS may hold localhost alone.",
            id="daybook.E003",
        )
    ]
