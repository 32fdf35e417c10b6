"""Where one number's calls go, with which token, and to which hosts that token may travel."""

from __future__ import annotations

from dataclasses import dataclass, field
from urllib.parse import urlsplit

from django.conf import settings

from inbox.whatsapp.models import Connection

META_HOSTS = (".facebook.com", ".fbsbx.com", ".whatsapp.net")


@dataclass(frozen=True, slots=True)
class Line:
    """What a call needs to know. ``graph_url`` has no version and no slash at its end.

    ``read_seconds`` is how long an answer may keep silent between two bytes.
    """

    graph_url: str
    token: str = field(repr=False)
    phone_number_id: str = ""
    waba_id: str = ""
    version: str = field(default_factory=lambda: str(settings.GRAPH_VERSION))
    read_seconds: float = 30.0

    @classmethod
    def of(cls, connection: Connection) -> Line:
        """The line of a connected number."""
        return cls(
            graph_url=connection.graph_url.rstrip("/"),
            token=connection.access_token,
            phone_number_id=connection.phone_number_id,
            waba_id=connection.waba_id,
        )

    def url(self, path: str) -> str:
        """The whole address of a Graph path."""
        return f"{self.graph_url}/{self.version}/{path}"

    def may_fetch_from(self, url: str) -> bool:
        """True if a file's link leads to WhatsApp, so that our token may go along.

        That is Meta's own hosts by https; for a Graph elsewhere (the sandbox) exactly its own origin.
        """
        try:
            parts, home = urlsplit(url), urlsplit(self.graph_url)
            origin, home_origin = _origin(url), _origin(self.graph_url)
        except ValueError:
            return False
        if parts.username is not None or parts.password is not None or "\\" in url:
            return False
        if not _is_meta(home.hostname or ""):
            return origin == home_origin
        return parts.scheme == "https" and origin[2] == 443 and _is_meta(parts.hostname or "")


def _origin(url: str) -> tuple[str, str, int]:
    parts = urlsplit(url)
    return parts.scheme, parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80)


def _is_meta(host: str) -> bool:
    return f".{host}".endswith(META_HOSTS)
