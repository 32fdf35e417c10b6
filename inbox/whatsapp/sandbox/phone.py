"""The phone page: a browser plays the customer, with plain forms that work without JavaScript too."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import urlencode

from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext as _
from starlette.requests import Request
from starlette.responses import Response

from inbox.whatsapp.sandbox import faults as fault_catalogue
from inbox.whatsapp.sandbox.control import Control, Refused, Upload
from inbox.whatsapp.sandbox.directory import Line
from inbox.whatsapp.sandbox.people import Somebody
from inbox.whatsapp.sandbox.phone_words import STOP_WORDS, network_choices, plan_choices, script_choices
from inbox.whatsapp.sandbox.shapes import Json
from inbox.whatsapp.sandbox.thread_view import thread

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; media-src 'self'; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'self'"
)
SAFE_HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cache-Control": "no-store",
}
INLINE_TYPES = ("image/jpeg", "image/png", "image/webp", "audio/ogg", "audio/mpeg", "audio/mp4", "audio/aac", "video/mp4")
PHONES = "/sandbox/phone/"
LAST_CALLS = 12
SHORT_THREAD = 80

Handler = Callable[[Request], Awaitable[Response]]


@dataclass(frozen=True)
class Phone:
    """Whose phone is in hand, and which business it is talking to."""

    who: Somebody
    line: Line

    @property
    def url(self) -> str:
        return f"{PHONES}{self.who.id}/?{urlencode({'number': self.line.id})}"


class PhonePage:
    """Builds the pages and does what their forms ask; `phone_http` brings both to the browser."""

    def __init__(self, control: Control) -> None:
        self._control = control
        self._sandbox = control.sandbox

    def listing(self, *, problem: str = "") -> str:
        context = {"phones": PHONES, "people": self._sandbox.people.all(), "problem": problem}
        return render_to_string("sandbox/phone_list.html", context)

    def phone(self, request: Request) -> Phone:
        return Phone(self._control.person(request.path_params["person"]), self._control.line(request.query_params.get("number")))

    def page(self, phone: Phone, *, problem: str = "", draft: str = "") -> str:
        active = self._sandbox.faults.active()
        faults = [
            {
                "name": fault.name,
                "sentence": fault.sentence,
                "settings": fault.settings,
                "on": [one for one in active if one["name"] == fault.name],
            }
            for fault in fault_catalogue.CATALOGUE
        ]
        context = {
            "people": self._sandbox.people.all(),
            "lines": list(self._sandbox.directory.lines.values()),
            "problem": problem,
            "draft": draft,
            "plans": plan_choices(phone.who.plan),
            "networks": network_choices(phone.who.network),
            "scripts": script_choices(phone.who.script),
            "stop_word": STOP_WORDS.get(phone.who.language, STOP_WORDS["en"]),
            "faults": faults,
            "active_faults": len(active),
        }
        return render_to_string("sandbox/phone.html", context | self._live(phone))

    def fragment(self, phone: Phone) -> str:
        return render_to_string("sandbox/_live.html", self._live(phone))

    def _live(self, phone: Phone) -> Json:
        """What changes by itself: bubbles, typing, last calls, the window."""
        sandbox, who, line = self._sandbox, phone.who, phone.line
        messages = thread(sandbox, who, line.id, limit=SHORT_THREAD)
        for message in messages:
            message["time"] = datetime.fromtimestamp(message["at"], UTC)
        pair = sandbox.store.one("SELECT last_in, typing_until FROM pairs WHERE number_id = ? AND person_id = ?", line.id, who.id)
        now = sandbox.clock.now()
        return {
            "who": who,
            "line": line,
            "phones": PHONES,
            "here": f"{PHONES}{who.id}/",
            "messages": messages,
            "calls": self._last_calls(line),
            "typing": pair is not None and pair["typing_until"] > now,
            "window_open": pair is not None and now - pair["last_in"] < 86400,
            "now": datetime.fromtimestamp(sandbox.clock.outside(now), UTC),
            "ahead_hours": round(sandbox.clock.ahead / 3600),
        }

    def _last_calls(self, line: Line) -> list[Json]:
        """Calls that came in and webhooks that went out, newest first."""
        came = [
            {
                "at": call["at"],
                "words": f"{call['method']} {call['path'].rsplit('/', 1)[-1]}",
                "answer": call["http"] if call["http"] is not None else "–",
            }
            for call in self._sandbox.calls.listing(number_id=line.id, limit=LAST_CALLS)
        ]
        went = [
            {"at": self._sandbox.clock.outside(row["first_at"]), "words": row["summary"], "answer": row["last_answer"] or "…"}
            for row in self._sandbox.store.all(
                "SELECT * FROM posts WHERE number_id = ? ORDER BY id DESC LIMIT ?", line.id, LAST_CALLS
            )
        ]
        newest = sorted(came + went, key=lambda item: item["at"], reverse=True)[:LAST_CALLS]
        return [item | {"time": datetime.fromtimestamp(item["at"], UTC)} for item in newest]

    def act(self, phone: Phone, action: str, body: Json, upload: Upload | None) -> None:
        """One form of the page. Raises Refused with a sentence for the person."""
        person, asked = phone.who.id, {"number": phone.line.id}
        match action:
            case "write":
                self._control.write(person, asked | _message(body, upload), upload)
            case "settings":
                self._control.change_person(person, {key: body[key] for key in ("network", "plan") if body.get(key)})
            case "run":
                self._control.run_script(person, asked | {"script": body.get("script"), "seed": _whole(body.get("seed"), 42)})
            case "clock":
                self._control.set_clock({"advance_seconds": _whole(body.get("hours"), 0) * 3600})
            case "faults":
                self._control.switch_fault(body | ({"number": phone.line.id} if body.get("here") else {"number": None}))
            case _:
                raise Refused(_("This button does nothing."), 404)


def _whole(value: object, otherwise: int) -> int:
    text = str(value or "")
    return int(text) if text.isdecimal() and len(text) <= 18 else otherwise


def _message(body: Json, upload: Upload | None) -> Json:
    """Turns the composer's form into a message request; the pressed button is `kind`."""
    kind, text = str(body.get("kind") or "text"), str(body.get("text") or "")
    if upload is not None and kind == "text":
        return {"caption": text}
    if kind == "text" and not text.strip():
        raise Refused(_("Write something first."))
    reply = {"id": body.get("id", ""), "title": text}
    button = {"payload": body.get("id", ""), "text": text}
    context = {"context": {"id": body["to"]}} if body.get("to") else {}
    requests: dict[str, Json] = {
        "text": {"type": "text", "text": {"body": text}},
        "word": {"type": "text", "text": {"body": str(body.get("word") or "STOP")}},
        "react": {"type": "reaction", "reaction": {"message_id": "last", "emoji": body.get("emoji") or "👍"}},
        "stop_marketing": {"type": "user_preferences", "value": "stop"},
        "resume_marketing": {"type": "user_preferences", "value": "resume"},
        "button": {"type": "button", "button": button} | context,
        "button_reply": {"type": "interactive", "interactive": {"type": kind, kind: reply}} | context,
        "list_reply": {"type": "interactive", "interactive": {"type": kind, kind: reply}} | context,
    }
    return requests.get(kind, {"type": kind})


def language_of(request: Request) -> str:
    """The first language the browser wants that we speak."""
    for part in request.headers.get("accept-language", "").split(","):
        try:
            return translation.get_supported_language_variant(part.split(";")[0].strip())
        except LookupError:
            continue
    return "en"
