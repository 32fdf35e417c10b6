"""What tests of the wire share."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest

from inbox.whatsapp.intake import Keeper


class Rings:
    """Counts rings, and lets a test wait for the first one."""

    def __init__(self) -> None:
        self.count = 0
        self.heard = threading.Event()

    def __call__(self) -> None:
        self.count += 1
        self.heard.set()


@pytest.fixture
def rings() -> Rings:
    """The bell of ``keeper``."""
    return Rings()


@pytest.fixture
def keeper(transactional_db: None, rings: Rings) -> Iterator[Keeper]:
    """A keeper on the test database, with its threads."""
    keeper = Keeper(rings)
    yield keeper
    keeper.close()
