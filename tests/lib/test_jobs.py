"""The bell, on both kinds of Redis server."""

from __future__ import annotations

import pickle
import socket
from collections.abc import Iterator
from typing import Any

import pytest
import redis
from django.db import transaction
from django_rq import get_queue, get_worker
from pytest_django import Settings
from rq.job import Job
from rq.serializers import JSONSerializer

from inbox.lib import jobs
from inbox.lib.jobs import ListedJob, NotAJob, drain_in_place, later
from tests import redis_servers
from tests.lib import bells

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _fresh(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs, "PACKAGE", "tests")
    bells.ran.clear()


@pytest.fixture(params=redis_servers.KINDS)
def server(request: pytest.FixtureRequest, settings: Settings) -> Iterator[str]:
    with redis_servers.serving(request.param) as url:
        redis_servers.use(settings, url)
        settings.RQ = {"JOB_CLASS": "inbox.lib.jobs.ListedJob"}
        yield url


def work() -> None:
    get_worker(worker_class="rq.SimpleWorker").work(burst=True)


def waiting() -> int:
    return int(get_queue().count)


def test_a_ring_runs_its_job_with_its_arguments(server: str) -> None:
    later(bells.note, 7, "seven")
    work()
    assert bells.ran == [(7, "seven")]


def test_a_ring_waits_for_the_commit(server: str) -> None:
    with transaction.atomic():
        later(bells.note, 1)
        assert waiting() == 0
    assert waiting() == 1


def test_a_rollback_takes_the_ring_along(server: str) -> None:
    with transaction.atomic():
        later(bells.note, 1)
        transaction.set_rollback(True)
    assert waiting() == 0


def test_equal_rings_are_folded_while_one_waits(server: str) -> None:
    for _ in range(5):
        later(bells.note, 1)
    later(bells.note, 2)
    work()
    assert bells.ran == [(1,), (2,)]


def test_a_ring_after_a_run_counts_again(server: str) -> None:
    later(bells.note, 1)
    work()
    later(bells.note, 1)
    work()
    assert bells.ran == [(1,), (1,)]


def test_a_ring_during_a_run_leads_to_one_more(server: str) -> None:
    later(bells.ring_again, 1)
    work()
    assert bells.ran == [(1,), (0,)]


def test_a_bell_that_hangs_silences_nobody_for_long(server: str) -> None:
    later(bells.note, 1)
    with redis.Redis.from_url(server) as client:
        [bell] = client.keys("bell:*")
        assert 0 < client.ttl(bell) <= jobs.FOLDED_FOR


def test_only_marked_functions_can_be_rung_for() -> None:
    with pytest.raises(NotAJob):
        later(bells.not_listed)


@pytest.mark.parametrize("name", ["tests.lib.bells.not_listed", "os.getcwd", "builtins.print", "tests.lib.nowhere.note", ""])
def test_a_job_that_somebody_wrote_into_redis_is_refused(server: str, name: str) -> None:
    forged = Job.create(name or "x", connection=redis.Redis.from_url(server), serializer=JSONSerializer, origin="default")
    forged.func_name = name
    get_queue().enqueue_job(forged)
    work()
    assert not bells.ran
    failed = ListedJob.fetch(forged.id, connection=forged.connection)
    assert "NotAJob" in str(failed.latest_result().exc_string)  # type: ignore[union-attr]  # a failed job has a result
    forged.connection.close()


def test_callbacks_that_somebody_wrote_into_redis_are_not_called(server: str) -> None:
    later(bells.note, 1)
    with redis.Redis.from_url(server) as client:
        [key] = client.keys("rq:job:*")
        client.hset(key, mapping={"success_callback_name": "tests.lib.bells.not_listed", "webhooks": "[]"})
    work()
    assert bells.ran == [(1,)]


def test_pickled_data_is_never_unpickled(server: str) -> None:
    class Trap:
        def __reduce__(self) -> tuple[Any, ...]:
            return bells.note, ("trapped",)

    later(bells.note, 1)
    with redis.Redis.from_url(server) as client:
        [key] = client.keys("rq:job:*")
        client.hset(key, "data", pickle.dumps(Trap()))
    work()
    assert not bells.ran


def test_a_redis_that_is_away_costs_the_ring_and_is_counted(settings: Settings) -> None:
    redis_servers.use(settings, "redis://127.0.0.1:1/0")
    before = jobs.RINGS_LOST.labels("tests.lib.bells.note")._value.get()
    later(bells.note, 1)
    assert jobs.RINGS_LOST.labels("tests.lib.bells.note")._value.get() == before + 1


def test_a_redis_that_does_not_answer_costs_no_more_than_the_time_out(settings: Settings) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        redis_servers.use(settings, f"redis://127.0.0.1:{silent.getsockname()[1]}/0")
        before = jobs.RINGS_LOST.labels("tests.lib.bells.note")._value.get()
        later(bells.note, 1)
    assert jobs.RINGS_LOST.labels("tests.lib.bells.note")._value.get() == before + 1


def test_after_redis_lost_everything_rings_go_on(server: str) -> None:
    later(bells.note, 1)
    with redis.Redis.from_url(server) as client:
        client.flushall()
    later(bells.note, 1)
    work()
    assert bells.ran == [(1,)]


def test_rings_can_be_run_in_place() -> None:
    with drain_in_place() as drain:
        later(bells.ring_again, 2)
        later(bells.ring_again, 2)
        assert not bells.ran
        assert drain() == 3
    assert bells.ran == [(2,), (1,), (0,)]
