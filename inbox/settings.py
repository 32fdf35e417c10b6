"""All configuration, read from the environment; every variable is described in README.md, section "Settings".

Without any variable this is a development set-up on one machine. ``PRODUCTION=on`` refuses to start on values that are
only good for development; ``inbox.checks`` says which and why.
"""

from __future__ import annotations

import json
import os
import secrets
from pathlib import Path
from typing import Any

import dj_database_url
from cryptography.fernet import Fernet
from csp.constants import NONCE, NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

BASE_DIR = Path(__file__).resolve().parent.parent


def text(name: str, default: str = "") -> str:
    """A variable as it is."""
    return os.environ.get(name, default).strip()


def flag(name: str, default: bool) -> bool:
    """A variable that is on or off."""
    value = text(name).lower()
    if not value:
        return default
    if value in {"on", "1", "true", "yes"}:
        return True
    if value in {"off", "0", "false", "no"}:
        return False
    raise ImproperlyConfigured(f"{name} is {value!r}; write on or off.")


def number(name: str, default: int) -> int:
    """A variable that is a whole number."""
    value = text(name)
    if not value:
        return default
    try:
        return int(value)
    except ValueError:
        raise ImproperlyConfigured(f"{name} is {value!r}; write a whole number.") from None


def words(name: str, default: str = "") -> list[str]:
    """A variable that is a list, separated by commas."""
    return [word.strip() for word in text(name, default).split(",") if word.strip()]


PRODUCTION = flag("PRODUCTION", False)
DATA_DIR = Path(text("DATA_DIR") or BASE_DIR / "var").resolve()
PORT = number("PORT", 8000)
SANDBOX = flag("SANDBOX", not PRODUCTION)
SANDBOX_PORT = number("SANDBOX_PORT", PORT + 1)
PUBLIC_URL = text("PUBLIC_URL", f"http://127.0.0.1:{PORT}").rstrip("/")


def kept_secrets() -> dict[str, str]:
    """The development secrets, made once at random and kept in DATA_DIR, readable by their owner only."""
    path = DATA_DIR / "development-secrets.json"
    try:
        return dict(json.loads(path.read_text()))
    except FileNotFoundError:
        made = {
            "SECRET_KEY": secrets.token_urlsafe(50),
            "FIELD_KEYS": Fernet.generate_key().decode(),
            "TRAIL_KEY": secrets.token_hex(32),
            "METRICS_TOKEN": secrets.token_urlsafe(24),
        }
    DATA_DIR.mkdir(parents=True, exist_ok=True)
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:  # another process was quicker
        return kept_secrets()
    with os.fdopen(descriptor, "w") as file:
        json.dump(made, file)
    return made


_KEPT: dict[str, str] = {} if PRODUCTION else kept_secrets()


def secret(name: str) -> str:
    """A secret: given by the environment, in development else one of our own making."""
    return text(name) or _KEPT.get(name, "")


# An empty SECRET_KEY must reach the checks, which say what to do; Django itself would only raise.
SECRET_KEY = secret("SECRET_KEY") or ("missing" if PRODUCTION else "")
FIELD_KEYS = [key.strip() for key in secret("FIELD_KEYS").split(",") if key.strip()]
TRAIL_KEY = secret("TRAIL_KEY")
METRICS_TOKEN = secret("METRICS_TOKEN")

DEBUG = flag("DEBUG", False)
ALLOWED_HOSTS = words("ALLOWED_HOSTS", "" if PRODUCTION else "localhost,127.0.0.1,[::1]")
CSRF_TRUSTED_ORIGINS = [] if not PRODUCTION else [PUBLIC_URL]
BEHIND_PROXY = flag("BEHIND_PROXY", False)

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "channels",
    "django_rq",
    "guardian",
    "django_htmx",
    "lucide",
    "csp",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "accounts",
    "inbox",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "accounts.middleware.PersonMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "allauth.usersessions.middleware.UserSessionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
]

ROOT_URLCONF = "inbox.urls"
ASGI_APPLICATION = "inbox.asgi.application"

TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "csp.context_processors.nonce",
            ],
        },
    }
]

# --- data -----------------------------------------------------------------------------------------------------------

DATABASE_URL = text("DATABASE_URL") or f"sqlite:///{DATA_DIR / 'parley.sqlite3'}"
DATABASES: dict[str, Any] = {"default": dj_database_url.parse(DATABASE_URL)}
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    # Durable and without "database is locked": measured, see the design notes.
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": ("PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON; PRAGMA busy_timeout=20000;"),
    }
else:
    DATABASES["default"].setdefault("OPTIONS", {})["pool"] = {"min_size": 1, "max_size": number("DATABASE_POOL", 10)}
    DATABASES["default"]["CONN_MAX_AGE"] = 0
    DATABASES["default"]["CONN_HEALTH_CHECKS"] = True

DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- bell and fan-out -----------------------------------------------------------------------------------------------


def redis_url() -> str:
    """REDIS_URL, or the address that ``manage.py up`` wrote down for the server that it started."""
    if given := text("REDIS_URL"):
        return given
    try:
        return (DATA_DIR / "redis-url").read_text().strip()
    except FileNotFoundError:
        return "redis://127.0.0.1:6379/0"


