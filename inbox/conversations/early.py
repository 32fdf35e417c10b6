"""Keeps news of messages that we do not know yet, and applies it once we do; a send's status may beat its own answer."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from django.utils import timezone

from . import amend, status
from .models import EarlyNews, Message, Number
from .models.message import Status
from .sequence import hold

# WhatsApp repeats webhooks for up to seven days (protocol section 2.4); what found no message by then never will.
KEPT_FOR = timedelta(days=8)


def news(number: Number, external_id: str, what: str, at: datetime, *, message: Message | None = None, **data: Any) -> bool:
    """Apply one piece of news to its message, or keep it until the message is known; True if something changed.

    ``what`` is a status word, ``edited`` (with ``text``) or ``revoked``. Needs a transaction; safe to repeat.
    """
    # Whoever gives a message its external id holds the number's counter until commit: waiting for them, we cannot miss it.
    hold(number.pk)
    message = message or Message.objects.filter(number=number, external_id=external_id).first()
    if message is not None:
        return apply(message, what, at, data)
    digest = sha256(json.dumps(data, sort_keys=True).encode()).hexdigest()
    same = {"number": number, "external_id": external_id, "what": what, "at": at, "digest": digest}
    EarlyNews.objects.get_or_create(**same, defaults={"data": data})
    return False


def apply(message: Message, what: str, at: datetime, data: dict[str, Any]) -> bool:
    """Do to the message what the news says."""
    match what:
        case "edited":
            return amend.edit(message, data.get("text", ""), at)
        case "revoked":
            return amend.revoke(message, at)
        case _ if what in Status.values:
            return status.advance(message, what, at, **data)
        case _:
            return False


def apply_early(message: Message) -> None:
    """Apply all that came before the message, oldest first. Needs a transaction."""
    if not message.external_id:
        return
    early = EarlyNews.objects.filter(number=message.number_id, external_id=message.external_id)
    rows = list(early.order_by("at", "id"))
    for row in rows:
        apply(message, row.what, row.at, row.data)
    if rows:
        early.delete()


def forget_stale() -> int:
    """Drop news that no message will ever claim; gives how many."""
    return EarlyNews.objects.filter(created_at__lt=timezone.now() - KEPT_FOR).delete()[0]
