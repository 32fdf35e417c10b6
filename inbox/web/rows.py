"""What a row of the conversation list shows. The same for everybody who may see it, so that it is drawn once for all."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from inbox.conversations.models import Contact, Conversation
from inbox.conversations.models.message import Kind

from .kinds import words_of
from .ticks import Tick, tick

# The window is worth a chip when this little of it is left (ux 3.1).
WINDOW_SHOWN = timedelta(hours=4)
WINDOW_AMBER = timedelta(hours=2)
WINDOW_RED = timedelta(minutes=30)


@dataclass(frozen=True, slots=True)
class Row:
    """A conversation as the list shows it."""

    conversation: Conversation
    contact: Contact
    icon: str
    preview: str | Promise
    tick: Tick | None
    where: str
    window: str

    @property
    def assignee(self) -> User | None:
        """Who looks after it."""
        return self.conversation.assignee


def row(conversation: Conversation, now: datetime) -> Row:
    """The row of a conversation that came with ``for_list()``."""
    kind = words_of(conversation.last_kind)
    is_ours = conversation.last_direction == "out"
    plain = conversation.last_kind in (Kind.TEXT, Kind.BUTTON, Kind.SYSTEM, Kind.TEMPLATE, Kind.INTERACTIVE)
    return Row(
        conversation=conversation,
        contact=conversation.contact,
        icon="" if plain and conversation.snippet else kind.icon,
        preview=conversation.snippet or (kind.name if conversation.last_kind else _("No messages yet")),
        tick=tick(conversation.last_status) if is_ours else None,
        where=conversation.team.name if conversation.team else conversation.number.name,
        window=window_tone(conversation.window_until, now),
    )


def window_tone(until: datetime | None, now: datetime) -> str:
    """How urgent the window is: calm (more than four hours left), soon, amber, red, closed, or none."""
    if until is None:
        return "none"
    span = until - now
    for limit, tone in ((timedelta(), "closed"), (WINDOW_RED, "red"), (WINDOW_AMBER, "amber"), (WINDOW_SHOWN, "soon")):
        if span <= limit:
            return tone
    return "calm"
