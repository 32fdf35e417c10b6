"""The HTTP side of the control endpoints: one route per thing a script may ask."""

from __future__ import annotations

from collections.abc import Callable

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from inbox.whatsapp.sandbox.control import Control, Refused, Upload, read_body
from inbox.whatsapp.sandbox.shapes import Json

Answer = Callable[[Request, Json, Upload | None], Json]


def control_routes(control: Control) -> list[Route]:
    def route(path: str, method: str, answer: Answer, status: int = 200) -> Route:
        async def endpoint(request: Request) -> Response:
            try:
                body, upload = await read_body(request) if method == "POST" else ({}, None)
                return JSONResponse(await run_in_threadpool(answer, request, body, upload), status)
            except Refused as refusal:
                return JSONResponse({"error": refusal.sentence}, refusal.status)

        return Route(f"/sandbox/{path}", endpoint, methods=[method])

    return [
        route("people", "GET", lambda *_: control.people_list()),
        route("people", "POST", lambda _request, body, _upload: control.add_person(body), 201),
        route(
            "people/{person}", "POST", lambda request, body, _upload: control.change_person(request.path_params["person"], body)
        ),
        route(
            "people/{person}/messages",
            "GET",
            lambda request, *_: control.thread(request.path_params["person"], request.query_params.get("number")),
        ),
        route(
            "people/{person}/messages",
            "POST",
            lambda request, body, upload: control.write(request.path_params["person"], body, upload),
            201,
        ),
        route(
            "people/{person}/run",
            "POST",
            lambda request, body, _upload: control.run_script(request.path_params["person"], body),
            201,
        ),
        route("faults", "GET", lambda *_: control.faults()),
        route("faults", "POST", lambda _request, body, _upload: control.switch_fault(body)),
        route("clock", "GET", lambda *_: control.clock()),
        route("clock", "POST", lambda _request, body, _upload: control.set_clock(body)),
        route("events", "POST", lambda _request, body, _upload: control.event(body), 202),
        route(
            "templates/{template}/review",
            "POST",
            lambda request, body, _upload: control.review(request.path_params["template"], body),
        ),
        route("calls", "GET", lambda request, *_: control.calls(dict(request.query_params))),
        route("webhooks", "GET", lambda *_: control.posts()),
        route("demo", "POST", lambda *_: {"written": control.sandbox.open_the_day()}),
    ]
