"""Pages without collected static files, and a browser that keeps its cookies."""

from __future__ import annotations

import pytest
from django.test import Client
from pytest_django import Settings

from accounts.models import User
from accounts.signin import make_link


@pytest.fixture(autouse=True)
def _plain_static_files(settings: Settings) -> None:
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }


def come_in(person: User) -> Client:
    """A browser in which this person signed in by a link, as people do."""
    client = Client()
    answer = client.get(path_of(make_link(person)))
    assert answer.status_code == 303
    return client


def path_of(link: str) -> str:
    """The part of a link after the host."""
    return "/" + link.split("/", 3)[3]
