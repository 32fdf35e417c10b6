"""Hands out the files of messages: to whoever may see the message, from the private storage, as what they are."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import IO, Any, cast

from django.contrib.auth.decorators import login_required
from django.core.files import File
from django.core.handlers.asgi import ASGIRequest
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseNotModified, StreamingHttpResponse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe

from accounts.actors import origin_of
from inbox.audit.codes import Code
from inbox.audit.models import Entry
from inbox.audit.record import Actor, record
from inbox.conversations.access import attachment_for
from inbox.conversations.models import Attachment
from inbox.conversations.models.attachment import private_storage
from inbox.whatsapp.media import THUMB_MIME, clean_filename, thumb_of

from .doors import asker

CHUNK = 64 * 1024
# Shown by the browser itself; everything else can only be saved. Nothing here can run a script under the policy below.
SHOWN = {
    "image/jpeg",
    "image/png",
    "image/webp",
    "image/gif",
    "video/mp4",
    "video/3gpp",
    "audio/amr",
    "audio/ogg",
    "audio/mpeg",
    "audio/aac",
    "audio/mp4",
    "application/pdf",
}
PLAYED = ("audio/", "video/")
POLICY = "sandbox; default-src 'none'"
RANGE = re.compile(r"bytes=(\d{0,18})-(\d{0,18})")
ONE_ENTRY_PER = timedelta(hours=1)  # scrolling up and down the same thread is one look


@dataclass(frozen=True, slots=True)
class Span:
    """Which bytes of a file are asked for: from ``first`` to before ``end``."""

    first: int
    end: int


@login_required
@require_safe
def attachment(request: HttpRequest, pk: int) -> HttpResponseBase:
    """A file, whole or in part."""
    found = attachment_for(asker(request), pk)
    if found.state != Attachment.State.READY or not found.file:
        raise Http404
    tag = f'"{found.sha256}"'
    note(request, found)
    if request.headers.get("If-None-Match") == tag:
        return guarded(HttpResponseNotModified(), tag)
    return send(request, found, tag)


@login_required
@require_safe
def thumb(request: HttpRequest, pk: int) -> HttpResponseBase:
    """A small picture of a picture, without its metadata."""
    found = attachment_for(asker(request), pk)
    name = thumb_of(found)
    if not name:
        raise Http404
    tag = f'"{found.sha256}-thumb"'
    if request.headers.get("If-None-Match") == tag:
        return guarded(HttpResponseNotModified(), tag)
    with opened(name) as file:
        return guarded(HttpResponse(file.read(), content_type=THUMB_MIME), tag)


def note(request: HttpRequest, found: Attachment) -> None:
    """Leave an entry that somebody opened a customer's file, once an hour per person and file."""
    looked = Entry.objects.filter(
        code=Code.ATTACHMENT_VIEWED.value,
        actor_id=asker(request).pk,
        target_kind="attachment",
        target_id=found.pk,
        at__gt=timezone.now() - ONE_ENTRY_PER,
    )
    if looked.exists():
        return
    with transaction.atomic():
        record(
            Code.ATTACHMENT_VIEWED,
            by=Actor.of(asker(request), origin_of(request)),
            target=("attachment", found.pk),
            number_id=found.message.number_id,
            message=found.message_id,
            mime=found.mime,
        )


def send(request: HttpRequest, found: Attachment, tag: str) -> HttpResponseBase:
    """The answer with a file's bytes; of sound and films also a part (RFC 9110, section 14)."""
    file = opened(str(found.file.name))
    size = file.size
    played = found.mime.startswith(PLAYED)
    span = asked_for(request, tag, size) if played else Span(0, size)
    if span is None:
        file.close()
        return guarded(HttpResponse(status=416, headers={"Content-Range": f"bytes */{size}"}), tag)
    answer = streamed(request, file, span)
    shown = found.mime in SHOWN
    answer["Content-Type"] = found.mime if shown else "application/octet-stream"
    answer["Content-Length"] = str(span.end - span.first)
    answer["Content-Disposition"] = content_disposition_header(not shown, name_of(found)) or "attachment"
    if played:
        answer["Accept-Ranges"] = "bytes"
    if (span.first, span.end) != (0, size):
        answer.status_code = 206
        answer["Content-Range"] = f"bytes {span.first}-{span.end - 1}/{size}"
    return guarded(answer, tag)


def name_of(found: Attachment) -> str:
    """What the file is called when it is saved."""
    return clean_filename(found.filename) or f"file-{found.pk}"


def guarded(answer: HttpResponseBase, tag: str) -> HttpResponseBase:
    """The answer with the headers that keep a file a file: asked for anew each time, believed to be nothing but what we say."""
    answer["ETag"] = tag
    answer["Cache-Control"] = "private, no-cache"
    answer["Content-Security-Policy"] = POLICY
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Cross-Origin-Resource-Policy"] = "same-origin"
    return answer


def asked_for(request: HttpRequest, tag: str, size: int) -> Span | None:
    """The part that a request wants; the whole for none, for several, or for an older version; None for a part beyond the end."""
    match = RANGE.fullmatch(request.headers.get("Range", "").strip())
    if match is None or match[0] == "bytes=-" or request.headers.get("If-Range", tag) != tag:
        return Span(0, size)
    first, last = match[1], match[2]
    begin = int(first) if first else max(0, size - int(last))
    end = min(int(last) + 1, size) if first and last else size
    return Span(begin, end) if begin < end else None


def opened(name: str) -> File[Any]:
    """A file of the private storage; raises Http404 if it is gone."""
    try:
        return private_storage().open(name, "rb")
    except FileNotFoundError:
        raise Http404 from None


def streamed(request: HttpRequest, file: File[Any], span: Span) -> HttpResponseBase:
    """The bytes of a span, read while they are sent, in the way of the server that asks."""
    file.seek(span.first)
    kind = AsyncPieces if isinstance(request, ASGIRequest) else Pieces
    return StreamingHttpResponse(kind(cast("IO[bytes]", file), span.end - span.first))


class Pieces:
    """The next bytes of a file, piece by piece. Django closes it, also when nobody has read anything."""

    def __init__(self, file: IO[bytes], left: int) -> None:
        self._file, self._left = file, left

    def __iter__(self) -> Iterator[bytes]:
        while piece := self.next_piece():
            yield piece

    def next_piece(self) -> bytes:
        """Some bytes, or none at the end."""
        piece = self._file.read(min(CHUNK, self._left))
        self._left -= len(piece)
        return piece

    def close(self) -> None:
        """Lets go of the file."""
        self._file.close()


class AsyncPieces:
    """The same for an asynchronous server: from ordinary pieces Django would first read the whole file into memory."""

    def __init__(self, file: IO[bytes], left: int) -> None:
        self._pieces = Pieces(file, left)
        self.close = self._pieces.close

    async def __aiter__(self) -> AsyncIterator[bytes]:
        while piece := await asyncio.to_thread(self._pieces.next_piece):
            yield piece
