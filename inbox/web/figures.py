"""Figures for Prometheus, read from the database, so that they are the same whichever process is asked."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from django.db.models import Count, Min, Q
from django.utils import timezone
from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from inbox.audit.models import Entry
from inbox.conversations.models import Conversation
from inbox.lib import heartbeat
from inbox.lib.clock import age
from inbox.replies.models import Delivery
from inbox.whatsapp.models import Connection, Quarantined, RawEvent


class DatabaseFigures(Collector):
    """Seven small queries per scrape, each over a partial index or a short table."""

    def describe(self) -> Iterable[Metric]:
        """Nothing beforehand: registering must not ask the database."""
        return []

    def collect(self) -> Iterator[Metric]:
        """Every figure, now."""
        yield from self._events()
        yield from self._outbox()
        yield from self._desk()
        yield from self._parts()

    def _events(self) -> Iterator[Metric]:
        waiting = RawEvent.objects.filter(state=RawEvent.State.NEW).aggregate(count=Count("id"), oldest=Min("received_at"))
        yield _gauge("parley_raw_events_waiting", "Webhook bodies kept and not yet taken in", waiting["count"])
        yield _gauge("parley_raw_event_oldest_seconds", "Age of the oldest of them", age(waiting["oldest"]))
        open_items = Quarantined.objects.filter(released_at=None).count()
        yield _gauge("parley_quarantined_items", "Items that could not be taken in and wait for a replay", open_items)

    def _outbox(self) -> Iterator[Metric]:
        now = timezone.now()
        states = (Delivery.State.QUEUED, Delivery.State.SENDING, Delivery.State.UNKNOWN)
        counted = Delivery.objects.filter(state__in=states).aggregate(
            oldest=Min("due_at", filter=Q(state=Delivery.State.QUEUED, due_at__lte=now)),
            **{state.value: Count("id", filter=Q(state=state)) for state in states},
        )
        family = GaugeMetricFamily("parley_deliveries", "Messages on their way out, by state", labels=["state"])
        for state in states:
            family.add_metric([state.value], counted[state.value])
        yield family
        yield _gauge(
            "parley_delivery_oldest_seconds", "How long the longest-waiting message is overdue", age(counted["oldest"], now)
        )

    def _desk(self) -> Iterator[Metric]:
        counted = Conversation.objects.filter(state=Conversation.State.OPEN).aggregate(
            open=Count("id"), unassigned=Count("id", filter=Q(assignee=None)), waiting=Count("id", filter=~Q(waiting_since=None))
        )
        family = GaugeMetricFamily("parley_open_conversations", "Open conversations", labels=["which"])
        for which in ("open", "unassigned", "waiting"):
            family.add_metric([which], counted[which])
        yield family
        connections = GaugeMetricFamily("parley_connections", "Connected numbers, by state", labels=["state"])
        for state, count in Connection.objects.values_list("state").annotate(Count("id")).order_by("state"):
            connections.add_metric([state], count)
        yield connections
        unsealed = Entry.objects.filter(position=None).aggregate(count=Count("id"), oldest=Min("at"))
        yield _gauge("parley_unsealed_entries", "Entries of the trail that are not chained yet", unsealed["count"])
        yield _gauge("parley_unsealed_oldest_seconds", "Age of the oldest of them", age(unsealed["oldest"]))

    def _parts(self) -> Iterator[Metric]:
        beats = heartbeat.read_all()
        family = GaugeMetricFamily("parley_heartbeat_age_seconds", "Since a part last said that it is at work", labels=["part"])
        for part in heartbeat.ALIVE_FOR:
            if part in beats:
                family.add_metric([part], age(beats[part]))
        yield family


_registry = CollectorRegistry()
_registry.register(DatabaseFigures())


def exposition() -> tuple[bytes, str]:
    """What Prometheus reads, and its content type: this process's own counters, then the database's figures."""
    return generate_latest(REGISTRY) + generate_latest(_registry), CONTENT_TYPE_LATEST


def _gauge(name: str, what: str, value: float) -> Metric:
    return GaugeMetricFamily(name, what, value=value)