REDIS_URL = redis_url()
RQ_QUEUES: dict[str, Any] = {
    # One queue per worker, so that RQ moves jobs instead of popping them; JSON, so that a job is data, not code.
    name: {"URL": REDIS_URL, "DEFAULT_TIMEOUT": 300, "SERIALIZER": "rq.serializers.JSONSerializer"}
    for name in ("default", "errands")
}
CHANNEL_LAYERS = {
    "default": {"BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer", "CONFIG": {"hosts": [REDIS_URL]}},
}
CACHES = {
    # In the database: sign-in limits must hold across processes and outlive Redis.
    "default": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "cache"},
}

# --- sign-in --------------------------------------------------------------------------------------------------------

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "allauth.account.auth_backends.AuthenticationBackend",
    "guardian.backends.ObjectPermissionBackend",
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_ADAPTER = "accounts.signin.ClosedDoor"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_RATE_LIMITS = {
    # Per account from one address, so that a stranger's tries lock nobody else out; per account altogether wide, per
    # address narrow. Passkeys and one-time links go on working in any case.
    "login_failed_here": "5/5m/key",
    "login_failed": "10/m/ip,100/h/key",
    "link_missed": "20/m/ip",
}
ALLAUTH_TRUSTED_PROXY_COUNT = 1 if BEHIND_PROXY else 0  # whose X-Forwarded-For names the address that is limited
PASSWORD_RESET_TIMEOUT = 30 * 60
USERSESSIONS_ADAPTER = "accounts.signin.Sessions"
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes", "webauthn"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not PRODUCTION
USERSESSIONS_TRACK_ACTIVITY = False
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
SESSION_COOKIE_AGE = 7 * 24 * 3600
SESSION_COOKIE_NAME = "__Host-session" if PRODUCTION else "session"
CSRF_COOKIE_NAME = "__Host-csrf" if PRODUCTION else "csrf"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = PRODUCTION
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"

ANONYMOUS_USER_NAME = None
GUARDIAN_MONKEY_PATCH_USER = False

EMAIL_BACKEND = (
    "django.core.mail.backends.smtp.EmailBackend" if text("EMAIL_HOST") else "django.core.mail.backends.console.EmailBackend"
)
EMAIL_HOST = text("EMAIL_HOST", "localhost")
EMAIL_PORT = number("EMAIL_PORT", 587)
EMAIL_HOST_USER = text("EMAIL_HOST_USER")
EMAIL_HOST_PASSWORD = text("EMAIL_HOST_PASSWORD")
EMAIL_USE_TLS = flag("EMAIL_USE_TLS", True)
DEFAULT_FROM_EMAIL = text("DEFAULT_FROM_EMAIL", "Parley <parley@localhost>")

# --- transport and content security ---------------------------------------------------------------------------------

SECURE_SSL_REDIRECT = False  # the proxy's work; /healthz must answer plain HTTP behind it
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if PRODUCTION else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = PRODUCTION
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if BEHIND_PROXY else None
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY: dict[str, Any] = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF, NONCE],
        "style-src": [SELF],
        "img-src": [SELF, "data:", "blob:"],
        "media-src": [SELF, "blob:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        "object-src": [NONE],
    }
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 4 * 1024 * 1024
MAX_UPLOAD_BYTES = 100 * 1024 * 1024  # WhatsApp's largest file, a document (protocol section 4)

# --- words and times ------------------------------------------------------------------------------------------------

USE_TZ = True
TIME_ZONE = text("TIME_ZONE", "UTC")
USE_I18N = True
LANGUAGE_CODE = text("LANGUAGE_CODE", "en")
LANGUAGES = [("en", _("English")), ("pt-br", _("Portuguese (Brazil)")), ("es", _("Spanish"))]
LOCALE_PATHS = [BASE_DIR / "inbox" / "locale"]

# --- files ----------------------------------------------------------------------------------------------------------

STATIC_URL = "/static/"
STATIC_ROOT = DATA_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
MEDIA_DIR = DATA_DIR / "media"
STORAGES: dict[str, Any] = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": MEDIA_DIR}},
    "private": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": MEDIA_DIR, "base_url": None, "file_permissions_mode": 0o600, "directory_permissions_mode": 0o700},
    },
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}

# --- WhatsApp -------------------------------------------------------------------------------------------------------

GRAPH_URL = text("GRAPH_URL", "https://graph.facebook.com")
GRAPH_VERSION = text("GRAPH_VERSION", "v25.0")
SEND_THREADS = number("SEND_THREADS", 16)
RAW_EVENT_DAYS = number("RAW_EVENT_DAYS", 14)

# --- log ------------------------------------------------------------------------------------------------------------

LOG_LEVEL = text("LOG_LEVEL", "INFO")
LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"mask_secrets": {"()": "inbox.lib.logs.MaskSecrets"}},
    "formatters": {"plain": {"()": "inbox.lib.logs.WithIds", "format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "plain", "filters": ["mask_secrets"]}},
    "root": {"handlers": ["console"], "level": LOG_LEVEL},
    "loggers": {"django.server": {"level": "WARNING"}, "rq.worker": {"level": "WARNING"}},
}
