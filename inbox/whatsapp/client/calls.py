"""The one way in which Graph is called: token, time-outs, usage, errors."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import quote

from django.utils import timezone

from inbox.whatsapp.errors import HELD_BY_US, Answer, NotSent, WireError
from inbox.whatsapp.models import Connection

from .line import Line
from .transport import exchange
from .usage import Usage, usage_of

Json = dict[str, Any]


class Caller:
    """Holds a line and its usage meter. Cheap to make and safe to share between threads."""

    def __init__(self, to: Line | Connection) -> None:
        self.line = to if isinstance(to, Line) else Line.of(to)
        self.usage: Usage = usage_of(self.line.graph_url, self.line.waba_id or self.line.phone_number_id)

    def _call(self, method: str, *path: str, management: bool = False, **body: Any) -> Json:
        """Calls a Graph path and gives the JSON object of its answer.

        Raises WireError: NotSent (nothing left us, or the usage headers ask for a pause), OutcomeUnknown, Declined.
        """
        self._hold_back(management)
        url = self.line.url("/".join(quote(piece, safe="") for piece in path))
        answer = exchange(method, url, token=self.line.token, **{"read_seconds": self.line.read_seconds, **body})
        self.usage.take(answer.headers)
        return _understood(answer)

    def _hold_back(self, management: bool) -> None:
        until = self.usage.management_pause_until if management else self.usage.pause_until
        if until is not None:
            seconds = max(0.0, (until - timezone.now()).total_seconds())
            raise NotSent(HELD_BY_US, details="usage", retry_after=seconds)


def _understood(answer: Answer) -> Json:
    if 200 <= answer.status < 300:
        try:
            parsed = json.loads(answer.body)
        except (ValueError, RecursionError):
            parsed = None
        if isinstance(parsed, dict) and "error" not in parsed:
            return parsed
    raise WireError.of(answer)
