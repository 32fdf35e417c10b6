"""A sandbox on a free port, a callback for its webhooks, and a client with the demo's token."""

from __future__ import annotations

import dataclasses
import socket
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
import uvicorn
from pytest_django import Settings

from inbox.whatsapp.sandbox.app import build_app
from inbox.whatsapp.sandbox.sandbox import Sandbox
from inbox.whatsapp.sandbox.world import Number, Portfolio, Token, Waba, World, demo_world
from tests.whatsapp.sandbox.callback import Callback, listening

SECRET, OLD_SECRET, TOKEN, EXPIRED = "present-secret", "former-secret", "EAA-demo", "EAA-expired"
STRANGER = "EAA-of-another-waba"
SUPPORT, BILLING, FOREIGN = "309876500012345", "309876500012346", "309876500099999"
WABA, APP = "201555000111222", "880120034005600"
SPEED = 50.0
Json = dict[str, Any]


class Client:
    """Calls the sandbox as a business would (`graph`) and as a script would (`script`)."""

    def __init__(self, base: str) -> None:
        self.base = base
        self.http = requests.Session()
        self.http.trust_env = False
        self.token = TOKEN

    def graph(
        self, method: str, path: str, *, version: str = "v25.0", token: str | None = None, **options: Any
    ) -> requests.Response:
        headers = {"Authorization": f"Bearer {token or self.token}"} | options.pop("headers", {})
        return self.http.request(method, f"{self.base}/sandbox/graph/{version}/{path}", headers=headers, timeout=15, **options)

    def send(self, kind: str = "text", content: Any = None, *, number: str = SUPPORT, **extra: Any) -> requests.Response:
        """Sends a message to Amara unless `to` or `recipient` says otherwise."""
        body: Json = {"messaging_product": "whatsapp", "type": kind, kind: {"body": "Hello"} if content is None else content}
        if "recipient" not in extra:
            body["to"] = "+447700900123"
        return self.graph("POST", f"{number}/messages", json=body | extra)

    def script(self, method: str, path: str, **options: Any) -> requests.Response:
        return self.http.request(method, f"{self.base}/sandbox/{path}", timeout=15, **options)

    def writes(self, person: str, message: Json | None = None, **extra: Any) -> Json:
        """A person writes; gives the answer of the control endpoint."""
        answer = self.script("POST", f"people/{person}/messages", json=(message or {"text": "Hello"}) | extra)
        assert answer.status_code == 201, answer.text
        told: Json = answer.json()
        return told

    def fault(self, name: str, **settings: Any) -> None:
        answer = self.script("POST", "faults", json={"name": name} | settings)
        assert answer.status_code == 200, answer.text


def a_world(data_file: Path, callback: Callback) -> World:
    """The demo's world, a second portfolio with a foreign number, and tokens that are no good."""
    world = demo_world(
        data_file=data_file,
        callback_url=callback.url,
        verify_token=callback.verify_token,
        app_secret=SECRET,
        access_token=TOKEN,
        old_app_secret=OLD_SECRET,
    )
    foreign = Portfolio(
        "410077001200999",
        "Others",
        (Waba("201555000999888", "Others", (APP,), (Number(FOREIGN, "+44 113 496 0999", "Others"),)),),
    )
    tokens = (
        *world.tokens,
        Token(EXPIRED, APP, (WABA,), "2026-01-01T00:00:00+00:00"),
        Token(STRANGER, APP, ("201555000999888",)),
    )
    return dataclasses.replace(world, portfolios=(*world.portfolios, foreign), tokens=tokens)


@pytest.fixture
def callback() -> Iterator[Callback]:
    with listening() as callback:
        yield callback


@pytest.fixture
def world(tmp_path: Path, callback: Callback) -> World:
    return a_world(tmp_path / "sandbox.sqlite3", callback)


@pytest.fixture
def sandbox(world: World) -> Sandbox:
    """Not started yet; the client's server does that."""
    made = Sandbox(world, public_url="http://sandbox.test")
    made.clock.run_at(SPEED)
    return made


@pytest.fixture
def serve() -> Iterator[Callable[[Sandbox], str]]:
    """Serves sandboxes on free ports until the test ends; gives the base URL of each."""
    running: list[tuple[uvicorn.Server, threading.Thread]] = []

    def start(sandbox: Sandbox) -> str:
        place = socket.socket()
        place.bind(("127.0.0.1", 0))
        server = uvicorn.Server(
            uvicorn.Config(build_app(sandbox), log_level="error", ws="none", access_log=False, timeout_graceful_shutdown=1)
        )
        started = threading.Event()
        server.startup = _announcing(server.startup, started)  # type: ignore[method-assign]  # tells when it listens
        thread = threading.Thread(target=server.run, kwargs={"sockets": [place]}, daemon=True)
        thread.start()
        assert started.wait(15)
        running.append((server, thread))
        return f"http://127.0.0.1:{place.getsockname()[1]}"

    yield start
    for server, thread in running:
        server.should_exit = True
        thread.join(10)


def _announcing(startup: Callable[..., Any], started: threading.Event) -> Callable[..., Any]:
    async def announced(*args: Any, **options: Any) -> None:
        await startup(*args, **options)
        started.set()

    return announced


@pytest.fixture
def client(sandbox: Sandbox, serve: Callable[[Sandbox], str]) -> Iterator[Client]:
    made = Client(serve(sandbox))
    yield made
    made.http.close()


@pytest.fixture
def plain_static(settings: Settings) -> None:
    """Static files under their own names; nothing was collected in a test."""
    settings.STORAGES = settings.STORAGES | {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
