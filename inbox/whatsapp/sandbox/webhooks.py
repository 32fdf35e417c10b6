"""Delivers webhooks: signed, in batches, in parallel, again after anything but 200 (sections 2.1 to 2.6)."""

from __future__ import annotations

import hashlib
import hmac
import json
import logging
import secrets
import threading
import time
from sqlite3 import Row
from urllib.parse import urlencode

import requests

from inbox.whatsapp.sandbox.agenda import Agenda
from inbox.whatsapp.sandbox.clock import DAY, Clock
from inbox.whatsapp.sandbox.faults import Faults
from inbox.whatsapp.sandbox.shapes import App, Json
from inbox.whatsapp.sandbox.store import Store

logger = logging.getLogger(__name__)

UPDATES_MOST = 1000
BYTES_MOST = 3 * 1024 * 1024 - 4096
PATIENCE = 10.0  # seconds a callback may take; Meta publishes none
GAPS = (0, 2, 5, 15, 60, 300, 900, 3600, 3 * 3600, 6 * 3600)  # seconds before each further try; the last repeats
GIVE_UP = 7 * DAY
PAUSE_CHECK = 1.0


def encode(body: Json) -> bytes:
    """The exact bytes Meta would send: no spaces, everything beyond ASCII escaped, slashes escaped too."""
    return json.dumps(body, ensure_ascii=True, separators=(",", ":")).replace("/", "\\/").encode("ascii")


def sign(body: bytes, secret: str) -> str:
    return "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


