"""Takes in the files that people of ours send: checked against WhatsApp's list, kept privately, handed up when needed."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import IO, Any, cast

from django.core.files.base import ContentFile, File
from django.core.files.uploadedfile import UploadedFile
from django.utils import timezone
from django.utils.translation import gettext as _

from inbox.conversations.models import Attachment
from inbox.conversations.models.attachment import private_storage
from inbox.whatsapp.client import Graph
from inbox.whatsapp.errors import BAD_ANSWER, Declined, OutcomeUnknown

from .images import BadImage, is_picture, measure, without_metadata
from .kinds import (
    ALLOWED,
    MB,
    OUTBOUND,
    OUTBOUND_MOST,
    STICKER_MOVING_MOST,
    STICKER_SIDE,
    STICKER_STILL_MOST,
    MediaRefused,
)
from .names import clean_filename, random_name
from .sniff import HEAD, is_opus, opus_channels, sniff

REMOTE_LIFE = timedelta(days=30)
REMOTE_MARGIN = timedelta(days=1)
MEDIA_UPLOAD_ERROR = 131053


@dataclass(frozen=True, slots=True)
class Stored:
    """A file that was taken in: the kind of message it makes, and the columns of its Attachment."""

    kind: str
    fields: dict[str, Any]


def store_upload(upload: UploadedFile[bytes], *, voice: bool = False, kind: str | None = None) -> Stored:
    """Checks and keeps a file that somebody wants to send. ``kind`` insists on a kind of message; by default the bytes decide.

    Pictures lose their metadata (place, camera). Raises MediaRefused with a sentence that says what is allowed.
    """
    file = cast("File[bytes]", upload)
    head = _head(file)
    mime = sniff(head, upload.content_type or "", upload.name or "")
    taken_as = _kind_of(mime, kind)
    size = upload.size or 0
    if size > OUTBOUND_MOST[taken_as]:
        raise MediaRefused(_too_large(taken_as, size), taken_as)
    fields: dict[str, Any] = {
        "state": Attachment.State.READY,
        "mime": mime,
        "claimed_mime": (upload.content_type or "")[:127],
        "filename": clean_filename(upload.name or ""),
        "voice": voice,
    }
    if taken_as == "audio":
        _check_sound(head, mime, voice)
    if is_picture(mime):
        file, seen = _picture(file, mime, taken_as)
        fields |= seen
    digest, size = _digest(file)
    return Stored(taken_as, {**fields, "size": size, "sha256": digest, "file": private_storage().save(random_name(), file)})


def is_at_whatsapp(attachment: Attachment) -> bool:
    """True if WhatsApp still holds the file we handed up, for a day at least."""
    until = attachment.remote_until
    return bool(attachment.remote_id) and until is not None and until - REMOTE_MARGIN > timezone.now()


def upload(attachment: Attachment, graph: Graph) -> str:
    """Hands a file up unless WhatsApp holds it already; gives its id there. Raises WireError; repeating does no harm."""
    if is_at_whatsapp(attachment):
        return attachment.remote_id
    try:
        with attachment.file.open("rb") as file:
            remote_id = graph.upload(cast("IO[bytes]", file), attachment.mime, attachment.file.size)
    except (FileNotFoundError, ValueError) as error:  # erased meanwhile
        raise Declined(MEDIA_UPLOAD_ERROR, details="the file is gone") from error
    if not remote_id:
        raise OutcomeUnknown(BAD_ANSWER, details="no media id")
    attachment.remote_id, attachment.remote_until = remote_id, timezone.now() + REMOTE_LIFE
    Attachment.objects.filter(pk=attachment.pk).update(remote_id=remote_id, remote_until=attachment.remote_until)
    return remote_id


def _head(file: File[bytes]) -> bytes:
    file.seek(0)
    head = bytes(file.read(HEAD))
    file.seek(0)
    if not head:
        raise MediaRefused(_("The file is empty."))
    return head


def _kind_of(mime: str, wanted: str | None) -> str:
    natural = OUTBOUND.get(mime)
    if natural is None or wanted not in (None, natural):
        allowed = [ALLOWED[wanted]] if wanted in ALLOWED else ALLOWED.values()
        raise MediaRefused(
            _("WhatsApp does not take this type of file.") + " " + " ".join(str(line) for line in allowed), wanted or ""
        )
    return natural


def _too_large(kind: str, size: int) -> str:
    return _("The file has %(size)s MB; that is too large.") % {"size": f"{size / MB:.1f}"} + " " + str(ALLOWED[kind])


def _check_sound(head: bytes, mime: str, voice: bool) -> None:
    if voice and mime != "audio/ogg":
        raise MediaRefused(_("A voice message must be OGG with Opus."), "audio")
    if mime == "audio/ogg" and (not is_opus(head) or opus_channels(head) > 1):
        raise MediaRefused(_("WhatsApp takes OGG only with Opus and one channel."), "audio")


def _picture(file: File[bytes], mime: str, kind: str) -> tuple[File[bytes], dict[str, Any]]:
    """The picture as it will be sent, and its size in pixels."""
    raw = cast("IO[bytes]", file)
    try:
        seen = measure(raw, mime)
        clean = without_metadata(raw, mime) if kind == "image" else None
    except BadImage:
        raise MediaRefused(
            _("This is not a readable picture, or it has too many pixels.") + " " + str(ALLOWED[kind]), kind
        ) from None
    if kind == "sticker":
        most = STICKER_MOVING_MOST if seen.animated else STICKER_STILL_MOST
        if (seen.width, seen.height) != (STICKER_SIDE, STICKER_SIDE) or (file.size or 0) > most:
            raise MediaRefused(str(ALLOWED["sticker"]), kind)
    if clean is not None:
        file = cast("File[bytes]", ContentFile(clean))
        if len(clean) > OUTBOUND_MOST[kind]:
            raise MediaRefused(_too_large(kind, len(clean)), kind)
    return file, {"width": seen.width, "height": seen.height, "animated": seen.animated}


def _digest(file: File[bytes]) -> tuple[str, int]:
    digest, size = hashlib.sha256(), 0
    for piece in _pieces(file):
        digest.update(piece)
        size += len(piece)
    file.seek(0)
    return digest.hexdigest(), size


def _pieces(file: File[bytes]) -> Iterator[bytes]:
    file.seek(0)
    while piece := file.read(HEAD):
        yield piece
