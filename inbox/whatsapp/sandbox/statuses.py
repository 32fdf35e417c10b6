"""What becomes of an accepted message: sent, delivered, read, played or failed, and the webhooks that say so."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from sqlite3 import Row

from inbox.whatsapp.sandbox.agenda import Agenda
from inbox.whatsapp.sandbox.clock import Clock
from inbox.whatsapp.sandbox.directory import Directory, Line
from inbox.whatsapp.sandbox.errors import DETAILS, status_errors
from inbox.whatsapp.sandbox.faults import Faults
from inbox.whatsapp.sandbox.ids import digits_of
from inbox.whatsapp.sandbox.people import People, Somebody
from inbox.whatsapp.sandbox.shapes import Json
from inbox.whatsapp.sandbox.store import Store
from inbox.whatsapp.sandbox.webhooks import Webhooks

# Seconds after the send. The spread is by position, not by chance, so that runs can be repeated.
AFTER = {"sent": 0.1, "delivered": 0.5, "read": 1.4, "played": 2.5, "failed": 0.3}
SLOW = 6.0  # how many times longer everything takes on a slow network
RANK = {"accepted": 0, "sent": 1, "delivered": 2, "read": 3, "played": 4, "failed": 5}
FREE_SERVICE_MESSAGES = 1000  # per number and calendar month


@dataclass(frozen=True)
class Plan:
    """The statuses to come, in the order they are reported, and the code if the message fails."""

    names: tuple[str, ...]
    error: int | None = None
    details: str = ""
    copies: int = 1


class Statuses:
    def __init__(
        self, store: Store, clock: Clock, agenda: Agenda, faults: Faults, people: People, directory: Directory, webhooks: Webhooks
    ) -> None:
        self._store, self._clock, self._agenda, self._faults = store, clock, agenda, faults
        self._people, self._directory, self._webhooks = people, directory, webhooks
        agenda.on("status", self._due)

    def plan(self, who: Somebody | None, number_id: str, *, voice: bool, error: int | None, details: str = "") -> Plan:
        """What will be reported of a message to this person, faults and the person's own settings considered."""
        if who is None or not who.reachable:
            return Plan(("failed",), 131026)
        if error is not None:
            return Plan(("failed",), error, details)
        if who.plan.startswith("fail:"):
            return Plan(("failed",), int(who.plan.removeprefix("fail:")))
        if who.plan == "none" or self._faults.take("no_statuses", number_id):
            return Plan(())
        names = ["sent", "delivered", "read"] + (["played"] if voice else [])
        if who.plan == "delivered" or self._faults.take("delivered_only", number_id):
            names = ["sent", "delivered"]
        if self._faults.take("skip_delivered", number_id):
            names.remove("delivered")
        if self._faults.take("reverse_statuses", number_id):
            names.reverse()
        twice = who.plan == "twice" or self._faults.take("duplicate_statuses", number_id) is not None
        return Plan(tuple(names), copies=2 if twice else 1)

    def schedule(self, message_id: str, plan: Plan, *, slow: bool = False, delay: float = 0.0) -> None:
        """Promises the plan's statuses; in a reversed plan the early times are kept and the names are swapped."""
        times = sorted(AFTER[name] for name in plan.names)
        for name, after in zip(plan.names, times, strict=True):
            payload: Json = {
                "message": message_id,
                "status": name,
                "error": plan.error,
                "details": plan.details,
                "copies": plan.copies,
            }
            self._agenda.at(self._clock.in_((after + delay) * (SLOW if slow else 1.0)), "status", payload)

    def report_at_once(self, message_id: str, plan: Plan) -> None:
        """Reports all but the last status right now (they overtake the answer of the send)."""
        early = [name for name in plan.names if name in ("sent", "delivered", "failed")]
        for name in early:
            self._due(
                {"message": message_id, "status": name, "error": plan.error, "details": plan.details, "copies": plan.copies}
            )
        row = self._store.one("SELECT number_id FROM messages WHERE id = ?", message_id)
        if row is not None:
            self._webhooks.deliver_now(row["number_id"])
        self.schedule(message_id, Plan(tuple(name for name in plan.names if name not in early), copies=plan.copies))

    def network_is_back(self, who: Somebody) -> None:
        """Delivers what was only sent while the phone had no network."""
        for row in self._store.all(
            "SELECT id FROM messages WHERE person_id = ? AND sender = 'business' AND status = 'sent' ORDER BY seq", who.id
        ):
            for name in ("delivered", "read"):
                payload: Json = {"message": row["id"], "status": name, "error": None, "details": "", "copies": 1}
                self._agenda.at(self._clock.in_(AFTER[name]), "status", payload)

    def _due(self, payload: Json) -> None:
        name = payload["status"]
        with self._store.together():
            row = self._store.one("SELECT * FROM messages WHERE id = ?", payload["message"])
            if row is None:
                return
            who = self._people.get(row["person_id"]) if row["person_id"] else None
            if who is not None and who.network == "lost" and name not in ("sent", "failed"):
                return  # reported by network_is_back
            if RANK[name] > RANK[row["status"]]:
                self._store.run("UPDATE messages SET status = ?, error = ? WHERE id = ?", name, payload["error"], row["id"])
            line = self._directory.lines[row["number_id"]]
            value = self._value(row, line, who, payload)
            for _ in range(payload["copies"]):
                self._emit(line, value)
        if name == "read" and who is not None and who.script != "silent":
            self._agenda.soon("noticed", {"message": row["id"], "status": name})

    def _emit(self, line: Line, value: Json) -> None:
        for app_id, url in self._directory.targets(line.waba.id, line.id, "messages"):
            self._webhooks.queue(app_id=app_id, url=url, number_id=line.id, waba_id=line.waba.id, field="messages", value=value)

    def _value(self, row: Row, line: Line, who: Somebody | None, payload: Json) -> Json:
        now, name = self._clock.now(), payload["status"]
        status: Json = {"id": row["id"], "status": name, "timestamp": str(self._clock.outside(now))}
        to_phone = not _is_bsuid(row["input"])
        shown = self._people.phone_shown_to(who, line.id, now) if who is not None else digits_of(row["input"])
        if shown and (name != "failed" or to_phone):
            status["recipient_id"] = shown
        if who is not None and not (name == "failed" and to_phone):
            status["recipient_user_id"] = self._people.bsuid_of(who, line.portfolio.id)
        if row["opaque"]:
            status["biz_opaque_callback_data"] = row["opaque"]
        if name == "failed":
            code = payload["error"] or 131000
            status["errors"] = status_errors(code, payload["details"] or DETAILS.get(code, ""))
        else:
            self._add_price(status, row, line)
        value: Json = {"messaging_product": "whatsapp", "metadata": line.metadata}
        if who is not None and name != "failed":
            value["contacts"] = [self._people.contact(who, number_id=line.id, portfolio_id=line.portfolio.id, now=now)]
        return value | {"statuses": [status]}

    def _add_price(self, status: Json, row: Row, line: Line) -> None:
        """Pricing stands in sent and in one of delivered and read (section 2.9)."""
        bit = 1 if status["status"] == "sent" else 2
        if status["status"] == "played" or row["priced"] & bit:
            return
        self._store.run("UPDATE messages SET priced = priced | ? WHERE id = ?", bit, row["id"])
        category = json.loads(row["doc"]).get("category", "service")
        kind = "regular"
        if category == "service" and self._free_tier_left(line.id, delivered=bit == 2):
            kind = "free_customer_service"
        status["pricing"] = {"billable": kind == "regular", "pricing_model": "PMP", "type": kind, "category": category}

    def _free_tier_left(self, number_id: str, *, delivered: bool) -> bool:
        month = datetime.fromtimestamp(self._clock.now(), UTC).strftime("%Y-%m")
        key = f"service.{number_id}.{month}"
        used = self._store.count_up(key) if delivered else int(self._store.recall(key, 0)) + 1
        return used <= FREE_SERVICE_MESSAGES


def _is_bsuid(recipient: str) -> bool:
    return "." in recipient and recipient[:2].isalpha()
