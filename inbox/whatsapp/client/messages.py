"""Graph calls about messages and files."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from typing import IO

from inbox.whatsapp.payloads import Json, Recipient, read

from .answers import Accepted, BlockOutcome, MediaLink, text
from .calls import Caller
from .download import Download, download

CHUNK = 64 * 1024
DOWNLOAD_SECONDS = 300.0  # the link itself lives no longer
UPLOAD_READ_SECONDS = 120.0  # Graph answers after it has looked at the whole file


class MessageCalls(Caller):
    """Sending, reading, files, blocking."""

    # https://developers.facebook.com/documentation/business-messaging/whatsapp/messages/send-messages
    def send(self, payload: Json) -> Accepted:
        """Sends a body made by ``payloads``; accepted is not delivered. Before trying again look at the error's ``sent``."""
        return Accepted.of(self._call("POST", self.line.phone_number_id, "messages", json=payload))

    # https://developers.facebook.com/documentation/business-messaging/whatsapp/marketing-messages
    def send_marketing(self, payload: Json) -> Accepted:
        """Sends a marketing template through the Marketing Messages API. Raises WireError as ``send``."""
        return Accepted.of(self._call("POST", self.line.phone_number_id, "marketing_messages", json=payload))

    # https://developers.facebook.com/documentation/business-messaging/whatsapp/typing-indicators
    def mark_read(self, external_id: str, *, typing: bool = False) -> bool:
        """Marks a message of the customer as read; ``typing`` shows them for up to 25 s that somebody writes."""
        answer = self._call("POST", self.line.phone_number_id, "messages", json=read(external_id, typing=typing))
        return answer.get("success") is True

    # https://developers.facebook.com/documentation/business-messaging/whatsapp/business-phone-numbers/media
    def upload(self, file: IO[bytes], mime: str, size: int) -> str:
        """Hands up a file of ``size`` bytes, read from where it stands; gives its id, good for 30 days."""
        form = Form({"messaging_product": "whatsapp", "type": mime}, file, mime, size)
        answer = self._call(
            "POST",
            self.line.phone_number_id,
            "media",
            data=form,
            headers={"Content-Type": form.content_type},
            read_seconds=UPLOAD_READ_SECONDS,
        )
        return text(answer, "id")

    # https://developers.facebook.com/documentation/business-messaging/whatsapp/business-phone-numbers/media
    def media_url(self, media_id: str) -> MediaLink:
        """Where a file can be fetched within the next five minutes."""
        return MediaLink.of(self._call("GET", media_id, params={"phone_number_id": self.line.phone_number_id}))

    # https://developers.facebook.com/documentation/business-messaging/whatsapp/business-phone-numbers/media
    def download(self, url: str, *, limit: int, seconds: float = DOWNLOAD_SECONDS) -> Download:
        """Fetches a file by the link of ``media_url``; see ``download.download`` for what it raises."""
        return download(self.line, url, limit=limit, seconds=seconds)

    # https://developers.facebook.com/documentation/business-messaging/whatsapp/business-phone-numbers/media
    def delete_media(self, media_id: str) -> bool:
        """Removes a file from WhatsApp."""
        return self._call("DELETE", media_id).get("success") is True

    # https://developers.facebook.com/documentation/business-messaging/whatsapp/block-users
    def block(self, *people: Recipient) -> BlockOutcome:
        """Blocks users who wrote within the last 24 hours."""
        return self._change_blocks("POST", people)

    # https://developers.facebook.com/documentation/business-messaging/whatsapp/block-users
    def unblock(self, *people: Recipient) -> BlockOutcome:
        """Takes blocks away."""
        return self._change_blocks("DELETE", people)

    def _change_blocks(self, method: str, people: tuple[Recipient, ...]) -> BlockOutcome:
        users = []
        for person in people:
            address = person.address()
            users.append({"user": address["to"]} if "to" in address else {"user_id": address["recipient"]})
        body = {"messaging_product": "whatsapp", "block_users": users}
        return BlockOutcome.of(self._call(method, self.line.phone_number_id, "block_users", json=body))


class Form:
    """A multipart body that is read while it is sent, so that a large file is never in memory as a whole."""

    def __init__(self, fields: dict[str, str], file: IO[bytes], mime: str, size: int) -> None:
        boundary = secrets.token_hex(16)
        self.content_type = f"multipart/form-data; boundary={boundary}"
        lines = [
            f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n' for name, value in fields.items()
        ]
        # The customer's file name travels in the message, where it needs no quoting.
        lines.append(
            f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="file"\r\nContent-Type: {mime}\r\n\r\n'
        )
        self._before = "".join(lines).encode()
        self._after = f"\r\n--{boundary}--\r\n".encode()
        self._file, self._size = file, size

    def __len__(self) -> int:
        return len(self._before) + self._size + len(self._after)

    def __iter__(self) -> Iterator[bytes]:
        yield self._before
        while piece := self._file.read(CHUNK):
            yield piece
        yield self._after
