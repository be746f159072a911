"""Settings of the site. Values that differ per server come from the environment or `.env` (README.md lists them).

Nothing configured at all (no `.env`, no DEBUG, no SECRET_KEY) means local development: DEBUG on, loopback hosts only,
and a random key of this checkout. As soon as one of them is given, DEBUG is off unless asked for.
"""

import os
import sys
from pathlib import Path
from typing import Any

import environ
from csp.constants import NONCE, NONE, SELF
from django.core.exceptions import ImproperlyConfigured

from webox.local import checkout_key, own_origin

BASE_DIR = Path(__file__).resolve().parent.parent
ENV_FILE = Path(os.environ.get("WEBOX_ENV_FILE", BASE_DIR / ".env"))

env = environ.Env()
if ENV_FILE.is_file():
    env.read_env(ENV_FILE)

UNCONFIGURED = not ENV_FILE.is_file() and not {"DEBUG", "SECRET_KEY"} & os.environ.keys()

# --- Security -------------------------------------------------------------------------------------------------------

DEBUG = env.bool("DEBUG", default=UNCONFIGURED)
SECRET_KEY = env.str("SECRET_KEY", default=checkout_key(BASE_DIR / ".secret_key") if DEBUG else "")
if not SECRET_KEY:
    raise ImproperlyConfigured("SECRET_KEY is required when DEBUG is off: put a long random text in .env")
# Old keys, for as long as what they have signed (sessions, invitations) shall hold.
SECRET_KEY_FALLBACKS = env.list("SECRET_KEY_FALLBACKS", default=[])
# Nobody logs in on this very machine; only ever with DEBUG (projects/access.py).
WEBOX_LOCAL = env.bool("WEBOX_LOCAL", default=DEBUG)
# Whoever is invited to a project and has no account may make one; off: the administrator makes all accounts.
WEBOX_INVITED_SIGN_UP = env.bool("WEBOX_INVITED_SIGN_UP", default=True)
LOOPBACK_HOSTS = ["localhost", "127.0.0.1", "[::1]"]
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=LOOPBACK_HOSTS if DEBUG else [])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])

SECURE_SSL_REDIRECT = env.bool("SECURE_SSL_REDIRECT", default=not DEBUG)
if env.bool("BEHIND_TLS_PROXY", default=False):
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
# Where people reach the studio, for what is mailed: a request's `Host` is its sender's text. In development it will do.
PUBLIC_ORIGIN = env.str("PUBLIC_ORIGIN", default="" if DEBUG else own_origin(ALLOWED_HOSTS, secure=SECURE_SSL_REDIRECT))
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = env.bool("SECURE_COOKIES", default=not DEBUG)
SECURE_HSTS_SECONDS = 0 if DEBUG else env.int("SECURE_HSTS_SECONDS", default=31_536_000)
# Promises about sibling domains are not this site's to make: opt in.
SECURE_HSTS_INCLUDE_SUBDOMAINS = env.bool("SECURE_HSTS_INCLUDE_SUBDOMAINS", default=False)
SECURE_HSTS_PRELOAD = env.bool("SECURE_HSTS_PRELOAD", default=False)
SILENCED_SYSTEM_CHECKS = ["security.W005", "security.W021"]
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
X_FRAME_OPTIONS = "DENY"

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF, NONCE],
        "style-src": [SELF, NONCE],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}

# --- The application ------------------------------------------------------------------------------------------------

INSTALLED_APPS = [
    "webox",  # before staticfiles: its runserver serves ASGI
    "chat",
    "projects",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "csp",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "knox",
]

# Every one of these can run async, so an async view never waits for a thread.
MIDDLEWARE = [
    "projects.preview_middleware.preview_middleware",  # first: a preview has no session, and headers of its own
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]

ROOT_URLCONF = "webox.urls"
ASGI_APPLICATION = "webox.asgi.application"
APPEND_SLASH = False  # paths carry no trailing slash; the admin's own do, and link to themselves
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    }
]

# Mail, for forgotten passwords; without a server there is none, and no page that offers it.
EMAIL_HOST = env.str("EMAIL_HOST", default="")
if EMAIL_HOST and not (PUBLIC_ORIGIN or DEBUG):
    raise ImproperlyConfigured(
        "PUBLIC_ORIGIN is required with EMAIL_HOST: mailed links lead there, https://studio.example"
    )
EMAIL_PORT = env.int("EMAIL_PORT", default=587)
EMAIL_HOST_USER = env.str("EMAIL_HOST_USER", default="")
EMAIL_HOST_PASSWORD = env.str("EMAIL_HOST_PASSWORD", default="")
EMAIL_USE_SSL = env.bool("EMAIL_USE_SSL", default=False)
EMAIL_USE_TLS = env.bool("EMAIL_USE_TLS", default=not EMAIL_USE_SSL)
EMAIL_TIMEOUT = 20
DEFAULT_FROM_EMAIL = SERVER_EMAIL = env.str("DEFAULT_FROM_EMAIL", default="WeBox Studio <webox@localhost>")

LOGIN_URL = "login"
LOGIN_REDIRECT_URL = LOGOUT_REDIRECT_URL = "projects:list"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]

# API tokens: each gets its own end when it is made.
KNOX_TOKEN_MODEL = "projects.ApiToken"  # noqa: S105 - the name of a model
# Its migrations would make the table of the model that ours stands for, which then nothing empties or drops.
MIGRATION_MODULES = {"knox": None}
REST_KNOX = {"TOKEN_TTL": None, "TOKEN_PREFIX": "webox_"}

