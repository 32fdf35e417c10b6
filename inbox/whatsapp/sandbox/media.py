"""Media: taken in, described with a URL that lives five minutes, handed out to bearers, deleted (section 4)."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode

from inbox.whatsapp.sandbox.clock import DAY, Clock
from inbox.whatsapp.sandbox.errors import GraphError, no_such_object
from inbox.whatsapp.sandbox.ids import numeric_id
from inbox.whatsapp.sandbox.shapes import Json
from inbox.whatsapp.sandbox.store import Store

MB = 1024 * 1024
URL_SECONDS = 300
LIFE = {"upload": 30 * DAY, "inbound": 7 * DAY, "link": 30 * DAY}
HOST_PATH = "/sandbox/media-host/whatsapp_business/attachments/"

OFFICE = "application/vnd.openxmlformats-officedocument."
ACCEPTED: dict[str, tuple[tuple[str, ...], int]] = {
    "image": (("image/jpeg", "image/png"), 5 * MB),
    "video": (("video/mp4", "video/3gpp"), 16 * MB),
    "audio": (("audio/aac", "audio/amr", "audio/mpeg", "audio/mp4", "audio/ogg"), 16 * MB),
    "sticker": (("image/webp",), 500 * 1024),
    "document": (
        (
            "text/plain",
            "application/pdf",
            "application/msword",
            "application/vnd.ms-excel",
            "application/vnd.ms-powerpoint",
            f"{OFFICE}wordprocessingml.document",
            f"{OFFICE}spreadsheetml.sheet",
            f"{OFFICE}presentationml.presentation",
        ),
        100 * MB,
    ),
}
FIRST_BYTES: dict[str, tuple[int, tuple[bytes, ...]]] = {
    "image/jpeg": (0, (b"\xff\xd8\xff",)),
    "image/png": (0, (b"\x89PNG\r\n\x1a\n",)),
    "image/webp": (8, (b"WEBP",)),
    "video/mp4": (4, (b"ftyp",)),
    "video/3gpp": (4, (b"ftyp",)),
    "audio/mp4": (4, (b"ftyp",)),
    "audio/ogg": (0, (b"OggS",)),
    "application/pdf": (0, (b"%PDF",)),
}


@dataclass(frozen=True)
class Medium:
    """A stored file. `source` is upload, link (both ours to send) or inbound (from a person)."""

    id: str
    number_id: str
    mime: str
    sha256: str
    size: int
    filename: str | None
    source: str
    created: float

    @property
    def plain_mime(self) -> str:
        return self.mime.split(";")[0].strip().lower()

    @property
    def sha256_base64(self) -> str:
        return base64.b64encode(bytes.fromhex(self.sha256)).decode()


class MediaShelf:
    """Rows in the store, bytes in a folder beside it."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store, self._clock = store, clock
        self._folder = store.path.with_name(store.path.name + ".media")
        self._folder.mkdir(mode=0o700, exist_ok=True)
        if store.recall("media.key") is None:
            store.remember("media.key", secrets.token_hex(32))
        self._key = str(store.recall("media.key")).encode()

    def put(self, content: bytes, *, number_id: str, mime: str, filename: str | None, source: str) -> Medium:
        """Keeps bytes that were checked, gives the medium."""
        medium = Medium(
            numeric_id("7"),
            number_id,
            mime,
            hashlib.sha256(content).hexdigest(),
            len(content),
            filename,
            source,
            self._clock.now(),
        )
        self._file(medium.id).write_bytes(content)
        self._store.add("media", **vars(medium))
        return medium

    def upload(self, content: bytes, *, number_id: str, mime: str, filename: str | None) -> Medium:
        """An upload by the business. Raises GraphError for a type or size that WhatsApp refuses."""
        check_content(content, mime, kind_of(mime))
        return self.put(content, number_id=number_id, mime=mime, filename=filename, source="upload")

    def find(self, media_id: str) -> Medium | None:
        row = self._store.one("SELECT * FROM media WHERE id = ?", media_id)
        if row is None:
            return None
        medium = Medium(**dict(row))
        return medium if self._clock.now() - medium.created < LIFE[medium.source] else None

    def check_sendable(self, media_id: str, kind: str, number_id: str) -> Medium:
        """The medium a send names. Raises GraphError when it is unknown, expired or of another kind."""
        medium = self.find(media_id)
        if medium is None or medium.number_id != number_id:
            raise GraphError(131009, f"Media ID {media_id} does not exist or has expired.")
        if kind != "document" and medium.plain_mime not in ACCEPTED[kind][0]:
            raise GraphError(131053, f"Media of type {medium.plain_mime} cannot be sent as {kind}.")
        return medium

    def describe(self, medium: Medium, base_url: str) -> Json:
        return {
            "messaging_product": "whatsapp",
            "url": self.url(medium, base_url, source="getMedia"),
            "mime_type": medium.mime,
            "sha256": medium.sha256,
            "file_size": str(medium.size),
            "id": medium.id,
        }

    def url(self, medium: Medium, base_url: str, *, source: str) -> str:
        expires = int(self._clock.now()) + URL_SECONDS
        query = {"mid": medium.id, "source": source, "ext": str(expires), "hash": self._seal(medium.id, str(expires))}
        return f"{base_url}{HOST_PATH}?{urlencode(query)}"

    def open_url(self, media_id: str, expires: str, seal: str) -> Medium | None:
        """The medium of a download URL, or None when the URL was altered or its five minutes are over."""
        if not hmac.compare_digest(seal.encode(), self._seal(media_id, expires).encode()):
            return None
        return self.find(media_id) if self._clock.now() <= int(expires) else None

    def content(self, medium: Medium) -> bytes:
        return self._file(medium.id).read_bytes()

    def delete(self, medium: Medium) -> None:
        if self._store.run("DELETE FROM media WHERE id = ?", medium.id) == 0:
            raise no_such_object(medium.id, "DELETE")
        self._file(medium.id).unlink(missing_ok=True)

    def _seal(self, media_id: str, expires: str) -> str:
        return hmac.new(self._key, f"{media_id}.{expires}".encode(), hashlib.sha256).hexdigest()[:40]

    def _file(self, media_id: str) -> Path:
        return self._folder / media_id


def kind_of(mime: str) -> str:
    """The kind of message a MIME type belongs to. Raises GraphError for one WhatsApp does not take."""
    plain = mime.split(";")[0].strip().lower()
    for kind, (types, _size) in ACCEPTED.items():
        if plain in types:
            return kind
    listed = ", ".join(sorted({one for types, _ in ACCEPTED.values() for one in types}))
    raise GraphError(
        100, f"Param file must be a file with one of the following types: {listed}. Received file of type '{plain}'."
    )


def check_content(content: bytes, mime: str, kind: str) -> None:
    """Raises GraphError when the bytes are empty, too many for the kind, or not what the MIME type says."""
    plain = mime.split(";")[0].strip().lower()
    most = ACCEPTED[kind][1]
    if not content:
        raise GraphError(100, "Param file must not be empty.")
    if len(content) > most:
        raise GraphError(100, f"The file has {len(content)} bytes; a file of type {plain} may have {most}.")
    offset, starts = FIRST_BYTES.get(plain, (0, (b"",)))
    if not any(content[offset:].startswith(start) for start in starts):
        raise GraphError(131053, f"The content of the file is not of type {plain}.")
