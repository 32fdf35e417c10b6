"""What machines are told when they ask how we are."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from prometheus_client.parser import text_string_to_metric_families
from pytest_django import DjangoAssertNumQueries, Settings

from inbox.conversations.models import Contact, Number
from inbox.lib import heartbeat
from inbox.lib.models import Heartbeat
from inbox.replies.models import Delivery
from inbox.web import health
from inbox.web.figures import exposition
from inbox.whatsapp.models import Connection, RawEvent
from tests import make, redis_servers

pytestmark = pytest.mark.django_db
TOKEN = "token-of-the-test-machine"


@pytest.fixture
def told(client: Client, settings: Settings) -> Client:
    """A caller who brings the token."""
    settings.METRICS_TOKEN = TOKEN
    client.defaults["HTTP_AUTHORIZATION"] = f"Bearer {TOKEN}"
    return client


@pytest.fixture(autouse=True)
def _nothing_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "KEPT_SECONDS", 0)


def all_at_work() -> None:
    for name in heartbeat.ALIVE_FOR:
        heartbeat.beat(name)


def findings() -> dict[str, health.Finding]:
    return {finding.name: finding for finding in health.look()}


def test_a_process_that_answers_is_alive_whatever_else_is_wrong(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(0):
        answer = client.get("/healthz")
    assert (answer.status_code, answer.json()) == (200, {"alive": True})


def test_it_is_ready_when_everything_works(client: Client, settings: Settings) -> None:
    all_at_work()
    with redis_servers.serving("embedded") as url:
        redis_servers.use(settings, url)
        answer = client.get("/readyz")
    assert answer.json()["checks"] == {name: {"ok": True} for name in answer.json()["checks"]}
    assert set(answer.json()["checks"]) >= {"database", "migrations", "redis", "events", "outbox", "worker", "sender", "sweep"}
    assert answer.status_code == 200


def test_reasons_are_for_those_who_bring_the_token(client: Client, told: Client) -> None:
    answer = told.get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["checks"]["worker"]["reason"] == "No worker has ever said that it is at work. Start manage.py worker."
    assert "ConnectionError" in answer.json()["checks"]["redis"]["reason"]
    stranger = Client().get("/readyz")
    assert stranger.json()["checks"]["worker"] == {"ok": False}


def test_a_part_that_fell_silent_is_named() -> None:
    all_at_work()
    Heartbeat.objects.filter(name="sender").update(at=timezone.now() - timedelta(minutes=5))
    found = findings()
    assert found["sweep"].ok
    assert found["sender"].reason == "The sender was last heard of 300 s ago."


def test_webhooks_that_nobody_takes_in_are_noticed() -> None:
    app = make.app()
    RawEvent.objects.create(app=app, body=b"{}", digest=b"1" * 32, received_at=timezone.now() - timedelta(seconds=30))
    assert findings()["events"].ok
    RawEvent.objects.update(received_at=timezone.now() - timedelta(seconds=90))
    assert "has waited for 90 s" in findings()["events"].reason


@pytest.mark.parametrize(("state", "ok"), [(Connection.State.READY, False), (Connection.State.RECONNECT, True)])
def test_a_message_that_could_go_and_does_not_is_noticed(support_number: Number, dora: Contact, state: str, ok: bool) -> None:
    make.connection(support_number, state=state)
    message = make.message(make.conversation(support_number, dora), direction="out")
    Delivery.objects.create(
        message=message,
        conversation=message.conversation,
        contact=dora,
        number=support_number,
        due_at=timezone.now() - timedelta(minutes=3),
    )
    assert findings()["outbox"].ok is ok


def test_figures_are_for_those_who_bring_the_token(client: Client, settings: Settings) -> None:
    settings.METRICS_TOKEN = TOKEN
    assert client.get("/metrics").status_code == 401
    assert client.get("/metrics", headers={"authorization": "Bearer wrong"}).status_code == 401
    settings.METRICS_TOKEN = ""
    assert client.get("/metrics", headers={"authorization": "Bearer "}).status_code == 404


def test_figures_can_be_read_by_prometheus(told: Client, support_number: Number, dora: Contact) -> None:
    make.conversation(support_number, dora)
    all_at_work()
    answer = told.get("/metrics")
    samples = {
        (sample.name, *sample.labels.values()): sample.value
        for family in text_string_to_metric_families(answer.content.decode())
        for sample in family.samples
    }
    assert samples["parley_open_conversations", "unassigned"] == 1
    assert samples["parley_raw_events_waiting",] == 0
    assert samples["parley_heartbeat_age_seconds", "worker"] == 0


def test_figures_cost_seven_queries_however_much_there_is(
    support_number: Number, dora: Contact, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    make.conversation(support_number, dora)
    with django_assert_num_queries(7):
        exposition()
