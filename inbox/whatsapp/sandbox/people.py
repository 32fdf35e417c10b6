"""The simulated customers: what is known of each, and how a recipient of a send is found among them."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field, fields

from inbox.whatsapp.sandbox.clock import DAY
from inbox.whatsapp.sandbox.ids import phone_key, scoped_bsuid
from inbox.whatsapp.sandbox.shapes import Json, Person
from inbox.whatsapp.sandbox.store import Store

PHONE_MEMORY = 30 * DAY  # how long an exchange with a phone keeps it visible (section 1, BSUID rules)


@dataclass
class Somebody:
    """A person as they are now; starts as the world file's Person and lives on in the store.

    `network` is good, slow or lost. `plan` says what happens to what the business sends:
    read, delivered, none, twice, or fail:<code>.
    """

    id: str
    name: str
    phone: str | None
    bsuid: str
    username: str | None
    country: str
    language: str
    script: str
    shows_phone: bool
    reachable: bool
    network: str = "good"
    plan: str = "read"
    order: str = "8841"
    former_phones: list[str] = field(default_factory=list)

    @property
    def initials(self) -> str:
        parts = self.name.split()
        return (parts[0][:1] + (parts[-1][:1] if len(parts) > 1 else "")).upper()

    @property
    def hue(self) -> int:
        return sum(self.id.encode()) % 10 + 1


class People:
    """All simulated customers, in memory and in the store."""

    def __init__(self, store: Store, portfolio_ids: Iterable[str]) -> None:
        self._store = store
        self._portfolios = list(portfolio_ids)
        self._lock = threading.RLock()
        self._all: dict[str, Somebody] = {}
        known = {entry.name for entry in fields(Somebody)}
        for row in store.all("SELECT doc FROM people ORDER BY rowid"):
            doc = json.loads(row["doc"])
            self._all[doc["id"]] = Somebody(**{key: value for key, value in doc.items() if key in known})

    def take_in(self, people: Iterable[Person]) -> None:
        """Adds the world's people that are not known yet; known ones keep their present state."""
        for person in people:
            if person.id not in self._all:
                self.keep(Somebody(**asdict(person)))

    def keep(self, somebody: Somebody) -> None:
        with self._lock:
            self._all[somebody.id] = somebody
            self._store.run(
                "INSERT INTO people (id, doc) VALUES (?, ?) ON CONFLICT (id) DO UPDATE SET doc = excluded.doc",
                somebody.id,
                json.dumps(asdict(somebody)),
            )

    def all(self) -> list[Somebody]:
        with self._lock:
            return list(self._all.values())

    def get(self, person_id: str) -> Somebody | None:
        return self._all.get(person_id)

    def by_phone(self, digits: str) -> Somebody | None:
        key = phone_key(digits)
        return next((who for who in self.all() if who.phone and phone_key(who.phone) == key), None)

    def by_bsuid(self, bsuid: str, portfolio_id: str) -> Somebody | None:
        return next((who for who in self.all() if self.bsuid_of(who, portfolio_id) == bsuid), None)

    def bsuid_of(self, who: Somebody, portfolio_id: str) -> str:
        """The id the portfolio knows this person by; the first portfolio has the one of the world file."""
        if not self._portfolios or portfolio_id == self._portfolios[0]:
            return who.bsuid
        return scoped_bsuid(who.bsuid, portfolio_id)

    def phone_shown_to(self, who: Somebody, number_id: str, now: float) -> str | None:
        """The phone number a webhook to this business number may carry, or None (then the key is left out)."""
        if who.phone is None:
            return None
        if who.shows_phone or who.username is None:
            return who.phone
        pair = self._store.one("SELECT last_out FROM pairs WHERE number_id = ? AND person_id = ?", number_id, who.id)
        return who.phone if pair is not None and now - pair["last_out"] < PHONE_MEMORY else None

    def contact(self, who: Somebody, *, number_id: str, portfolio_id: str, now: float) -> Json:
        """The item of `contacts[]` that stands in message and status webhooks."""
        profile: Json = {"name": who.name}
        if who.username:
            profile["username"] = who.username
        shown = self.phone_shown_to(who, number_id, now)
        return {"profile": profile} | ({"wa_id": shown} if shown else {}) | {"user_id": self.bsuid_of(who, portfolio_id)}
