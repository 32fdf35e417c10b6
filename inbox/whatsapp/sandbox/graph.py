"""Answers Graph API calls: version, token, permission, faults, then the edge that was asked for."""

from __future__ import annotations

import json
import logging
from dataclasses import dataclass, field

from inbox.whatsapp.sandbox.directory import Line, expired_token
from inbox.whatsapp.sandbox.edges import EDGES, NODES, TOP
from inbox.whatsapp.sandbox.errors import GraphError, no_such_object
from inbox.whatsapp.sandbox.graph_call import Call, Edge
from inbox.whatsapp.sandbox.sandbox import Sandbox
from inbox.whatsapp.sandbox.shapes import Json, Token

logger = logging.getLogger(__name__)

VERSIONS = frozenset(f"v{number}.0" for number in range(21, 27))
BROKEN_PAGE = "<!DOCTYPE html><html><head><title>Error</title></head><body><h1>Sorry, something went wrong.</h1></body></html>"
HALF_JSON = '{"messaging_product":"whatsapp","contacts":[{"input":"'


@dataclass
class Answer:
    """What goes back. `wait` is seconds to hold it; `cut` (hang or reset) means that it never arrives."""

    status: int
    content: bytes
    media_type: str = "application/json; charset=UTF-8"
    headers: dict[str, str] = field(default_factory=dict)
    wait: float = 0.0
    cut: str | None = None


class Graph:
    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox

    def answer(self, call: Call) -> Answer:
        """Takes one call, gives its answer; every call is noted, whatever became of it."""
        line = self._sandbox.directory.lines.get(call.parts[0]) if call.parts else None
        is_send = line is not None and call.is_send
        headers: dict[str, str] = {}
        body: Json = {}
        code: int | None = None
        fault: str | None = None
        try:
            token = self._admit(call, line)
            headers = self._count(call, token, line)
            if is_send and line is not None and (broken := self._refused_by_fault(line)) is not None:
                self._note(call, line, broken, None, None, "server_error")
                return broken
            body = self._dispatch(call, token)
            answer = Answer(200, b"", headers=headers)
        except GraphError as refusal:
            body, code = refusal.body(), refusal.code
            answer = Answer(refusal.http, b"", headers=headers)
        except Exception:
            # Bodies nobody thought of: Meta says "unknown error" to them, and so do we, in its shape.
            logger.exception("sandbox.call_failed", extra={"method": call.method, "parts": len(call.parts)})
            body, code = GraphError(1, http=500).body(), 1
            answer = Answer(500, b"", headers=headers)
        answer.content = json.dumps(body).encode()
        if is_send and line is not None:
            fault = self._spoil(answer, line) or fault
        self._note(call, line, answer, body, code, fault)
        return answer

    def _admit(self, call: Call, line: Line | None) -> Token:
        if call.version not in VERSIONS:
            raise GraphError(2500, message=f"(#2500) Unknown path components: /{call.version}/{'/'.join(call.parts)}")
        if call.parts[:1] == ["oauth"]:
            return Token("", "", ())
        if not call.bearer:
            raise GraphError(104, message="An access token is required to request this resource.")
        token = self._sandbox.directory.token(call.bearer)
        if self._sandbox.faults.take("token_expired", line.id if line is not None else "*"):
            raise expired_token()
        return token

    def _count(self, call: Call, token: Token, line: Line | None) -> dict[str, str]:
        waba_id = line.waba.id if line is not None else call.parts[0] if call.parts and call.parts[0] in token.waba_ids else None
        if waba_id is not None and line is None:
            self._sandbox.rates.count_management(token.app_id, waba_id)
        return self._sandbox.rates.headers(token.app_id, waba_id)

    def _refused_by_fault(self, line: Line) -> Answer | None:
        """Faults that keep a send from being taken at all: a broken page, or GraphError 130429 as HTTP 429."""
        faults = self._sandbox.faults
        if limited := faults.take("rate_limited", line.id):
            raise GraphError(limited["code"], "Cloud API message throughput has been reached.", http=429)
        if broken := faults.take("server_error", line.id):
            return Answer(broken["status"], BROKEN_PAGE.encode(), "text/html; charset=utf-8")
        return None

    def _spoil(self, answer: Answer, line: Line) -> str | None:
        """Faults of the answer to a send that was dealt with."""
        faults = self._sandbox.faults
        spoiled = None
        if slow := faults.take("slow_answer", line.id):
            answer.wait, spoiled = slow["milliseconds"] / 1000, "slow_answer"
        if answer.status != 200:
            return spoiled
        if faults.take("malformed_answer", line.id):
            answer.content, spoiled = HALF_JSON.encode(), "malformed_answer"
        elif hang := faults.take("accept_then_hang", line.id):
            answer.wait, answer.cut, spoiled = hang["milliseconds"] / 1000, "hang", "accept_then_hang"
        elif faults.take("accept_then_reset", line.id):
            answer.cut, spoiled = "reset", "accept_then_reset"
        return spoiled

    def _dispatch(self, call: Call, token: Token) -> Json:
        if not call.parts:
            raise GraphError(
                2500, message="(#2500) An active access token must be used to query information about the current user."
            )
        edge = self._edge(call)
        if edge is None:
            raise no_such_object("/".join(call.parts), call.method)
        return edge(self._sandbox, call, token)

    def _edge(self, call: Call) -> Edge | None:
        top = TOP.get((call.method, "/".join(call.parts)))
        if top is not None:
            return top
        kind = self._kind(call.parts[0])
        if len(call.parts) == 1:
            return NODES.get((call.method, kind))
        name = call.parts[1] if len(call.parts) == 2 else call.parts[1] + "/*"
        return EDGES.get((call.method, kind, name)) if len(call.parts) <= 3 else None

    def _kind(self, node: str) -> str:
        directory = self._sandbox.directory
        if node in directory.lines:
            return "number"
        if node in directory.wabas:
            return "waba"
        if node in directory.apps:
            return "app"
        if node in directory.portfolios:
            return "portfolio"
        if node.startswith("upload:"):
            return "upload"
        return "template" if self._sandbox.templates.find(node) is not None else "media"

    def _note(
        self, call: Call, line: Line | None, answer: Answer, body: Json | None, code: int | None, fault: str | None
    ) -> None:
        message = ((body or {}).get("messages") or [{}])[0]
        kind = call.body.get("type", "text") if call.is_send else None
        opaque, to = call.body.get("biz_opaque_callback_data"), call.body.get("to") or call.body.get("recipient")
        self._sandbox.calls.note(
            method=call.method,
            path="/" + "/".join(call.parts),
            number_id=line.id if line else None,
            kind=str(kind) if kind else "read" if call.body.get("status") == "read" else None,
            opaque=opaque if isinstance(opaque, str) else None,
            recipient=to if isinstance(to, str) else None,
            http=None if answer.cut else answer.status,
            code=code,
            message_id=message.get("id"),
            fault=fault,
        )
