"""What the customer says is taken in once, into the right conversation, in any order."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from accounts.models import User
from inbox.conversations import early, receive, status
from inbox.conversations.envelopes import Media, Person, Reacted, Said
from inbox.conversations.models import Attachment, Conversation, EarlyNews, Message, Number, Reaction
from inbox.conversations.resolve import resolve
from tests import make

pytestmark = pytest.mark.django_db
T0 = datetime(2026, 11, 1, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
DORA = Person(phone="351910000001", bsuid="PT.1", name="Dora Lima")


def says(number: Number, text: str = "Hello", *, at: datetime = T0, key: str = "", **parts: Any) -> Message:
    said = Said("n", at, key or f"wamid.{text}", parts.pop("person", DORA), parts.pop("kind", "text"), text=text, **parts)
    return receive.take_message(number, said)[0]


def test_a_first_message_opens_a_conversation_with_window_and_waiting_time(support_number: Number) -> None:
    conversation = says(support_number).conversation
    assert conversation.is_open
    assert conversation.team == support_number.team
    assert (conversation.unread, conversation.waiting_since, conversation.snippet) == (1, T0, "Hello")
    assert conversation.window_until == T0 + timedelta(hours=24)


def test_a_repeated_message_adds_nothing(support_number: Number) -> None:
    says(support_number)
    says(support_number)
    assert (Message.objects.count(), Conversation.objects.get().unread) == (1, 1)


def test_messages_out_of_order_end_in_the_same_list_row(support_number: Number) -> None:
    says(support_number, "second", at=T0 + MINUTE)
    says(support_number, "first", at=T0)
    conversation = Conversation.objects.get()
    assert (conversation.snippet, conversation.waiting_since, conversation.unread) == ("second", T0, 2)
    assert conversation.window_until == T0 + MINUTE + timedelta(hours=24)


def test_a_customer_who_writes_after_resolution_starts_the_next_conversation(support_number: Number, amina: User) -> None:
    first = says(support_number).conversation
    resolve(first, amina)
    second = says(support_number, "again", at=T0 + MINUTE).conversation
    assert first != second
    assert Conversation.objects.open().count() == 1


def test_the_same_person_on_two_numbers_has_two_conversations(support_number: Number, billing_number: Number) -> None:
    one, other = says(support_number), says(billing_number, "Bill?")
    assert one.contact == other.contact
    assert one.conversation != other.conversation


def test_what_the_business_types_on_its_own_phone_is_ours_and_opens_no_window(support_number: Number) -> None:
    message = says(support_number, "On my way", echo=True)
    assert (message.is_ours, message.by_phone, message.status) == (True, True, "sent")
    assert (message.conversation.window_until, message.conversation.unread) == (None, 0)


def test_an_answer_between_two_questions_leaves_the_second_waiting_in_any_order(support_number: Number) -> None:
    says(support_number, "third", at=T0 + 2 * MINUTE)
    says(support_number, "first", at=T0)
    says(support_number, "second", at=T0 + MINUTE, echo=True)
    assert Conversation.objects.get().waiting_since == T0 + 2 * MINUTE


def test_history_opens_no_work_for_anybody(support_number: Number) -> None:
    says(support_number, "long ago", history=True)
    assert Conversation.objects.open().count() == 0


def test_a_file_is_noted_and_waits_to_be_fetched(support_number: Number) -> None:
    message = says(support_number, "", key="wamid.1", kind="image", media=Media("700", "image/jpeg", sha256="ab"))
    assert (message.attachment.state, message.attachment.remote_id) == (Attachment.State.WAITING, "700")


def test_an_unknown_kind_becomes_a_visible_placeholder(support_number: Number) -> None:
    assert says(support_number, kind="hologram").kind == "unsupported"


def test_an_answer_that_comes_before_what_it_quotes_is_joined_later(support_number: Number) -> None:
    answer = says(support_number, "yes", at=T0 + MINUTE, reply_to="wamid.question")
    question = says(support_number, "question")
    answer.refresh_from_db()
    assert answer.reply_to == question


def test_a_reaction_may_come_before_its_message_and_the_newest_wins(support_number: Number) -> None:
    for minutes, emoji in ((2, "❤️"), (1, "👍")):
        receive.take_reaction(support_number, Reacted("n", T0 + minutes * MINUTE, f"r{minutes}", DORA, "wamid.Hello", emoji))
    message = says(support_number)
    assert [(row.emoji, row.message) for row in Reaction.objects.all()] == [("❤️", message)]


def test_a_reaction_opens_no_conversation_and_no_window(support_number: Number) -> None:
    receive.take_reaction(support_number, Reacted("n", T0, "r1", DORA, "wamid.unknown", "👍"))
    assert not Conversation.objects.exists()


def test_edits_in_any_order_show_the_newest_words_and_keep_the_others(support_number: Number) -> None:
    early.news(support_number, "wamid.Hello", "edited", T0 + 2 * MINUTE, text="Hello there")
    message = says(support_number)
    early.news(support_number, "wamid.Hello", "edited", T0 + MINUTE, text="Helo")
    message.refresh_from_db()
    assert message.text == "Hello there"
    assert [version["text"] for version in message.versions] == ["Hello", "Helo"]
    assert Conversation.objects.get().snippet == "Hello there"


def test_a_message_taken_back_before_it_was_known_is_taken_back_when_it_comes(support_number: Number) -> None:
    early.news(support_number, "wamid.Hello", "revoked", T0 + MINUTE)
    message = says(support_number)
    message.refresh_from_db()
    assert message.revoked_at == T0 + MINUTE
    assert (Conversation.objects.get().snippet, EarlyNews.objects.count()) == ("", 0)


def outgoing(number: Number) -> Message:
    conversation = make.conversation(number)
    return make.message(conversation, direction="out", status="accepted", external_id="wamid.ours")


@pytest.mark.parametrize("order", [("sent", "delivered", "read"), ("read", "sent", "delivered"), ("delivered", "read", "sent")])
def test_a_status_only_moves_forward(support_number: Number, order: tuple[str, ...]) -> None:
    message = outgoing(support_number)
    for step, word in enumerate(order):
        status.advance(message, word, T0 + step * MINUTE)
    message.refresh_from_db()
    assert message.status == "read"
    assert message.sent_at
    assert message.delivered_at
    assert message.read_at


@pytest.mark.parametrize(("order", "end"), [
    (("sent", "failed"), "failed"),
    (("failed", "sent"), "failed"),
    (("delivered", "failed"), "delivered"),
    (("failed", "delivered"), "delivered"),
])  # fmt: skip
def test_a_failure_stands_unless_the_message_arrived(support_number: Number, order: tuple[str, str], end: str) -> None:
    message = outgoing(support_number)
    for word in order:
        status.advance(message, word, T0, code=131026 if word == "failed" else None)
    message.refresh_from_db()
    assert message.status == end
    assert Conversation.objects.get().failed == (end == "failed")


def test_a_status_that_beats_its_message_is_applied_when_the_message_is_known(support_number: Number) -> None:
    early.news(support_number, "wamid.ours", "read", T0, pricing={"category": "service"})
    message = outgoing(support_number)
    early.apply_early(message)
    message.refresh_from_db()
    assert (message.status, message.pricing) == ("read", {"category": "service"})
    assert not EarlyNews.objects.exists()


def test_a_customer_who_shares_a_hidden_number_can_be_reached_by_it(support_number: Number) -> None:
    hidden = Person(bsuid="PT.1", username="dora")
    card = {"name": "Dora", "origin": "contact_request", "phones": [{"phone": "+351 910 000 001", "whatsapp": "351910000001"}]}
    other = {"name": "Noor", "origin": "other", "phones": [{"phone": "+44 7700 900456"}]}
    message = says(support_number, "Dora", person=hidden, kind="contacts", content={"people": [card, other]})
    assert message.contact.phone == "351910000001"


def test_history_leaves_the_open_conversations_work_alone(support_number: Number) -> None:
    conversation = says(support_number, "new", at=T0).conversation
    for day in range(1, 4):
        says(support_number, f"old {day}", at=T0 - day * timedelta(days=30), history=True)
    conversation.refresh_from_db()
    assert (conversation.unread, conversation.waiting_since) == (1, T0)


def test_two_edits_of_one_second_that_came_early_both_count(support_number: Number) -> None:
    for text in ("B", "C"):
        early.news(support_number, "wamid.Hello", "edited", T0 + MINUTE, text=text)
    message = says(support_number)
    message.refresh_from_db()
    assert message.text == "C"


def test_sharing_a_number_joins_the_contact_known_by_it(support_number: Number) -> None:
    earlier = says(support_number, "by phone", person=Person(phone="351910000001"))
    card = {"name": "Dora", "origin": "contact_request", "phones": [{"whatsapp": "351910000001"}]}
    hidden = Person(bsuid="PT.1")
    says(support_number, "hi", person=hidden, at=T0 + MINUTE)
    message = says(support_number, "Dora", person=hidden, at=T0 + 2 * MINUTE, kind="contacts", content={"people": [card]})
    earlier.refresh_from_db()
    assert message.contact == earlier.contact
