"""What Parley needs of a Redis, asked of the embedded server and of a real one alike, and what only ours must refuse."""

from __future__ import annotations

import asyncio
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import redis
from channels_redis.pubsub import RedisPubSubChannelLayer
from rq import Queue, SimpleWorker
from rq.exceptions import DuplicateJobError
from rq.serializers import JSONSerializer

from tests import redis_servers


@pytest.fixture(params=redis_servers.KINDS)
def url(request: pytest.FixtureRequest) -> Iterator[str]:
    with redis_servers.serving(request.param) as address:
        yield address


@pytest.fixture
def client(url: str) -> Iterator[redis.Redis]:
    with redis.Redis.from_url(url) as client:
        yield client


def test_a_connection_outlives_an_error_reply(url: str) -> None:
    with redis.Redis.from_url(url, single_connection_client=True) as client:
        client.set("word", "text")
        number = client.client_id()
        with pytest.raises(redis.ResponseError, match="wrong kind of value"):
            client.lpush("word", "x")
        with pytest.raises(redis.ResponseError, match="unknown command"):
            client.execute_command("NO.SUCH.COMMAND")
        assert client.get("word") == b"text"
        assert client.client_id() == number


def test_it_says_which_version_it_is_and_who_is_connected(client: redis.Redis) -> None:
    assert int(client.info()["redis_version"].split(".")[0]) >= 7
    host, _, port = client.client_list()[0]["addr"].rpartition(":")
    assert (host, port.isdigit()) == ("127.0.0.1", True)


@pytest.mark.parametrize("protocol", [2, 3])
@pytest.mark.parametrize("password", ["", ":wrong@"])
def test_nobody_gets_in_without_the_password(url: str, password: str, protocol: int) -> None:
    address = f"redis://{password}127.0.0.1:{urlsplit(url).port}/0?protocol={protocol}"
    with redis.Redis.from_url(address) as stranger, pytest.raises(redis.AuthenticationError):
        stranger.get("word")


def test_a_wrong_password_takes_an_earlier_admission_away_and_commands_in_one_go_do_not_slip_through(url: str) -> None:
    with socket.create_connection(("127.0.0.1", urlsplit(url).port or 0), timeout=5) as line:
        line.sendall(b"*3\r\n$3\r\nSET\r\n$1\r\na\r\n$1\r\nb\r\n*1\r\n$4\r\nINFO\r\n")
        answer = b""
        while answer.count(b"\r\n") < 2:
            answer += line.recv(1000)
    assert answer.count(b"-NOAUTH") == 2


def test_what_is_not_the_protocol_ends_the_connection_and_nothing_else(url: str, client: redis.Redis) -> None:
    with socket.create_connection(("127.0.0.1", urlsplit(url).port or 0), timeout=5) as line:
        line.sendall(b"*1\r\n$nonsense\r\n\r\n")
        while line.recv(1000):
            pass
    assert client.ping()


def test_a_published_message_reaches_every_subscriber(url: str, client: redis.Redis) -> None:
    subscriptions = [redis.Redis.from_url(url).pubsub(ignore_subscribe_messages=True) for _ in range(3)]
    for subscription in subscriptions:
        subscription.subscribe("news")
        subscription.get_message(timeout=5)
    assert client.publish("news", "hello") == 3
    for subscription in subscriptions:
        message = subscription.get_message(timeout=5)
        assert message is not None
        assert message["data"] == b"hello"
        subscription.close()


def test_a_blocked_client_gets_what_another_one_pushes(url: str, client: redis.Redis) -> None:
    got: list[Any] = []

    def wait() -> None:
        with redis.Redis.from_url(url) as waiter:
            got.append(waiter.blmove("from", "to", timeout=10))

    waiting = threading.Thread(target=wait)
    waiting.start()
    client.rpush("from", "job")
    waiting.join(timeout=10)
    assert got == [b"job"]
    assert client.lrange("to", 0, -1) == [b"job"]


def test_a_blocked_client_waits_instead_of_asking_again(client: redis.Redis) -> None:
    began = time.monotonic()
    assert client.blmove("empty", "to", timeout=1) is None
    assert time.monotonic() - began > 0.5


def test_a_lock_lets_one_in(client: redis.Redis) -> None:
    with client.lock("door", timeout=10):
        assert not client.lock("door", timeout=10).acquire(blocking=False)
    assert client.lock("door", timeout=10).acquire(blocking=False)


def test_a_transaction_fails_when_what_it_watched_changed(client: redis.Redis) -> None:
    client.set("count", 1)
    with client.pipeline() as pipe:
        pipe.watch("count")
        client.set("count", 2)
        pipe.multi()
        pipe.set("count", 3)
        with pytest.raises(redis.WatchError):
            pipe.execute()


def test_large_values_come_back_whole(client: redis.Redis) -> None:
    large = bytes(range(256)) * 20_000
    client.set("large", large)
    assert client.get("large") == large


def test_rq_moves_jobs_runs_them_and_leaves_nothing_behind(client: redis.Redis) -> None:
    queue = Queue("work", connection=client, serializer=JSONSerializer)
    for number in range(20):
        queue.enqueue("operator.add", number, 1)
    with pytest.raises(DuplicateJobError):
        [queue.enqueue("operator.add", 1, 1, job_id="same", unique=True) for _ in range(2)]
    worker = SimpleWorker([queue], connection=client, serializer=JSONSerializer)
    worker.work(burst=True, logging_level="ERROR")
    assert worker.get_redis_server_version() >= (6, 2, 0)  # below that RQ pops, and a dying worker loses the job
    assert queue.finished_job_registry.count == 21
    assert queue.count == 0
    assert client.llen(queue.intermediate_queue_key) == 0


async def test_the_channel_layer_carries_messages_between_two_processes(url: str) -> None:
    here, there = RedisPubSubChannelLayer(hosts=[url]), RedisPubSubChannelLayer(hosts=[url])
    channel = await there.new_channel()
    await there.group_add("everybody", channel)
    await here.group_send("everybody", {"type": "news", "id": 7})
    assert await asyncio.wait_for(there.receive(channel), timeout=10) == {"type": "news", "id": 7}
    await here.flush()
    await there.flush()


def test_as_a_program_it_stops_at_once_when_told(tmp_path: Path) -> None:
    secret = tmp_path / "password"
    secret.write_text("secret\n")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [
        sys.executable,
        "-m",
        "inbox.lib.embedded_redis",
        "--port",
        str(port),
        "--password-file",
        str(tmp_path / "password"),
    ]
    with subprocess.Popen(command) as process:
        while process.poll() is None:
            try:
                with redis.Redis.from_url(f"redis://:secret@127.0.0.1:{port}/0") as client:
                    assert client.ping()
                break
            except redis.ConnectionError:
                continue
        process.terminate()
        assert process.wait(timeout=10) == 0
