"""Lets a simulated person write: every kind of message a customer can send (section 2.8)."""

from __future__ import annotations

import json
from typing import Any

from inbox.whatsapp.sandbox.clock import Clock
from inbox.whatsapp.sandbox.directory import Directory, Line
from inbox.whatsapp.sandbox.ids import FROM_PERSON, digits_of, message_id, new_bsuid
from inbox.whatsapp.sandbox.media import MediaShelf, Medium
from inbox.whatsapp.sandbox.people import People, Somebody
from inbox.whatsapp.sandbox.samples import FILENAME, MIME, sample
from inbox.whatsapp.sandbox.shapes import Json
from inbox.whatsapp.sandbox.store import Store
from inbox.whatsapp.sandbox.webhooks import Webhooks

MEDIA = ("image", "video", "audio", "document", "sticker")
PLAIN = ("text", "location", "contacts", "interactive", "button", "order")
OPENS_NO_WINDOW = ("reaction",)
Upload = tuple[bytes, str, str | None]
SAMPLE_PLACE: Json = {"latitude": 53.7997, "longitude": -1.5492, "name": "City Square", "address": "Leeds LS1"}
SAMPLE_CONTACT: Json = {
    "name": {"formatted_name": "Noor Haddad", "first_name": "Noor"},
    "phones": [{"phone": "+44 7700 900456", "wa_id": "447700900456", "type": "CELL"}],
}
UNSUPPORTED_ERROR: Json = {
    "code": 131051,
    "title": "Message type unknown",
    "message": "Message type unknown",
    "error_data": {"details": "Message type is currently not supported."},
}


class BadMessage(ValueError):
    """What a script asked the person to write makes no sense; the sentence says why."""


