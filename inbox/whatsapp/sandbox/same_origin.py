"""Keeps other sites' pages from using the phone: a browser's write must come from our own origin."""

from __future__ import annotations

from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Receive, Scope, Send

SAFE = ("GET", "HEAD", "OPTIONS")
GRAPH_PATHS = ("/sandbox/graph/", "/sandbox/media-host/")


class SameOriginWrites:
    """Refuses writes whose Origin or Sec-Fetch-Site names another site. Scripts send neither and pass."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and not comes_from_us(Request(scope)):
            await JSONResponse({"error": "This request comes from another site."}, 403)(scope, receive, send)
            return
        await self._app(scope, receive, send)


def comes_from_us(request: Request) -> bool:
    if request.method in SAFE or request.url.path.startswith(GRAPH_PATHS):
        return True
    site = request.headers.get("sec-fetch-site")
    if site is not None and site not in ("same-origin", "none"):
        return False
    origin = request.headers.get("origin")
    if origin is None:
        return True
    ours = {request.headers.get("host"), request.headers.get("x-forwarded-host")} - {None}
    return urlsplit(origin).netloc in ours
