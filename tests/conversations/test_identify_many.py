"""A crowd recognises whom it may recognise without a closer look, and nobody else."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from inbox.conversations.envelopes import Person
from inbox.conversations.identify_many import Crowd
from inbox.conversations.models import Contact, Handle
from tests import make

pytestmark = pytest.mark.django_db
T0 = datetime(2026, 11, 1, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
DORA = Person(phone="351910000001", bsuid="PT.1", name="Dora")


def crowd(*persons: Person) -> Crowd:
    return Crowd(make.PORTFOLIO, persons)


def known_since(at: datetime, **handles: str) -> Contact:
    contact = make.contact(**handles)
    contact.handles.update(since=at)
    return contact


def test_somebody_new_is_met_once_and_written_once() -> None:
    all_of_them = crowd(DORA)
    first = all_of_them.recognise(DORA, T0)
    assert all_of_them.recognise(DORA, T0 + MINUTE) is first
    all_of_them.save()
    contact = Contact.objects.get()
    assert (contact.name, contact.phone, contact.bsuid, contact.profile_at) == ("Dora", DORA.phone, DORA.bsuid, T0 + MINUTE)


def test_two_new_persons_of_whom_a_third_webhook_mixes_the_handles_are_in_doubt() -> None:
    one, other = Person(bsuid="PT.1", username="dora"), Person(bsuid="PT.2")
    mixed = Person(bsuid="PT.2", username="dora")
    all_of_them = crowd(one, other, mixed)
    assert all_of_them.recognise(one, T0) != all_of_them.recognise(other, T0)
    assert all_of_them.recognise(mixed, T0) is None
    assert all_of_them.recognise(one, T0 + MINUTE) is None


def test_at_the_second_at_which_a_phone_passed_on_there_is_doubt_whose_it_is() -> None:
    dora = known_since(T0 - MINUTE, phone=DORA.phone, bsuid=DORA.bsuid)
    dora.handles.filter(kind=Handle.Kind.WA_ID).update(until=T0)
    known_since(T0, phone=DORA.phone)
    assert crowd(DORA).recognise(DORA, T0) is None


def test_doubt_about_one_handle_is_doubt_about_all_of_the_same_contact() -> None:
    known_since(T0 - MINUTE, phone=DORA.phone, bsuid=DORA.bsuid)
    by_phone, renamed = Person(phone=DORA.phone), Person(bsuid=DORA.bsuid, username="dora")
    all_of_them = crowd(by_phone, renamed)
    assert all_of_them.recognise(by_phone, T0) is not None
    assert all_of_them.recognise(renamed, T0) is None
    assert all_of_them.recognise(by_phone, T0) is None
