"""The control endpoints for scripts: people, what they write, faults, clock, calls, events, the demo's opening."""

from __future__ import annotations

import json
import re
from typing import Any

from starlette.datastructures import UploadFile
from starlette.requests import Request

from inbox.whatsapp.sandbox import faults as fault_catalogue
from inbox.whatsapp.sandbox.directory import Line
from inbox.whatsapp.sandbox.ids import digits_of, new_bsuid
from inbox.whatsapp.sandbox.inbound import BadMessage
from inbox.whatsapp.sandbox.people import Somebody
from inbox.whatsapp.sandbox.sandbox import Sandbox
from inbox.whatsapp.sandbox.scripts import SCRIPTS
from inbox.whatsapp.sandbox.shapes import Json
from inbox.whatsapp.sandbox.thread_view import thread

Upload = tuple[bytes, str, str | None]
PLANS = ("read", "delivered", "none", "twice")
NETWORKS = ("good", "slow", "lost")
PERSON_ID = re.compile(r"[a-z0-9-]{1,40}")  # it becomes a part of the phone's address
FAILING = re.compile(r"fail:[0-9]{1,9}")


class Refused(Exception):
    """A control request that makes no sense; `status` is 400 or 404."""

    def __init__(self, sentence: str, status: int = 400) -> None:
        super().__init__(sentence)
        self.sentence, self.status = sentence, status


async def read_body(request: Request) -> tuple[Json, Upload | None]:
    """The JSON object or form of a request, and the file that came along. Raises Refused."""
    kind = request.headers.get("content-type", "").split(";")[0]
    if kind in ("multipart/form-data", "application/x-www-form-urlencoded"):
        upload: Upload | None = None
        async with request.form() as form:
            fields: Json = {key: value for key, value in form.multi_items() if isinstance(value, str)}
            for _, value in form.multi_items():
                if isinstance(value, UploadFile) and value.filename:
                    upload = (await value.read(), value.content_type or "application/octet-stream", value.filename)
        return fields, upload
    raw = await request.body()
    try:
        body = json.loads(raw) if raw else {}
    except (ValueError, RecursionError):
        raise Refused("The body is not valid JSON.") from None
    if not isinstance(body, dict):
        raise Refused("The body must be a JSON object.")
    return body, None


