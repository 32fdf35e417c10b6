"""The outbox keeps order, never sends twice unknowingly, and says what became of each message."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID, uuid5

import pytest
import time_machine
from django.utils import timezone
from time_machine import Traveller

from accounts.models import User
from inbox.audit.models import Entry
from inbox.audit.record import WIRE
from inbox.compliance.consent import decide
from inbox.conversations import early
from inbox.conversations.models import Conversation, EarlyNews, Message, Number
from inbox.replies import send
from inbox.replies.models import Delivery
from inbox.replies.outbox import claim, hand_over, overdue, settle
from inbox.replies.outbox.hand_over import Outcome
from inbox.replies.refusals import Refused
from inbox.whatsapp.client import Accepted
from inbox.whatsapp.errors import Declined, NotSent, OutcomeUnknown, Throttled, TokenRejected, WireError
from inbox.whatsapp.models import Connection
from tests import make

pytestmark = pytest.mark.django_db


@pytest.fixture
def conversation(support_number: Number) -> Conversation:
    make.connection(support_number)
    return make.conversation(support_number)


def write(conversation: Conversation, by: User, text: str = "Hello") -> Message:
    return send.send_text(conversation, by, text, client_token=uuid5(UUID(int=0), text))


def claimed() -> Delivery:
    (delivery,) = claim.mark_handed_over(claim.claim(10))
    return delivery


def accepted(external_id: str = "wamid.new", wa_id: str = "") -> Accepted:
    return Accepted(external_id=external_id, wa_id=wa_id)


def settled(message: Message, *, error: WireError | None = None, answer: Accepted | None = None) -> Message:
    settle.settle(
        [
            Outcome(
                Delivery.objects.select_related("number__connection", "message__contact").get(message=message),
                answer,
                error=error,
            )
        ]
    )
    message.refresh_from_db()
    return message


def test_only_the_oldest_of_a_conversation_is_claimed_and_once(conversation: Conversation, amina: User) -> None:
    first, _second = write(conversation, amina, "one"), write(conversation, amina, "two")
    assert [delivery.message for delivery in claim.claim(10)] == [first]
    assert claim.claim(10) == []


def test_the_next_follows_when_the_first_is_accepted(conversation: Conversation, amina: User) -> None:
    first, second = write(conversation, amina, "one"), write(conversation, amina, "two")
    claimed()
    settled(first, answer=accepted())
    assert [delivery.message for delivery in claim.claim(10)] == [second]


def test_a_first_that_waits_for_another_try_holds_the_second_back(conversation: Conversation, amina: User) -> None:
    first, _second = write(conversation, amina, "one"), write(conversation, amina, "two")
    claimed()
    assert settled(first, error=NotSent(131016)).status == "queued"
    assert claim.claim(10) == []


def test_an_accepted_message_shows_in_row_and_thread_under_a_new_seq(conversation: Conversation, amina: User) -> None:
    message = write(conversation, amina)
    before = Number.objects.get().seq
    claimed()
    settled(message, answer=accepted())
    conversation.refresh_from_db()
    assert (message.status, message.external_id, conversation.last_status) == ("accepted", "wamid.new", "accepted")
    assert message.seq == conversation.seq == before + 1


def test_a_status_that_beat_the_answer_is_applied_with_it(conversation: Conversation, amina: User) -> None:
    message = write(conversation, amina)
    claimed()
    early.news(conversation.number, "wamid.new", "delivered", timezone.now())
    assert settled(message, answer=accepted()).status == "delivered"
    assert not EarlyNews.objects.exists()


def test_an_answer_never_heard_is_settled_by_the_token_in_a_status(conversation: Conversation, amina: User) -> None:
    message = write(conversation, amina)
    delivery = claimed()
    assert settled(message, error=OutcomeUnknown(-1)).status == "unknown"
    assert claim.claim(10) == []
    found = settle.accept_by_token(conversation.number.pk, str(delivery.token), "wamid.new")
    assert found is not None
    assert (found.status, Delivery.objects.get().state) == ("accepted", "accepted")


def test_a_token_that_is_not_ours_settles_nothing(conversation: Conversation) -> None:
    for token in ("reaction-7", "conv=1;msg=2", str(UUID(int=5))):
        assert settle.accept_by_token(conversation.number.pk, token, "wamid.x") is None


def test_a_refusal_for_good_fails_with_its_code_and_an_entry(conversation: Conversation, amina: User) -> None:
    message = write(conversation, amina)
    claimed()
    settled(message, error=Declined(131026, "undeliverable"))
    conversation.refresh_from_db()
    assert (message.status, message.error_code, conversation.failed) == ("failed", 131026, 1)
    assert Entry.objects.get(code="message.failed").data["error"] == 131026


def test_an_expired_token_holds_the_number_and_keeps_the_message(conversation: Conversation, amina: User) -> None:
    message = write(conversation, amina)
    claimed()
    assert settled(message, error=TokenRejected(190)).status == "queued"
    connection = Connection.objects.get()
    assert (connection.state, connection.state_code) == ("reconnect", 190)
    assert claim.claim(10) == []
    Connection.objects.update(state="ready")
    assert [delivery.message for delivery in claim.claim(10)] == [message]


def test_a_dead_senders_lease_is_sent_again_only_if_nothing_can_have_left(conversation: Conversation, amina: User) -> None:
    message = write(conversation, amina)
    claim.claim(10)
    Delivery.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    overdue.release_expired()
    assert Delivery.objects.get().state == "queued"
    claimed()
    Delivery.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    overdue.release_expired()
    message.refresh_from_db()
    assert (Delivery.objects.get().state, message.status) == ("unknown", "unknown")


def test_a_person_may_try_a_failed_message_again_or_set_it_aside(conversation: Conversation, amina: User) -> None:
    message = write(conversation, amina)
    claimed()
    settled(message, error=Declined(131026))
    send.discard(message, amina)
    conversation.refresh_from_db()
    assert conversation.failed == 0
    send.retry(message, amina)
    assert [delivery.message for delivery in claim.claim(10)] == [message]


def test_whatsapps_own_spelling_of_a_number_is_used_from_then_on(support_number: Number, amina: User) -> None:
    make.connection(support_number)
    conversation = make.conversation(support_number, make.contact(phone="5511981234567"))
    message = write(conversation, amina)
    claimed()
    settled(message, answer=accepted(wa_id="551181234567"))
    assert conversation.contact.__class__.objects.get(pk=conversation.contact.pk).phone == "551181234567"


def test_a_sender_that_slept_through_its_lease_leaves_the_message_to_whoever_has_it_now(
    clock: time_machine.Traveller, conversation: Conversation, amina: User
) -> None:
    message = write(conversation, amina)
    (slept,) = claim.claim(10)
    clock.shift(claim.LEASE + timedelta(seconds=1))
    assert overdue.release_expired() == 1
    (awake,) = claim.claim(10)
    assert claim.mark_handed_over([slept]) == []
    assert claim.mark_handed_over([awake]) == [awake]
    for late in (Outcome(slept, error=NotSent(-2)), Outcome(slept, error=Declined(131026)), Outcome(slept, remote_id="file")):
        settle.settle([late])
        assert Delivery.objects.get(message=message).state == "sending"
    settle.settle([Outcome(awake, accepted())])
    assert Delivery.objects.get(message=message).state == "accepted"


def test_a_refusal_that_comes_after_the_lease_is_still_an_outcome(
    clock: time_machine.Traveller, conversation: Conversation, amina: User
) -> None:
    message = write(conversation, amina)
    delivery = claimed()
    clock.shift(claim.LEASE + timedelta(seconds=1))
    overdue.release_expired()
    settle.settle([Outcome(delivery, error=Declined(131026))])
    message.refresh_from_db()
    assert (message.status, Delivery.objects.get().state) == ("failed", "failed")


def test_late_news_of_a_failed_try_does_not_settle_its_repetition(conversation: Conversation, amina: User) -> None:
    message = write(conversation, amina)
    old = claimed()
    settled(message, answer=accepted("wamid.old"))
    settled(message, error=Declined(131026))
    Message.objects.filter(pk=message.pk).update(status="failed")
    send.retry(message, amina)
    assert settle.accept_by_token(conversation.number.pk, str(old.token), "wamid.old") is None
    assert [delivery.message for delivery in claim.claim(10)] == [message]


def test_one_odd_answer_does_not_hold_up_the_others(conversation: Conversation, amina: User) -> None:
    make.message(conversation, external_id="wamid.taken")
    other = make.conversation(conversation.number)
    odd, plain = write(conversation, amina, "odd"), write(other, amina, "plain")
    claim.mark_handed_over(claim.claim(10))
    outcomes = [
        Outcome(Delivery.objects.select_related("number__connection", "message__contact").get(message=message), accepted(key))
        for message, key in ((odd, "wamid.taken"), (plain, "wamid.plain"))
    ]
    settle.settle(outcomes)
    plain.refresh_from_db()
    assert plain.status == "accepted"


def test_a_file_whose_handing_up_was_cut_is_handed_up_again(conversation: Conversation, amina: User) -> None:
    message = write(conversation, amina)
    claim.claim(10)
    delivery = Delivery.objects.select_related("number__connection", "message__contact").get()
    settle.settle([Outcome(delivery, error=OutcomeUnknown(-1), of_file=True)])
    message.refresh_from_db()
    assert (Delivery.objects.get().state, message.status) == ("queued", "queued")


def test_a_second_pause_is_waited_for_like_the_first(clock: Traveller, conversation: Conversation, amina: User) -> None:
    message = write(conversation, amina)
    for _ in range(2):
        claimed()
        settled(message, error=Throttled(80007))
        assert Delivery.objects.get().due_at > timezone.now()
        assert claim.claim(10) == []
        pause = Connection.objects.get().paused_until
        assert pause is not None
        clock.move_to(pause + timedelta(seconds=1))


def test_a_pause_does_not_hide_that_the_token_is_gone(conversation: Conversation, amina: User) -> None:
    message = write(conversation, amina)
    claimed()
    Connection.objects.update(state="reconnect")
    settled(message, error=Throttled(80007))
    assert Connection.objects.get().state == "reconnect"


def test_what_waited_for_a_day_fails_and_says_why(clock: Traveller, conversation: Conversation, amina: User) -> None:
    message = write(conversation, amina)
    claimed()
    settled(message, error=TokenRejected(190))
    clock.shift(timedelta(hours=25))
    assert overdue.give_up_stale(timezone.now()) == 1
    message.refresh_from_db()
    assert (message.status, message.error_code) == ("failed", 190)


def test_a_delivery_that_breaks_our_own_code_is_given_up_in_the_end(conversation: Conversation, amina: User) -> None:
    message = write(conversation, amina)
    for _ in range(overdue.MOST_STARTS + 1):
        claim.claim(10)
        Delivery.objects.filter(state="sending").update(lease_until=timezone.now() - timedelta(seconds=1))
        overdue.release_expired()
    message.refresh_from_db()
    assert (message.status, Delivery.objects.get().state) == ("failed", "failed")


def test_a_send_that_waited_too_long_for_its_turn_is_not_begun(conversation: Conversation, amina: User) -> None:
    write(conversation, amina)
    delivery = claimed()
    delivery.lease_until = timezone.now() + timedelta(seconds=1)
    assert hand_over.send(delivery).too_late


def test_a_template_refused_because_of_a_stop_cannot_be_tried_again(conversation: Conversation, amina: User) -> None:
    template = make.template(category="MARKETING", waba_id=conversation.number.connection.waba_id)
    message = send.send_template(conversation, amina, template, {"body.1": "Dora"}, client_token=uuid5(UUID(int=0), "t"))
    claimed()
    settled(message, error=Declined(131050))
    decide(conversation.contact, conversation.number, "marketing", "stopped", at=timezone.now(), source="test", by=WIRE)
    with pytest.raises(Refused, match="marketing_stopped"):
        send.retry(message, amina)


def test_whoever_answers_first_is_noted_as_the_one_who_looks_after_it(conversation: Conversation, amina: User) -> None:
    write(conversation, amina)
    assert Entry.objects.get(code="conversation.assigned").data == {"before": None, "after": amina.pk}
