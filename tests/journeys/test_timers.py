"""The nets take up what nobody rang for, and tell of what only time brings."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone
from time_machine import Traveller

from inbox.conversations.models import Conversation, Message, Number
from inbox.conversations.views import CLOSING_SOON
from inbox.journeys import timers
from inbox.lib.jobs import drain_in_place
from inbox.whatsapp.models import Connection, RawEvent
from tests import make

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def rounds() -> timers.Rounds:
    return timers.Rounds()


def test_an_event_whose_ring_was_lost_is_taken_in(clock: Traveller, rounds: timers.Rounds) -> None:
    connection = make.connection(make.number(), templates_synced_at=timezone.now())
    body = (
        f'{{"entry": [{{"id": "{connection.waba_id}", "changes": [{{"field": "messages", "value": {{"metadata": '
        f'{{"phone_number_id": "{connection.phone_number_id}"}}, "messages": [{{"from": "447700900123", "id": "wamid.1", '
        f'"timestamp": "{int(timezone.now().timestamp())}", "type": "text", "text": {{"body": "Hello"}}}}]}}}}]}}]}}'
    )
    make.raw_event(body.encode(), app=connection.app)
    clock.shift(timers.UNHEARD * 2)
    with drain_in_place() as drain:
        rounds.tick(timezone.now())
        drain()
    assert (Message.objects.count(), RawEvent.objects.get().state) == (1, "done")


def test_a_window_that_closes_is_told_once_and_so_is_one_that_will_soon(
    clock: Traveller, rounds: timers.Rounds, support_number: Number
) -> None:
    now = timezone.now()
    closing = make.conversation(support_number)
    soon = make.conversation(support_number)
    make.conversation(support_number)
    Conversation.objects.filter(pk=closing.pk).update(window_until=now + timedelta(seconds=1))
    Conversation.objects.filter(pk=soon.pk).update(window_until=now + CLOSING_SOON + timedelta(seconds=1))
    rounds.tick(now)
    before = Number.objects.get(pk=support_number.pk).seq
    clock.shift(2)
    rounds.tick(timezone.now())
    rounds.tick(timezone.now())
    assert Number.objects.get(pk=support_number.pk).seq == before + 2


def test_a_net_that_tears_does_not_hurt_the_others(clock: Traveller, rounds: timers.Rounds) -> None:
    """A connection to nowhere: its templates cannot be read, and everything else goes on."""
    connection = make.connection(make.number())
    with drain_in_place() as drain:
        rounds.tick(timezone.now())
        drain()
    assert Connection.objects.get(pk=connection.pk).templates_synced_at is None


def test_old_events_are_let_go_of(clock: Traveller, rounds: timers.Rounds) -> None:
    make.raw_event(state="done", done_at=timezone.now())
    clock.shift(timedelta(days=15))
    rounds.tick(timezone.now())
    assert not RawEvent.objects.exists()
