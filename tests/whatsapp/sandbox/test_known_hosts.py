"""Which names the sandbox answers to."""

from __future__ import annotations

import pytest
from pytest_django import Settings

from tests.whatsapp.sandbox.conftest import Client


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1:8001", "[::1]:8001", "sandbox.test", "inbox.test:8000"])
def test_it_answers_to_this_machine_its_own_address_and_the_products(client: Client, settings: Settings, host: str) -> None:
    settings.ALLOWED_HOSTS = ["inbox.test"]
    assert client.script("GET", "clock", headers={"host": host}).status_code == 200


@pytest.mark.parametrize("host", ["evil.test", "localhost.evil.test", "127.0.0.1.evil.test:8001", "10.0.0.1"])
def test_it_answers_to_no_other_name(client: Client, settings: Settings, host: str) -> None:
    settings.ALLOWED_HOSTS = ["inbox.test"]
    assert client.script("GET", "clock", headers={"host": host}).status_code == 400
    assert client.script("POST", "people", json={"name": "Test"}, headers={"host": host}).status_code == 400
