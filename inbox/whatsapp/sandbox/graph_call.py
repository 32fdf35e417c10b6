"""One Graph API call as the edges see it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from inbox.whatsapp.sandbox.shapes import Json, Token

if TYPE_CHECKING:
    from inbox.whatsapp.sandbox.sandbox import Sandbox


@dataclass(frozen=True)
class Call:
    """Method, version, the path after it, and what was sent. `file` is (bytes, MIME type, name) of an upload."""

    method: str
    version: str
    parts: list[str]
    bearer: str | None
    base_url: str
    url: str
    query: dict[str, str] = field(default_factory=dict)
    body: Json = field(default_factory=dict)
    file: tuple[bytes, str, str | None] | None = None
    raw: bytes = b""

    @property
    def is_send(self) -> bool:
        """A message on its way out; marking as read goes to the same edge and is not one."""
        edge = self.parts[1] if len(self.parts) == 2 else ""
        return self.method == "POST" and edge in ("messages", "marketing_messages") and self.body.get("status") != "read"

    @property
    def fields(self) -> str | None:
        return self.query.get("fields") or None


Edge = Callable[["Sandbox", Call, Token], Json]
