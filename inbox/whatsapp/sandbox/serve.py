"""Serves the sandbox with daphne, quietly, and stops at once when told to."""

from __future__ import annotations

import asyncio
import logging
from typing import Any

from daphne.server import Server
from starlette.types import ASGIApp, Receive, Scope, Send

from inbox.whatsapp.sandbox.app import build_app
from inbox.whatsapp.sandbox.sandbox import Sandbox

STOP_SECONDS = 1


class Connections:
    """Finds the connection of the request being answered, so that it can be reset instead."""

    def __init__(self) -> None:
        self.server: Any = None

    def reset_current(self) -> bool:
        """Sends a TCP reset on the current request's connection. False when it cannot be found."""
        task = asyncio.current_task()
        for protocol, details in list(getattr(self.server, "connections", {}).items()):
            transport = getattr(getattr(protocol, "channel", None), "transport", None)
            if details.get("application_instance") is task and transport is not None:
                transport.abortConnection()
                return True
        return False


def with_lifespan_refused(app: ASGIApp) -> ASGIApp:
    """Daphne starts and stops nothing, so other scopes than HTTP are turned away here."""

    async def only_http(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            await app(scope, receive, send)
        else:
            await send({"type": "websocket.close"})

    return only_http


def serve(sandbox: Sandbox, *, host: str, port: int) -> None:
    """Runs until SIGTERM or SIGINT."""
    connections = Connections()
    app = build_app(sandbox, reset=connections.reset_current)
    endpoint = f"tcp:port={port}:interface={host.replace(':', chr(92) + ':')}"
    server = Server(
        with_lifespan_refused(app),
        endpoints=[endpoint],
        verbosity=0,
        application_close_timeout=STOP_SECONDS,
        http_timeout=None,
        server_name="sandbox",
    )
    connections.server = server
    logging.getLogger("daphne").setLevel(logging.ERROR)
    sandbox.start()
    try:
        server.run()
    finally:
        sandbox.stop()
