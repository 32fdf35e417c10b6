"""Many statuses at once: plain ones are applied, failures and what follows them are left to a closer look."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from inbox.conversations.advance_many import advance_messages
from inbox.conversations.envelopes import Person, StatusChanged
from inbox.conversations.models import Message, Number
from tests import make

pytestmark = pytest.mark.django_db
T0 = datetime(2026, 11, 1, 12, tzinfo=UTC)


def news(external_id: str, *words: str) -> list[StatusChanged]:
    return [StatusChanged("n", T0 + timedelta(minutes=place), external_id, word, Person()) for place, word in enumerate(words)]


@pytest.fixture
def messages(support_number: Number) -> list[Message]:
    conversation = make.conversation(support_number)
    return [make.message(conversation, direction="out", status="accepted", external_id=f"o{place}") for place in range(2)]


def test_statuses_of_many_messages_move_each_of_them_forward(support_number: Number, messages: list[Message]) -> None:
    assert advance_messages(support_number, [*news("o0", "read", "sent"), *news("o1", "delivered", "sent")]) == []
    found = Message.objects.filter(direction="out").order_by("pk").values_list("status", "read_at", "delivered_at", "sent_at")
    later = T0 + timedelta(minutes=1)
    assert list(found) == [("read", T0, None, later), ("delivered", None, T0, later)]


def test_a_failure_and_what_follows_it_are_left_in_their_order(support_number: Number, messages: list[Message]) -> None:
    changes = [*news("o0", "sent", "failed", "delivered"), *news("o1", "sent"), *news("unknown", "sent"), *news("o1", "odd")]
    assert advance_messages(support_number, changes) == [1, 2, 4, 5]
    assert list(Message.objects.filter(direction="out").values_list("status", flat=True)) == ["sent", "sent"]
