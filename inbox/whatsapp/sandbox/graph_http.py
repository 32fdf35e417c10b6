"""The HTTP side of the emulated Graph API and of the media host: reads calls, gives answers, spoils them if asked."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from inbox.whatsapp.sandbox.errors import GraphError
from inbox.whatsapp.sandbox.graph import Graph
from inbox.whatsapp.sandbox.graph_call import Call
from inbox.whatsapp.sandbox.media import MB, Medium
from inbox.whatsapp.sandbox.sandbox import Sandbox
from inbox.whatsapp.sandbox.shapes import Json

BODY_MOST = 101 * MB
TRICKLE_BYTES = 16
ENDLESS_CHUNK = 64 * 1024
MEDIA_HOST_REFUSAL = {"error": {"message": "Authentication Error", "type": "OAuthException", "code": 190}}

Reset = Callable[[], bool]


def base_url(request: Request) -> str:
    """Scheme and host as the caller wrote them, so that URLs we hand out lead back the same way."""
    scheme = request.headers.get("x-forwarded-proto", request.url.scheme)
    return f"{scheme}://{request.headers.get('host', request.url.netloc)}"


def bearer_of(request: Request) -> str | None:
    kind, _, token = request.headers.get("authorization", "").partition(" ")
    if kind.lower() in ("bearer", "oauth") and token:
        return token.strip()
    return request.query_params.get("access_token")


async def read_call(request: Request) -> Call:
    """Reads a call. Raises GraphError when the body is too long or is not what its type says."""
    if int(request.headers.get("content-length") or 0) > BODY_MOST:
        raise GraphError(100, "The request is larger than 100 MB.", http=413)
    parts = [part for part in request.path_params["path"].split("/") if part]
    body: Json = {}
    file: tuple[bytes, str, str | None] | None = None
    raw = b""
    kind = request.headers.get("content-type", "").split(";")[0].strip().lower()
    if kind in ("multipart/form-data", "application/x-www-form-urlencoded"):
        async with request.form() as form:
            for key, value in form.multi_items():
                if isinstance(value, UploadFile):
                    file = (await value.read(), value.content_type or "application/octet-stream", value.filename)
                else:
                    body[key] = value
    else:
        raw = await request.body()
        if raw and not (parts and parts[0].startswith("upload:")):
            body = _json_object(raw)
    return Call(
        method=request.method,
        version=request.path_params["version"],
        parts=parts,
        bearer=bearer_of(request),
        base_url=base_url(request),
        url=str(request.url),
        query=dict(request.query_params),
        body=body,
        file=file,
        raw=raw,
    )


def _json_object(raw: bytes) -> Json:
    try:
        body = json.loads(raw)
    except (ValueError, RecursionError):
        raise GraphError(100, "The request body is not valid JSON.") from None
    if not isinstance(body, dict):
        raise GraphError(100, "The request body must be a JSON object.")
    return body


def graph_routes(sandbox: Sandbox, reset: Reset) -> list[Route]:
    """Routes of the Graph API and the media host. `reset` breaks the caller's connection, if the server can."""
    graph = Graph(sandbox)

    async def answer_call(request: Request) -> Response:
        try:
            call = await read_call(request)
        except GraphError as refusal:
            return JSONResponse(refusal.body(), refusal.http)
        answer = await run_in_threadpool(graph.answer, call)
        if answer.wait:
            await asyncio.sleep(answer.wait)
        if answer.cut is not None:
            return await _never_answer(reset if answer.cut == "reset" else None)
        return Response(answer.content, answer.status, answer.headers, answer.media_type)

    async def hand_out_media(request: Request) -> Response:
        return await run_in_threadpool(_media_answer, sandbox, dict(request.query_params), bearer_of(request))

    return [
        Route("/sandbox/graph/{version}/{path:path}", answer_call, methods=["GET", "POST", "DELETE"]),
        Route("/sandbox/media-host/whatsapp_business/attachments/", hand_out_media, methods=["GET"]),
    ]


async def _never_answer(reset: Reset | None) -> Response:
    """Resets the connection; where that cannot be done, promises more bytes than it sends and breaks off."""
    if reset is not None and reset():
        await asyncio.sleep(3600)

    async def broken() -> AsyncIterator[bytes]:
        yield b"{"
        raise ConnectionResetError("the sandbox was told to break this answer off")

    return StreamingResponse(broken(), headers={"Content-Length": "100"}, media_type="application/json")


def _media_answer(sandbox: Sandbox, query: dict[str, str], bearer: str | None) -> Response:
    """The bytes of a download URL; 404 when it is too old, was altered, or comes without a good token."""
    try:
        token = sandbox.directory.token(bearer or "")
        medium = sandbox.media.open_url(query.get("mid", ""), query.get("ext", "0"), query.get("hash", ""))
    except (GraphError, ValueError):
        return JSONResponse(MEDIA_HOST_REFUSAL, 401 if not bearer else 404)
    if medium is None or sandbox.directory.lines[medium.number_id].waba.id not in token.waba_ids:
        return Response(status_code=404)
    number = medium.number_id
    if sandbox.faults.take("media_expired", number):
        return Response(status_code=404)
    if sandbox.faults.take("media_endless", number):
        return StreamingResponse(_endless(), media_type=medium.mime)
    if trickle := sandbox.faults.take("media_trickle", number):
        content = sandbox.media.content(medium)
        return StreamingResponse(
            _trickle(content, trickle["milliseconds"] / 1000),
            media_type=medium.mime,
            headers={"Content-Length": str(medium.size)},
        )
    return Response(sandbox.media.content(medium), media_type=medium.mime, headers=_attachment(medium))


def _attachment(medium: Medium) -> dict[str, Any]:
    return {"Content-Disposition": "attachment", "X-Content-Type-Options": "nosniff", "Cache-Control": "private"}


async def _endless() -> AsyncIterator[bytes]:
    while True:
        yield b"\0" * ENDLESS_CHUNK
        await asyncio.sleep(0.01)


async def _trickle(content: bytes, gap: float) -> AsyncIterator[bytes]:
    for start in range(0, len(content), TRICKLE_BYTES):
        yield content[start : start + TRICKLE_BYTES]
        await asyncio.sleep(gap)
