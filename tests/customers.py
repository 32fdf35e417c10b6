"""Customers with a simulated phone: what they write, and what their phone shows, asked of the sandbox over HTTP."""

from __future__ import annotations

import zlib
from typing import Any

import requests

from tests.running_product import Json, Product, until

PATIENCE = 30


class Customer:
    """One simulated person who writes to one number of ours."""

    def __init__(self, product: Product, about: Json, number: str) -> None:
        self.name: str = about["name"]
        self.phone_number: str | None = about["phone"]
        self.bsuid: str = about["bsuid"]
        self.id: str = about["id"]
        self._base = product.base
        self._number = number

    @property
    def page(self) -> str:
        """The address of their phone in the simulator."""
        return f"{self._base}/sandbox/phone/{self.id}/?number={self._number}"

    def writes(self, words: str, **more: Any) -> str:
        """They send a text; gives its id at WhatsApp. ``minutes_ago=`` dates it back."""
        return self.sends("text", text=words, **more)

    def sends(self, kind: str, **content: Any) -> str:
        """They send a message of any kind; gives its id at WhatsApp."""
        return str(self._post("/messages", {"number": self._number, "type": kind, **content})["id"])

    def sends_file(self, content: bytes, mime: str, name: str, **more: str) -> str:
        """They send a file; gives the message's id at WhatsApp."""
        files = {"file": (name, content, mime)}
        answer = requests.post(f"{self._url}/messages", data={"number": self._number, **more}, files=files, timeout=PATIENCE)
        assert answer.status_code == 201, answer.text
        return str(answer.json()["id"])

    def reacts(self, emoji: str) -> None:
        """They put an emoji on our newest message."""
        self.sends("reaction", reaction={"message_id": "last", "emoji": emoji})

    def changes(self, **settings: str) -> None:
        """Their phone behaves otherwise from now on: ``plan``, ``network``."""
        self._post("", settings)

    @property
    def phone(self) -> list[Json]:
        """What their phone shows, oldest first."""
        answer = requests.get(f"{self._url}/messages", params={"number": self._number}, timeout=PATIENCE)
        assert answer.status_code == 200, answer.text
        found: list[Json] = answer.json()["messages"]
        return found

    @property
    def received(self) -> list[Json]:
        """What their phone has from us."""
        return [message for message in self.phone if message["from"] == "business"]

    def waits_for(self, words: str) -> Json:
        """The first message from us with these words, once it is there."""
        return until(
            lambda: next((message for message in self.received if words in message["text"]), None) or {},
            because=f"{self.name} receives {words!r}",
        )

    @property
    def _url(self) -> str:
        return f"{self._base}/sandbox/people/{self.id}"

    def _post(self, path: str, body: Json) -> Json:
        answer = requests.post(f"{self._url}{path}", json=body, timeout=PATIENCE)
        assert answer.ok, answer.text
        said: Json = answer.json()
        return said


def new_customer(product: Product, name: str, *, test: str, number: Json | None = None, **about: Any) -> Customer:
    """Somebody new with a phone, kept apart from others by the ``test``. ``phone=None``: known by their WhatsApp id only."""
    key = zlib.crc32(f"{test} {name}".encode())
    person = {"id": f"story-{key:08x}", "name": name, "phone": f"447700{key % 1_000_000:06}", "country": "GB", **about}
    answer = requests.post(f"{product.base}/sandbox/people", json=person, timeout=PATIENCE)
    assert answer.status_code == 201, answer.text
    return Customer(product, answer.json(), (number or product.support)["phone_number_id"])
