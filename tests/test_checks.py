"""Which values production refuses."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from inbox.checks import production_faults, production_warnings, refuse_development_values
from tests.deployment import PRODUCTION

BAD: dict[str, list[Any]] = {
    "SECRET_KEY": ["", "missing", "xkcd936", "x" * 60, "django-insecure-0123456789abcdefghijklmnopqrstuvwxyz"],
    "FIELD_KEYS": [[], ["no-fernet-key"], [PRODUCTION["FIELD_KEYS"], ""]],
    "TRAIL_KEY": ["", "xkcd936", PRODUCTION["SECRET_KEY"]],
    "METRICS_TOKEN": ["xkcd936"],
    "ALLOWED_HOSTS": [[], ["*"], ["inbox.example.org", "."]],
    "PUBLIC_URL": ["http://inbox.example.org", "http://127.0.0.1:8000"],
    "DEBUG": [True],
    "SANDBOX": [True],
    "REDIS_URL": ["redis://elsewhere.example.org:6379/0", "rediss://:@elsewhere.example.org/0"],
}


def good(**changes: Any) -> SimpleNamespace:
    """Settings as production wants them, some of them changed."""
    values = {
        "PRODUCTION": True,
        "DEBUG": False,
        "SANDBOX": False,
        "DATABASES": {"default": {"ENGINE": "django.db.backends.postgresql"}},
        **{name: PRODUCTION[name] for name in ("SECRET_KEY", "TRAIL_KEY", "METRICS_TOKEN", "PUBLIC_URL", "REDIS_URL")},
        "FIELD_KEYS": [PRODUCTION["FIELD_KEYS"]],
        "ALLOWED_HOSTS": ["inbox.example.org"],
    }
    return SimpleNamespace(**values | changes)


def test_good_values_pass() -> None:
    assert production_faults(good()) == []
    refuse_development_values(good())


@pytest.mark.parametrize(("name", "value"), [(name, value) for name, values in BAD.items() for value in values])
def test_each_development_value_is_refused_by_name_and_never_repeated(name: str, value: Any) -> None:
    [(named, why)] = production_faults(good(**{name: value}))
    assert named == name
    assert "xkcd936" not in why


@pytest.mark.parametrize(
    "url", ["redis://127.0.0.1:6379/0", "unix:///run/redis.sock", "redis://:word@elsewhere.example.org/0", "redis://localhost/0"]
)
def test_a_redis_that_is_near_or_has_a_password_will_do(url: str) -> None:
    assert production_faults(good(REDIS_URL=url)) == []


def test_it_says_all_that_is_wrong_at_once_and_ends_the_process() -> None:
    with pytest.raises(SystemExit) as refusal:
        refuse_development_values(good(DEBUG=True, SANDBOX=True))
    lines = str(refusal.value).splitlines()
    assert [line.split(":")[0].strip() for line in lines[1:3]] == ["DEBUG", "SANDBOX"]


def test_development_may_do_as_it_likes() -> None:
    refuse_development_values(good(PRODUCTION=False, SECRET_KEY="", DEBUG=True))


def test_sqlite_is_allowed_with_a_word_of_warning() -> None:
    settings = good(DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3"}})
    assert production_faults(settings) == []
    assert [name for name, _ in production_warnings(settings)] == ["DATABASE_URL"]
