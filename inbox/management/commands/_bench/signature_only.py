"""The least that any webhook must do, on the daphne that Parley runs: read the body, check its signature, forget it."""

from __future__ import annotations

import gc
import hmac
import os
import sys
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from daphne.endpoints import build_endpoint_description_strings
from daphne.server import Server

SECRET = os.environ["BENCH_APP_SECRET"].encode()
OK: dict[str, Any] = {"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"2")]}
REFUSED: dict[str, Any] = {**OK, "status": 403}
BODY: dict[str, Any] = {"type": "http.response.body", "body": b"ok"}


async def application(
    scope: MutableMapping[str, Any],
    receive: Callable[[], Awaitable[MutableMapping[str, Any]]],
    send: Callable[[MutableMapping[str, Any]], Awaitable[None]],
) -> None:
    """Answer one delivery."""
    message = await receive()
    claimed = next(value for name, value in scope["headers"] if name == b"x-hub-signature-256")
    proof = b"sha256=" + hmac.digest(SECRET, message["body"], "sha256").hex().encode()
    await send(OK if hmac.compare_digest(claimed, proof) else REFUSED)
    await send(BODY)


def main() -> None:
    """Serve on the given port as ``manage.py web`` does."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)
    endpoints = build_endpoint_description_strings(host="127.0.0.1", port=int(sys.argv[1]))
    Server(application=application, endpoints=endpoints, http_timeout=120, action_logger=None, verbosity=0, server_name="").run()


if __name__ == "__main__":
    main()
