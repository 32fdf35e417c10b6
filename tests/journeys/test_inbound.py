"""A batch of raw events is taken in whole: poison is set aside, neighbours go on, repeats add nothing."""

from __future__ import annotations

import json
from typing import Any

import pytest

from inbox.conversations.models import Message
from inbox.journeys import inbound
from inbox.lib.jobs import drain_in_place
from inbox.whatsapp.models import Connection, Quarantined, RawEvent
from tests import make

pytestmark = pytest.mark.django_db


@pytest.fixture
def connection() -> Connection:
    return make.connection(make.number())


def text(connection: Connection, place: int, **parts: Any) -> dict[str, Any]:
    message = {"from": "447700900123", "id": f"wamid.{place}", "timestamp": str(1_763_800_000 + place), "type": "text"}
    return {
        "messaging_product": "whatsapp",
        "metadata": {"display_phone_number": "1555", "phone_number_id": connection.phone_number_id},
        "contacts": [{"profile": {"name": "Amara"}, "wa_id": "447700900123"}],
        "messages": [message | {"text": {"body": f"message {place}"}} | parts],
    }


def keep(connection: Connection, *values: Any) -> RawEvent:
    body = {"object": "whatsapp_business_account", "entry": [{"id": connection.waba_id, "changes": []}]}
    body["entry"][0]["changes"] = [{"field": "messages", "value": value} for value in values]  # type: ignore[index]  # JSON
    return make.raw_event(json.dumps(body).encode(), app=connection.app)


def process() -> None:
    with drain_in_place():
        inbound.process()


def test_every_change_of_every_event_is_taken_in_and_the_events_are_done(connection: Connection) -> None:
    events = [keep(connection, text(connection, 2 * n), text(connection, 2 * n + 1)) for n in range(3)]
    process()
    assert Message.objects.count() == 6
    assert set(RawEvent.objects.values_list("state", flat=True)) == {"done"}
    assert len(events) == 3


def test_a_poisoned_item_is_quarantined_with_its_reason_and_its_neighbours_are_taken_in(connection: Connection) -> None:
    keep(connection, text(connection, 1), text(connection, 2, id=None), {"metadata": 7}, text(connection, 3))
    process()
    assert sorted(str(key) for key in Message.objects.values_list("external_id", flat=True)) == ["wamid.1", "wamid.3"]
    assert Quarantined.objects.filter(released_at__isnull=True).exclude(reason="").exists()
    assert RawEvent.objects.get().state == "done"


def test_an_unreadable_body_stops_nothing(connection: Connection) -> None:
    make.raw_event(b"[" * 100_000, app=connection.app)
    make.raw_event(b"\xff\xfe", app=connection.app)
    keep(connection, text(connection, 1))
    process()
    assert (Message.objects.count(), Quarantined.objects.count()) == (1, 2)


def test_an_app_cannot_speak_for_another_apps_number(connection: Connection) -> None:
    stranger = make.app("stranger")
    event = keep(connection, text(connection, 1))
    RawEvent.objects.filter(pk=event.pk).update(app=stranger)
    process()
    assert not Message.objects.exists()
    assert "no number of this app" in Quarantined.objects.get().reason


def test_a_replay_after_mending_takes_in_what_was_set_aside_and_nothing_twice(connection: Connection) -> None:
    other = make.connection(make.number(), app=connection.app, phone_number_id="not-yet-known")
    Connection.objects.filter(pk=other.pk).update(phone_number_id="later")
    event = keep(connection, text(connection, 1), text(other, 2))
    process()
    assert Message.objects.count() == 1
    Connection.objects.filter(pk=other.pk).update(phone_number_id="not-yet-known")
    assert inbound.replay([event]) == 1
    assert Message.objects.count() == 2
    assert not Quarantined.objects.filter(released_at__isnull=True).exists()
