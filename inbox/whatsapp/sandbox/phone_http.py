"""The HTTP side of the phone page: pages with safe headers, forms that lead back to the page."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from django.utils import translation
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from inbox.whatsapp.sandbox.control import Control, Refused, read_body
from inbox.whatsapp.sandbox.phone import PhonePage
from inbox.whatsapp.sandbox.thread_view import media_bytes

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
MEDIA_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "private, max-age=3600",
}
INLINE_TYPES = frozenset(
    {"image/jpeg", "image/png", "image/webp", "audio/ogg", "audio/mpeg", "audio/mp4", "audio/aac", "video/mp4"}
)

Handler = Callable[[Request], Awaitable[Response]]


def language_of(request: Request) -> str:
    """The first language the browser wants that we speak."""
    for part in request.headers.get("accept-language", "").split(","):
        try:
            return translation.get_supported_language_variant(part.split(";")[0].strip())
        except LookupError:
            continue
    return "en"


class PhoneHttp:
    def __init__(self, control: Control) -> None:
        self._control = control
        self._pages = PhonePage(control)

    async def listing(self, request: Request) -> Response:
        if request.method == "GET":
            return await _html(request, self._pages.listing)
        body, _upload = await read_body(request)
        made = await run_in_threadpool(self._control.add_person, body)
        return RedirectResponse(f"/sandbox/phone/{made['id']}/", 303)

    async def page(self, request: Request) -> Response:
        phone = self._pages.phone(request)
        return await _html(request, lambda: self._pages.page(phone))

    async def live(self, request: Request) -> Response:
        phone = self._pages.phone(request)
        return await _html(request, lambda: self._pages.fragment(phone))

    async def act(self, request: Request) -> Response:
        phone = self._pages.phone(request)
        body, upload = await read_body(request)
        try:
            await run_in_threadpool(self._pages.act, phone, request.path_params["action"], body, upload)
        except Refused as refusal:
            sentence, draft = refusal.sentence, str(body.get("text") or "")
            return await _html(request, lambda: self._pages.page(phone, problem=sentence, draft=draft), refusal.status)
        return RedirectResponse(phone.url, 303)

    async def media(self, request: Request) -> Response:
        found = await run_in_threadpool(media_bytes, self._control.sandbox.media, request.path_params["media"])
        if found is None:
            return Response(status_code=404)
        content, mime = found
        inline = mime in INLINE_TYPES
        headers = MEDIA_HEADERS | {"Content-Disposition": "inline" if inline else "attachment"}
        return Response(content, media_type=mime if inline else "application/octet-stream", headers=headers)

    def guarded(self, handler: Handler) -> Handler:
        """Shows the list of phones with the sentence when a page or person does not exist."""

        async def endpoint(request: Request) -> Response:
            try:
                return await handler(request)
            except Refused as refusal:
                sentence = refusal.sentence
                return await _html(request, lambda: self._pages.listing(problem=sentence), refusal.status)

        return endpoint


async def _html(request: Request, build: Callable[[], str], status: int = 200) -> Response:
    return HTMLResponse(await run_in_threadpool(_speak, language_of(request), build), status, SAFE_HEADERS)


def _speak(language: str, build: Callable[[], str]) -> str:
    with translation.override(language):
        return build()


def phone_routes(control: Control) -> list[Route]:
    phone = PhoneHttp(control)
    return [
        Route("/sandbox/phone/", phone.guarded(phone.listing), methods=["GET", "POST"]),
        Route("/sandbox/phone/media/{media}", phone.media, methods=["GET"]),
        Route("/sandbox/phone/{person}/", phone.guarded(phone.page), methods=["GET"]),
        Route("/sandbox/phone/{person}/live", phone.guarded(phone.live), methods=["GET"]),
        Route("/sandbox/phone/{person}/{action}", phone.guarded(phone.act), methods=["POST"]),
    ]
