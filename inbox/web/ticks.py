"""The little sign that says how far a message of ours got, with the words that it stands for (ux 6.2)."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from inbox.conversations.models.message import Status


@dataclass(frozen=True, slots=True)
class Tick:
    """An icon, the variant in which it is drawn, and its words. Never colour alone: read is heavier and differently named."""

    icon: str
    variant: str
    words: str | Promise


TICKS: dict[str, Tick] = {
    Status.QUEUED: Tick("clock", "tick", _("Waiting to send")),
    Status.SENDING: Tick("clock", "tick", _("Sending")),
    Status.UNKNOWN: Tick("circle-question-mark", "tick", _("Not confirmed")),
    Status.ACCEPTED: Tick("check", "tick", _("Sent")),
    Status.SENT: Tick("check", "tick", _("Sent")),
    Status.DELIVERED: Tick("check-check", "tick", _("Delivered")),
    Status.READ: Tick("check-check", "tick read", _("Read")),
    Status.PLAYED: Tick("check-check", "tick read", _("Played")),
    Status.FAILED: Tick("triangle-alert", "tick failed", _("Not delivered")),
}


def tick(status: str) -> Tick | None:
    """The sign for a status; None for the customer's own messages, which have none."""
    return TICKS.get(status)
