"""Moves a message of ours along queued, sent, delivered, read: forward only, whatever order the news comes in."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from .models import Message
from .models.message import Status
from .sequence import announce
from .summary import count_failed

RANK = {status: rank for rank, status in enumerate((
    Status.QUEUED, Status.SENDING, Status.UNKNOWN, Status.ACCEPTED, Status.SENT, Status.DELIVERED, Status.READ, Status.PLAYED,
))}  # fmt: skip
# The customer has it: a failure reported beside one of these is wrong, one of these reported after a failure is right.
ARRIVED = (Status.DELIVERED, Status.READ, Status.PLAYED)
STAMP = {
    Status.SENT: "sent_at",
    Status.DELIVERED: "delivered_at",
    Status.READ: "read_at",
    Status.PLAYED: "played_at",
    Status.FAILED: "failed_at",
}


def advance(
    message: Message,
    status: str,
    at: datetime,
    *,
    code: int | None = None,
    detail: str = "",
    pricing: dict[str, Any] | None = None,
) -> bool:
    """Let a message reach ``status`` if that is further than where it is; True if anything changed. Needs a transaction."""
    message = Message.objects.select_for_update().select_related("conversation").get(pk=message.pk)
    changed = move(message, status, at, code=code, detail=detail, pricing=pricing)
    if not changed:
        return False
    message.save(update_fields=changed)
    tell(message)
    return True


def move(
    message: Message,
    status: str,
    at: datetime,
    *,
    code: int | None = None,
    detail: str = "",
    pricing: dict[str, Any] | None = None,
) -> list[str]:
    """Do to the row in memory what the news says; gives the columns that changed by it."""
    changed: list[str] = []
    stamp = STAMP.get(Status(status))
    if stamp and (getattr(message, stamp) is None or at < getattr(message, stamp)):
        setattr(message, stamp, at)
        changed.append(stamp)
    if is_further(message.status, status):
        if message.status == Status.FAILED:  # it arrived after all
            message.error_code, message.error_detail = None, ""
            changed += ["error_code", "error_detail"]
        message.status = status
        changed.append("status")
    if status == Status.FAILED and message.status == Status.FAILED and code is not None and message.error_code != code:
        message.error_code, message.error_detail = code, detail[:500]
        changed += ["error_code", "error_detail"]
    if pricing and not message.pricing:
        message.pricing = pricing
        changed.append("pricing")
    return changed


def is_further(now: str, then: str) -> bool:
    """True if ``then`` may follow ``now``."""
    if then == Status.FAILED:
        return now not in ARRIVED and now != Status.FAILED
    if now == Status.FAILED:
        return then in ARRIVED
    return RANK.get(Status(then), -1) > RANK.get(Status(now), -1) if now else True


def tell(message: Message) -> None:
    """Bring the conversation's row up to date with a message whose status changed, and tell the pages."""
    conversation = message.conversation
    conversation.failed = count_failed(conversation)
    newest = Message.objects.filter(conversation=conversation).order_by("-said_at", "-id").first()
    if newest is not None and newest.pk == message.pk:
        conversation.last_status = message.status
    conversation.save(update_fields=["failed", "last_status"])
    announce(conversation, [message])
