"""The exceptions that the wire raises, and how any answer at all becomes one of them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from .explain import Explanation, explain
from .shape import Effect
from .table import BAD_ANSWER, NO_ANSWER

DETAILS_MOST = 500  # as long as the column that keeps them
THROTTLE_CODES = frozenset({4, 17, 32, 341, 613, 80007, 130429, 131056, 131208})


@dataclass(frozen=True, slots=True)
class Answer:
    """An HTTP answer, read whole and within a size limit. ``headers`` has lower-case names."""

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = field(default=b"", repr=False)


class WireError(Exception):
    """Something went wrong between us and WhatsApp.

        WireError
        ├── NotSent          nothing reached WhatsApp: no connection, or we held back ourselves
        ├── OutcomeUnknown   bytes left us and no readable answer came (``sent`` is "maybe")
        ├── Declined         WhatsApp answered no
        │   ├── Throttled    too much, too fast: try later
        │   └── TokenRejected  the connection needs a new token or permission
        └── NoFile           a download failed: slow, cut off or refused; worth another try
            ├── LinkExpired  the link lived its five minutes: ask for a new one
            ├── TooLarge     more bytes than we take
            └── ForeignHost  the link leads where no token of ours may go

    ``code`` is WhatsApp's, or below zero one of ours (``table``; -n for an HTTP status n without a readable body).
    ``permanent`` is true when the same request can never succeed. ``sent`` is "no" or "maybe". ``retry_after`` is in seconds.
    The text of the exception holds the code only, so that logging it leaks nothing.
    """

    sent = "no"

    def __init__(
        self,
        code: int,
        title: str = "",
        details: str = "",
        *,
        http_status: int | None = None,
        subcode: int | None = None,
        is_transient: bool | None = None,
        trace: str = "",
        retry_after: float | None = None,
    ) -> None:
        super().__init__(f"{type(self).__name__} {code}")
        self.code = code
        self.title = title
        self.details = details[:DETAILS_MOST]
        self.http_status = http_status
        self.subcode = subcode
        self.is_transient = is_transient
        self.trace = trace
        self.retry_after = retry_after

    def explain(self, name: str = "") -> Explanation:
        """What this error means to people and to the outbox; ``name`` is the customer's."""
        return explain(
            self.code, detail=self.details or self.title, http_status=self.http_status, is_transient=self.is_transient, name=name
        )

    @property
    def permanent(self) -> bool:
        """True if the same request will never succeed; never true for an unknown outcome."""
        return self.sent == "no" and self.explain().permanent

    @classmethod
    def of(cls, answer: Answer) -> WireError:
        """The error that an answer is, whatever it looks like: Graph's JSON, a proxy's HTML, a half-written body, a redirect.

        Call it for every answer that is not a readable success. A 200 that cannot be read is an unknown outcome.
        """
        fault = _fault_in(answer.body)
        if fault is None:
            return _without_fault(answer)
        code = _int(fault.get("code"))
        code = -answer.status if code is None else code
        kind = _kind(code, answer.status)
        return kind(
            code,
            _text(fault.get("message")),
            _details(fault),
            http_status=answer.status,
            subcode=_int(fault.get("error_subcode")),
            is_transient=flag if isinstance(flag := fault.get("is_transient"), bool) else None,
            trace=_text(fault.get("fbtrace_id")),
            retry_after=_seconds(answer.headers.get("retry-after")),
        )


class NotSent(WireError):
    """Nothing reached WhatsApp, so trying again cannot send twice."""


class OutcomeUnknown(WireError):
    """WhatsApp may or may not have acted; only a status webhook can tell (protocol section 3.2)."""

    sent = "maybe"


class Declined(WireError):
    """WhatsApp answered no."""


class Throttled(Declined):
    """Too much, too fast."""


class TokenRejected(Declined):
    """The token is expired, invalid or lacks a permission."""


class NoFile(WireError):
    """A file could not be fetched this time."""

    @property
    def permanent(self) -> bool:
        """False: the next try may find the file whole."""
        return False


class LinkExpired(NoFile):
    """WhatsApp no longer serves this link (404)."""


class TooLarge(NoFile):
    """The file has more bytes than we take."""

    @property
    def permanent(self) -> bool:
        """True: it will not shrink."""
        return True


class ForeignHost(NoFile):
    """The link does not lead to WhatsApp."""

    @property
    def permanent(self) -> bool:
        """True: it will not be followed next time either."""
        return True


def _kind(code: int, status: int) -> type[WireError]:
    if code in THROTTLE_CODES or status == 429:
        return Throttled
    if explain(code, http_status=status).effect == Effect.RECONNECT:
        return TokenRejected
    return Declined


def _without_fault(answer: Answer) -> WireError:
    retry_after = _seconds(answer.headers.get("retry-after"))
    told = f"HTTP {answer.status}, {answer.headers.get('content-type', 'no content type')[:80]}"
    if answer.status < 300:
        return OutcomeUnknown(BAD_ANSWER, details=told, http_status=answer.status)
    # A gateway's 500, 502 or 504 may come after Graph has acted; a 503 says that the request was not taken.
    if answer.status >= 500 and answer.status != 503:
        return OutcomeUnknown(NO_ANSWER, details=told, http_status=answer.status, retry_after=retry_after)
    kind = Throttled if answer.status == 429 else Declined
    return kind(-answer.status, details=told, http_status=answer.status, retry_after=retry_after)


def _fault_in(body: bytes) -> dict[str, Any] | None:
    try:
        parsed = json.loads(body)
    except (ValueError, RecursionError):
        return None
    fault = parsed.get("error") if isinstance(parsed, dict) else None
    if isinstance(fault, str):
        return {"message": fault}
    return fault if isinstance(fault, dict) else None


def _details(fault: dict[str, Any]) -> str:
    data = fault.get("error_data")
    if isinstance(data, dict) and data.get("details"):
        return _text(data["details"])
    if isinstance(data, str) and data:
        return data
    return _text(fault.get("error_user_msg"))


def _text(value: Any) -> str:
    return value if isinstance(value, str) else "" if value is None else str(value)


def _int(value: Any) -> int | None:
    if isinstance(value, bool):
        return None
    try:
        return int(value)
    except (TypeError, ValueError, OverflowError):
        return None


def _seconds(value: str | None) -> float | None:
    """``Retry-After`` in seconds; its date form is not worth an error."""
    try:
        return max(0.0, min(float(value), 86_400.0)) if value else None
    except ValueError:
        return None