# --- Data -----------------------------------------------------------------------------------------------------------

DATABASES: dict[str, dict[str, Any]] = {
    "default": env.db_url("DATABASE_URL", default=f"sqlite:///{BASE_DIR / 'db.sqlite3'}")
}
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    # One writer at a time: take the lock when the transaction begins and wait for it, instead of failing half-way.
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
    }
    # REST framework looks whether PostgreSQL's fields are there, which loads its driver: 6 MiB that nobody would use
    sys.modules.setdefault("django.contrib.postgres", None)  # type: ignore[arg-type]
elif DATABASES["default"]["ENGINE"].endswith("postgresql"):
    # Half of them is for requests: 6 are kept by threads (chat's writer and 4 readers, the followed projects), 4 save.
    DATABASES["default"]["OPTIONS"] = {
        "pool": {"min_size": 1, "max_size": env.int("DATABASE_POOL_SIZE", default=20), "timeout": 5}
    }

REDIS_URL = env.str("REDIS_URL", default="")
CACHES = {
    "default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": REDIS_URL}
    if REDIS_URL
    else {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}
}
SESSION_ENGINE = "django.contrib.sessions.backends.cached_db"
AUTHENTICATION_BACKENDS = ["projects.backend.Backend"]

# --- Languages, files -----------------------------------------------------------------------------------------------

LANGUAGE_CODE = "fr"
LANGUAGES = [("fr", "Français"), ("en", "English")]
LOCALE_PATHS = [BASE_DIR / "locale"]
TIME_ZONE = env.str("TIME_ZONE", default="Europe/Paris")
USE_TZ = True

STATIC_URL = "/static/"
STATIC_ROOT = BASE_DIR / "staticfiles"
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}

# --- The API --------------------------------------------------------------------------------------------------------

# chat.api names its own authentication, permissions and parsers: it must work the same in any host.
REST_FRAMEWORK = {
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024

SPECTACULAR_SETTINGS = {
    "TITLE": "WeBox Studio",
    "VERSION": "0.1.0",
    "OAS_VERSION": "3.1.1",
    "SERVE_INCLUDE_SCHEMA": False,
    # most of the chat's API is no DRF: it describes itself
    "PREPROCESSING_HOOKS": ["chat.api.schema.without_chat"],
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "chat.api.schema.with_chat",
        "projects.api_schema.with_files",
    ],
    "SERVE_PERMISSIONS": [],
    "SERVE_AUTHENTICATION": [],
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "REDOC_DIST": "SIDECAR",
}

# --- Projects and their files ---------------------------------------------------------------------------------------

FILES = {
    "MAX_TEXT_BYTES": env.int("WEBOX_MAX_TEXT_BYTES", default=2 * 1024 * 1024),
    "MAX_ASSET_BYTES": env.int("WEBOX_MAX_ASSET_BYTES", default=20 * 1024 * 1024),
    "MAX_FILES": env.int("WEBOX_MAX_FILES", default=10_000),
    "MAX_PROJECT_BYTES": env.int("WEBOX_MAX_PROJECT_BYTES", default=500 * 1024 * 1024),
    "MAX_ARCHIVE_BYTES": env.int("WEBOX_MAX_ARCHIVE_BYTES", default=100 * 1024 * 1024),
}

# The previews' own origin, `https://preview.example`: a name where nothing else is served and nobody has a cookie.
# Without it a studio on `localhost` has them on `127.0.0.1`, and the other way round.
PREVIEW_ORIGIN = env.str("PREVIEW_ORIGIN", default="")
PREVIEW_SECONDS = env.int("WEBOX_PREVIEW_SECONDS", default=900)

# --- The assistant --------------------------------------------------------------------------------------------------

CHAT: dict[str, Any] = {
    "PROJECT_MODEL": "projects.Project",
    "WORKSPACE": "projects.workspace.ProjectWorkspace",
    "ACCESS": "projects.access.ProjectAccess",
    "REDIS_URL": REDIS_URL,
    "OPENAI_API_KEY": env.str("OPENAI_API_KEY", default=""),
    "OPENAI_BASE_URL": env.str("OPENAI_BASE_URL", default=""),
    "DEFAULT_MODEL": env.str("OPENAI_MODEL", default="gpt-4-turbo"),
    "CONNECT_TIMEOUT": env.float("WEBOX_CONNECT_TIMEOUT", default=10),
    "FIRST_TOKEN_TIMEOUT": env.float("WEBOX_FIRST_TOKEN_TIMEOUT", default=120),
    "IDLE_TIMEOUT": env.float("WEBOX_IDLE_TIMEOUT", default=90),
    "TURN_TIMEOUT": env.float("WEBOX_TURN_TIMEOUT", default=900),
    "ACTION_FORMAT": env.str("WEBOX_ACTION_FORMAT", default="auto"),
    "CONTEXT_STYLE": env.str("WEBOX_CONTEXT_STYLE", default="auto"),
    "DRAIN_SECONDS": env.float("WEBOX_DRAIN_SECONDS", default=20),
    "SUMMARIES": env.bool("WEBOX_SUMMARIES", default=True),
    "BACKGROUND_INDEX": env.bool("WEBOX_BACKGROUND_INDEX", default=True),
    "EMBEDDED_MODEL": env.bool("WEBOX_EMBEDDED_MODEL", default=True),
    "EMBEDDED_GGUF": env.str("WEBOX_EMBEDDED_GGUF", default=""),
}
