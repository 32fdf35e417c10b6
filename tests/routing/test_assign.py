"""Conversations go to people who can see them, and the first to take one has it."""

from __future__ import annotations

import pytest

from accounts.models import User
from inbox.audit.models import Entry
from inbox.conversations.models import Conversation, Number
from inbox.routing.assign import CannotAssign, TakenMeanwhile, assign, candidates
from inbox.routing.close import NotCleared, resolve
from tests import make

pytestmark = pytest.mark.django_db


@pytest.fixture
def unassigned(support_number: Number) -> Conversation:
    return make.conversation(support_number)


def test_an_agent_takes_work_that_nobody_has(unassigned: Conversation, amina: User) -> None:
    assert assign(unassigned, amina, amina).assignee == amina
    assert Entry.objects.get(code="conversation.assigned").data == {"before": None, "after": amina.pk}


def test_the_second_to_take_it_is_told_who_won(unassigned: Conversation, amina: User, bruno: User) -> None:
    assign(unassigned, bruno, bruno)
    with pytest.raises(TakenMeanwhile) as loser:
        assign(unassigned, amina, amina)
    assert loser.value.winner == bruno
    assert "Bruno Costa" in loser.value.sentence


def test_one_who_has_seen_the_owner_may_take_over_if_the_role_allows(unassigned: Conversation, amina: User, bruno: User) -> None:
    assign(unassigned, amina, amina)
    assert assign(unassigned, bruno, bruno, expected=amina).assignee == bruno


def test_nothing_is_given_to_somebody_who_cannot_see_it(unassigned: Conversation, amina: User, carol: User) -> None:
    with pytest.raises(CannotAssign):
        assign(unassigned, carol, amina)
    assert set(candidates(unassigned)) == {amina}


def test_nothing_is_given_to_somebody_in_training(unassigned: Conversation, amina: User, support_number: Number) -> None:
    trainee = make.person("Trainee", team=support_number.team, cleared=False)
    with pytest.raises(CannotAssign):
        assign(unassigned, trainee, trainee)
    with pytest.raises(NotCleared):
        resolve(unassigned, trainee)
    assert resolve(unassigned, amina).state == "resolved"


def test_an_agent_can_neither_take_nor_free_a_colleagues_conversation(unassigned: Conversation, amina: User, bruno: User) -> None:
    assign(unassigned, bruno, bruno)
    for to in (amina, None):
        with pytest.raises(CannotAssign):
            assign(unassigned, to, amina, expected=bruno)


def test_an_agent_cannot_move_a_colleagues_work_to_a_third(
    unassigned: Conversation, amina: User, bruno: User, support_number: Number
) -> None:
    third = make.person("Third", team=support_number.team)
    assign(unassigned, bruno, bruno)
    with pytest.raises(CannotAssign):
        assign(unassigned, third, amina)
    assert assign(unassigned, third, bruno).assignee == third


def test_giving_it_to_its_owner_again_changes_nothing(unassigned: Conversation, amina: User) -> None:
    assign(unassigned, amina, amina)
    before = Entry.objects.count()
    assign(unassigned, amina, amina)
    assert Entry.objects.count() == before
