"""What may not be sent is refused on the server, in a sentence a person can act on."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID, uuid5

import pytest
from django.utils import timezone

from accounts.models import User
from inbox.audit.record import WIRE
from inbox.compliance.consent import decide
from inbox.conversations.models import Conversation, Message, Number
from inbox.replies import policy, send
from inbox.replies.models import Delivery
from inbox.replies.refusals import Refused
from inbox.routing import clearance
from tests import make

pytestmark = pytest.mark.django_db


def token(name: str = "one") -> UUID:
    return uuid5(UUID(int=0), name)


@pytest.fixture
def conversation(support_number: Number) -> Conversation:
    make.connection(support_number)
    return make.conversation(support_number)


def refusal(conversation: Conversation, by: User, text: str = "Hello", seen: int | None = None) -> Refused:
    with pytest.raises(Refused) as refused:
        send.send_text(conversation, by, text, client_token=token(), seen=seen)
    assert not Delivery.objects.exists()
    assert refused.value.sentence
    return refused.value


def close_window(conversation: Conversation) -> None:
    Conversation.objects.filter(pk=conversation.pk).update(window_until=timezone.now() - timedelta(seconds=1))
    conversation.refresh_from_db()


def test_an_answer_writes_message_delivery_and_entry_and_takes_the_conversation(conversation: Conversation, amina: User) -> None:
    message = send.send_text(conversation, amina, "  Hello Dora  ", client_token=token())
    conversation.refresh_from_db()
    assert (message.text, message.status, message.delivery.state) == ("Hello Dora", "queued", "queued")
    assert (conversation.assignee, conversation.unread, conversation.waiting_since) == (amina, 0, None)


def test_the_same_post_twice_is_one_message(conversation: Conversation, amina: User) -> None:
    first = send.send_text(conversation, amina, "Hello", client_token=token())
    again = send.send_text(conversation, amina, "Hello", client_token=token())
    assert first == again
    assert Delivery.objects.count() == 1


def test_a_closed_window_refuses_words_and_offers_a_template(conversation: Conversation, amina: User) -> None:
    close_window(conversation)
    refused = refusal(conversation, amina)
    assert (refused.code, refused.next_step, refused.status) == ("window_closed", "template", 422)


def test_one_without_clearance_reads_but_does_not_answer(conversation: Conversation, amina: User) -> None:
    clearance.withdraw(amina, by=WIRE)
    assert refusal(conversation, amina).code == "no_clearance"
    assert policy.composer_for(conversation, amina).mode == "none"


def test_a_clearance_that_ran_out_is_none(conversation: Conversation, amina: User) -> None:
    clearance.give(amina, by=WIRE, reason="test", until=timezone.now() - timedelta(seconds=1))
    assert refusal(conversation, amina).code == "no_clearance"


def test_an_admin_does_not_answer_customers(conversation: Conversation, admin: User) -> None:
    assert refusal(conversation, admin).code == "not_yours"


def test_a_colleagues_unseen_answer_stops_the_send_and_is_shown(conversation: Conversation, amina: User, bruno: User) -> None:
    seen = Message.objects.latest("pk").pk
    theirs = make.message(conversation, direction="out", author=bruno)
    refused = refusal(conversation, amina, seen=seen)
    assert (refused.code, refused.status, refused.newer) == ("unseen_reply", 409, theirs)


def test_the_customers_own_bursts_do_not_stop_an_answer(conversation: Conversation, amina: User) -> None:
    seen = Message.objects.latest("pk").pk
    make.message(conversation, "one more thing")
    send.send_text(conversation, amina, "Hello", client_token=token(), seen=seen)


@pytest.mark.parametrize(("text", "code"), [("   ", "empty"), ("x" * 4097, "too_long"), ("😀" * 2049, "too_long")])
def test_too_little_or_too_much_is_refused_at_the_field(conversation: Conversation, amina: User, text: str, code: str) -> None:
    assert refusal(conversation, amina, text).code == code


@pytest.mark.parametrize("status", ["PENDING", "REJECTED", "PAUSED", "DISABLED", "ARCHIVED"])
def test_a_template_that_is_not_approved_is_refused_with_its_reason(conversation: Conversation, amina: User, status: str) -> None:
    template = make.template(status=status)
    with pytest.raises(Refused) as refused:
        send.send_template(conversation, amina, template, {"body.1": "Dora"}, client_token=token())
    assert refused.value.code == "template_not_approved"


def test_marketing_goes_to_nobody_who_stopped_it_but_utility_does(conversation: Conversation, amina: User) -> None:
    decide(conversation.contact, conversation.number, "marketing", "stopped", at=timezone.now(), source="test", by=WIRE)
    close_window(conversation)
    marketing, utility = make.template(category="MARKETING"), make.template(category="UTILITY")
    composer = policy.composer_for(conversation, amina)
    assert composer.mode == "template"
    assert {choice.template: bool(choice.refusal) for choice in composer.templates} == {marketing: True, utility: False}
    with pytest.raises(Refused, match="marketing_stopped"):
        send.send_template(conversation, amina, marketing, {"body.1": "Dora"}, client_token=token())


def test_an_answer_in_a_resolved_conversation_takes_it_up_again(conversation: Conversation, amina: User) -> None:
    Conversation.objects.filter(pk=conversation.pk).update(state="resolved")
    message = send.send_text(conversation, amina, "One more thing", client_token=token())
    assert message.conversation == conversation
    assert message.conversation.is_open


def test_a_contact_without_phone_is_written_to_by_id(support_number: Number, amina: User) -> None:
    make.connection(support_number)
    conversation = make.conversation(support_number, make.contact(bsuid="GB.1"))
    assert send.send_text(conversation, amina, "Hello", client_token=token()).delivery.state == "queued"