class Webhooks:
    """The outgoing line. Changes wait per (app, URL, number); a worker takes all that wait as one POST."""

    def __init__(self, store: Store, clock: Clock, agenda: Agenda, faults: Faults, apps: dict[str, App]) -> None:
        self._store, self._clock, self._agenda, self._faults, self._apps = store, clock, agenda, faults, apps
        self._threads = threading.local()
        agenda.on("deliver", self._deliver_waiting)
        agenda.on("post", self._post_again)
        agenda.on("copy", self._post_copy)

    def queue(
        self,
        *,
        app_id: str,
        url: str,
        number_id: str,
        waba_id: str,
        field: str,
        value: Json,
        at: int | None = None,
        message_id: str | None = None,
    ) -> None:
        """Puts one change in line; it leaves as soon as a worker is free."""
        slow = self._faults.take("slow_webhooks", number_id)
        with self._store.together():
            self._store.add(
                "changes",
                app_id=app_id,
                url=url,
                number_id=number_id,
                waba_id=waba_id,
                at=at,
                field=field,
                value=json.dumps(value),
                message_id=message_id,
            )
            target = {"app": app_id, "url": url, "number": number_id}
            if slow is None:
                self._call_a_worker(target)
            else:
                self._agenda.at(self._clock.now() + slow["milliseconds"] / 1000, "deliver", target)

    def _call_a_worker(self, target: Json) -> None:
        """Under load one worker that has not looked yet takes everything that waits; a second one is not called."""
        if not self._agenda.is_promised("deliver", target):
            self._agenda.soon("deliver", target)

    def deliver_now(self, number_id: str) -> None:
        """Delivers what waits for a number before returning (for a status that overtakes its own answer)."""
        for row in self._store.all("SELECT DISTINCT app_id, url FROM changes WHERE number_id = ?", number_id):
            self._deliver_waiting({"app": row["app_id"], "url": row["url"], "number": number_id})
        end = time.monotonic() + PATIENCE
        while self._store.one("SELECT 1 FROM posts WHERE number_id = ? AND attempts = 0", number_id) and time.monotonic() < end:
            time.sleep(0.01)  # another worker took them; its POST must be through as well

    def resume(self) -> None:
        """Lets everything go that waited, after a start or when a pause ends."""
        for row in self._store.all("SELECT id FROM posts WHERE last_answer IS NULL"):
            self._agenda.soon("post", {"post": row["id"]})
        for row in self._store.all("SELECT DISTINCT app_id, url, number_id FROM changes"):
            self._agenda.soon("deliver", {"app": row["app_id"], "url": row["url"], "number": row["number_id"]})

    def verify(self, url: str, verify_token: str) -> str | None:
        """The handshake of section 2.1; gives None when the callback passed, else what was wrong with its answer."""
        challenge = str(secrets.randbelow(10**10))
        query = urlencode({"hub.mode": "subscribe", "hub.challenge": challenge, "hub.verify_token": verify_token})
        joint = "&" if "?" in url else "?"
        try:
            answer = self._session().get(f"{url}{joint}{query}", timeout=PATIENCE, allow_redirects=False)
        except requests.RequestException as problem:
            return f"no answer ({type(problem).__name__})"
        if answer.status_code != 200:
            return f"HTTP {answer.status_code}"
        return None if answer.text == challenge else "the body is not the challenge"

    def _deliver_waiting(self, target: Json) -> None:
        app_id, url, number_id = target["app"], target["url"], target["number"]
        if self._faults.is_on("webhooks_paused", number_id):
            return
        while (post := self._gather(app_id, url, number_id)) is not None:
            self._attempt(post)
            copies = self._faults.take("duplicate_webhook", number_id)
            for _ in range(copies["copies"] if copies else 0):
                self._agenda.soon("copy", {"post": post})

    def _gather(self, app_id: str, url: str, number_id: str) -> int | None:
        """Makes one POST of the waiting changes (at most 1000 and 3 MB); gives its number, None if nothing waits."""
        with self._store.together():
            rows = self._store.all(
                "SELECT * FROM changes WHERE app_id = ? AND url = ? AND number_id = ? ORDER BY id LIMIT ?",
                app_id,
                url,
                number_id,
                UPDATES_MOST,
            )
            taken: list[Row] = []
            size = 0
            for row in rows:
                size += len(row["value"]) + 100
                if taken and size > BYTES_MOST:
                    break
                taken.append(row)
            if not taken:
                return None
            self._store.run(
                "DELETE FROM changes WHERE app_id = ? AND url = ? AND number_id = ? AND id <= ?",
                app_id,
                url,
                number_id,
                taken[-1]["id"],
            )
            return self._store.add(
                "posts",
                app_id=app_id,
                url=url,
                number_id=number_id,
                body=encode({"object": "whatsapp_business_account", "entry": _entries(taken)}),
                message_ids=json.dumps([row["message_id"] for row in taken if row["message_id"]]),
                summary=", ".join(dict.fromkeys(_summary(row["field"], json.loads(row["value"])) for row in taken))[:200],
                first_at=self._clock.now(),
            )

    def _post_again(self, payload: Json) -> None:
        row = self._store.one("SELECT number_id FROM posts WHERE id = ?", payload["post"])
        if row is not None and self._faults.is_on("webhooks_paused", row["number_id"]):
            self._agenda.at(self._clock.now() + PAUSE_CHECK, "post", payload)
            return
        self._attempt(payload["post"])

    def _post_copy(self, payload: Json) -> None:
        row = self._store.one("SELECT * FROM posts WHERE id = ?", payload["post"])
        if row is not None:
            self._send(row["url"], row["body"], sign(row["body"], self._apps[row["app_id"]].secret))

    def _attempt(self, post: int) -> None:
        row = self._store.one("SELECT * FROM posts WHERE id = ?", post)
        if row is None or row["last_answer"] == "200":
            return
        answer = self._send(row["url"], row["body"], self._signature(row["app_id"], row["number_id"], row["body"]))
        attempts = row["attempts"] + 1
        with self._store.together():
            self._store.run("UPDATE posts SET attempts = ?, last_answer = ? WHERE id = ?", attempts, answer, post)
            if answer == "200":
                for message_id in json.loads(row["message_ids"]):
                    self._store.run("UPDATE messages SET status = 'delivered' WHERE id = ? AND status = 'sent'", message_id)
            elif self._clock.now() - row["first_at"] < GIVE_UP:
                gap = GAPS[min(attempts - 1, len(GAPS) - 1)]
                self._agenda.at(self._clock.in_(gap), "post", {"post": post})
            else:
                logger.warning("sandbox.webhook_dropped", extra={"post": post, "attempts": attempts})

    def _signature(self, app_id: str, number_id: str, body: bytes) -> str | None:
        app = self._apps[app_id]
        if self._faults.take("no_signature", number_id):
            return None
        if self._faults.take("bad_signature", number_id):
            return sign(body, app.secret + "?")
        if self._faults.take("old_secret", number_id):
            return sign(body, app.old_secret or "a secret this app once had")
        return sign(body, app.secret)

    def _send(self, url: str, body: bytes, signature: str | None) -> str:
        headers = {"Content-Type": "application/json", "User-Agent": "facebookexternalua"}
        if signature is not None:
            headers["X-Hub-Signature-256"] = signature
        try:
            answer = self._session().post(url, data=body, headers=headers, timeout=PATIENCE, allow_redirects=False)
        except requests.RequestException as problem:
            return type(problem).__name__
        return str(answer.status_code)

    def _session(self) -> requests.Session:
        if not hasattr(self._threads, "session"):
            self._threads.session = requests.Session()
            self._threads.session.trust_env = False  # callbacks are local; a proxy of the machine must not see them
        session: requests.Session = self._threads.session
        return session


def _entries(rows: list[Row]) -> list[Json]:
    """The waiting changes as Meta lays them out: those of one account in one entry, unless each tells a time of its own."""
    entries: list[Json] = []
    for row in rows:
        if not entries or entries[-1]["id"] != row["waba_id"] or row["at"] is not None:
            entries.append({"id": row["waba_id"]} | ({"time": row["at"]} if row["at"] else {}) | {"changes": []})
        entries[-1]["changes"].append({"value": json.loads(row["value"]), "field": row["field"]})
    return entries


def _summary(field: str, value: Json) -> str:
    """A few words for the list of last calls: what kind of update, never its content."""
    if field != "messages":
        return field
    words = [f"status {one['status']}" for one in value.get("statuses", ())]
    words += [f"webhook {one['type']}" for one in value.get("messages", ())]
    return ", ".join(words) or field
