"""The whole of Parley as one ASGI application: who answers which path, before anything expensive is touched."""

from __future__ import annotations

import gc
import os
import re
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any, cast

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "inbox.settings")
django_application = get_asgi_application()

# Django must be set up before anything that knows rows is imported.
from django.conf import settings  # noqa: E402  see above

from inbox.lib.body_limit import BodyLimit  # noqa: E402  see above
from inbox.lib.staticfiles import StaticFiles  # noqa: E402  see above
from inbox.web import sandbox_proxy, webhook  # noqa: E402  see above
from inbox.web.socket import websocket_application  # noqa: E402  see above

Scope = dict[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

UPLOADS = re.compile(r"/c/\d+/media/|/sandbox/graph/")
FORM_ROOM = 1024 * 1024  # what a form needs around the file


def most_bytes(path: str) -> int:
    """The largest body that a path takes; webhooks have a limit of their own."""
    if UPLOADS.match(path):
        return settings.MAX_UPLOAD_BYTES + FORM_ROOM
    return settings.DATA_UPLOAD_MAX_MEMORY_SIZE


class Front:
    """Sends each request to who answers it. The webhook comes first: nothing else costs it time."""

    def __init__(self) -> None:
        self.pages: App = BodyLimit(cast(Any, django_application), most_bytes)
        self.prefixes: list[tuple[str, App]] = [(settings.STATIC_URL, StaticFiles(settings.STATIC_ROOT, settings.STATIC_URL))]
        if settings.SANDBOX:
            sandbox = BodyLimit(sandbox_proxy.SandboxProxy(settings.SANDBOX_PORT), most_bytes)
            self.prefixes.append((sandbox_proxy.PREFIX, sandbox))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One connection of any kind."""
        kind = scope["type"]
        if kind == "http":
            path: str = scope["path"]
            if path.startswith(webhook.PREFIX):
                await webhook.application(scope, receive, send)
                return
            for prefix, app in self.prefixes:
                if path.startswith(prefix):
                    await app(scope, receive, send)
                    return
            await self.pages(scope, receive, send)
        elif kind == "websocket":
            await websocket_application(scope, receive, send)
        else:
            await webhook.application(scope, receive, send)  # lifespan, under servers that speak it


application = Front()

# Everything imported so far stays for good: collecting it again and again costs the slowest requests half their time.
gc.collect()
gc.freeze()
gc.set_threshold(50_000, 20, 20)
