"""What the thread shows: bubbles, days, the line above what is new, and what was done in between."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from inbox.conversations.models import Message
from inbox.conversations.models.message import Kind, Status
from inbox.whatsapp.errors import explain

from .kinds import words_of
from .ticks import Tick, tick

# The six that WhatsApp itself offers first.
QUICK = ("👍", "❤️", "😂", "😮", "😢", "🙏")
# Our remedies for the catalogue's next steps: which button the bubble shows.
RETRY_STEPS = {"retry", "wait", "check", "reconnect", "admin"}
TEMPLATE_STEPS = {"template", "fill", "language", "pick", "shorten"}


@dataclass(frozen=True, slots=True)
class Fate:
    """Why a message of ours did not arrive, or that nobody knows, and what can be done."""

    sentence: str
    tone: str
    step: str
    detail: str
    code: int | None

    @property
    def offers_template(self) -> bool:
        """The best way on is a template."""
        return self.step in TEMPLATE_STEPS

    @property
    def offers_retry(self) -> bool:
        """Trying again can help."""
        return self.step in RETRY_STEPS


@dataclass(frozen=True, slots=True)
class Bubble:
    """A message as the thread shows it."""

    message: Message
    kind: str | Promise
    partial: str
    who: str
    tick: Tick | None
    fate: Fate | None
    reactions: list[str]
    quote: Quote | None
    is_gone: bool
    classes: str


@dataclass(frozen=True, slots=True)
class Quote:
    """The message that another answers."""

    message: Message
    who: str
    text: str | Promise


@dataclass(frozen=True, slots=True)
class Item:
    """A line of the thread: ``kind`` is message, day, unread or event."""

    kind: str
    at: datetime
    bubble: Bubble | None = None
    count: int = 0
    event: Any = field(default=None)


def bubble(message: Message) -> Bubble:
    """The bubble of a message that came with its parts (see conversations.access)."""
    words = words_of(message.kind)
    is_gone = message.revoked_at is not None
    reactions = sorted({reaction.emoji for reaction in message.reactions.all() if reaction.emoji})
    fate = fate_of(message)
    flags = [
        f"message--{message.direction}",
        "message--failed" if message.status == Status.FAILED and not message.dismissed_at else "",
        "message--waiting" if message.status in (Status.QUEUED, Status.SENDING) else "",
        "message--reacted" if reactions else "",
    ]
    return Bubble(
        message=message,
        kind=words.name,
        partial=f"conversation/kinds/_{'gone' if is_gone else words.partial}.html",
        who=author_of(message),
        tick=tick(message.status) if message.is_ours else None,
        fate=fate,
        reactions=reactions,
        quote=quote_of(message),
        is_gone=is_gone,
        classes=" ".join(filter(None, flags)),
    )


def author_of(message: Message) -> str:
    """Who said it, by name."""
    if not message.is_ours:
        return message.contact.display_name
    if message.author is not None:
        return str(message.author)
    return _("Your business phone") if message.by_phone else message.number.name


def quote_of(message: Message) -> Quote | None:
    """What a message answers, if we have it."""
    quoted = message.reply_to
    if quoted is None:
        return None
    who = str(quoted.author or message.number.name) if quoted.is_ours else message.contact.display_name
    text = "" if quoted.revoked_at else quoted.text
    return Quote(quoted, who, text or words_of(quoted.kind).name)


def fate_of(message: Message) -> Fate | None:
    """What went wrong with a message of ours, unless somebody set it aside."""
    if message.dismissed_at is not None or message.status not in (Status.FAILED, Status.UNKNOWN):
        return None
    if message.status == Status.UNKNOWN:
        return Fate(
            _("WhatsApp has not confirmed this. It may have arrived: check before sending it again."),
            "unknown",
            "check",
            "",
            None,
        )
    told = explain(message.error_code or 0, detail=message.error_detail, name=message.contact.display_name)
    return Fate(told.sentence, "failed", told.next_step, message.error_detail, message.error_code)


def thread(messages: Iterable[Message], events: Iterable[Any] = (), unread: int = 0) -> list[Item]:
    """The lines of a thread, oldest first, with a heading over each day and a line above the customer's last ``unread``."""
    said = [Item("message", message.said_at, bubble(message)) for message in messages]
    since = said[0].at if said else None
    done = [Item("event", event.at, event=event) for event in events if since is None or event.at >= since]
    lines = sorted([*said, *done], key=lambda line: line.at)
    return list(with_days(with_unread_line(lines, unread)))


def with_unread_line(lines: list[Item], unread: int) -> list[Item]:
    """The same with a line before the first of the last ``unread`` messages from the customer."""
    places = [
        place
        for place, line in enumerate(lines)
        if line.bubble and not line.bubble.message.is_ours and line.bubble.message.kind != Kind.SYSTEM
    ]
    if not unread or len(places) < unread:
        return lines
    first = places[-unread]
    return [*lines[:first], Item("unread", lines[first].at, count=unread), *lines[first:]]


def with_days(lines: Iterable[Item]) -> Iterator[Item]:
    """The same with a heading wherever the viewer's date changes."""
    before: date | None = None
    for line in lines:
        today = timezone.localtime(line.at).date()
        if today != before:
            yield Item("day", line.at)
        before = today
        yield line
