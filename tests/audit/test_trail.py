"""Reading the trail: of one thing, page by page, and in words."""

from __future__ import annotations

import pytest
import time_machine

from accounts.models import User
from inbox.audit import trail
from inbox.audit.codes import Code
from inbox.audit.models import Entry
from inbox.audit.record import SYSTEM, Actor, record

pytestmark = pytest.mark.django_db


def test_one_thing_has_its_own_story_oldest_first(clock: time_machine.Traveller) -> None:
    for target in (("conversation", 7), ("conversation", 8), ("contact", 7), ("conversation", 7)):
        record(Code.CONVERSATION_RESOLVED, by=SYSTEM, target=target)
        clock.shift(1)
    first, _other, _contact, last = Entry.objects.order_by("pk")
    assert list(trail.for_target("conversation", 7)) == [first, last]


def test_pages_cover_everything_once_even_within_one_moment(clock: time_machine.Traveller) -> None:
    written = [record(Code.CONVERSATION_RESOLVED, by=SYSTEM) for _ in range(5)]
    seen: list[Entry] = []
    below = None
    for _ in range(3):
        entries, below = trail.page(below=below, size=2)
        seen += entries
    assert seen == written[::-1]
    assert below is None


def test_a_page_can_be_of_chosen_entries() -> None:
    chosen = record(Code.CONVERSATION_RESOLVED, by=SYSTEM, target=("conversation", 7))
    record(Code.CONVERSATION_RESOLVED, by=SYSTEM)
    assert trail.page(trail.for_target("conversation", 7)) == ([chosen], None)


def test_an_entry_reads_as_a_sentence(bruno: User, amina: User) -> None:
    entry = record(Code.CONVERSATION_ASSIGNED, by=Actor.of(bruno), before=None, after=amina.pk)
    assert trail.sentence(entry, {amina.pk: "Amina"}) == "Bruno Costa assigned the conversation to Amina"
    assert trail.sentence(entry) == "Bruno Costa assigned the conversation to somebody"


def test_an_entry_of_a_later_version_reads_as_its_code() -> None:
    assert trail.sentence(Entry(code="moon.landed")) == "moon.landed"


@pytest.mark.parametrize("code", Code, ids=lambda code: code.value)
def test_every_deed_has_a_sentence_that_needs_only_its_own_data(code: Code) -> None:
    told = trail.sentence(Entry(code=code.value, actor_label="Amina"))
    assert told
    assert "%" not in told
