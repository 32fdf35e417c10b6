"""Many events at once end in the same rows as one event after the other, whatever is among them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import models, transaction
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from inbox.audit.models import Entry
from inbox.compliance.models import Consent
from inbox.conversations.envelopes import (
    Edited,
    Envelope,
    Fault,
    Media,
    Person,
    PersonChanged,
    Reacted,
    Revoked,
    Said,
    StatusChanged,
)
from inbox.conversations.models import Attachment, Contact, Conversation, EarlyNews, Message, Reaction
from inbox.journeys import inbound
from inbox.whatsapp.models import Connection, Quarantined
from tests import make

pytestmark = pytest.mark.django_db
T0 = datetime(2026, 11, 1, 12, tzinfo=UTC)
DORA = Person(phone="351910000001", bsuid="PT.1", name="Dora")
NOOR = Person(phone="447700900123", bsuid="GB.2", name="Noor")
IVO = Person(bsuid="BR.3", username="ivo", name="Ivo")
OURS = ("wamid.ours1", "wamid.ours2", "wamid.ours3")
POISON = "\ud800"  # half a character, which no database takes


def at(minute: int) -> datetime:
    return T0 + timedelta(minutes=minute)


@pytest.fixture
def connection() -> Connection:
    """A number on which three messages of ours went to Dora an hour ago; Noor's last work is done; Ivo is new."""
    connection = make.connection(make.number())
    dora = make.contact("D", phone=DORA.phone, bsuid=DORA.bsuid)
    dora.handles.update(since=at(-90))
    conversation = make.conversation(connection.number, dora, waiting=False, at=at(-80))
    for place, external_id in enumerate(OURS):
        make.message(conversation, at=at(-60 + place), direction="out", status="accepted", external_id=external_id)
    make.conversation(connection.number, make.contact(phone=NOOR.phone), at=at(-500), state="resolved")
    return connection


def day(key: str) -> list[Envelope]:
    """Every kind of news, plain and not, of three customers who must not get in each other's way."""
    return [
        Said(key, at(0), "d1", DORA, "text", text="hello"),
        Said(key, at(1), "d2", DORA, "image", text="look", media=Media("700", "image/jpeg")),
        Said(key, at(2), "d3", DORA, "text", text="this one", reply_to="d2"),
        Said(key, at(3), "d4", DORA, "text", text="and that", reply_to=OURS[0]),
        Said(key, at(4), "n1", NOOR, "text", text="I am back"),
        Said(key, at(5), "n2", Person(phone=NOOR.phone, name="Noor H."), "hologram", faults=(Fault(131051),)),
        Said(key, at(6), "i1", IVO, "text", text="oi", reply_to="i3"),
        Said(key, at(7), "i2", IVO, "text", text="tudo bem", forwarded="once", referral={"source": "ad"}),
        Said(key, at(8), "i3", Person(bsuid="BR.3", username="ivo.r", name="Ivo R."), "system", content={"event": "welcome"}),
        Said(key, at(9), "i4", Person(bsuid="BR.3", phone="5511987654321"), "text", text="my number"),
        Said(key, at(10), "o1", DORA, "text", text="yes", echo=True),
        Said(key, at(11), "h1", NOOR, "text", text="long ago", history=True),
        Said(key, at(12), "x1", Person(bsuid="GB.9", phone=NOOR.phone, name="Zoe"), "text", text="I have her phone now"),
        Said(key, at(13), "c1", IVO, "contacts", content={"people": [{"origin": "contact_request", "phones": [{"phone": "1"}]}]}),
        Reacted(key, at(14), "r1", DORA, "d1", "👍"),
        Edited(key, at(15), "e1", NOOR, "n1", "I am back!"),
        Revoked(key, at(16), "v1", IVO, "i2"),
        PersonChanged(key, at(17), "s1", "phone", DORA, Person(phone="351910000002", bsuid="PT.1"), text="Dora changed number"),
        *(
            StatusChanged(key, at(20 + place), external_id, word, DORA, pricing={"category": "service"})
            for word in ("sent", "delivered", "read")
            for place, external_id in enumerate((*OURS[:2], "o1"))
        ),
        StatusChanged(key, at(30), OURS[2], "failed", DORA, faults=(Fault(131050, "stopped"),)),
        StatusChanged(key, at(31), OURS[2], "sent", DORA),
        StatusChanged(key, at(32), OURS[1], "failed", DORA, faults=(Fault(131026),)),
        StatusChanged(key, at(33), "d1", "warning", DORA),
    ]


