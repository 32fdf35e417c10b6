"""Writes down a batch of sends that WhatsApp took, in a handful of statements for all of them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from inbox.conversations import early, identify
from inbox.conversations.models import Conversation, EarlyNews, Handle, Message
from inbox.conversations.models.message import Status
from inbox.conversations.phones import matching_key
from inbox.conversations.sequence import raise_seq, tell
from inbox.replies.models import Delivery

from .hand_over import Outcome

ON_THEIR_WAY = (Status.QUEUED, Status.SENDING, Status.UNKNOWN)


def accept_all(number_id: int, outcomes: Sequence[Outcome], now: datetime) -> list[Outcome]:
    """Write the accepted among ``outcomes`` of one number, whose counter the caller holds; gives those it left to the caller.

    Left are all that are not plainly "queued, now accepted": errors, and messages that a status was quicker to settle.
    """
    accepted = {outcome.delivery.message_id: outcome for outcome in outcomes if outcome.accepted is not None}
    messages = [
        message
        for message in Message.objects.select_for_update(of=("self",)).select_related("conversation").filter(pk__in=accepted)
        if message.external_id is None and message.status in ON_THEIR_WAY
    ]
    if not messages:
        return list(outcomes)
    seq = raise_seq(number_id)
    for message in messages:
        answer = accepted[message.pk].accepted
        assert answer is not None
        message.external_id, message.status, message.seq = answer.external_id, Status.ACCEPTED, seq
    Message.objects.bulk_update(messages, ["external_id", "status", "seq"])
    Delivery.objects.filter(message__in=[message.pk for message in messages]).update(
        state=Delivery.State.ACCEPTED, lease_until=None, settled_at=now, error_code=None, error_detail=""
    )
    show(messages, seq)
    for message in messages:
        learn_spelling(accepted[message.pk], now)
    catch_up(messages)
    done = {message.pk for message in messages}
    return [outcome for outcome in outcomes if outcome.delivery.message_id not in done]


def show(messages: list[Message], seq: int) -> None:
    """Let the rows of the list show the new status, where the message is the conversation's last, and tell the pages."""
    last = [message.conversation_id for message in messages if message.said_at >= message.conversation.last_message_at]
    Conversation.objects.filter(pk__in=[message.conversation_id for message in messages]).update(seq=seq)
    Conversation.objects.filter(pk__in=last).update(last_status=Status.ACCEPTED)
    for message in messages:
        message.conversation.seq = seq
        tell(message.conversation, [message.pk])


def learn_spelling(outcome: Outcome, now: datetime) -> None:
    """Write to a contact as WhatsApp spells their number, which may not be as it was dialled (protocol section 10.1)."""
    contact = outcome.delivery.message.contact
    spelt = outcome.accepted.wa_id if outcome.accepted else ""
    if spelt and spelt != contact.phone and matching_key(spelt) == matching_key(contact.phone or spelt):
        identify.give_handle(contact, Handle.Kind.WA_ID, spelt, now)


def catch_up(messages: list[Message]) -> None:
    """Apply the statuses that were quicker than WhatsApp's own answer."""
    by_id = {message.external_id: message for message in messages}
    waiting = EarlyNews.objects.filter(number=messages[0].number_id, external_id__in=by_id).values_list("external_id", flat=True)
    for external_id in set(waiting):
        early.apply_early(by_id[external_id])
