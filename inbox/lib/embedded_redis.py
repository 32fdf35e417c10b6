"""A Redis-compatible server in Python, for machines without Redis: fakeredis' TCP server, hardened so that RQ can live on it.

    python -m inbox.lib.embedded_redis --port 6400 --password-file FILE

What the stock server lacks and this one has: connections outlive an error reply, INFO answers (RQ asks it which commands it may
use), BLMOVE waits, nobody gets in without the password, pushed messages are written at once instead of at the next poll, and
addresses in CLIENT LIST are written as Redis writes them. It keeps nothing: its restart is Redis' FLUSHALL, which Parley
survives by design. The base class is private in parts, therefore fakeredis is pinned to one exact version and held to a
contract by tests.
"""

from __future__ import annotations

import argparse
import hmac
import queue
import select
import signal
import socket
import sys
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import Any, cast

from fakeredis._clients._tcp_server import TCPFakeRequestHandler, TcpFakeServer
from fakeredis._helpers import SimpleError
from redis.exceptions import ConnectionError as RedisConnectionError

VERSION = (7, 0)
NO_AUTH = "NOAUTH Authentication required."
NO_PROTOCOL = "ERR Protocol error"
WRONG_PASSWORD = "WRONGPASS invalid username-password pair or user is disabled."
INFO = "# Server\r\nredis_version:7.0.0\r\nredis_mode:standalone\r\n# Clients\r\nconnected_clients:{clients}\r\n"
CHUNK = 65536


class Handler(TCPFakeRequestHandler):
    """One client's connection, in a thread of its own."""

    server: EmbeddedRedis
    disable_nagle_algorithm = True

    def setup(self) -> None:
        """Take the connection over: blocking again, addresses as text, and a bell that wakes us when a reply is pushed."""
        super().setup()
        self.connection.setblocking(True)
        for key in ("addr", "laddr"):
            host, port = self.current_client._client_info[key][:2]
            self.current_client._client_info[key] = f"{host}:{port}"
        self.authenticated = False
        self.bell, self.ring = socket.socketpair()
        self.ring.setblocking(False)
        self.engine = cast(Any, self.current_client.get_socket())  # whose methods we replace
        self.process, self.engine_put = self.engine._process_command, self.engine.put_response
        self.put: Callable[[Any], None] = self.engine_put
        self.engine._process_command = self.gate
        self.engine.put_response = self.put_and_ring

    def handle(self) -> None:
        """Feed what comes in to the engine and write out what it says, until the client leaves."""
        try:
            while True:
                self.write_replies()
                readable, _, _ = select.select([self.connection, self.bell], [], [])
                if self.bell in readable:
                    self.bell.recv(CHUNK)
                if self.connection in readable:
                    data = self.connection.recv(CHUNK)
                    if not data:
                        return
                    self.engine.sendall(data)
        except (SimpleError, ValueError):  # not the protocol: the engine's parser is lost, and with it the connection
            self.writer.dump(SimpleError(NO_PROTOCOL))
        except (OSError, RedisConnectionError):  # the client left, or another one killed it
            return

    def finish(self) -> None:
        """Forget the client."""
        self.engine._process_command, self.engine.put_response = self.process, self.engine_put
        super().finish()
        self.bell.close()
        self.ring.close()

    def write_replies(self) -> None:
        """Everything that waits to be said to this client, errors included."""
        while True:
            try:
                reply = self.engine.responses.get_nowait()
            except queue.Empty:
                return
            self.writer.dump(reply)

    def put_and_ring(self, reply: Any) -> None:
        """Called from any thread, by whoever publishes to this client."""
        self.put(reply)
        try:
            self.ring.send(b".")
        except (BlockingIOError, OSError):
            return  # it is ringing already, or the client is leaving

    def gate(self, fields: list[bytes]) -> None:
        """Let a command through to the engine only after the password."""
        name = fields[0].upper() if fields else b""
        if name == b"AUTH":
            self.put_and_ring(b"OK" if self.admit(fields[-1]) else SimpleError(WRONG_PASSWORD))
        elif name == b"HELLO":
            self.greet(fields)
        elif not self.authenticated:
            self.put_and_ring(SimpleError(NO_AUTH))
        elif name == b"INFO":
            self.put_and_ring(INFO.format(clients=len(self.server.clients)).encode())
        elif name == b"BLMOVE" and len(fields) == 6 and self.engine._transaction is None:
            self.move_when_there_is_one(fields)
        else:
            self.process(fields)

    def move_when_there_is_one(self, fields: list[bytes]) -> None:
        """BLMOVE, which the engine answers at once when the list is empty (RQ would ask again without a pause).

        Its BLMOVEM does wait, and without a count moves one element; only its reply differs, which comes in a list.
        """
        self.put = self.put_only_element
        try:
            self.process([b"BLMOVEM", *fields[1:]])
        finally:
            self.put = self.engine_put

    def put_only_element(self, reply: Any) -> None:
        """Unpacks the reply to BLMOVEM."""
        self.engine_put(reply[0] if isinstance(reply, list) and reply else reply)

    def greet(self, fields: list[bytes]) -> None:
        """HELLO may bring the password along: ``HELLO 3 AUTH user password``."""
        words = [field.upper() for field in fields]
        if b"AUTH" in words[2:]:
            place = words.index(b"AUTH", 2)
            if not self.admit(b"".join(fields[place + 2 : place + 3])):
                self.put_and_ring(SimpleError(WRONG_PASSWORD))
                return
            fields = fields[:place] + fields[place + 3 :]
        if self.authenticated:
            self.process(fields)
        else:
            self.put_and_ring(SimpleError(NO_AUTH))

    def admit(self, password: bytes) -> bool:
        """True for the right password; a wrong one takes an earlier admission away."""
        self.authenticated = hmac.compare_digest(password, self.server.password)
        return self.authenticated


class EmbeddedRedis(TcpFakeServer):
    """Listens on the loopback address only. ``port`` 0 takes a free one: see ``server_address``."""

    request_queue_size = 128

    def __init__(self, port: int, password: str) -> None:
        self.password = password.encode()
        super().__init__(("127.0.0.1", port), bind_and_activate=False, server_version=VERSION)
        self.RequestHandlerClass = Handler
        self.daemon_threads = True
        self.server_bind()
        self.server_activate()


def main() -> None:
    """Serve until SIGTERM or Ctrl-C."""
    parser = argparse.ArgumentParser(description="A Redis-compatible server that keeps nothing.")
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--password-file", type=Path, required=True)
    options = parser.parse_args()

    def leave(number: int, frame: FrameType | None) -> None:
        sys.exit(0)

    signal.signal(signal.SIGTERM, leave)
    signal.signal(signal.SIGINT, leave)
    server = EmbeddedRedis(options.port, options.password_file.read_text().strip())
    server.serve_forever(poll_interval=5)


if __name__ == "__main__":
    main()
