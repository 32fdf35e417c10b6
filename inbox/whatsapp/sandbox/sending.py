"""Accepts or refuses what the business sends: POST /messages, and what it does to the thread on the phone."""

from __future__ import annotations

import json
from dataclasses import dataclass, field

from inbox.whatsapp.sandbox.check_messages import MEDIA_KINDS, check_envelope
from inbox.whatsapp.sandbox.checks import the_object, the_text
from inbox.whatsapp.sandbox.clock import DAY, Clock
from inbox.whatsapp.sandbox.directory import Directory, Line
from inbox.whatsapp.sandbox.errors import DETAILS, GraphError
from inbox.whatsapp.sandbox.faults import Faults
from inbox.whatsapp.sandbox.fill_template import fill
from inbox.whatsapp.sandbox.ids import FROM_BUSINESS, digits_of, message_id
from inbox.whatsapp.sandbox.links import Links
from inbox.whatsapp.sandbox.media import MediaShelf
from inbox.whatsapp.sandbox.people import People, Somebody
from inbox.whatsapp.sandbox.rates import Rates
from inbox.whatsapp.sandbox.shapes import Json
from inbox.whatsapp.sandbox.statuses import Statuses
from inbox.whatsapp.sandbox.store import Store
from inbox.whatsapp.sandbox.templates import Templates

WINDOW = DAY
READ_RECEIPT_DAYS = 30 * DAY
TYPING_SECONDS = 25
HOLD_SECONDS = 5.0


@dataclass
class Recipient:
    """Whom a send reaches: the person if it is one of ours, how they were named, and the answer's contact item."""

    who: Somebody | None
    input: str
    contact: Json
    by_phone: bool


@dataclass
class Draft:
    """A checked send on its way into the thread."""

    line: Line
    body: Json
    kind: str
    to: Recipient
    shown: Json
    error: int | None = None
    details: str = ""
    links: list[tuple[str, str]] = field(default_factory=list)


