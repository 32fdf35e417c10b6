"""Plays Meta towards the callback: signs bodies, posts them, and remembers which ones were acknowledged."""

from __future__ import annotations

import contextlib
import hashlib
import hmac
import http.client
import json
import socket
import struct
import time
from dataclasses import dataclass, field
from itertools import count
from typing import Any
from urllib.parse import urlsplit

PATIENCE = 40.0
Json = dict[str, Any]


@dataclass(frozen=True)
class Answer:
    """What the callback said."""

    status: int
    headers: dict[str, str]


@dataclass(frozen=True)
class Customer:
    """Somebody who writes, as webhooks name them."""

    name: str
    phone: str


@dataclass
class Acknowledged:
    """What was answered with 200 and must therefore be there: digests of bodies, and ids of the messages in them."""

    digests: set[bytes] = field(default_factory=set)
    messages: set[str] = field(default_factory=set)


class Call:
    """One POST under way: sent, and not yet read."""

    def __init__(self, host: str, port: int, head: bytes, body: bytes) -> None:
        self._socket = socket.create_connection((host, port), timeout=PATIENCE)
        self._socket.sendall(head + body)

    def answer(self) -> Answer | None:
        """The answer, awaited; None when the connection ended without one."""
        with contextlib.closing(self._socket), contextlib.closing(http.client.HTTPResponse(self._socket)) as response:
            try:
                response.begin()
                response.read()
            except (ConnectionError, http.client.HTTPException):
                return None
            return Answer(response.status, {name.lower(): value for name, value in response.getheaders()})

    def hang_up(self) -> None:
        """Leave with a reset, without reading anything."""
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self._socket.close()


class Meta:
    """The sender of webhooks for one number of one app."""

    def __init__(self, connection: Json, callback_url: str) -> None:
        self.secret = connection["app_secret"].encode()
        self.waba, self.number, self.display = connection["waba_id"], connection["phone_number_id"], connection["display_phone"]
        self.url = urlsplit(callback_url)
        self.acknowledged = Acknowledged()
        self._ids = count(1)

    def post(self, body: bytes, *messages: str, signature: str | None = None) -> Answer:
        """Post a body and wait. ``messages`` are the ids that a 200 promises to keep."""
        answer = self.begin(body, signature=signature).answer()
        assert answer is not None, "the connection ended without an answer"
        if answer.status == 200:
            self.note(body, *messages)
        return answer

    def begin(self, body: bytes, *, signature: str | None = None, length: int | None = None) -> Call:
        """Post a body and do not wait. ``length`` is what the header says if that is not the truth."""
        host, port = self.url.hostname or "", self.url.port or 80
        lines = [
            f"POST {self.url.path} HTTP/1.1",
            f"Host: {host}:{port}",
            "Content-Type: application/json",
            f"Content-Length: {len(body) if length is None else length}",
            f"X-Hub-Signature-256: {self.sign(body) if signature is None else signature}",
            "Connection: close",
        ]
        return Call(host, port, "\r\n".join([*lines, "", ""]).encode(), body)

    def note(self, body: bytes, *messages: str) -> None:
        """This body was acknowledged."""
        self.acknowledged.digests.add(hashlib.sha256(body).digest())
        self.acknowledged.messages.update(messages)

    def sign(self, body: bytes) -> str:
        """The header that proves that it was us."""
        return "sha256=" + hmac.new(self.secret, body, hashlib.sha256).hexdigest()

    def new_id(self) -> str:
        """A message id that was never used."""
        return f"wamid.faults.{next(self._ids):06}"

    def says(self, who: Customer, words: str, *, at: float | None = None, wamid: str = "", **more: Any) -> tuple[str, bytes]:
        """The id and the body of a webhook in which somebody writes these words. ``at`` is in Unix seconds."""
        wamid = wamid or self.new_id()
        return wamid, self.body(self.value(who, messages=[self.message(who, wamid, words, at=at, **more)]))

    def message(self, who: Customer, wamid: str, words: str, *, at: float | None = None, **more: Any) -> Json:
        """One message of somebody's, as it stands in a webhook."""
        stamp = str(int(time.time() if at is None else at))
        return {"from": who.phone, "id": wamid, "timestamp": stamp, "type": "text", "text": {"body": words}, **more}

    def status(self, who: Customer, wamid: str, status: str, *, at: float | None = None, **more: Any) -> bytes:
        """The body of a webhook that reports a status of a message of ours."""
        stamp = str(int(time.time() if at is None else at))
        told = {"id": wamid, "status": status, "timestamp": stamp, "recipient_id": who.phone, **more}
        return self.body(self.value(who, statuses=[told]))

    def value(self, who: Customer, **lists: Any) -> Json:
        """The value of one change of field ``messages``."""
        metadata = {"display_phone_number": self.display, "phone_number_id": self.number}
        contacts = [{"profile": {"name": who.name}, "wa_id": who.phone}]
        return {"messaging_product": "whatsapp", "metadata": metadata, "contacts": contacts, **lists}

    def body(self, *values: Json, fieldname: str = "messages") -> bytes:
        """The bytes of one webhook with these values."""
        changes = [{"field": fieldname, "value": value} for value in values]
        whole = {"object": "whatsapp_business_account", "entry": [{"id": self.waba, "changes": changes}]}
        return json.dumps(whole).encode()
