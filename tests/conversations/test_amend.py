"""What an author changes later counts, whatever second it bears and in whatever order the news comes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import permutations

import pytest

from inbox.conversations import amend
from inbox.conversations.models import Message
from tests import make

pytestmark = pytest.mark.django_db
T0 = datetime(2026, 11, 1, 12, tzinfo=UTC)
SECOND = timedelta(seconds=1)


def told(message: Message) -> tuple[str, list[str]]:
    message.refresh_from_db()
    return message.text, [version["text"] for version in message.versions]


def test_an_edit_within_the_second_of_its_message_counts() -> None:
    message = make.message(text="Order 8814", at=T0)
    assert amend.edit(message, "Order 8841", T0)
    assert told(message) == ("Order 8841", ["Order 8814"])


def test_a_repeated_edit_adds_nothing() -> None:
    message = make.message(text="Order 8814", at=T0)
    assert amend.edit(message, "Order 8841", T0)
    assert not amend.edit(message, "Order 8841", T0)
    assert told(message) == ("Order 8841", ["Order 8814"])


def test_edits_end_the_same_in_every_order_also_within_a_second() -> None:
    edits = [("b", T0), ("a", T0), ("c", T0 + SECOND)]
    for order in permutations(edits):
        message = make.message(text="first", at=T0)
        for text, at in order:
            assert amend.edit(message, text, at)
        assert told(message) == ("c", ["first", "a", "b"])
