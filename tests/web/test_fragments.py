"""What open pages are told of a changed conversation."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django.fixtures import DjangoAssertNumQueries

from accounts.models import User
from inbox.conversations.models import Conversation, Message
from inbox.web.fragments import Audience, change, changes
from tests import make

from .conftest import FRAGMENT

pytestmark = pytest.mark.django_db

ENGLISH = Audience("en", "UTC")


def test_a_row_is_the_same_pushed_and_loaded(at_work: Client, asked: Conversation) -> None:
    drawn = change(asked.pk, [], ENGLISH)
    assert drawn is not None
    assert drawn["row"]["html"].strip() in at_work.get("/inbox/mine/").text
    assert drawn["row"]["id"] == f"conversation-{asked.pk}"


def test_a_bubble_is_the_same_pushed_and_loaded(at_work: Client, asked: Conversation) -> None:
    message = Message.objects.get()
    drawn = change(asked.pk, [message.pk], ENGLISH)
    assert drawn is not None
    assert drawn["lines"][0]["html"].strip() in at_work.get(f"/c/{asked.pk}/").text


def test_a_fragment_holds_nothing_that_belongs_to_one_person(asked: Conversation) -> None:
    make.message(asked, "No", direction="out", status="failed", error_code=131000)
    drawn = change(asked.pk, list(Message.objects.values_list("pk", flat=True)), ENGLISH)
    assert drawn is not None
    html = drawn["row"]["html"] + "".join(line["html"] for line in drawn["lines"])
    assert "csrf" not in html
    assert "nonce" not in html


def test_an_audience_reads_its_own_language_and_time(asked: Conversation) -> None:
    message = Message.objects.get()
    tokyo, utc = (change(asked.pk, [message.pk], Audience("en", zone)) for zone in ("Asia/Tokyo", "UTC"))
    assert tokyo is not None
    assert utc is not None
    hour = timedelta(hours=9)
    assert (message.said_at + hour).strftime(">%H:%M<") in tokyo["lines"][0]["html"]
    assert message.said_at.strftime(">%H:%M<") in utc["lines"][0]["html"]


def test_a_change_names_the_views_it_belongs_to(asked: Conversation, amina: User) -> None:
    drawn = change(asked.pk, [], ENGLISH)
    assert drawn is not None
    assert set(drawn["keys"]) == {"all", f"assignee:{amina.pk}", "team/support"}
    assert (drawn["owner"], drawn["state"]) == (str(amina.pk), "open")


def test_the_list_listens_for_what_a_change_names(at_work: Client, asked: Conversation, amina: User) -> None:
    for address, key in (
        ("mine", f"assignee:{amina.pk}"),
        ("all", "all"),
        ("team/support", "team/support"),
        ("resolved", "resolved"),
    ):
        assert f'data-view-key="{key}"' in at_work.get(f"/inbox/{address}/").text


def test_deeds_are_lines_too(at_work: Client, asked: Conversation, bruno: User) -> None:
    at_work.post(f"/c/{asked.pk}/assignment/", {"person": bruno.pk}, headers=FRAGMENT)
    drawn = change(asked.pk, [], ENGLISH)
    assert drawn is not None
    (line,) = drawn["lines"]
    assert re.fullmatch(r"event-\d+", line["id"])
    assert "Amina Haddad assigned the conversation to Bruno Costa" in line["html"]


def test_what_is_gone_is_left_out(asked: Conversation) -> None:
    assert change(999999, [], ENGLISH) is None
    assert changes([(asked.pk, []), (999999, [1])], ENGLISH).keys() == {asked.pk}


def test_a_fragment_takes_few_queries_however_many_messages(
    asked: Conversation, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for _place in range(20):
        make.message(asked, at=timezone.now())
    ids = list(Message.objects.values_list("pk", flat=True))
    with django_assert_max_num_queries(8):
        change(asked.pk, ids, ENGLISH)