def opened(connection: Connection, envelopes: Sequence[Envelope]) -> list[inbound.Opened]:
    """An event for each envelope."""
    return [(make.raw_event(f"{make.count('body')}".encode(), app=connection.app), [envelope]) for envelope in envelopes]


def one_by_one(events: list[inbound.Opened]) -> None:
    for event, envelopes in events:
        inbound.take_event(event, envelopes)


def picture() -> dict[str, Any]:
    """Every column of every row but ids, seqs and times of ours; rows name each other by what is known outside."""
    return {
        "contacts": rows(Contact, contact=who),
        "conversations": rows(Conversation, contact=lambda row: who(row.contact)),
        "messages": rows(
            Message,
            contact=lambda row: who(row.contact),
            conversation=lambda row: str(row.conversation.opened_at),
            reply_to=lambda row: row.reply_to and row.reply_to.external_id,
        ),
        "files": rows(Attachment, message=lambda row: row.message.external_id, due_at=lambda row: row.due_at is not None),
        "reactions": rows(Reaction, message=lambda row: row.message and row.message.external_id),
        "early": rows(EarlyNews),
        "consent": rows(Consent, contact=lambda row: who(row.contact), entry=lambda row: None),
        "entries": sorted((entry.code, entry.target_kind, str(entry.number_id)) for entry in Entry.objects.all()),
        "quarantine": sorted(Quarantined.objects.values_list("place", "reason")),
    }


def who(contact: Contact) -> str:
    return str(sorted((row.kind, row.value, row.key, str(row.since), str(row.until)) for row in contact.handles.all()))


def rows(model: type[models.Model], **shown: Callable[[Any], Any]) -> list[str]:
    left_out = {"id", "seq", "created_at"}
    names = [field.attname for field in model._meta.concrete_fields if field.name not in left_out | shown.keys()]
    return sorted(
        str({name: str(getattr(row, name)) for name in names} | {name: show(row) for name, show in shown.items()})
        for row in model._default_manager.all()
    )


