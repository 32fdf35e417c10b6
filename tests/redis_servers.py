"""Redis servers for tests: the embedded one, which everybody has, and the real one where it is installed."""

from __future__ import annotations

import contextlib
import shutil
import socket
import subprocess
import threading
from collections.abc import Iterator
from typing import Any

import pytest
import redis
from pytest_django import Settings

from inbox.lib.embedded_redis import EmbeddedRedis

PASSWORD = "for-tests"
KINDS = ("embedded", "redis-server")


@contextlib.contextmanager
def serving(kind: str) -> Iterator[str]:
    """The address of a fresh server of this kind, stopped at the end; skips the test where it is not installed."""
    with _embedded() if kind == "embedded" else _real() as url:
        yield url


def use(settings: Settings, url: str) -> None:
    """Point every part of the product at this server."""
    queue: dict[str, Any] = {**settings.RQ_QUEUES["default"], "URL": url}
    settings.REDIS_URL = url
    settings.RQ_QUEUES = {"default": queue, "errands": queue}
    settings.CHANNEL_LAYERS = {
        "default": {"BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer", "CONFIG": {"hosts": [url]}}
    }


@contextlib.contextmanager
def _embedded() -> Iterator[str]:
    server = EmbeddedRedis(0, PASSWORD)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield f"redis://:{PASSWORD}@127.0.0.1:{server.server_address[1]}/0"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@contextlib.contextmanager
def _real() -> Iterator[str]:
    program = shutil.which("redis-server") or shutil.which("valkey-server")
    if program is None:
        pytest.skip("no redis-server on this machine")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [program, "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--requirepass", PASSWORD]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL) as process:
        try:
            url = f"redis://:{PASSWORD}@127.0.0.1:{port}/0"
            _wait_for(url, process)
            yield url
        finally:
            process.terminate()


def _wait_for(url: str, process: subprocess.Popen[bytes]) -> None:
    with redis.Redis.from_url(url) as client:
        while process.poll() is None:
            with contextlib.suppress(redis.ConnectionError):
                client.ping()
                return
    raise RuntimeError("redis-server did not start")
