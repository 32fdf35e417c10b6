"""The phone page: a browser plays the customer, with plain forms that work without JavaScript too."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import urlencode

from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext as _
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from inbox.whatsapp.sandbox import faults as fault_catalogue
from inbox.whatsapp.sandbox.control import Control, Refused, Upload, read_body
from inbox.whatsapp.sandbox.directory import Line
from inbox.whatsapp.sandbox.people import Somebody
from inbox.whatsapp.sandbox.phone_words import STOP_WORDS, network_choices, plan_choices, script_choices
from inbox.whatsapp.sandbox.shapes import Json
from inbox.whatsapp.sandbox.thread_view import media_bytes, thread

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
        return f"/sandbox/phone/{self.who.id}/?{urlencode({'number': self.line.id})}"


class PhonePage:
    def __init__(self, control: Control) -> None:
        self._control = control
        self._sandbox = control.sandbox

    def listing(self, *, problem: str = "") -> str:
        return render_to_string("sandbox/phone_list.html", {"people": self._sandbox.people.all(), "problem": problem})

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
            "phone_url": phone.url,
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
    return int(text) if text.isdigit() else otherwise


def _message(body: Json, upload: Upload | None) -> Json:
    """Turns the composer's form into a message request; the pressed button is `kind`."""
    kind, text = str(body.get("kind") or "text"), str(body.get("text") or "")
    if upload is not None and kind == "text":
        return {"caption": text}
    match kind:
        case "text":
            if not text.strip():
                raise Refused(_("Write something first."))
            return {"type": "text", "text": {"body": text}}
        case "image" | "video" | "document":
            return {"type": kind, kind: {"caption": text}}
        case "react":
            return {"type": "reaction", "reaction": {"message_id": "last", "emoji": body.get("emoji") or "👍"}}
        case "stop_marketing" | "resume_marketing":
            return {"type": "user_preferences", "value": kind.removesuffix("_marketing")}
        case "button":
            return {"type": "button", "button": {"payload": body.get("id", ""), "text": text}, "context": {"id": body.get("to")}}
        case "button_reply" | "list_reply":
            reply = {"id": body.get("id", ""), "title": text}
            return {"type": "interactive", "interactive": {"type": kind, kind: reply}, "context": {"id": body.get("to")}}
        case "word":
            return {"type": "text", "text": {"body": str(body.get("word") or "STOP")}}
    return {"type": kind}


def language_of(request: Request) -> str:
    """The first language the browser wants that we speak."""
    for part in request.headers.get("accept-language", "").split(","):
        try:
            return translation.get_supported_language_variant(part.split(";")[0].strip())
        except LookupError:
            continue
    return "en"


def phone_routes(control: Control) -> list[Route]:
    pages = PhonePage(control)

    def speak(request: Request, build: Callable[[], str]) -> str:
        with translation.override(language_of(request)):
            return build()

    async def html(request: Request, build: Callable[[], str], status: int = 200) -> Response:
        return HTMLResponse(await run_in_threadpool(speak, request, build), status, SAFE_HEADERS)

    def guarded(handler: Handler) -> Handler:
        async def endpoint(request: Request) -> Response:
            try:
                return await handler(request)
            except Refused as refusal:
                sentence = refusal.sentence
                return await html(request, lambda: pages.listing(problem=sentence), refusal.status)

        return endpoint

    async def listing(request: Request) -> Response:
        if request.method == "GET":
            return await html(request, pages.listing)
        body, _upload = await read_body(request)
        made = await run_in_threadpool(control.add_person, body)
        return RedirectResponse(f"/sandbox/phone/{made['id']}/", 303)

    async def page(request: Request) -> Response:
        phone = pages.phone(request)
        return await html(request, lambda: pages.page(phone))

    async def live(request: Request) -> Response:
        phone = pages.phone(request)
        return await html(request, lambda: pages.fragment(phone))

    async def act(request: Request) -> Response:
        phone = pages.phone(request)
        body, upload = await read_body(request)
        try:
            await run_in_threadpool(pages.act, phone, request.path_params["action"], body, upload)
        except Refused as refusal:
            sentence, draft = refusal.sentence, str(body.get("text") or "")
            return await html(request, lambda: pages.page(phone, problem=sentence, draft=draft), refusal.status)
        return RedirectResponse(phone.url, 303)

    async def media(request: Request) -> Response:
        found = await run_in_threadpool(media_bytes, control.sandbox.media, request.path_params["media"])
        if found is None:
            return Response(status_code=404)
        content, mime = found
        inline = mime in INLINE_TYPES
        headers = {
            "Content-Security-Policy": "default-src 'none'; sandbox",
            "X-Content-Type-Options": "nosniff",
            "Cache-Control": "private, max-age=3600",
        }
        headers["Content-Disposition"] = "inline" if inline else "attachment"
        return Response(content, media_type=mime if inline else "application/octet-stream", headers=headers)

    return [
        Route("/sandbox/phone/", guarded(listing), methods=["GET", "POST"]),
        Route("/sandbox/phone/media/{media}", media, methods=["GET"]),
        Route("/sandbox/phone/{person}/", guarded(page), methods=["GET"]),
        Route("/sandbox/phone/{person}/live", guarded(live), methods=["GET"]),
        Route("/sandbox/phone/{person}/{action}", guarded(act), methods=["POST"]),
    ]
