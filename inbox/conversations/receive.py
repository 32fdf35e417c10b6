"""Takes in what the customer says and the emoji they leave; every function is safe to repeat."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction

from inbox.audit.codes import Code
from inbox.audit.record import WIRE, record

from .early import apply_early
from .envelopes import Media, Person, Reacted, Said
from .identify import recognise
from .models import Attachment, Contact, Conversation, Message, Number, Reaction
from .models.message import Kind, Status
from .phones import digits
from .sequence import announce, raise_seq, tell
from .summary import add

HISTORY_STATUS = {"read": Status.READ, "delivered": Status.DELIVERED, "played": Status.PLAYED, "error": Status.FAILED}


def take_message(number: Number, said: Said) -> tuple[Message, bool]:
    """The message of an envelope, and whether it is new. Needs a transaction; raises NobodyNamed.

    1. a message we already have adds nothing; 2. the contact is recognised or made; 3. it goes into the pair's open
    conversation, or opens one; 4. what came before it (reactions, quoting answers, edits) is joined to it; 5. the pages are told.
    """
    known = Message.objects.filter(number=number, external_id=said.external_id).first()
    if known is not None:
        return known, False
    contact = recognise(number.portfolio, said.person, said.at)
    contact = learn_shared_phone(contact, said)
    conversation = open_conversation(contact, number, said)
    conversation.seq = raise_seq(number.pk)
    quoted = Message.objects.filter(number=number, external_id=said.reply_to).first() if said.reply_to else None
    message = row_of(conversation, said, quoted)
    message.save()
    if said.media is not None:
        expected_file(message, said.media).save()
    answers = attach_early(message)
    add(conversation, message)
    tell(conversation, [message.pk, *answers])
    apply_early(message)
    return message, True


def learn_shared_phone(contact: Contact, said: Said) -> Contact:
    """A customer whose number was hidden pressed our button and shared it (protocol section 2.8.5): now we can reach it.

    Somebody whom we knew by that number alone turns out to be the same person.
    """
    for card in said.content.get("people", ()):
        if card.get("origin") == "contact_request" and not said.echo:
            for phone in card.get("phones", ())[:1]:
                if shared := phone.get("whatsapp") or digits(phone.get("phone", "")):
                    return recognise(contact.portfolio, Person(bsuid=contact.bsuid, phone=shared), said.at)
    return contact


def open_conversation(contact: Contact, number: Number, said: Said) -> Conversation:
    """The conversation that a new message belongs to. History has one that is resolved, so that it makes work for nobody."""
    state = Conversation.State.RESOLVED if said.history else Conversation.State.OPEN
    same = Conversation.objects.select_for_update().filter(contact=contact, number=number, state=state).newest_first()
    if (conversation := same.first()) is not None:
        return conversation
    try:
        with transaction.atomic():
            return start(contact, number, said.at, state)
    except IntegrityError:
        return same.get()


def start(contact: Contact, number: Number, at: datetime, state: str = Conversation.State.OPEN) -> Conversation:
    """A new stretch of work, for the number's team, inheriting the window that the pair still has."""
    before = Conversation.objects.filter(contact=contact, number=number).newest_first().first()
    conversation = stretch(contact, number, at, state, before)
    conversation.save()
    note_opened(conversation)
    return conversation


def stretch(contact: Contact, number: Number, at: datetime, state: str, before: Conversation | None) -> Conversation:
    """The row of a new stretch of work, not saved; ``before`` is the pair's last one."""
    return Conversation(
        contact=contact,
        number=number,
        team_id=number.team_id,
        state=state,
        opened_at=at,
        last_message_at=at,
        window_until=before.window_until if before else None,
    )


def note_opened(conversation: Conversation) -> None:
    """Say in the trail that there is new work."""
    record(Code.CONVERSATION_OPENED, by=WIRE, target=("conversation", conversation.pk), number_id=conversation.number_id)


def row_of(conversation: Conversation, said: Said, quoted: Message | None) -> Message:
    """The row of a message, not saved; ``quoted`` is the one it answers to, if we know it."""
    ours = said.echo
    return Message(
        conversation=conversation,
        contact_id=conversation.contact_id,
        number_id=conversation.number_id,
        direction=Message.Direction.OUT if ours else Message.Direction.IN,
        by_phone=ours,
        kind=said.kind if said.kind in Kind.values else Kind.UNSUPPORTED,
        text=said.text,
        content=content_of(said),
        external_id=said.external_id,
        reply_to=quoted,
        reply_to_external_id=said.reply_to or None,
        forwarded=said.forwarded,
        status=(HISTORY_STATUS.get(said.history_status.lower(), Status.SENT) if ours else ""),
        said_at=said.at,
        seq=conversation.seq,
    )


def content_of(said: Said) -> dict[str, Any]:
    """What a kind needs beyond text, with the ad that brought the customer and the faults that WhatsApp reported."""
    content = dict(said.content)
    if said.referral:
        content["referral"] = said.referral
    if said.faults:
        content["faults"] = [{"code": fault.code, "title": fault.title, "details": fault.details} for fault in said.faults]
    if said.group_key:
        content["group"] = said.group_key
    return content


def expected_file(message: Message, media: Media) -> Attachment:
    """The row of the file that waits at WhatsApp, not saved; our own job fetches it."""
    return Attachment(
        message=message,
        remote_id=media.remote_id[:64],
        claimed_mime=media.mime[:127],
        filename=media.filename[:240],
        sha256=media.sha256,
        voice=media.voice,
        animated=media.animated,
        due_at=message.created_at,
    )


def attach_early(message: Message) -> list[int]:
    """Join what came before this message: reactions to it and answers that quote it. Gives the answers' ids."""
    Reaction.objects.filter(number=message.number_id, target_external_id=message.external_id).update(message=message)
    quoting = Message.objects.filter(number=message.number_id, reply_to_external_id=message.external_id, reply_to__isnull=True)
    answers = list(quoting.values_list("pk", flat=True))
    Message.objects.filter(pk__in=answers).update(reply_to=message, seq=message.seq)
    return answers


def take_reaction(number: Number, reacted: Reacted) -> Reaction | None:
    """Put or take away an emoji; the newest per side wins, and the target may come later. None if nothing changed."""
    target = Message.objects.filter(number=number, external_id=reacted.target).first()
    reaction, is_new = Reaction.objects.get_or_create(
        number=number,
        target_external_id=reacted.target,
        ours=reacted.echo,
        defaults={"emoji": reacted.emoji[:32], "said_at": reacted.at, "message": target},
    )
    if not is_new:
        if reacted.at < reaction.said_at or (reacted.at == reaction.said_at and reaction.emoji == reacted.emoji):
            return None
        reaction.emoji, reaction.said_at, reaction.message = reacted.emoji[:32], reacted.at, target
        reaction.save(update_fields=["emoji", "said_at", "message"])
    if target is not None:
        announce(target.conversation, [target])
    return reaction