@contextmanager
def undone() -> Iterator[None]:
    """Whatever is done inside was not done."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


# Shrinking takes minutes, and the first failing batch tells as much.
@settings(
    max_examples=15,
    deadline=None,
    derandomize=True,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(data=st.data())
def test_batches_of_any_size_in_any_order_end_in_the_same_rows_as_one_by_one(
    connection: Connection, clock: Any, data: st.DataObject
) -> None:
    news = day(connection.phone_number_id)
    repeated = data.draw(st.lists(st.sampled_from(news), max_size=6))
    order = data.draw(st.one_of(st.just([*news, *repeated]), st.permutations([*news, *repeated])))
    size = data.draw(st.integers(2, len(order)))
    with undone():
        one_by_one(opened(connection, order))
        expected = picture()
    with undone():
        events = opened(connection, order)
        for first in range(0, len(events), size):
            inbound.take_events(events[first : first + size])
        found = picture()
    assert found == expected


def taken() -> list[str]:
    """The texts that ``said`` brought."""
    return sorted(Message.objects.filter(external_id__startswith="m").values_list("text", flat=True))


def said(key: str, place: int, person: Person = DORA, **parts: Any) -> Said:
    """The customer says the number of its place."""
    external_id, text = parts.get("external_id", f"m{place}"), parts.get("text", f"{place}")
    return Said(key, at(place), external_id, person, "text", text=text)


def test_a_poisoned_item_in_the_middle_is_set_aside_alone(connection: Connection) -> None:
    key = connection.phone_number_id
    inbound.take_events(opened(connection, [said(key, 1), said(key, 2, IVO, text=POISON), said(key, 3, IVO), said(key, 4)]))
    assert taken() == ["1", "3", "4"]
    assert Quarantined.objects.get().reason == "Said: UnicodeEncodeError"
    assert Conversation.objects.get(contact__name="Dora").unread == 2
    assert Contact.objects.filter(name="Ivo").count() == 1


def test_an_id_that_comes_twice_in_one_batch_is_one_message(connection: Connection) -> None:
    key = connection.phone_number_id
    inbound.take_events(opened(connection, [said(key, 1), said(key, 1), said(key, 2, external_id="m1"), said(key, 3)]))
    assert taken() == ["1", "3"]
    assert Conversation.objects.get(contact__name="Dora").unread == 2
    connection.number.refresh_from_db()
    assert connection.number.seq == 1  # all at once


def test_who_comes_back_still_has_the_window_of_the_work_before(connection: Connection) -> None:
    key = connection.phone_number_id
    Conversation.objects.filter(contact__name="D").update(state="resolved", window_until=at(7))
    news = [Said(key, at(place), f"m{place}", DORA, "system", content={"event": "welcome"}) for place in range(2)]
    inbound.take_events(opened(connection, news))
    assert Conversation.objects.open().get().window_until == at(7)


def test_a_poisoned_item_hides_no_sound_one_with_the_same_id(connection: Connection) -> None:
    key = connection.phone_number_id
    inbound.take_events(opened(connection, [said(key, 1, text=POISON), said(key, 1), said(key, 2)]))
    assert taken() == ["1", "2"]


def test_two_numbers_in_one_batch_each_get_their_own(connection: Connection) -> None:
    other = make.connection(make.number(), app=connection.app)
    keys = [connection.phone_number_id, other.phone_number_id]
    news = [said(keys[place % 2], place, IVO) for place in range(6)]
    inbound.take_events(opened(connection, news))
    ivo = Contact.objects.get(name="Ivo")
    assert {row.number_id: row.unread for row in ivo.conversations.all()} == {connection.number_id: 3, other.number_id: 3}


def test_an_app_that_speaks_for_anothers_number_is_not_heard_in_a_batch_either(connection: Connection) -> None:
    stranger = make.connection(make.number())
    inbound.take_events(opened(stranger, [said(connection.phone_number_id, 1), said(connection.phone_number_id, 2)]))
    assert taken() == []
    assert Quarantined.objects.count() == 2


def test_messages_of_the_same_second_stay_in_the_order_in_which_they_came(connection: Connection) -> None:
    key = connection.phone_number_id
    renamed = Person(phone=DORA.phone, bsuid=DORA.bsuid, username="dora", name="Dora")
    persons = [DORA, IVO, renamed, DORA, IVO, renamed, DORA]
    news = [Said(key, T0, f"m{place}", person, "text", text=f"{place}") for place, person in enumerate(persons)]
    inbound.take_events(opened(connection, news))
    spoken = {"Dora": "02356", "Ivo": "14"}
    for name, order in spoken.items():
        conversation = Conversation.objects.get(contact__name=name)
        heard = conversation.messages.filter(direction="in").order_by("id").values_list("text", flat=True)
        assert ("".join(heard), conversation.snippet) == (order, order[-1])


def test_a_batch_raises_the_numbers_count_once_and_everything_changed_bears_it(connection: Connection) -> None:
    key = connection.phone_number_id
    make.message(Conversation.objects.get(contact__name="D"), at=at(-1))
    before = connection.number.seq
    inbound.take_events(opened(connection, [said(key, place, person) for place, person in enumerate((DORA, IVO, DORA, IVO))]))
    inbound.take_events(opened(connection, [StatusChanged(key, at(9), ours, "read", DORA) for ours in OURS]))
    connection.number.refresh_from_db()
    assert connection.number.seq == before + 2
    assert set(Message.objects.filter(external_id__startswith="m").values_list("seq", flat=True)) == {before + 1}
    assert set(Message.objects.filter(external_id__in=OURS).values_list("seq", flat=True)) == {before + 2}
    assert dict(Conversation.objects.open().values_list("contact__name", "seq")) == {"Dora": before + 2, "Ivo": before + 1}


def test_forty_messages_and_statuses_cost_little_more_than_ten(
    connection: Connection, django_assert_max_num_queries: Any
) -> None:
    key = connection.phone_number_id
    for first, count in ((0, 10), (10, 40)):
        places = range(first, first + count)
        statuses = [StatusChanged(key, at(place), OURS[place % 3], "read", DORA) for place in places]
        events = opened(connection, [*(said(key, place) for place in places), *statuses])
        with django_assert_max_num_queries(32):
            inbound.take_events(events)
    assert len(taken()) == 50
