"""Any permutation and repetition of a set of webhooks ends in the same conversation."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from inbox.compliance.models import Consent
from inbox.conversations.envelopes import (
    Edited,
    Envelope,
    Person,
    PersonChanged,
    PreferenceChanged,
    Reacted,
    Revoked,
    Said,
    StatusChanged,
)
from inbox.conversations.models import Contact, Conversation, EarlyNews, Message, Reaction
from inbox.journeys.take_in import Numbers, take_in
from tests import make

T0 = datetime(2026, 11, 1, 12, tzinfo=UTC)
DORA = Person(phone="351910000001", bsuid="PT.1", name="Dora")
MOVED = Person(phone="351910000002", bsuid="PT.2", name="Dora")


def at(minute: int) -> datetime:
    return T0 + timedelta(minutes=minute)


def envelopes(number: str) -> list[Envelope]:
    """A day in the life of one conversation, written with every kind of news that can overtake another."""
    return [
        Said(number, at(0), "m0", Person(phone="351910000001", name="Dora L."), "text", text="hello"),
        Said(number, at(1), "m1", DORA, "text", text="is anybody there"),
        Said(number, at(2), "o1", DORA, "text", text="yes", echo=True),
        StatusChanged(number, at(3), "o1", "delivered", DORA),
        StatusChanged(number, at(4), "o1", "read", DORA, pricing={"category": "service"}),
        Said(number, at(5), "m2", DORA, "text", text="good", reply_to="o1"),
        Reacted(number, at(6), "r1", DORA, "o1", "👍"),
        Reacted(number, at(7), "r2", DORA, "o1", "❤️"),
        Edited(number, at(8), "e1", DORA, "m1", "is anyone there"),
        Edited(number, at(9), "e2", DORA, "m1", "is anyone there?"),
        Revoked(number, at(10), "x1", DORA, "m0"),
        PreferenceChanged(number, at(11), DORA, "marketing_messages", "stop"),
        PersonChanged(number, at(20), "s1", "phone", DORA, MOVED, text="Dora changed number"),
        Said(number, at(21), "m3", MOVED, "text", text="new number"),
        StatusChanged(number, at(22), "o1", "sent", DORA),
    ]


def picture() -> dict[str, Any]:
    """Everything that must not depend on the order, by outside ids only."""
    return {
        "contacts": sorted(
            [
                (c.name, c.phone, c.bsuid, sorted((h.kind, h.value, h.since, h.until) for h in c.handles.all()))
                for c in Contact.objects.all()
            ]
        ),
        "conversations": [
            (c.state, c.unread, c.waiting_since, c.window_until, c.last_message_at, c.snippet, c.failed)
            for c in Conversation.objects.filter(messages__isnull=False).distinct()
        ],
        "messages": sorted(
            (
                m.external_id,
                m.text,
                m.status,
                str(m.read_at),
                str(m.revoked_at),
                str(m.versions),
                m.reply_to.external_id if m.reply_to else "",
            )
            for m in Message.objects.exclude(kind="system")
        ),
        "reactions": sorted((r.target_external_id, r.emoji, bool(r.message)) for r in Reaction.objects.all()),
        "consent": sorted((line.decision, line.at) for line in Consent.objects.all()),
        "early": EarlyNews.objects.count(),
    }


@pytest.fixture
def expected(db: None) -> Any:
    """A connection to send the news to, and what the right order leads to."""
    connection = make.connection(make.number())
    sent = envelopes(connection.phone_number_id)
    with transaction.atomic():
        for envelope in sent:
            take_in(connection.app_id, envelope, Numbers())
        result = picture()
        transaction.set_rollback(True)
    return connection, sent, result


# Shrinking a failing order takes minutes and the first failing one tells as much.
@settings(
    max_examples=40,
    deadline=None,
    derandomize=True,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(data=st.data())
def test_any_order_and_repetition_ends_in_the_same_picture(expected: Any, data: st.DataObject) -> None:
    connection, sent, result = expected
    order = data.draw(st.permutations(sent))
    repeated = data.draw(st.lists(st.sampled_from(sent), max_size=8))
    with transaction.atomic():
        for envelope in [*order, *repeated]:
            take_in(connection.app_id, envelope, Numbers())
        found = picture()
        transaction.set_rollback(True)
    assert found == result


def test_the_right_order_leads_to_one_contact_with_both_numbers_and_one_conversation(expected: Any) -> None:
    _connection, _sent, result = expected
    ((name, phone, bsuid, handles),) = result["contacts"]
    assert (name, phone, bsuid, len(handles)) == ("Dora", "351910000002", "PT.2", 4)
    assert len(result["conversations"]) == 1
    assert result["early"] == 0
