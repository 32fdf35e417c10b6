"""Which files are taken, and how large: WhatsApp's list for what we send, a wider one for what customers send."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

KB, MB = 1024, 1024 * 1024

INBOUND_MOST = 100 * MB  # above that WhatsApp itself hands nothing over
STICKER_STILL_MOST, STICKER_MOVING_MOST = 100 * KB, 500 * KB
STICKER_SIDE = 512

OUTBOUND_MOST = {"image": 5 * MB, "audio": 16 * MB, "video": 16 * MB, "document": 100 * MB, "sticker": STICKER_MOVING_MOST}
OUTBOUND: dict[str, str] = {
    "image/jpeg": "image",
    "image/png": "image",
    "image/webp": "sticker",
    "video/mp4": "video",
    "video/3gpp": "video",
    "audio/aac": "audio",
    "audio/amr": "audio",
    "audio/mpeg": "audio",
    "audio/mp4": "audio",
    "audio/ogg": "audio",
    "text/plain": "document",
    "application/pdf": "document",
    "application/msword": "document",
    "application/vnd.ms-excel": "document",
    "application/vnd.ms-powerpoint": "document",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": "document",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": "document",
    "application/vnd.openxmlformats-officedocument.presentationml.presentation": "document",
}

# Customers send more than we may: kept as documents, handed out only to be saved.
ALSO_AS_DOCUMENT = {
    "application/zip",
    "application/rtf",
    "application/vnd.oasis.opendocument.text",
    "application/vnd.oasis.opendocument.spreadsheet",
    "application/vnd.oasis.opendocument.presentation",
    "image/gif",
    "image/heic",
    "image/tiff",
    "image/bmp",
    "audio/wav",
    "video/quicktime",
    # Invoices are XML in many countries. These three are never shown by us, see web.media.
    "application/xml",
    "text/html",
    "image/svg+xml",
}
INBOUND: dict[str, set[str]] = {
    "image": {"image/jpeg", "image/png", "image/webp"},
    "sticker": {"image/webp", "image/png"},
    "video": {"video/mp4", "video/3gpp"},
    "audio": {"audio/aac", "audio/amr", "audio/mpeg", "audio/mp4", "audio/ogg"},
    "document": {*OUTBOUND, *ALSO_AS_DOCUMENT},
}

# What people are told when a file of theirs is not taken.
ALLOWED: dict[str, Any] = {
    "image": _("Images: JPEG or PNG, up to 5 MB."),
    "video": _("Videos: MP4 or 3GP, up to 16 MB."),
    "audio": _("Audio: AAC, AMR, MP3, M4A or OGG with Opus, up to 16 MB."),
    "document": _("Documents: PDF, Word, Excel, PowerPoint or plain text, up to 100 MB."),
    "sticker": _("Stickers: WebP of 512 by 512 pixels, up to 100 KB, or 500 KB if it moves."),
}


class MediaRefused(Exception):
    """A file that we do not take; ``sentence`` says what is allowed. ``kind`` is the kind it was taken for, or ""."""

    def __init__(self, sentence: str, kind: str = "") -> None:
        super().__init__(f"refused as {kind or 'file'}")
        self.sentence = sentence
        self.kind = kind
