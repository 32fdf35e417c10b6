"""Serves the files of messages: to those who may see the message, and never as anything that a browser would run."""

from __future__ import annotations

import re
from collections.abc import Iterator
from http import HTTPStatus

from django.core.files.base import File
from django.db import transaction
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe

from accounts.actors import origin_of
from inbox.audit.codes import Code
from inbox.audit.record import Actor, record
from inbox.conversations.access import attachment_for
from inbox.conversations.models import Attachment

from .doors import asker, signin_first

# What is shown inside a page; everything else, above all HTML and SVG, is only ever downloaded.
SHOWN = {
    "image/jpeg", "image/png", "image/webp", "image/gif",
    "video/mp4", "video/3gpp",
    "audio/aac", "audio/amr", "audio/mpeg", "audio/mp4", "audio/ogg",
}  # fmt: skip
RANGE = re.compile(r"bytes=(\d{0,18})-(\d{0,18})")
CHUNK = 64 * 1024
# The file of a message never changes; a browser of somebody who lost the right asks again within the hour.
KEEP = "private, max-age=3600"


@require_safe
def attachment(request: HttpRequest, pk: int) -> HttpResponseBase:
    """A file, whole or the part that a player asks for. 404 while it is not here."""
    if not request.user.is_authenticated:
        return signin_first(request)
    found = attachment_for(asker(request), pk)
    if found.state != Attachment.State.READY or not found.file:
        raise Http404
    part = RANGE.fullmatch(request.headers.get("Range", ""))
    size = found.file.size
    if part is None or not any(part.groups()):
        note_viewing(request, found)
        answer: HttpResponseBase = FileResponse(found.file.open("rb"))
        answer["Content-Length"] = str(size)
    else:
        answer = partial(found, part, size)
    return safely(answer, found)


def partial(found: Attachment, part: re.Match[str], size: int) -> HttpResponseBase:
    """The bytes of a range (RFC 9110 section 14), or 416."""
    first, last = part.groups()
    start = int(first) if first else max(0, size - int(last))
    end = min(size - 1, int(last)) if first and last else size - 1
    if start > end:
        return HttpResponse(status=HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE, headers={"Content-Range": f"bytes */{size}"})
    answer = StreamingHttpResponse(bytes_of(found.file.open("rb"), start, end + 1 - start), status=HTTPStatus.PARTIAL_CONTENT)
    answer["Content-Range"] = f"bytes {start}-{end}/{size}"
    answer["Content-Length"] = str(end + 1 - start)
    return answer


def bytes_of(file: File[bytes], start: int, length: int) -> Iterator[bytes]:
    """``length`` bytes from ``start`` on."""
    with file:
        file.seek(start)
        while length > 0 and (chunk := file.read(min(CHUNK, length))):
            length -= len(chunk)
            yield chunk


def safely(answer: HttpResponseBase, found: Attachment) -> HttpResponseBase:
    """The headers that keep a browser from making more of a file than it is."""
    shown = found.mime in SHOWN
    answer["Content-Type"] = found.mime if shown else "application/octet-stream"
    answer["Content-Disposition"] = content_disposition_header(not shown, found.filename or f"file-{found.pk}") or "attachment"
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Content-Security-Policy"] = "default-src 'none'; sandbox"
    answer["Cross-Origin-Resource-Policy"] = "same-origin"
    answer["Accept-Ranges"] = "bytes"
    answer["Cache-Control"] = KEEP
    return answer


def note_viewing(request: HttpRequest, found: Attachment) -> None:
    """The entry that says who opened a customer's file."""
    message = found.message
    with transaction.atomic():
        record(
            Code.ATTACHMENT_VIEWED,
            by=Actor.of(asker(request), origin_of(request)),
            target=("conversation", message.conversation_id),
            number_id=message.number_id,
            message=message.pk,
            mime=found.mime or "unknown",
        )
