"""The files that we keep: small pictures of them, and how they go away."""

from __future__ import annotations

from typing import IO, cast

from django.core.files.base import ContentFile
from django.core.files.storage.base import Storage

from inbox.conversations.models import Attachment
from inbox.conversations.models.attachment import private_storage

from .images import BadImage, is_picture, thumbnail

THUMB_MIME = "image/webp"


def thumb_of(attachment: Attachment) -> str:
    """The name in the private storage of a small WebP without metadata, made at the first call; "" if there can be none."""
    if attachment.state != Attachment.State.READY or not attachment.file or not is_picture(attachment.mime):
        return ""
    name, storage = _thumb_name(attachment), private_storage()
    if not storage.exists(name):
        _make(attachment, name, storage)
    return name if storage.exists(name) else ""


def remove(attachment: Attachment) -> None:
    """Deletes the bytes of an attachment and what was made of them; the row is the caller's."""
    storage = private_storage()
    if attachment.file:
        storage.delete(_thumb_name(attachment))
        storage.delete(str(attachment.file.name))


def _make(attachment: Attachment, name: str, storage: Storage) -> None:
    try:
        with attachment.file.open("rb") as file:
            small = thumbnail(cast("IO[bytes]", file), attachment.mime)
    except (BadImage, FileNotFoundError):
        return
    kept = storage.save(name, ContentFile(small))
    if kept != name:  # somebody else made it at the same moment
        storage.delete(kept)


def _thumb_name(attachment: Attachment) -> str:
    return f"{attachment.file.name}-thumb"
