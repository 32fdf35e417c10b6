"""Answers machines that ask how we are: is the process alive, can it do its work, what do the figures say."""

from __future__ import annotations

import hmac
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.db.models import Min
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET
from redis import RedisError

from inbox.lib import heartbeat
from inbox.lib.clock import age
from inbox.lib.redis_line import line
from inbox.replies.models import Delivery
from inbox.web.figures import exposition
from inbox.whatsapp.models import Connection, RawEvent

KEPT_SECONDS = 2.0  # anybody may ask; however often, the database is asked this seldom
LATE_SECONDS = 60  # the sweep takes up within seconds what nobody rang for


@dataclass(frozen=True)
class Finding:
    """One thing that must be true before we are ready."""

    name: str
    ok: bool
    reason: str = ""


@require_GET
@never_cache
@login_not_required
def healthz(request: HttpRequest) -> HttpResponse:
    """200 while the process answers at all. For restarting it; nothing else is looked at."""
    return JsonResponse({"alive": True})


@require_GET
@never_cache
@login_not_required
def readyz(request: HttpRequest) -> HttpResponse:
    """200 when everything works, else 503. Reasons are told to those who bring the METRICS_TOKEN, names to everybody."""
    findings = _latest_findings()
    ready = all(finding.ok for finding in findings)
    told = _is_trusted(request)
    checks = {f.name: {"ok": f.ok} | ({"reason": f.reason} if told and f.reason else {}) for f in findings}
    return JsonResponse({"ready": ready, "checks": checks}, status=200 if ready else 503)


@require_GET
@never_cache
@login_not_required
def metrics(request: HttpRequest) -> HttpResponse:
    """Figures for Prometheus, to those who bring the METRICS_TOKEN; without such a token there is no such page."""
    if not settings.METRICS_TOKEN:
        return HttpResponse(status=404)
    if not _is_trusted(request):
        return HttpResponse(status=401, headers={"WWW-Authenticate": "Bearer"})
    body, content_type = exposition()
    return HttpResponse(body, content_type=content_type)


def _is_trusted(request: HttpRequest) -> bool:
    given = request.headers.get("Authorization", "").removeprefix("Bearer ").strip()
    wanted: str = settings.METRICS_TOKEN
    return bool(wanted) and hmac.compare_digest(given.encode(), wanted.encode())


_kept: dict[str, Any] = {"at": -KEPT_SECONDS, "findings": []}
_looking = threading.Lock()


def _latest_findings() -> list[Finding]:
    with _looking:
        if time.monotonic() - _kept["at"] >= KEPT_SECONDS:
            _kept["findings"] = look()
            _kept["at"] = time.monotonic()
        return list(_kept["findings"])


def look() -> list[Finding]:
    """All findings, taken now. Once the database fails the rest of it is not asked."""
    database = _found("database", _database)
    redis = _found("redis", _redis)
    if not database.ok:
        return [database, redis]
    return [
        database,
        _found("migrations", _migrations),
        redis,
        _found("events", _events),
        _found("outbox", _outbox),
        *(_found(name, partial(_alive, name)) for name in heartbeat.ALIVE_FOR),
    ]


def _found(name: str, look: Callable[[], str]) -> Finding:
    try:
        reason = look()
    except (DatabaseError, RedisError, OSError) as error:
        reason = f"It failed with {type(error).__name__}."
    return Finding(name, not reason, reason)


def _database() -> str:
    """Reading is not enough: a full disk or a standby takes no writes."""
    heartbeat.beat("readyz")
    return ""


_migrated = False


def _migrations() -> str:
    """Asked until the answer is yes: it does not become untrue while a process lives, and it is dear."""
    global _migrated
    if not _migrated:
        executor = MigrationExecutor(connection)
        left = executor.migration_plan(executor.loader.graph.leaf_nodes())
        if left:
            return f"{len(left)} migrations are not applied. Run manage.py migrate."
        _migrated = True
    return ""


def _redis() -> str:
    line().ping()
    return ""


def _events() -> str:
    oldest = RawEvent.objects.filter(state=RawEvent.State.NEW).aggregate(at=Min("received_at"))["at"]
    return _late("webhook", age(oldest), "The workers do not keep up, or none runs.")


def _outbox() -> str:
    """Only numbers that may send count: a number that waits for a new token is not our fault."""
    now = timezone.now()
    due = Delivery.objects.filter(state=Delivery.State.QUEUED, due_at__lte=now, number__connection__state=Connection.State.READY)
    return _late(
        "message to be sent", age(due.aggregate(at=Min("due_at"))["at"], now), "The senders do not keep up, or none runs."
    )


def _late(what: str, seconds: int, guess: str) -> str:
    return f"The oldest {what} has waited for {seconds} s. {guess}" if seconds > LATE_SECONDS else ""


def _alive(name: str) -> str:
    at = heartbeat.read(name)
    if at is None:
        return f"No {name} has ever said that it is at work. Start manage.py {name}."
    if timezone.now() - at > heartbeat.ALIVE_FOR[name]:
        return f"The {name} was last heard of {age(at)} s ago."
    return ""
