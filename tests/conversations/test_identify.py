"""One person stays one contact, by whatever handle WhatsApp names them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from inbox.conversations.envelopes import Person
from inbox.conversations.identify import NobodyNamed, recognise
from inbox.conversations.models import Contact, Conversation, Handle, Number
from tests import make

pytestmark = pytest.mark.django_db
T0 = datetime(2026, 11, 1, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


def seen(at: datetime = T0, **parts: str) -> Contact:
    return recognise("portfolio-1", Person(**parts), at)


def test_the_same_phone_is_the_same_contact() -> None:
    assert seen(phone="447700900123") == seen(phone="447700900123", at=T0 + HOUR)


def test_both_brazilian_spellings_meet_and_the_last_one_is_written_to() -> None:
    first = seen(phone="551181234567")
    again = seen(phone="5511981234567", at=T0 + HOUR)
    assert first == again
    assert Contact.objects.get(pk=first.pk).phone == "5511981234567"


def test_a_person_without_a_phone_is_first_class() -> None:
    contact = seen(bsuid="GB.1", username="amara")
    assert (contact.phone, contact.bsuid, contact.display_name) == ("", "GB.1", "@amara")


def test_nobody_can_be_recognised_without_phone_or_id() -> None:
    with pytest.raises(NobodyNamed):
        seen(name="Somebody")


def test_a_phone_learnt_later_is_added_to_the_contact_known_by_id() -> None:
    by_id = seen(bsuid="GB.1")
    both = seen(bsuid="GB.1", phone="447700900123", at=T0 + HOUR)
    assert by_id == both == seen(phone="447700900123", at=T0 + 2 * HOUR)


def test_two_contacts_that_turn_out_to_be_one_become_one_with_all_messages(support_number: Number) -> None:
    by_phone = seen(phone="447700900123")
    by_id = seen(bsuid="GB.1")
    said_by_phone = make.message(make.conversation(support_number, by_phone, waiting=False), at=T0)
    said_by_id = make.message(make.conversation(support_number, by_id, waiting=False), at=T0 + HOUR)
    one = seen(phone="447700900123", bsuid="GB.1", at=T0 + 2 * HOUR)
    assert Contact.objects.count() == 1
    assert {row.pk for row in one.messages.all()} == {said_by_phone.pk, said_by_id.pk}
    conversation = Conversation.objects.open().get()
    assert (conversation.unread, conversation.last_message_at) == (2, T0 + HOUR)


def test_a_phone_that_passed_to_another_person_opens_a_new_contact() -> None:
    first = seen(phone="447700900123", bsuid="GB.1")
    second = seen(phone="447700900123", bsuid="GB.2", at=T0 + HOUR)
    assert first != second
    assert (Contact.objects.get(pk=first.pk).phone, second.phone) == ("", "447700900123")
    assert Handle.objects.get(contact=first, kind="wa_id").until == T0 + HOUR


def test_a_late_message_from_before_the_phone_passed_on_belongs_to_its_first_owner() -> None:
    first = seen(phone="447700900123", bsuid="GB.1")
    seen(phone="447700900123", bsuid="GB.2", at=T0 + HOUR)
    assert seen(phone="447700900123", at=T0 + HOUR / 2) == first


def test_an_older_webhook_does_not_bring_an_old_name_back() -> None:
    contact = seen(phone="447700900123", name="Amara Osei", at=T0 + HOUR)
    seen(phone="447700900123", name="Amara", at=T0)
    assert Contact.objects.get(pk=contact.pk).name == "Amara Osei"


def test_portfolios_do_not_share_contacts() -> None:
    assert seen(bsuid="GB.1") != recognise("portfolio-2", Person(bsuid="GB.1"), T0)


def test_late_news_does_not_give_a_phone_back_to_its_former_owner() -> None:
    second = seen(phone="447700900123", bsuid="GB.2", at=T0 + HOUR)
    seen(phone="447700900123", bsuid="GB.1", at=T0)
    assert seen(phone="447700900123", at=T0 + 2 * HOUR) == second


def test_a_merge_tells_the_pages_of_every_number_it_changes(support_number: Number, billing_number: Number) -> None:
    by_phone, by_id = seen(phone="447700900123"), seen(bsuid="GB.1")
    make.message(make.conversation(support_number, by_phone, waiting=False), at=T0)
    for number in (support_number, billing_number):
        make.message(make.conversation(number, by_id, waiting=False), at=T0 + HOUR)
    seen(phone="447700900123", bsuid="GB.1", at=T0 + 2 * HOUR)
    assert all(number.seq > 0 for number in Number.objects.all())
    assert all(row.seq > 0 for row in Conversation.objects.filter(contact=by_phone).exclude(unread=1, number=support_number))
    assert Conversation.objects.open().filter(number=support_number).count() == 1
