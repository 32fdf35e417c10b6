"""Answers only to names that are ours: a page that points its own name at this machine may not use the sandbox."""

from __future__ import annotations

from urllib.parse import urlsplit

from django.conf import settings
from django.http.request import split_domain_port, validate_host
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Receive, Scope, Send

LOOPBACK = ("localhost", "127.0.0.1", "[::1]")


class KnownHosts:
    """Refuses a Host that is neither this machine's nor ``public_url``'s nor one that the product is called by."""

    def __init__(self, app: ASGIApp, public_url: str | None = None) -> None:
        self._app = app
        ours, _port = split_domain_port(urlsplit(public_url or "").netloc)
        self._known = [*LOOPBACK, *([ours] if ours else [])]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and not all(self._is_known(host) for host in Request(scope).headers.getlist("host")):
            await JSONResponse({"error": "The sandbox does not answer to this name."}, 400)(scope, receive, send)
            return
        await self._app(scope, receive, send)

    def _is_known(self, host: str) -> bool:
        domain, _port = split_domain_port(host)
        # The product passes the name on that it was called by.
        return bool(domain) and validate_host(domain, [*self._known, *settings.ALLOWED_HOSTS])