class Control:
    """What scripts may ask. Every method takes plain values and gives JSON; the routes below are thin."""

    def __init__(self, sandbox: Sandbox) -> None:
        self.sandbox = sandbox

    def person(self, person_id: str) -> Somebody:
        who = self.sandbox.people.get(person_id)
        if who is None:
            raise Refused("There is no such simulated person.", 404)
        return who

    def line(self, number: Any) -> Line:
        lines = self.sandbox.directory.lines
        if not lines:
            raise Refused("This world has no business number.", 404)
        if not number:
            return next(iter(lines.values()))
        found = lines.get(str(number)) or next(
            (line for line in lines.values() if line.number.digits == digits_of(str(number))), None
        )
        if found is None:
            raise Refused("There is no such business number.", 404)
        return found

    def people_list(self) -> Json:
        return {"people": [self._person_view(who) for who in self.sandbox.people.all()]}

    def _person_view(self, who: Somebody) -> Json:
        keys = (
            "id",
            "name",
            "phone",
            "bsuid",
            "username",
            "country",
            "language",
            "script",
            "shows_phone",
            "reachable",
            "network",
            "plan",
        )
        return {key: getattr(who, key) for key in keys}

    def add_person(self, body: Json) -> Json:
        name = str(body.get("name") or "").strip()
        phone = digits_of(str(body.get("phone") or "")) or None
        if not name:
            raise Refused("A test phone needs a name.")
        if phone is not None and self.sandbox.people.by_phone(phone) is not None:
            raise Refused("Somebody already has this phone number.")
        ident = str(body.get("id") or f"test-{self.sandbox.store.count_up('people.added')}")
        if not PERSON_ID.fullmatch(ident):
            raise Refused("An id has 1 to 40 small letters, digits and hyphens.")
        if self.sandbox.people.get(ident) is not None:
            raise Refused("This id is taken.")
        country = str(body.get("country") or "GB")[:2].upper()
        who = Somebody(
            id=ident,
            name=name[:100],
            phone=phone,
            bsuid=str(body.get("bsuid") or new_bsuid(country)),
            username=body.get("username") or None,
            country=country,
            language=str(body.get("language") or "en"),
            script=str(body.get("script") or "silent"),
            shows_phone=bool(body.get("shows_phone", True)),
            reachable=bool(body.get("reachable", True)),
        )
        self.sandbox.people.keep(who)
        return self._person_view(who)

    def change_person(self, person_id: str, body: Json) -> Json:
        """Sets network (good, slow, lost), plan (read, delivered, none, twice, fail:<code>), script, reachable."""
        who = self.person(person_id)
        if "network" in body:
            self._one_of("network", body["network"], NETWORKS)
            who.network = body["network"]
        if "plan" in body:
            plan = str(body["plan"])
            if plan not in PLANS and not FAILING.fullmatch(plan):
                raise Refused(f"plan is one of {', '.join(PLANS)} or fail:<code>.")
            who.plan = plan
        if "script" in body:
            self._one_of("script", body["script"], tuple(SCRIPTS))
            who.script = body["script"]
        if "reachable" in body:
            who.reachable = bool(body["reachable"])
        self.sandbox.people.keep(who)
        if body.get("network") in ("good", "slow"):
            self.sandbox.statuses.network_is_back(who)
        return self._person_view(who)

    def _one_of(self, key: str, value: Any, allowed: tuple[str, ...]) -> None:
        if value not in allowed:
            raise Refused(f"{key} is one of {', '.join(allowed)}.")

    def write(self, person_id: str, body: Json, upload: Upload | None) -> Json:
        who, line = self.person(person_id), self.line(body.get("number"))
        asked = dict(body)
        if isinstance(asked.get("text"), str):
            asked["text"] = {"body": asked["text"]}
        if upload is not None and "type" not in asked:
            asked["type"] = {"image": "image", "audio": "audio", "video": "video"}.get(upload[1].split("/")[0], "document")
        kind = asked.get("type")
        if upload is not None and kind and not isinstance(asked.get(kind), dict):
            asked[kind] = {"caption": asked.get("caption"), "voice": asked.get("voice", True)}
        try:
            return self.sandbox.inbound.write(who, line, asked, upload=upload)
        except BadMessage as problem:
            raise Refused(str(problem)) from problem
        except (TypeError, ValueError, OverflowError, AttributeError) as problem:
            raise Refused(f"The message could not be understood: {type(problem).__name__}.") from problem

    def thread(self, person_id: str, number: Any) -> Json:
        who, line = self.person(person_id), self.line(number)
        return {"person": who.id, "number": line.id, "messages": thread(self.sandbox, who, line.id)}

    def run_script(self, person_id: str, body: Json) -> Json:
        who, line = self.person(person_id), self.line(body.get("number"))
        self._one_of("script", body.get("script", who.script), tuple(SCRIPTS))
        try:
            seed = int(body.get("seed") or 42)
        except (TypeError, ValueError, OverflowError):
            raise Refused("seed is a whole number.") from None
        return self.sandbox.scripts.run(who, line, str(body.get("script", who.script)), seed)

    def faults(self) -> Json:
        catalogue = [
            {"name": fault.name, "bites": fault.bites, "sentence": str(fault.sentence), "settings": dict(fault.settings)}
            for fault in fault_catalogue.CATALOGUE
        ]
        return {"faults": catalogue, "active": self.sandbox.faults.active()}

    def switch_fault(self, body: Json) -> Json:
        """{"name", "number", "times", <settings>} switches on, {"name", "off": true} off, {"clear": true} all off."""
        number = body.get("number")
        if body.get("clear"):
            self.sandbox.faults.clear()
        elif body.get("name") not in fault_catalogue.BY_NAME:
            raise Refused("There is no such fault.", 404)
        elif body.get("off"):
            self.sandbox.faults.switch_off(body["name"], number=str(number) if number else None)
        else:
            times = body.get("times")
            target = fault_catalogue.EVERYWHERE if number in (None, "", "*") else self.line(number).id
            try:
                self.sandbox.faults.switch_on(body["name"], number=target, times=int(times) if times else None, settings=body)
            except (TypeError, ValueError, OverflowError) as problem:
                raise Refused(str(problem)) from problem
        self.sandbox.faults_changed()
        return {"active": self.sandbox.faults.active()}

    def clock(self) -> Json:
        clock = self.sandbox.clock
        return {"ahead_seconds": clock.ahead, "speed": clock.speed, "rates_enforced": self.sandbox.rates.enforced}

    def set_clock(self, body: Json) -> Json:
        """advance_seconds ages what is remembered; speed shortens every wait; rates_enforced false lifts the limits."""
        try:
            if body.get("advance_seconds"):
                self.sandbox.clock.advance(float(body["advance_seconds"]))
            if body.get("speed"):
                self.sandbox.clock.run_at(float(body["speed"]))
        except (TypeError, ValueError, OverflowError):
            raise Refused("advance_seconds and speed are numbers; the clock goes at most 366 days ahead.") from None
        if "rates_enforced" in body:
            self.sandbox.rates.enforced = bool(body["rates_enforced"])
        self.sandbox.agenda.ring()
        return self.clock()

    def event(self, body: Json) -> Json:
        """Sends a management webhook: {"field", "waba", "value" (default: a complete sample)}."""
        wabas = self.sandbox.directory.wabas
        waba_id = str(body.get("waba") or next(iter(wabas), ""))
        if waba_id not in wabas:
            raise Refused("There is no such WABA.", 404)
        field = str(body.get("field") or "")
        value = body.get("value") or self.sandbox.management.sample(field, waba_id)
        if not isinstance(value, dict):
            raise Refused("This field has no sample; give a value.")
        number = self.line(body["number"]).id if body.get("number") else ""
        return {"field": field, "sent_to": self.sandbox.management.tell(waba_id, field, value, number_id=number), "value": value}

    def review(self, template_id: str, body: Json) -> Json:
        """Moves a template: {"event": "APPROVED"|…, "reason"} or {"quality": "GREEN"|"YELLOW"|"RED"}."""
        row = self.sandbox.templates.find(template_id)
        if row is None:
            raise Refused("There is no such template.", 404)
        if body.get("quality"):
            self._one_of("quality", body["quality"], ("GREEN", "YELLOW", "RED", "UNKNOWN"))
            self.sandbox.templates.set_quality(row, body["quality"])
        else:
            events = (
                "APPROVED",
                "REJECTED",
                "PENDING",
                "PAUSED",
                "DISABLED",
                "FLAGGED",
                "IN_APPEAL",
                "REINSTATED",
                "ARCHIVED",
                "UNARCHIVED",
                "PENDING_DELETION",
                "LOCKED",
                "LIMIT_EXCEEDED",
            )
            self._one_of("event", body.get("event"), events)
            self.sandbox.templates.move(row, body["event"], reason=body.get("reason"))
        fresh = self.sandbox.templates.find(template_id)
        return {"id": template_id, "status": fresh["status"] if fresh is not None else "DELETED"}

    def calls(self, query: dict[str, str]) -> Json:
        limit = query.get("limit", "200")
        found = self.sandbox.calls.listing(
            opaque=query.get("opaque"),
            number_id=query.get("number"),
            kind=query.get("type"),
            limit=int(limit) if limit.isdecimal() and len(limit) <= 9 else 200,
        )
        return {"calls": found}

    def posts(self) -> Json:
        """The newest webhook POSTs: summary, attempts and the last answer of the callback."""
        rows = self.sandbox.store.all(
            "SELECT id, number_id, summary, first_at, attempts, last_answer FROM posts ORDER BY id DESC LIMIT 200"
        )
        waiting = self.sandbox.store.one("SELECT COUNT(*) AS n FROM changes")
        view = [dict(row) | {"first_at": self.sandbox.clock.outside(row["first_at"])} for row in rows]
        return {"waiting": waiting["n"] if waiting is not None else 0, "posts": view}
