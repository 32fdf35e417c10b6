"""Builds the sandbox's ASGI application: Graph, media host, control endpoints and the phone page."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from inbox.whatsapp.sandbox.control import Control
from inbox.whatsapp.sandbox.control_http import control_routes
from inbox.whatsapp.sandbox.graph_http import Reset, graph_routes
from inbox.whatsapp.sandbox.known_hosts import KnownHosts
from inbox.whatsapp.sandbox.phone_http import phone_routes
from inbox.whatsapp.sandbox.qr_image import qr_image
from inbox.whatsapp.sandbox.same_origin import SameOriginWrites
from inbox.whatsapp.sandbox.sandbox import Sandbox


def _cannot_reset() -> bool:
    """Stands in where the server gives no hold on its connections."""
    return False


def build_app(sandbox: Sandbox, *, reset: Reset = _cannot_reset) -> Starlette:
    """The application over a sandbox. It starts and stops the sandbox where the server speaks lifespan.

    Daphne does not; `serve` starts the sandbox itself there, and starting twice does no harm.
    """
    control = Control(sandbox)

    async def alive(_request: Request) -> Response:
        return JSONResponse({"ok": True, "numbers": list(sandbox.directory.lines)})

    async def picture(request: Request) -> Response:
        return await run_in_threadpool(qr_image, request.path_params["name"])

    @asynccontextmanager
    async def life(_app: Starlette) -> AsyncIterator[None]:
        await run_in_threadpool(sandbox.start)
        yield
        await run_in_threadpool(sandbox.stop)

    return Starlette(
        routes=[
            *graph_routes(sandbox, reset),
            *phone_routes(control),
            *control_routes(control),
            Route("/sandbox/qr/{name}", picture, methods=["GET"]),
            Route("/sandbox/", alive, methods=["GET"]),
        ],
        middleware=[Middleware(KnownHosts, sandbox.public_url), Middleware(SameOriginWrites)],
        lifespan=life,
    )
