"""Turns statuses of messages that we sent into envelopes (protocol §2.9)."""

from __future__ import annotations

from collections.abc import Iterator

from inbox.conversations.envelopes import Envelope, Person, StatusChanged

from .change import Change, faults
from .reading import LONGEST_ID, Json, Malformed, identifier, inner, later_moment, text, without_empty

LONGEST_WORD = 16
LONGEST_TOKEN = 512


def read_status(change: Change, item: Json) -> Iterator[Envelope]:
    """One step of one message of ours. Neither the person nor anything else but id and word must be there."""
    word = text(item, "status", LONGEST_WORD).lower()
    if not word:
        raise Malformed("no status")
    participant = text(item, "recipient_participant_id", LONGEST_ID) or text(item, "recipient_participant_user_id", LONGEST_ID)
    yield StatusChanged(
        change.number(),
        change.time_of(item),
        external_id=identifier(item, "id"),
        status=word,
        person=_recipient(change, item),
        opaque=text(item, "biz_opaque_callback_data", LONGEST_TOKEN),
        faults=faults(item),
        pricing=_pricing(item),
        participant=participant,
    )


def _recipient(change: Change, item: Json) -> Person:
    """Who it was sent to; for a group the participant, since the group is nobody."""
    who = "recipient_participant" if item.get("recipient_type") == "group" else "recipient"
    return change.persons.find(
        text(item, f"{who}_id"), bsuid=text(item, f"{who}_user_id"), parent_bsuid=text(item, f"{who}_parent_user_id")
    )


def _pricing(item: Json) -> Json:
    """What it costs, and the free window that it is part of; empty when this status says nothing about it."""
    pricing = inner(item, "pricing")
    conversation = inner(item, "conversation")
    billable = pricing.get("billable")
    return without_empty(
        billable=billable if isinstance(billable, bool) else None,
        model=text(pricing, "pricing_model", 20),
        type=text(pricing, "type", 40),
        category=text(pricing, "category", 40),
        window=without_empty(
            id=text(conversation, "id", LONGEST_ID),
            origin=text(inner(conversation, "origin"), "type", 40),
            until=later_moment(conversation, "expiration_timestamp"),
        ),
    )
