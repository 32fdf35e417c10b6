"""Serves the collected static files to an ASGI server, from whitenoise's index of them."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, MutableMapping
from pathlib import Path
from typing import Any
from wsgiref.headers import Headers

from whitenoise import WhiteNoise

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

HASHED = re.compile(r"\.[0-9a-f]{12}\.")  # what the manifest storage puts into names; such a file never changes
SHORT_SECONDS = 60
CHUNK = 64 * 1024
NOT_FOUND = b"No such file.\n"
# What whitenoise looks at, under the names that WSGI gives them.
READ_HEADERS = {
    b"accept-encoding": "HTTP_ACCEPT_ENCODING",
    b"if-none-match": "HTTP_IF_NONE_MATCH",
    b"if-modified-since": "HTTP_IF_MODIFIED_SINCE",
    b"range": "HTTP_RANGE",
}


class StaticFiles:
    """Whitenoise's middleware hands files out in pieces that Django's ASGI handler would first gather whole in memory.

    This answers without Django: compressed variants, ranges and 304 come from whitenoise; hashed names may be kept for ever.
    """

    def __init__(self, root: Path, prefix: str) -> None:
        self.index = WhiteNoise(
            None,
            max_age=SHORT_SECONDS,
            allow_all_origins=False,
            immutable_file_test=lambda path, url: bool(HASHED.search(url)),
            add_headers_function=_add_safety,
        )
        if root.is_dir():  # in a fresh clone nothing is collected yet
            self.index.add_files(root, prefix)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One GET or HEAD of a file."""
        file = self.index.files.get(scope["path"])
        if file is None:
            headers = [(b"content-type", b"text/plain; charset=utf-8"), (b"content-length", b"%d" % len(NOT_FOUND))]
            await send({"type": "http.response.start", "status": 404, "headers": headers})
            await send({"type": "http.response.body", "body": NOT_FOUND})
            return
        asked = {READ_HEADERS[name]: value.decode("latin-1") for name, value in scope["headers"] if name in READ_HEADERS}
        response = file.get_response(scope["method"], asked)
        headers = [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in response.headers]
        await send({"type": "http.response.start", "status": int(response.status), "headers": headers})
        if response.file is None:
            await send({"type": "http.response.body"})
            return
        with response.file as opened:
            while chunk := opened.read(CHUNK):
                await send({"type": "http.response.body", "body": chunk, "more_body": True})
        await send({"type": "http.response.body"})


def _add_safety(headers: Headers, path: str, url: str) -> None:
    headers["X-Content-Type-Options"] = "nosniff"
    headers["Cross-Origin-Resource-Policy"] = "same-origin"
