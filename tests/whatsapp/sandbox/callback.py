"""A callback for webhooks on this machine: keeps what comes, answers what the test wants."""

from __future__ import annotations

import hashlib
import hmac
import json
import queue
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

PATIENCE = 15.0
Json = dict[str, Any]


@dataclass
class Post:
    """One webhook as it came over the wire."""

    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Json:
        whole: Json = json.loads(self.body)
        return whole

    @property
    def changes(self) -> list[Json]:
        return [change for entry in self.json["entry"] for change in entry["changes"]]

    def is_signed_with(self, secret: str) -> bool:
        expected = "sha256=" + hmac.new(secret.encode(), self.body, hashlib.sha256).hexdigest()
        return hmac.compare_digest(expected, self.headers.get("X-Hub-Signature-256", ""))


@dataclass
class Callback:
    """What arrived, and how to answer: `answers` are HTTP statuses used up one by one, then 200."""

    url: str = ""
    verify_token: str = "the-token-we-chose"
    answers: list[int] = field(default_factory=list)
    handshakes: int = 0
    posts: queue.Queue[Post] = field(default_factory=queue.Queue)
    files: dict[str, tuple[str, bytes]] = field(default_factory=dict)

    def next(self) -> Post:
        return self.posts.get(timeout=PATIENCE)

    def changes(self, field_name: str) -> Iterator[Json]:
        """The values of a field as they come; fails when nothing comes for a while."""
        while True:
            for change in self.next().changes:
                if change["field"] == field_name:
                    yield change["value"]

    def messages(self) -> Iterator[Json]:
        for value in self.changes("messages"):
            yield from value.get("messages", ())

    def statuses(self) -> Iterator[Json]:
        for value in self.changes("messages"):
            yield from value.get("statuses", ())

    def left(self) -> list[Post]:
        """Everything that has come and was not looked at yet."""
        found = []
        while not self.posts.empty():
            found.append(self.posts.get_nowait())
        return found


@contextmanager
def listening() -> Iterator[Callback]:
    """A callback server on a free port."""
    callback = Callback()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            if parts.path in callback.files:
                mime, content = callback.files[parts.path]
                self._answer(200, content, mime)
                return
            query = parse_qs(parts.query)
            good = query.get("hub.verify_token") == [callback.verify_token] and query.get("hub.mode") == ["subscribe"]
            callback.handshakes += 1
            self._answer(200 if good else 403, query["hub.challenge"][0].encode() if good else b"no", "text/plain")

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            status = callback.answers.pop(0) if callback.answers else 200
            callback.posts.put(Post(dict(self.headers), body))
            self._answer(status, b"", "text/plain")

        def _answer(self, status: int, content: bytes, mime: str) -> None:
            self.send_response(status)
            self.send_header("Content-Type", mime)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, format: str, *args: Any) -> None:
            """Says nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        callback.url = f"http://127.0.0.1:{server.server_port}/hook"
        yield callback
        server.shutdown()
