"""Whoever may not see a thing cannot learn that it exists."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.http import Http404
from django.utils import timezone
from guardian.shortcuts import assign_perm

from accounts.models import User
from inbox.conversations import access, views
from inbox.conversations.models import Conversation, Number
from tests import make

pytestmark = pytest.mark.django_db


def test_each_row_is_there_for_amina_and_not_for_carol(amina: User, carol: User, support_number: Number) -> None:
    conversation = make.conversation(support_number)
    attachment = make.attachment(make.message(conversation, kind="image"))
    ways: list[tuple[Callable[[User, int], Any], int]] = [
        (access.conversation_for, conversation.pk),
        (access.message_for, attachment.message.pk),
        (access.attachment_for, attachment.pk),
        (access.contact_for, conversation.contact.pk),
        (access.number_for, support_number.pk),
    ]
    for way, pk in ways:
        assert way(amina, pk).pk == pk
        with pytest.raises(Http404):
            way(carol, pk)


def test_a_deactivated_person_sees_nothing(amina: User, support_number: Number) -> None:
    make.conversation(support_number)
    assert Conversation.objects.visible_to(amina).exists()
    amina.is_active = False
    assert not Conversation.objects.visible_to(amina).exists()


def test_a_global_grant_opens_no_number(admin: User, support_number: Number) -> None:
    assign_perm("inbox.view_number", admin)
    admin = User.objects.get(pk=admin.pk)
    assert admin.has_perm("inbox.view_number")
    assert not Number.objects.visible_to(admin).exists()


def test_a_superuser_needs_a_grant_like_everybody(admin: User, support_number: Number) -> None:
    User.objects.filter(pk=admin.pk).update(is_superuser=True)
    assert not Number.objects.visible_to(User.objects.get(pk=admin.pk)).exists()


def test_counts_take_one_query_and_count_what_is_visible(
    amina: User, support_number: Number, billing_number: Number, django_assert_num_queries: Any
) -> None:
    make.conversation(support_number, assignee=amina)
    make.conversation(support_number)
    make.conversation(billing_number)
    teams = views.teams_of_views(amina)
    with django_assert_num_queries(1):
        counted = views.counts(amina, timezone.now(), teams)
    assert (counted["mine"], counted["unassigned"], counted["all"], counted["team/support"]) == (1, 1, 2, 2)


def test_the_keys_of_a_conversation_are_the_views_it_is_in(amina: User, support_number: Number) -> None:
    now = timezone.now()
    conversations = [
        make.conversation(support_number, assignee=amina),
        make.conversation(support_number, failed=1),
        make.conversation(support_number, state="resolved"),
    ]
    conversations[1].window_until = now + views.CLOSING_SOON / 2
    conversations[1].save()
    everything = [*views.VIEWS.values(), *map(views.team_view, views.teams_of_views(amina))]
    for conversation in conversations:
        inside = [
            view for view in everything if view.apply(Conversation.objects.all(), amina, now).filter(pk=conversation.pk).exists()
        ]
        assert {view.key(amina) for view in inside} == set(views.keys_of(conversation, now))


def test_the_timeline_runs_over_all_conversations_of_a_pair_in_pages(amina: User, support_number: Number) -> None:
    first = make.conversation(support_number, state="resolved", waiting=False)
    second = make.conversation(support_number, first.contact, waiting=False)
    messages = [make.message(first if place < 3 else second) for place in range(6)]
    newest = access.timeline(second, limit=4)
    assert [row.pk for row in newest] == [row.pk for row in messages[2:]]
    assert [row.pk for row in access.timeline(second, before=newest[0], limit=4)] == [row.pk for row in messages[:2]]


def test_previous_conversations_began_before_and_have_messages(support_number: Number) -> None:
    now, resolved = timezone.now(), Conversation.State.RESOLVED
    contact = make.contact("Dora")
    older, empty, this, newer = (
        make.conversation(support_number, contact, at=now - timedelta(days=days), waiting=days != 3, state=state)
        for days, state in ((4, resolved), (3, resolved), (2, resolved), (1, Conversation.State.OPEN))
    )
    assert access.previous_conversations(this) == [older]
    assert access.previous_conversations(newer) == [this, older]
    assert empty not in access.previous_conversations(newer)