class Sending:
    def __init__(
        self,
        store: Store,
        clock: Clock,
        faults: Faults,
        people: People,
        directory: Directory,
        media: MediaShelf,
        templates: Templates,
        statuses: Statuses,
        rates: Rates,
        links: Links,
    ) -> None:
        self._store, self._clock, self._faults, self._people = store, clock, faults, people
        self._directory, self._media, self._templates = directory, media, templates
        self._statuses, self._rates, self._links = statuses, rates, links

    def send(self, line: Line, body: Json, *, marketing_only: bool = False) -> Json:
        """Takes the body of a send, gives Meta's answer with the wamid. Raises GraphError for a refusal."""
        self._rates.count_send(line.id)
        kind = check_envelope(body)
        if not self._directory.state(line.id)["registered"]:
            raise GraphError(133010, "The phone number is not registered; call /register first.")
        to = self._recipient(line, body)
        draft = Draft(line, body, kind, to, shown={kind: body[kind]})
        self._check_against_world(draft, marketing_only=marketing_only)
        if to.who is not None:
            self._rates.count_pair(line.id, to.who.id)
        self._apply_faults(draft)
        return self._accept(draft)

    def mark_read(self, line: Line, body: Json) -> Json:
        """Marks an inbound message and the earlier ones read; with `typing_indicator` the phone shows typing."""
        wanted = the_text(body, "message_id", "", most=512)
        row = self._store.one("SELECT * FROM messages WHERE id = ? AND number_id = ? AND sender = 'person'", wanted, line.id)
        if row is None or self._clock.now() - row["at"] > READ_RECEIPT_DAYS:
            raise GraphError(131009, "Message ID is not a message received by this number within 30 days.")
        typing = body.get("typing_indicator")
        if (
            typing is not None
            and the_text(the_object(body, "typing_indicator", ""), "type", "typing_indicator.", most=20) != "text"
        ):
            raise GraphError(100, "Param typing_indicator['type'] must be one of {text}.")
        with self._store.together():
            self._store.run(
                "UPDATE messages SET status = 'read' WHERE person_id = ? AND number_id = ? AND sender = 'person' AND seq <= ?",
                row["person_id"],
                line.id,
                row["seq"],
            )
            if typing is not None:
                self._store.run(
                    "UPDATE pairs SET typing_until = ? WHERE number_id = ? AND person_id = ?",
                    self._clock.in_(TYPING_SECONDS),
                    line.id,
                    row["person_id"],
                )
        return {"success": True}

    def _recipient(self, line: Line, body: Json) -> Recipient:
        if not body.get("to"):
            bsuid = str(body["recipient"])
            who = self._people.by_bsuid(bsuid, line.portfolio.id)
            if who is None:
                raise GraphError(131009, "Parameter 'recipient' is not a user id of this business portfolio.")
            return Recipient(who, bsuid, {"input": bsuid, "user_id": bsuid}, by_phone=False)
        given = str(body["to"])
        digits = digits_of(given)
        if not 5 <= len(digits) <= 20 or digits_of(given) != given.strip("+").translate(str.maketrans("", "", " -()")):
            raise GraphError(131009, "Parameter 'to' is not a valid phone number.")
        who = self._people.by_phone(digits)
        if who is None and not given.startswith("+"):
            # Section 3.1: without a plus the sender's country code is put in front. Known wa_ids without a plus are
            # let through first, as Meta does in practice.
            digits = _country_code(line.number.digits) + digits
            who = self._people.by_phone(digits)
        if digits == line.number.digits:
            raise GraphError(131021, "The recipient is the sending number itself.")
        return Recipient(who, given, {"input": given, "wa_id": who.phone if who and who.phone else digits}, by_phone=True)

    def _check_against_world(self, draft: Draft, *, marketing_only: bool) -> None:
        """What only a look at the world can tell: media, templates, blocks, the window, consent."""
        pair = self._pair(draft.line.id, draft.to.who)
        if pair["blocked"]:
            raise GraphError(130403, "The business has blocked this user.")
        self._check_media(draft)
        if draft.kind == "reaction":
            self._check_reaction(draft)
        if draft.kind == "template":
            self._check_template(draft, pair)
        elif marketing_only:
            raise GraphError(131055, "Only marketing templates can be sent here.")
        elif self._clock.now() - pair["last_in"] >= WINDOW:
            draft.error = 131047

    def _check_template(self, draft: Draft, pair: Json) -> None:
        sent = draft.body["template"]
        row = self._templates.sendable(draft.line.waba.id, sent["name"], sent["language"]["code"])
        if not draft.to.by_phone and row["category"] == "AUTHENTICATION":
            raise GraphError(131062, "Authentication templates cannot be sent to a user id.")
        filled = fill(json.loads(row["doc"]), sent.get("components") or [])
        header = filled["header"] or {}
        if header.get("type") in MEDIA_KINDS:
            self._note_media(draft, header["type"], header[header["type"]])
        draft.shown = {
            "template": filled | {"name": row["name"], "language": row["language"]},
            "category": row["category"].lower(),
        }
        if row["category"] == "MARKETING":
            if pair["stopped"]:
                draft.error = 131050
            elif draft.to.by_phone and draft.to.contact["wa_id"].startswith("1"):
                draft.error, draft.details = 131049, "Marketing templates are not delivered to numbers of the United States."

    def _check_reaction(self, draft: Draft) -> None:
        target = draft.body["reaction"]["message_id"]
        row = self._store.one("SELECT type, person_id FROM messages WHERE id = ? AND sender = 'person'", target)
        if row is None or row["type"] == "reaction" or draft.to.who is None or row["person_id"] != draft.to.who.id:
            draft.error, draft.details = 131009, "The reaction's message_id is not a message of this user."

    def _check_media(self, draft: Draft) -> None:
        if draft.kind in MEDIA_KINDS:
            self._note_media(draft, draft.kind, draft.body[draft.kind])
        header = draft.body["interactive"].get("header") or {} if draft.kind == "interactive" else {}
        if header.get("type") in MEDIA_KINDS:
            self._note_media(draft, header["type"], header[header["type"]])

    def _note_media(self, draft: Draft, kind: str, media: Json) -> None:
        if media.get("id"):
            self._media.check_sendable(str(media["id"]), kind, draft.line.id)
        else:
            draft.links.append((kind, str(media["link"])))

    def _apply_faults(self, draft: Draft) -> None:
        number = draft.line.id
        if draft.kind != "template" and (closed := self._faults.take("window_closed", number)):
            if closed["mode"] == "sync":
                raise GraphError(131047, DETAILS[131047])
            draft.error = 131047
        if failing := self._faults.take("fail_next", number):
            if failing["mode"] == "sync":
                raise GraphError(failing["code"], DETAILS.get(failing["code"], ""))
            draft.error, draft.details = failing["code"], ""

    def _accept(self, draft: Draft) -> Json:
        """From here on the message is Meta's: stored in one transaction with the promise of its statuses."""
        who, number = draft.to.who, draft.line.id
        counterpart = str(draft.to.contact.get("wa_id") or draft.to.contact["user_id"])
        wamid = message_id(counterpart, FROM_BUSINESS)
        early = self._faults.take("status_before_response", number)
        held = self._faults.take("hold_for_quality", number) if draft.kind == "template" else None
        if held is not None and held["then"] == "drop":
            draft.error = 132015
        voice = draft.kind == "audio" and bool(draft.body["audio"].get("voice"))
        with self._store.together():
            self._keep(draft, wamid)
            plan = self._statuses.plan(who, number, voice=voice, error=draft.error, details=draft.details)
            slow = who is not None and who.network == "slow"
            if draft.links and plan.error is None:
                self._links.fetch_then_report(wamid, plan, draft.links, number)
            elif early is None:
                self._statuses.schedule(wamid, plan, slow=slow, delay=HOLD_SECONDS if held else 0.0)
        if early is not None:
            self._statuses.report_at_once(wamid, plan)
        answer: Json = {"id": wamid}
        if draft.kind == "template":
            answer["message_status"] = "held_for_quality_assessment" if held else "accepted"
        return {"messaging_product": "whatsapp", "contacts": [draft.to.contact], "messages": [answer]}

    def _keep(self, draft: Draft, wamid: str) -> None:
        now, who = self._clock.now(), draft.to.who
        doc = draft.shown | ({"context": draft.body["context"]} if draft.body.get("context") else {})
        hidden = draft.kind == "reaction"
        self._store.add(
            "messages",
            id=wamid,
            number_id=draft.line.id,
            person_id=who.id if who else None,
            sender="business",
            at=now,
            type=draft.kind,
            doc=json.dumps(doc),
            status="accepted",
            opaque=draft.body.get("biz_opaque_callback_data"),
            input=draft.to.input,
            gone=int(hidden),
        )
        if who is None:
            return
        if hidden and draft.error is None:
            reaction = draft.body["reaction"]
            self._store.run("UPDATE messages SET reaction = ? WHERE id = ?", reaction["emoji"] or None, reaction["message_id"])
        self._store.run(
            "INSERT INTO pairs (number_id, person_id, last_out) VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET "
            "last_out = MAX(last_out, excluded.last_out), typing_until = 0",
            draft.line.id,
            who.id,
            now if draft.to.by_phone else 0.0,
        )

    def _pair(self, number_id: str, who: Somebody | None) -> Json:
        row = None
        if who is not None:
            row = self._store.one("SELECT * FROM pairs WHERE number_id = ? AND person_id = ?", number_id, who.id)
        return dict(row) if row is not None else {"blocked": 0, "stopped": 0, "last_in": 0.0}


def _country_code(digits: str) -> str:
    """The calling code of our own numbers; only the one-digit and the usual two-digit codes are told apart."""
    return digits[0] if digits[0] in "17" else digits[:2]
