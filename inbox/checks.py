"""Refuses to start in production on values that are only good for development, and says which and why."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from cryptography.fernet import Fernet

LEAST_SECRET = 50  # characters, as Django's own deployment check asks
LEAST_KEY = 32
LEAST_TOKEN = 16
NEARBY = {"localhost", "127.0.0.1", "::1", "", None}
MAKE_ONE = 'make one: python3 -c "import secrets; print(secrets.token_urlsafe(50))"'
MAKE_FIELD_KEY = 'make one: python3 -c "import base64, os; print(base64.urlsafe_b64encode(os.urandom(32)).decode())"'
WEAK_WORDS = ("insecure", "changeme", "change-me", "development", "example", "secret-key", "password")


def refuse_development_values(settings: Any) -> None:
    """Ends the process with exit code 1 and one line per bad value when PRODUCTION is on and any value is bad.

    Called for every command and server alike, as soon as Django is set up.
    """
    if not settings.PRODUCTION:
        return
    faults = production_faults(settings)
    if faults:
        lines = [f"  {name}: {why}" for name, why in faults]
        raise SystemExit(
            "\n".join(["PRODUCTION is on, but these settings are not fit for it:", *lines, "README.md describes every setting."])
        )


def production_faults(settings: Any) -> list[tuple[str, str]]:
    """What is wrong for production, as (variable, reason and remedy) in a fixed order; no value is ever repeated."""
    return [*_secrets(settings), *_addresses(settings), *_switches(settings), *_redis(settings.REDIS_URL)]


def production_warnings(settings: Any) -> list[tuple[str, str]]:
    """What works in production but deserves a second thought."""
    if settings.DATABASES["default"]["ENGINE"].endswith("sqlite3"):
        return [("DATABASE_URL", "SQLite serves one machine only and cannot be replicated; PostgreSQL is made for production")]
    return []


def _secrets(settings: Any) -> list[tuple[str, str]]:
    found = {
        "SECRET_KEY": _secret_key(settings.SECRET_KEY),
        "FIELD_KEYS": _field_keys(settings.FIELD_KEYS),
        "TRAIL_KEY": _trail_key(settings.TRAIL_KEY, settings.SECRET_KEY),
        "METRICS_TOKEN": _metrics_token(settings.METRICS_TOKEN),
    }
    return [(name, why) for name, why in found.items() if why]


def _secret_key(key: str) -> str:
    if key in ("", "missing"):
        return f"is missing; {MAKE_ONE}"
    if len(key) < LEAST_SECRET or len(set(key)) < 5:
        return f"is too short or too plain; it takes at least {LEAST_SECRET} random characters; {MAKE_ONE}"
    if any(word in key.lower() for word in WEAK_WORDS):
        return f"looks like a development value; {MAKE_ONE}"
    return ""


def _field_keys(keys: list[str]) -> str:
    if not keys:
        return f"is missing, and stored tokens are encrypted with it; {MAKE_FIELD_KEY}"
    if not all(map(_is_fernet_key, keys)):
        return f"holds something that is not a key (32 bytes in URL-safe base64); {MAKE_FIELD_KEY}"
    return ""


def _trail_key(key: str, secret_key: str) -> str:
    if not key:
        return f"is missing, and the trail is signed with it; {MAKE_ONE}"
    if len(key) < LEAST_KEY:
        return f"is too short; it takes at least {LEAST_KEY} characters; {MAKE_ONE}"
    if key == secret_key:
        return "is the same as SECRET_KEY; whoever learns one must not learn the other"
    return ""


def _metrics_token(token: str) -> str:
    short = token and len(token) < LEAST_TOKEN
    return f"is too short; at least {LEAST_TOKEN} characters, or leave it out to switch /metrics off" if short else ""


def _addresses(settings: Any) -> list[tuple[str, str]]:
    faults = []
    if not settings.ALLOWED_HOSTS:
        faults.append(("ALLOWED_HOSTS", "is empty; name the host that people type, for example inbox.example.org"))
    elif any(host in ("*", ".") for host in settings.ALLOWED_HOSTS):
        faults.append(("ALLOWED_HOSTS", "allows every host, so links in mails could be made to point anywhere; name yours"))
    if urlsplit(settings.PUBLIC_URL).scheme != "https":
        faults.append(
            ("PUBLIC_URL", "must begin with https://, because Meta calls nothing else and cookies are sent over nothing else")
        )
    return faults


def _switches(settings: Any) -> list[tuple[str, str]]:
    faults = []
    if settings.DEBUG:
        faults.append(("DEBUG", "must be off: error pages would show code and settings to everybody"))
    if settings.SANDBOX:
        faults.append(("SANDBOX", "must be off: the sandbox lets anybody speak as a customer"))
    return faults


def _redis(url: str) -> list[tuple[str, str]]:
    parts = urlsplit(url)
    if parts.scheme != "unix" and parts.hostname not in NEARBY and not parts.password:
        return [("REDIS_URL", "names another machine without a password; whoever reaches that Redis can make our workers work")]
    return []


def _is_fernet_key(key: str) -> bool:
    try:
        Fernet(key)
    except ValueError:
        return False
    return True
