"""Puts our emoji on a customer's message and hands it to WhatsApp; the newest wins, so repeating does no harm."""

from __future__ import annotations

from datetime import timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from inbox.audit.codes import Code
from inbox.audit.record import Actor, record
from inbox.conversations.models import Message, Reaction
from inbox.conversations.sequence import announce, hold
from inbox.lib.jobs import errand, later
from inbox.whatsapp import payloads
from inbox.whatsapp.client import Graph
from inbox.whatsapp.errors import WireError

from . import policy
from .compose import NO_TOKEN, check_payload, recipient_of
from .refusals import Refused

# An emoji that comes an hour late says something else.
GIVE_UP_AFTER = timedelta(hours=1)


def react(message: Message, by: User, emoji: str) -> Reaction:
    """Put an emoji on a customer's message, or take ours away with "". Raises Refused."""
    target = message.external_id
    if message.is_ours or not target:
        raise Refused("bad_field", _("You can only react to what the customer wrote."))
    policy.check_free_form(message.conversation, by, seen=None)
    check_payload(lambda: payloads.reaction(recipient_of(message.contact), target, emoji, opaque=NO_TOKEN))
    with transaction.atomic():
        hold(message.number_id)
        reaction, _new = Reaction.objects.update_or_create(
            number=message.number,
            target_external_id=target,
            ours=True,
            defaults={"emoji": emoji[:32], "said_at": timezone.now(), "message": message, "handed_over": False},
        )
        record(Code.REACTION_SENT, by=Actor.of(by), target=("message", message.pk), number_id=message.number_id)
        announce(message.conversation, [message])
        later(hand_over, reaction.pk)
    return reaction


@errand
def hand_over(reaction_id: int) -> None:
    """Bring one reaction to WhatsApp. What fails for a passing reason stays waiting for the sweep."""
    reaction = (
        Reaction.objects.select_related("message__contact", "message__conversation", "number__connection")
        .filter(pk=reaction_id, handed_over=False)
        .first()
    )
    if reaction is None or reaction.message is None:
        return
    payload = payloads.reaction(
        recipient_of(reaction.message.contact), reaction.target_external_id, reaction.emoji, opaque=f"reaction-{reaction.pk}"
    )
    try:
        Graph(reaction.number.connection).send(payload)
    except WireError as error:
        if not error.permanent and timezone.now() - reaction.said_at < GIVE_UP_AFTER:
            return
        take_back(reaction)
    Reaction.objects.filter(pk=reaction.pk, said_at=reaction.said_at).update(handed_over=True)


def take_back(reaction: Reaction) -> None:
    """WhatsApp does not take it: what the customer does not see, nobody here shall see either."""
    if reaction.message is None:
        return
    with transaction.atomic():
        hold(reaction.number_id)
        if Reaction.objects.filter(pk=reaction.pk, said_at=reaction.said_at).update(emoji=""):
            announce(reaction.message.conversation, [reaction.message])
