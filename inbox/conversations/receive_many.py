"""Takes in what many customers said on one number, with a handful of statements for all, by the rules of ``receive``."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from inbox.lib.columns import save_columns

from .envelopes import Said
from .identify_many import Crowd
from .models import Attachment, Contact, Conversation, EarlyNews, Message, Number, Reaction
from .models.message import Kind
from .receive import expected_file, note_opened, row_of, stretch
from .sequence import raise_seq, tell
from .summary import COUNTED, count_in

Plain = list[tuple[Said, Contact]]


def is_plain(said: Said) -> bool:
    """True for what may be taken in with others: a customer's own words of now, without cards, which may share a handle."""
    return not (said.echo or said.history) and said.kind != Kind.CONTACTS and said.person.is_known()


def take_messages(number: Number, saids: Sequence[Said]) -> tuple[list[Message], list[int]]:
    """The new messages among plain ``saids``, and the places of those that the caller must take one by one after these.

    Left are messages that something waits for (reactions, answers, edits), those of persons who need a closer look, and
    what follows from the same persons. Needs a transaction that holds the number. Ends in the same rows as
    ``receive.take_message`` for each, but that all of them bear one seq. Raises whatever the first unfit one raises.
    """
    ids = {said.external_id for said in saids}
    known = messages_of(number, ids | {said.reply_to for said in saids if said.reply_to})
    awaited = awaited_among(number, ids)
    crowd = Crowd(number.portfolio, [said.person for said in saids])
    plain: Plain = []
    left: list[int] = []
    taken = ids & known.keys()
    for place, said in enumerate(saids):
        if said.external_id in taken:
            continue
        if said.external_id in awaited:
            crowd.doubt(said.person)
        if (contact := crowd.recognise(said.person, said.at)) is None:
            left.append(place)
        else:
            plain.append((said, contact))
            taken.add(said.external_id)
    if not plain:
        return [], left
    crowd.save()
    return write_all(number, plain, known), left


def messages_of(number: Number, external_ids: Iterable[str]) -> dict[str | None, Message]:
    """The messages that we have of these, by WhatsApp's id."""
    return {message.external_id: message for message in Message.objects.filter(number=number, external_id__in=external_ids)}


def awaited_among(number: Number, external_ids: set[str]) -> set[str | None]:
    """Those that reactions, quoting answers, or news such as an edit have been waiting for."""
    reactions = Reaction.objects.filter(number=number, target_external_id__in=external_ids)
    answers = Message.objects.filter(number=number, reply_to_external_id__in=external_ids, reply_to__isnull=True)
    news = EarlyNews.objects.filter(number=number, external_id__in=external_ids)
    return {
        *reactions.values_list("target_external_id", flat=True),
        *answers.values_list("reply_to_external_id", flat=True),
        *news.values_list("external_id", flat=True),
    }


def write_all(number: Number, plain: Plain, known: dict[str | None, Message]) -> list[Message]:
    """Write the messages with their files, count them into their conversations, and tell the pages."""
    conversations = conversations_of(number, plain)
    seq = raise_seq(number.pk)
    messages = []
    for said, contact in plain:
        conversation = conversations[contact.pk]
        conversation.seq = seq
        messages.append(row_of(conversation, said, known.get(said.reply_to or None)))
    Message.objects.bulk_create(messages)
    pairs = zip(messages, plain, strict=True)
    Attachment.objects.bulk_create([expected_file(message, said.media) for message, (said, _) in pairs if said.media])
    join_answers(messages)
    for message in messages:
        count_in(message.conversation, message)
    save_columns(conversations.values(), (*COUNTED, "seq"))
    tell_all(messages)
    return messages


def conversations_of(number: Number, plain: Plain) -> dict[int, Conversation]:
    """The open conversation of each contact, locked; opened where there is none."""
    opening = {contact.pk: (contact, said.at) for said, contact in reversed(plain)}
    pairs = Conversation.objects.filter(number=number)
    found = by_contact(pairs.open().select_for_update().filter(contact__in=opening.keys()).order_by("pk"))
    missing = [pk for pk in opening if pk not in found]
    before = by_contact(pairs.filter(contact__in=missing).newest_first().reverse())
    started = [stretch(opening[pk][0], number, opening[pk][1], Conversation.State.OPEN, before.get(pk)) for pk in missing]
    for conversation in Conversation.objects.bulk_create(started):
        note_opened(conversation)
    return found | by_contact(started)


def by_contact(conversations: Iterable[Conversation]) -> dict[int, Conversation]:
    """The last conversation of each contact."""
    return {conversation.contact_id: conversation for conversation in conversations}


def join_answers(messages: list[Message]) -> None:
    """Join answers to what they quote where both came together."""
    by_id = {message.external_id: message for message in messages}
    answers = [message for message in messages if message.reply_to_external_id in by_id and message.reply_to_id is None]
    for answer in answers:
        answer.reply_to = by_id[answer.reply_to_external_id]
    save_columns(answers, ["reply_to"])


def tell_all(messages: list[Message]) -> None:
    """Tell the pages of each conversation what is new in it."""
    fresh: dict[int, list[Message]] = {}
    for message in messages:
        fresh.setdefault(message.conversation_id, []).append(message)
    for of_conversation in fresh.values():
        tell(of_conversation[0].conversation, [message.pk for message in of_conversation])
