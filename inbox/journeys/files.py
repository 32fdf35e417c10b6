"""Fetches the files of inbound messages, each in a job of its own that may be repeated, and shows where they are."""

from __future__ import annotations

from django.db import transaction

from inbox.conversations.models import Attachment, Message
from inbox.conversations.sequence import announce
from inbox.lib.jobs import errand
from inbox.whatsapp import media


@errand
def fetch_file(attachment_id: int) -> None:
    """Fetch one file if it is due and nobody else is at it, and let the pages show what came of it."""
    fetched = media.fetch(attachment_id)
    if fetched is not None:
        show(fetched)


@transaction.atomic
def show(attachment: Attachment) -> None:
    """Tell the pages that a message's file changed its state."""
    message = Message.objects.select_related("conversation").get(pk=attachment.message_id)
    announce(message.conversation, [message])
