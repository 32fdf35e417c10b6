"""The sandbox as tests use it: customers who write, faults to switch on, and what it has seen, read from its own file."""

from __future__ import annotations

import contextlib
import hashlib
import sqlite3
from itertools import count
from pathlib import Path
from typing import Any

import requests

from tests.faults.meta import Customer, Json

SPEED = 5  # statuses and repeated webhooks come so many times sooner than they would


class Sandbox:
    """Speaks to the sandbox's endpoints for scripts."""

    def __init__(self, port: int, data_file: Path) -> None:
        self.base = f"http://127.0.0.1:{port}/sandbox"
        self._data_file = data_file
        self._http = requests.Session()
        self._http.trust_env = False
        self._people = count(1)

    def customer(self, plan: str = "delivered") -> Customer:
        """Somebody new, whose phone reports what ``plan`` says: read, delivered, none."""
        n = next(self._people)
        who = Customer(f"Customer {n:03}", f"4477009{10000 + n}")
        self.ask("people", {"id": self._id(who), "name": who.name, "phone": who.phone})
        self.ask(f"people/{self._id(who)}", {"plan": plan})
        return who

    def writes(self, who: Customer, words: str = "Hello") -> str:
        """They write to our first number; gives the message's id."""
        return str(self.ask(f"people/{self._id(who)}/messages", {"text": words})["id"])

    def sends_a_picture(self, who: Customer) -> str:
        """They send a picture to our first number; gives the message's id."""
        return str(self.ask(f"people/{self._id(who)}/messages", {"type": "image"})["id"])

    def fault(self, name: str, times: int | None = 1, **more: Any) -> None:
        """Switch a fault on for the next so many times."""
        self.ask("faults", {"name": name, "times": times, **more})

    def faults(self) -> list[str]:
        """The names of those that are still on."""
        answer = self._http.get(f"{self.base}/faults", timeout=30).json()
        return [fault["name"] for fault in answer["active"]]

    def clear_faults(self) -> None:
        """All off."""
        self.ask("faults", {"clear": True})

    def is_up(self) -> bool:
        """True when it answers."""
        with contextlib.suppress(requests.RequestException):
            return self._http.get(f"{self.base}/clock", timeout=2).ok
        return False

    def hurry(self) -> None:
        """Let promised things come sooner; limits of WhatsApp's stay off, since many tests share one number."""
        self.ask("clock", {"speed": SPEED, "rates_enforced": False})

    def ask(self, path: str, body: Json) -> Json:
        """POST something to a script endpoint."""
        answer = self._http.post(f"{self.base}/{path}", json=body, timeout=30)
        assert answer.ok, (path, answer.status_code, answer.text[:500])
        return dict(answer.json())

    def calls(self, token: str) -> list[Json]:
        """Every Graph call that carried this token, oldest first."""
        query = "SELECT http, code, message_id, fault, at FROM calls WHERE opaque = ? ORDER BY id"
        with self._open() as db:
            return [dict(row) for row in db.execute(query, (token,))]

    def sent_texts(self, who: Customer) -> list[str]:
        """What arrived on somebody's phone, in the order in which it was accepted."""
        sent = "FROM messages WHERE person_id = ? AND sender = 'business' ORDER BY seq"
        query = f"SELECT json_extract(doc, '$.text.body') AS said {sent}"
        with self._open() as db:
            return [row["said"] for row in db.execute(query, (self._id(who),))]

    def ids_of(self, who: Customer) -> list[str]:
        """The ids of what arrived on somebody's phone."""
        query = "SELECT id FROM messages WHERE person_id = ? AND sender = 'business' ORDER BY seq"
        with self._open() as db:
            return [row["id"] for row in db.execute(query, (self._id(who),))]

    def accepted(self) -> dict[str, int]:
        """How many messages were accepted for each token."""
        query = "SELECT opaque, count(*) AS n FROM messages WHERE sender = 'business' AND opaque IS NOT NULL GROUP BY opaque"
        with self._open() as db:
            return {row["opaque"]: row["n"] for row in db.execute(query)}

    def customers_messages(self) -> set[str]:
        """The ids of all that customers wrote."""
        with self._open() as db:
            return {row["id"] for row in db.execute("SELECT id FROM messages WHERE sender = 'person' AND gone = 0")}

    def undelivered(self) -> int:
        """How many webhooks were not answered with 200 yet, or wait to be posted."""
        query = "SELECT (SELECT count(*) FROM posts WHERE last_answer IS NOT '200') + (SELECT count(*) FROM changes) AS n"
        with self._open() as db:
            return int(db.execute(query).fetchone()["n"])

    def acknowledged(self) -> set[bytes]:
        """Digests of all webhook bodies that were answered with 200."""
        with self._open() as db:
            rows = db.execute("SELECT body FROM posts WHERE last_answer = '200'")
            return {hashlib.sha256(row["body"]).digest() for row in rows}

    @contextlib.contextmanager
    def _open(self) -> Any:
        with contextlib.closing(sqlite3.connect(self._data_file, timeout=20)) as db:
            db.row_factory = sqlite3.Row
            yield db

    @staticmethod
    def _id(who: Customer) -> str:
        return f"faults-{who.phone}"
