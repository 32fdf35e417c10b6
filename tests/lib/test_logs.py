"""What the log shows, and what it never does."""

from __future__ import annotations

import io
import logging
from logging.config import DictConfigurator
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from pytest_django import Settings


def written(name: str, *said: Any, **extra: Any) -> str:
    """The line that the console's own filter and formatter make of a record."""
    return line_of(logging.getLogger(name).makeRecord(name, logging.WARNING, __file__, 1, said[0], said[1:], None, extra=extra))


def line_of(record: logging.LogRecord) -> str:
    out = io.StringIO()
    handler = console(out)
    handler.handle(record)
    return out.getvalue()


def console(out: io.StringIO) -> logging.Handler:
    """The handler of our settings, writing into ``out``; nothing of the running log is touched."""
    plan = DictConfigurator(settings.LOGGING)
    config = plan.config
    handler = logging.StreamHandler(out)
    handler.setFormatter(plan.configure_formatter(config["formatters"][config["handlers"]["console"]["formatter"]]))
    for name in config["handlers"]["console"]["filters"]:
        handler.addFilter(plan.configure_filter(config["filters"][name]))
    return handler


@pytest.mark.parametrize(
    "address",
    [
        "/accounts/link/",
        "/accounts/invitation/",
        "/accounts/confirm-email/",
        "/accounts/password/reset/key/",
        "/in?next=%2Faccounts%2Flink%2F",
    ],
)
def test_a_one_time_link_is_logged_without_its_token(address: str) -> None:
    for line in (
        written("django.request", "%s: %s", "Unprocessable Entity", f"{address}a1-Secret_token/"),
        written("django.request", f"Not Found: {address}a1-Secret_token/"),
        written("x", "page.failed", path=f"{address}a1-Secret_token/"),
    ):
        assert "Secret" not in line
        assert f"{address}…" in line


@pytest.mark.django_db
def test_a_refused_invitation_leaves_no_token_in_the_log(client: Client) -> None:
    out = io.StringIO()
    handler = console(out)
    logging.getLogger("django.request").addHandler(handler)
    try:
        for door in ("link", "invitation"):
            client.post(f"/accounts/{door}/A-very-secret-token/", {"name": "", "password": "1"})
        client.get("/accounts/link/A-very-secret-token/nowhere/")
    finally:
        logging.getLogger("django.request").removeHandler(handler)
    assert "/accounts/link/…" in out.getvalue()
    assert "secret" not in out.getvalue()


def test_a_phone_number_keeps_its_last_four_digits() -> None:
    assert "to +…0123 of 1234567" in written("x", "sent to +%s of %d", "447700900123", 1234567)
    assert "…0123" in written("x", "no %d", 447700900123)


def test_a_traceback_is_masked_too() -> None:
    try:
        raise ValueError("Key (phone)=(447700900123) at /accounts/link/Secret/")
    except ValueError as error:
        record = logging.makeLogRecord({"msg": "failed", "exc_info": (ValueError, error, error.__traceback__)})
    line = line_of(record)
    assert "Traceback" in line
    assert "ValueError: Key (phone)=(…0123)" in line
    assert "447700900123" not in line
    assert "Secret" not in line


def test_ids_stand_on_the_line_and_nothing_starts_a_line_of_its_own() -> None:
    line = written("x", "job.failed", event=17, deliveries=[1, 2], app_id="880120034005600", error="a b\nc", request=object())
    assert line.endswith('job.failed event=17 deliveries="[1, 2]" app_id=880120034005600 error="a b\\nc"\n')
    assert line.count("\n") == 1


def test_a_message_that_does_not_fit_its_arguments_ends_nothing() -> None:
    assert "…" in written("x", "%d at /accounts/link/Secret/", "none")


def test_an_unknown_host_is_one_line(client: Client, settings: Settings) -> None:
    settings.ALLOWED_HOSTS = ["inbox.test"]
    out = io.StringIO()
    handler = console(out)
    logging.getLogger("django.security.DisallowedHost").addHandler(handler)
    try:
        assert client.get("/accounts/login/", headers={"host": "evil.test"}).status_code == 400
    finally:
        logging.getLogger("django.security.DisallowedHost").removeHandler(handler)
    assert "evil.test" in out.getvalue()
    assert out.getvalue().count("\n") == 1
