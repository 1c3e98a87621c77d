"""Settings, read from the environment with types. There is no development mode: what runs here is what people use.

DAYBOOK_HOME        the folder that holds everything
DATABASE_URL        PostgreSQL instead of the embedded database
DAYBOOK_EXIT_URL    where "Exit this page" leads
DAYBOOK_IDLE_SECONDS  how long an unlocked record may lie idle (at most 600)
"""

import os
from typing import Any

import dj_database_url
from csp.constants import NONE, SELF

from daybook.kernel.sealing.keys import FULL_COST, KdfCost
from daybook.people.secrets import ServerSecrets
from daybook.site.home import SERVER_KEY, SIGNING_KEY, home_of_environment
from daybook.site.privacy import static_headers

HOME = home_of_environment()
ENVIRONMENT = os.environ.get("DAYBOOK_ENV", "person")

SECRET_KEY = HOME.key(SIGNING_KEY).hex()
SERVER_SECRETS = ServerSecrets(server_key=HOME.key(SERVER_KEY), peppers=HOME.peppers())
DEBUG = False
ALLOWED_HOSTS = ["localhost"]

# Only tests may lower the cost of a guess; system check daybook.E001 refuses it anywhere else.
KDF_COST = (
    KdfCost(iterations=1, memory_kib=8 * 1024, lanes=1) if os.environ.get("DAYBOOK_TEST_KDF") else FULL_COST
)

IDLE_LOCK_SECONDS = min(600, int(os.environ.get("DAYBOOK_IDLE_SECONDS", "600")))
EXIT_URL = os.environ.get("DAYBOOK_EXIT_URL", "https://www.bbc.co.uk/weather")

INSTALLED_APPS = [
    "daybook.site",
    "daybook.diary",
    "daybook.evidence",
    "daybook.ledger",
    "daybook.people",
    "django.contrib.messages",
    "django.forms",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "daybook.site.privacy.KeepNothing",
    "django.middleware.common.CommonMiddleware",
    "daybook.evidence.uploads.DiscardUnadmitted",
    "daybook.site.visits.KnowVisit",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]

ROOT_URLCONF = "daybook.site.urls"
WSGI_APPLICATION = "daybook.site.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.messages.context_processors.messages",
                "daybook.site.visits.visit_context",
            ],
        },
    }
]
FORM_RENDERER = "daybook.site.forms.renderer.DaybookRenderer"


def _database() -> dict[str, Any]:
    url = os.environ.get("DATABASE_URL")
    if url:
        return {**dj_database_url.parse(url, conn_max_age=600, conn_health_checks=True)}
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": str(HOME.database),
        "CONN_MAX_AGE": None,
        "OPTIONS": {
            "timeout": 30,
            "transaction_mode": "IMMEDIATE",
            "init_command": (
                "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA secure_delete=ON; PRAGMA temp_store=MEMORY"
            ),
        },
    }


DATABASES = {"default": _database()}

GATEWAYS: dict[str, dict[str, Any]] = {
    "clock": {"door": "daybook.gateways.clock.SystemClock"},
    "blobs": {"door": "daybook.gateways.blobs.folder.FolderStore", "options": {"root": HOME.files}},
    "decoder": {"door": "daybook.gateways.decoding.child_process.ChildDecoder"},
}

# Previews made at once in the background, while their owner is unlocked.
PREVIEW_WORKERS = 2

# Files of a form are sealed as they arrive and never spooled: this is the only handler there is.
FILE_UPLOAD_HANDLERS = ["daybook.evidence.uploads.SealingUploadHandler"]
DATA_UPLOAD_MAX_MEMORY_SIZE = 8 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2000
# The handler takes 50 and names the others; over this number Django refuses the whole form without a word.
DATA_UPLOAD_MAX_NUMBER_FILES = 5000

LANGUAGE_CODE = "en-gb"
USE_TZ = True
TIME_ZONE = "UTC"
USE_I18N = True

STATIC_URL = "/static/"
STATIC_ROOT = str((HOME.path.__class__(__file__).parent / "static").absolute())
WHITENOISE_MAX_AGE = 0
WHITENOISE_ADD_HEADERS_FUNCTION = static_headers

CSRF_COOKIE_NAME = "daybook-form"
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Strict"
CSRF_COOKIE_AGE = None
CSRF_FAILURE_VIEW = "daybook.site.pages.errors.form_not_ours"
VISIT_COOKIE_NAME = "daybook-visit"
MESSAGE_STORAGE = "django.contrib.messages.storage.cookie.CookieStorage"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Strict"

X_FRAME_OPTIONS = "DENY"
SECURE_CONTENT_TYPE_NOSNIFF = True
# Not "no-referrer": browsers then send "Origin: null" with our own forms, and CSRF protection refuses them.
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "media-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF, EXIT_URL],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        "object-src": [NONE],
    }
}

# A log line carries the kind of an error and where it happened, never its words: they may quote what someone wrote.
LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"quiet": {"()": "daybook.site.privacy.QuietFormatter"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "quiet", "level": "WARNING"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
    "loggers": {"django": {"handlers": ["console"], "level": "WARNING", "propagate": False}},
}

SILENCED_SYSTEM_CHECKS = ["urls.W005"]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
