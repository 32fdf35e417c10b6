"""What the composer shows: the answer being written, or the template being filled in, with whatever went wrong kept beside it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID, uuid4

from django.http import Http404, HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from inbox.conversations.access import message_for
from inbox.conversations.models import Conversation, Message
from inbox.replies.policy import Composer, TemplateChoice, composer_for
from inbox.replies.refusals import Refused
from inbox.whatsapp import catalogue
from inbox.whatsapp.errors import explain
from inbox.whatsapp.models import Connection, Template

from .bubbles import Bubble, Quote, author_of, bubble
from .kinds import words_of
from .rows import window_tone

DAY = 24 * 3600
# Private-use characters mark where a field's value stands in a rendered template; nobody types them.
OPEN, CLOSE = "\ue000", "\ue001"
MARKED = re.compile(f"({OPEN}[^{CLOSE}]*{CLOSE})")
# Names of fields that plainly ask for the customer's own.
NAMES = {"name", "first_name", "customer_name", "nome", "nombre"}


@dataclass(frozen=True, slots=True)
class Draft:
    """What somebody typed, and why it could not go out."""

    text: str = ""
    token: UUID = field(default_factory=uuid4)
    reply_to: str = ""
    mode: str = ""
    template: str = ""
    values: dict[str, str] = field(default_factory=dict)
    caption: str = ""
    buttons: tuple[str, ...] = ()
    refused: Refused | None = None

    @classmethod
    def asked_for(cls, request: HttpRequest) -> Draft:
        """What an address asks for: ``?compose=template``, ``?template=<id>``, ``?reply_to=<id>``."""
        template = request.GET.get("template", "")
        mode = "template" if template or request.GET.get("compose") == "template" else ""
        return cls(reply_to=request.GET.get("reply_to", ""), mode=mode, template=template)

    def with_refusal(self, refused: Refused) -> Draft:
        """The same with the reason why not."""
        return replace(self, refused=refused)


@dataclass(frozen=True, slots=True)
class Slot:
    """A field of the chosen template with what stands in it."""

    field: catalogue.Field
    name: str
    value: str
    error: str


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of a template's text: fixed words, or the slot that a field fills."""

    text: str
    slot: str = ""
    is_filled: bool = True


@dataclass(frozen=True, slots=True)
class ChosenTemplate:
    """The template that is being filled in, and how it looks on the phone so far."""

    template: Template
    refusal: str
    slots: list[Slot]
    header: list[Piece]
    body: list[Piece]
    preview: catalogue.Preview


def composing(conversation: Conversation, person: User, last: Message | None, draft: Draft) -> dict[str, Any]:
    """The context of ``conversation/_composer.html``; ``last`` is the newest message that the page shows."""
    state = composer_for(conversation, person)
    by_template = state.mode == "template" or (state.mode == "reply" and draft.mode == "template")
    chosen = chosen_template(state, conversation, draft) if by_template else None
    return {
        "conversation": conversation,
        "contact": conversation.contact,
        "composer": state,
        "by_template": by_template,
        "draft": draft,
        # A token names one send: each form of the composer has its own.
        "media_token": uuid4(),
        "buttons_token": uuid4(),
        "refused": draft.refused,
        "newer": newer_of(draft.refused),
        "quote": quoted(conversation, person, draft.reply_to),
        "seen": last.pk if last else "",
        "chosen": chosen,
        "window": window_tone(state.window_until, timezone.now()),
        "window_share": window_share(state),
        "held_back": held_back(conversation),
    }


def held_back(conversation: Conversation) -> str:
    """Why nothing goes out on the conversation's number for now, as a sentence; empty if it does."""
    connection: Connection | None = getattr(conversation.number, "connection", None)  # a number may have none yet
    if connection is None or connection.state == Connection.State.READY:
        return ""
    if connection.state_code is not None:
        return str(explain(connection.state_code).sentence)
    return connection.state_reason or _("The connection to WhatsApp does not work.")


def newer_of(refused: Refused | None) -> Bubble | None:
    """The colleague's answer that was not seen, as a bubble."""
    return bubble(refused.newer) if refused is not None and refused.newer is not None else None


def quoted(conversation: Conversation, person: User, pk: str) -> Quote | None:
    """The message that the answer will quote, if it is one of this thread."""
    if not pk.isdecimal() or len(pk) > 18:
        return None
    try:
        message = message_for(person, int(pk))
    except Http404:
        return None  # a quote that is gone must not cost the answer that was typed
    if message.contact_id != conversation.contact_id:
        return None
    return Quote(message, author_of(message), message.text or words_of(message.kind).name)


def window_share(state: Composer) -> int:
    """How much of the day is left, in per cent, for the ring."""
    if state.window_until is None:
        return 0
    left = (state.window_until - timezone.now()).total_seconds()
    return max(0, min(100, round(left * 100 / DAY)))


def chosen_template(state: Composer, conversation: Conversation, draft: Draft) -> ChosenTemplate | None:
    """The template asked for, else the first that can be sent."""
    choice = next((one for one in state.templates if str(one.template.pk) == draft.template), None)
    choice = choice or next((one for one in state.templates if not one.refusal), None)
    return filled(choice, conversation, draft) if choice else None


def filled(choice: TemplateChoice, conversation: Conversation, draft: Draft) -> ChosenTemplate:
    """A template with what was typed into its fields; a field for a name begins with the contact's."""
    wrong = draft.refused.field if draft.refused is not None else ""
    slots = [
        Slot(
            one,
            f"field:{one.key}",
            draft.values.get(one.key, begun(one.key, conversation)),
            draft.refused.sentence if draft.refused and one.key == wrong else "",
        )
        for one in catalogue.form(choice.template)
    ]
    shown = catalogue.preview(choice.template, {slot.field.key: f"{OPEN}{slot.field.key}{CLOSE}" for slot in slots})
    plain = catalogue.preview(choice.template, {slot.field.key: slot.value for slot in slots})
    by_key = {slot.field.key: slot for slot in slots}
    return ChosenTemplate(choice.template, choice.refusal, slots, pieces(shown.header, by_key), pieces(shown.body, by_key), plain)


def pieces(text: str, slots: dict[str, Slot]) -> list[Piece]:
    """A text whose fields were filled with their own marked keys, cut at the marks."""
    cut = []
    for part in MARKED.split(text):
        slot = slots.get(part.removeprefix(OPEN).removesuffix(CLOSE)) if part.startswith(OPEN) else None
        if slot is None:
            cut.append(Piece(part))
        else:
            cut.append(Piece(slot.value or slot.field.label, slot.field.key, bool(slot.value)))
    return [piece for piece in cut if piece.text]


def begun(key: str, conversation: Conversation) -> str:
    """What a field begins with: the contact's first name, if that is what it asks for."""
    asks_for = key.rpartition(".")[2].lower()
    return conversation.contact.name.split()[0] if asks_for in NAMES and conversation.contact.name.split() else ""