class Inbound:
    def __init__(
        self,
        store: Store,
        clock: Clock,
        people: People,
        directory: Directory,
        media: MediaShelf,
        webhooks: Webhooks,
        public_url: str | None,
    ) -> None:
        self._store, self._clock, self._people = store, clock, people
        self._directory, self._media, self._webhooks = directory, media, webhooks
        self._public_url = public_url

    def write(self, who: Somebody, line: Line, asked: Json, *, upload: Upload | None = None) -> Json:
        """Takes what the person writes ({"type", <type>: …, "context", "minutes_ago"}); gives {"id", "type", "timestamp"}.

        `upload` is (bytes, MIME type, file name) of a file to send instead of the built-in sample.
        Raises BadMessage.
        """
        kind = str(asked.get("type", "text"))
        if kind == "user_preferences":
            return self._prefer(who, line, str(asked.get("value", "stop")))
        if kind == "number_change":
            return self.change_number(who, line, str(asked.get("new_phone", "")), str(asked.get("shape", "user_changed_number")))
        at = self._clock.now() - 60 * float(asked.get("minutes_ago", 0))
        content, doc = self._content(who, line, kind, asked, upload)
        return self._say(who, line, kind, content, doc, at=at, context=self._context(who, line, asked))

    def _content(self, who: Somebody, line: Line, kind: str, asked: Json, upload: Upload | None) -> tuple[Json, Json]:
        """The keys the message carries beside its id, and what the phone page shows of it."""
        given = asked.get(kind)
        details = given if isinstance(given, dict) else {}
        if kind in MEDIA:
            media = {kind: self._medium(line, kind, details, upload)}
            return media, media
        if kind == "reaction":
            return self._reaction(who, line, details)
        if kind in ("edit", "revoke"):
            return self._second_thought(who, line, kind, details)
        if kind == "unsupported":
            content: Json = {"unsupported": details or {"type": "poll_creation"}, "errors": [UNSUPPORTED_ERROR]}
            return content, content
        said = _plain(kind, given)
        extra = {key: asked[key] for key in ("referral", "errors", "identity") if key in asked}
        return {kind: said} | extra, {kind: said}

    def _medium(self, line: Line, kind: str, given: Json, upload: Upload | None) -> Json:
        content, mime, filename = upload or (
            sample(kind),
            given.get("mime_type", MIME[kind]),
            given.get("filename", FILENAME.get(kind)),
        )
        medium: Medium = self._media.put(content, number_id=line.id, mime=mime, filename=filename, source="inbound")
        item: Json = {"mime_type": mime, "sha256": medium.sha256_base64, "id": medium.id}
        if given.get("caption") and kind not in ("audio", "sticker"):
            item["caption"] = given["caption"]
        if kind == "document" and filename:
            item["filename"] = filename
        if kind == "audio":
            item["voice"] = bool(given.get("voice", True))
        if kind == "sticker":
            item["animated"] = bool(given.get("animated", False))
        if self._public_url:
            item["url"] = self._media.url(medium, self._public_url, source="webhook")
        return item

    def _reaction(self, who: Somebody, line: Line, given: Json) -> tuple[Json, Json]:
        target = self._message(who, line, str(given.get("message_id", "last")), sender="business")
        reaction: Json = {"message_id": target}
        if given.get("emoji"):
            reaction["emoji"] = given["emoji"]
        self._store.run("UPDATE messages SET reaction = ? WHERE id = ?", given.get("emoji") or None, target)
        return {"reaction": reaction}, {"reaction": reaction}

    def _second_thought(self, who: Somebody, line: Line, kind: str, given: Json) -> tuple[Json, Json]:
        original = self._message(who, line, str(given.get("original_message_id", "last")), sender="person")
        if kind == "revoke":
            self._store.run("UPDATE messages SET doc = '{}', type = 'revoked' WHERE id = ?", original)
            return {"revoke": {"original_message_id": original}}, {}
        message = given.get("message") or {"type": "text", "text": {"body": str(given.get("text", ""))}}
        shown = {message["type"]: message.get(message["type"], {})}
        self._store.run("UPDATE messages SET doc = ? WHERE id = ?", json.dumps(shown | {"edited": True}), original)
        return {"edit": {"original_message_id": original, "message": {"context": {"id": "M0"}} | message}}, {}

    def _message(self, who: Somebody, line: Line, wanted: str, *, sender: str) -> str:
        """A wamid; "last" is the newest visible message of that sender in this thread."""
        if wanted != "last":
            return wanted
        row = self._store.one(
            "SELECT id FROM messages WHERE person_id = ? AND number_id = ? AND sender = ? AND gone = 0 ORDER BY seq DESC LIMIT 1",
            who.id,
            line.id,
            sender,
        )
        if row is None:
            raise BadMessage("There is no message yet that this could refer to.")
        return str(row["id"])

    def _context(self, who: Somebody, line: Line, asked: Json) -> Json | None:
        context = asked.get("context")
        if not isinstance(context, dict):
            return None
        if context.get("id"):
            wamid = self._message(who, line, str(context["id"]), sender="business")
            return {"from": line.number.digits} | context | {"id": wamid}
        return context

    def _say(self, who: Somebody, line: Line, kind: str, content: Json, doc: Json, *, at: float, context: Json | None) -> Json:
        portfolio = line.portfolio.id
        wamid = message_id(who.phone or self._people.bsuid_of(who, portfolio), FROM_PERSON)
        contact = self._people.contact(who, number_id=line.id, portfolio_id=portfolio, now=self._clock.now())
        stamp = str(self._clock.outside(at))
        message: Json = {"from": contact["wa_id"]} if "wa_id" in contact else {}
        message |= {"from_user_id": contact["user_id"], "id": wamid, "timestamp": stamp, "type": kind}
        if context is not None:
            message["context"] = context
        value = {
            "messaging_product": "whatsapp",
            "metadata": line.metadata,
            "contacts": [contact],
            "messages": [message | content],
        }
        with self._store.together():
            hidden = kind in ("reaction", "edit", "revoke")
            self._store.add(
                "messages",
                id=wamid,
                number_id=line.id,
                person_id=who.id,
                sender="person",
                at=at,
                type=kind,
                doc=json.dumps(doc | ({"context": context} if context else {})),
                status="sent",
                gone=int(hidden),
                input="",
            )
            if kind not in OPENS_NO_WINDOW:
                self._store.run(
                    "INSERT INTO pairs (number_id, person_id, last_in, step) VALUES (?, ?, ?, 1) "
                    "ON CONFLICT DO UPDATE SET last_in = MAX(last_in, excluded.last_in), step = MAX(step, 1)",
                    line.id,
                    who.id,
                    at,
                )
            self._emit(line, "messages", value, wamid)
        return {"id": wamid, "type": kind, "timestamp": stamp}

    def _emit(self, line: Line, field: str, value: Json, wamid: str | None = None) -> None:
        for app_id, url in self._directory.targets(line.waba.id, line.id, field):
            self._webhooks.queue(
                app_id=app_id, url=url, number_id=line.id, waba_id=line.waba.id, field=field, value=value, message_id=wamid
            )

    def _prefer(self, who: Somebody, line: Line, wish: str) -> Json:
        """The person stops or resumes marketing; WhatsApp tells us by a user_preferences webhook."""
        if wish not in ("stop", "resume"):
            raise BadMessage("A preference is stop or resume.")
        now = self._clock.now()
        contact = self._people.contact(who, number_id=line.id, portfolio_id=line.portfolio.id, now=now)
        self._store.run(
            "INSERT INTO pairs (number_id, person_id, stopped) VALUES (?, ?, ?) "
            "ON CONFLICT DO UPDATE SET stopped = excluded.stopped",
            line.id,
            who.id,
            int(wish == "stop"),
        )
        preference: Json = {
            "detail": f"User requested to {wish} marketing messages",
            "category": "marketing_messages",
            "value": wish,
            "timestamp": self._clock.outside(now),
        } | {key: contact[key] for key in ("wa_id", "user_id") if key in contact}
        self._emit(
            line,
            "user_preferences",
            {
                "messaging_product": "whatsapp",
                "metadata": line.metadata,
                "contacts": [contact],
                "user_preferences": [preference],
            },
        )
        return {"id": None, "type": "user_preferences", "timestamp": str(self._clock.outside(now))}

    def change_number(self, who: Somebody, line: Line, new_phone: str, shape: str) -> Json:
        """The person moves to a new number and so to a new BSUID: a system message and a user_id_update follow."""
        phone, former = digits_of(new_phone), who.phone
        if shape not in ("user_changed_number", "user_changed_user_id"):
            raise BadMessage("A number change has the shape user_changed_number or user_changed_user_id.")
        if not phone or former is None or self._people.by_phone(phone) is not None:
            raise BadMessage("A number change needs a person with a number and a new number nobody has.")
        now = self._clock.now()
        before = self._people.bsuid_of(who, line.portfolio.id)
        wamid = message_id(former, FROM_PERSON)
        who.former_phones.append(former)
        who.phone, who.bsuid = phone, new_bsuid(who.country)
        self._people.keep(who)
        after = self._people.bsuid_of(who, line.portfolio.id)
        stamp = str(self._clock.outside(now))
        system: Json = {"type": shape, "wa_id": phone, "body": f"User {who.name} changed from {former} to {phone}"}
        if shape == "user_changed_user_id":
            system["user_id"] = after
        message: dict[str, Any] = {
            "from": former,
            "from_user_id": before,
            "id": wamid,
            "timestamp": stamp,
            "type": "system",
            "system": system,
        }
        common = {"messaging_product": "whatsapp", "metadata": line.metadata}
        self._emit(line, "messages", common | {"messages": [message]}, wamid)
        update = {
            "wa_id": phone,
            "detail": "The user id of a user changed.",
            "user_id": {"previous": before, "current": after},
            "timestamp": stamp,
        }
        contact = {"profile": {"name": who.name}, "wa_id": phone, "user_id": after}
        self._emit(line, "user_id_update", common | {"contacts": [contact], "user_id_update": [update]})
        return {"id": wamid, "type": "system", "timestamp": stamp}


def _plain(kind: str, given: Any) -> Any:
    """The content of a kind that is passed on as it was given. Raises BadMessage when there is nothing to pass on."""
    if kind == "text":
        said: Any = {"body": given} if isinstance(given, str) else given
        if not isinstance(said, dict) or not said.get("body"):
            raise BadMessage("The text needs a body.")
        return said
    if kind == "location":
        return given or SAMPLE_PLACE
    if kind == "contacts":
        return given or [SAMPLE_CONTACT]
    if kind not in PLAIN and not isinstance(given, dict | list):
        raise BadMessage(f"A person cannot write a message of type {kind!r}.")
    if not given:
        raise BadMessage(f"The message needs a {kind!r} key.")
    return given
