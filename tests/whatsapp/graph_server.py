"""A real HTTP server on this machine that answers as a test's script says, down to torn and silent connections."""

from __future__ import annotations

import json
import socket
import struct
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Step = Callable[["Handler"], None]


@dataclass
class Asked:
    """One request as it arrived."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        """The body, read as JSON."""
        return json.loads(self.body)


class Server(ThreadingHTTPServer):
    """Plays its ``script`` step by step, one per request; keeps what was asked and how many connections were made."""

    daemon_threads = True
    request_queue_size = 64

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.script: list[Step] = []
        self.asked: list[Asked] = []
        self.connections = 0
        self.closing = threading.Event()
        self.lock = threading.Lock()

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.server_address[1]}"

    def plays(self, *steps: Step) -> Server:
        """Adds to the script."""
        self.script += steps
        return self

    def process_request(self, request: Any, client_address: Any) -> None:
        """Counts connections."""
        self.connections += 1
        super().process_request(request, client_address)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that hangs up is part of the play."""


class Handler(BaseHTTPRequestHandler):
    """Takes a request and plays the next step."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # headers and body are two writes; waiting for an ACK between them costs 40 ms
    server: Server

    def _play(self) -> None:
        length = int(self.headers.get("content-length") or 0)
        body = self.rfile.read(length)
        headers = {name.lower(): value for name, value in self.headers.items()}
        with self.server.lock:
            self.server.asked.append(Asked(self.command, self.path, headers, body))
            step = (
                self.server.script.pop(0) if self.server.script else answer(500, {"error": {"code": 1, "message": "no script"}})
            )
        step(self)

    do_GET = do_POST = do_DELETE = _play

    def log_message(self, format: str, *args: Any) -> None:
        """Silent."""


def raw(status: int, body: bytes, headers: dict[str, str] | None = None, *, announced: int | None = None) -> Step:
    """An answer byte for byte; ``announced`` lies about its length."""

    def step(handler: Handler) -> None:
        handler.send_response(status)
        for name, value in {"Content-Type": "application/json", **(headers or {})}.items():
            handler.send_header(name, value)
        handler.send_header("Content-Length", str(len(body) if announced is None else announced))
        handler.end_headers()
        handler.wfile.write(body)
        if announced is not None:
            handler.close_connection = True

    return step


def answer(status: int, body: object, headers: dict[str, str] | None = None) -> Step:
    """A JSON answer."""
    return raw(status, json.dumps(body).encode(), headers)


def accepted(external_id: str = "wamid.1", headers: dict[str, str] | None = None, **contact: str) -> Step:
    """What Graph says to a send that it takes."""
    body = {
        "messaging_product": "whatsapp",
        "contacts": [{"input": "+447700900123", **(contact or {"wa_id": "447700900123"})}],
        "messages": [{"id": external_id}],
    }
    return answer(200, body, headers)


def refused(status: int, code: int, details: str = "", headers: dict[str, str] | None = None) -> Step:
    """A Graph error."""
    error: dict[str, Any] = {"message": f"(#{code}) Title", "type": "OAuthException", "code": code, "fbtrace_id": "A1"}
    if details:
        error["error_data"] = {"messaging_product": "whatsapp", "details": details}
    return answer(status, {"error": error}, headers)


def silence(handler: Handler) -> None:
    """Takes the request and never answers."""
    handler.server.closing.wait()
    handler.close_connection = True


def reset(handler: Handler) -> None:
    """Takes the request and tears the connection down."""
    handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    handler.connection.close()
    handler.close_connection = True


def reset_within(body: bytes) -> Step:
    """Begins an answer and tears the connection down within it."""

    def step(handler: Handler) -> None:
        handler.send_response(200)
        handler.send_header("Content-Length", str(len(body) * 2))
        handler.end_headers()
        handler.wfile.write(body)
        handler.wfile.flush()
        reset(handler)

    return step


def trickle(interval: float, *, announced: int | None = None) -> Step:
    """Sends one byte each ``interval`` seconds until the client hangs up."""

    def step(handler: Handler) -> None:
        handler.send_response(200)
        handler.send_header("Content-Type", "image/jpeg")
        if announced is not None:
            handler.send_header("Content-Length", str(announced))
        else:
            handler.send_header("Connection", "close")
        handler.end_headers()
        handler.close_connection = True
        try:
            while not handler.server.closing.wait(interval):
                handler.wfile.write(b"x")
        except OSError:
            return

    return step


def endless(handler: Handler) -> None:
    """Sends bytes without announcing how many, until the client hangs up."""
    handler.send_response(200)
    handler.send_header("Connection", "close")
    handler.end_headers()
    handler.close_connection = True
    try:
        while not handler.server.closing.is_set():
            handler.wfile.write(b"x" * 65536)
    except OSError:
        return


@contextmanager
def graph_server() -> Iterator[Server]:
    """A running server, stopped at the end of the block."""
    server = Server()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.closing.set()
        server.shutdown()
        server.server_close()
        thread.join()


@dataclass
class Clock:
    """A clock that a test turns."""

    now: float = 1000.0
    history: list[float] = field(default_factory=list)

    def __call__(self) -> float:
        return self.now
