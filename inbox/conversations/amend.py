"""Lets an author's later word about a message count: new text, or taken back; in whatever order the news comes."""

from __future__ import annotations

from datetime import datetime

from .models import Message
from .sequence import announce
from .summary import recount


def edit(message: Message, text: str, at: datetime) -> bool:
    """Show the newest words and keep all earlier ones as versions with the time they were written. Needs a transaction.

    WhatsApp's times are whole seconds, so an edit may bear the same time as the message, or as another edit; the first words
    come first whatever their time, and edits of the same second are ordered by their words, so that any order of news agrees.
    """
    message = Message.objects.select_for_update().get(pk=message.pk)
    first, *edits = [(datetime.fromisoformat(version["at"]), version["text"]) for version in message.versions] + [
        (message.edited_at or message.said_at, message.text)
    ]
    if (at, text) in edits:
        return False
    *earlier, newest = [first, *sorted([*edits, (at, text)])]
    message.edited_at, message.text = newest
    message.versions = [{"at": moment.isoformat(), "text": words} for moment, words in earlier]
    message.save(update_fields=["versions", "text", "edited_at"])
    tell(message)
    return True


def revoke(message: Message, at: datetime) -> bool:
    """Mark a message as taken back; its content stays for the record but is no longer shown. Needs a transaction."""
    message = Message.objects.select_for_update().get(pk=message.pk)
    if message.revoked_at is not None:
        return False
    message.revoked_at = at
    message.save(update_fields=["revoked_at"])
    tell(message)
    return True


def tell(message: Message) -> None:
    """Bring the conversation's row up to date and tell the pages."""
    recount(message.conversation)
    announce(message.conversation, [message])
