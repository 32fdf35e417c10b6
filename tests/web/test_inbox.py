"""The doors to the lists."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django.fixtures import DjangoAssertNumQueries

from accounts.models import User
from inbox.conversations.models import Conversation, Number
from tests import make

from .conftest import FRAGMENT, Enter

pytestmark = pytest.mark.django_db


def ids(html: str) -> list[int]:
    return [int(found) for found in re.findall(r'<li class="row[^"]*" id="conversation-(\d+)"', html)]


def test_the_root_leads_to_ones_own_work(at_work: Client) -> None:
    assert at_work.get("/").headers["Location"] == "/inbox/mine/"


def test_a_stranger_is_sent_to_the_sign_in_page_and_back(client: Client) -> None:
    answer = client.get("/inbox/mine/?sort=waiting")
    assert answer.status_code == 302
    assert answer.headers["Location"] == "/accounts/login/?next=/inbox/mine/%3Fsort%3Dwaiting"


def test_a_script_of_a_stranger_is_told_where_to_sign_in(client: Client) -> None:
    answer = client.get("/inbox/mine/", headers=FRAGMENT | {"HX-Current-URL": "https://evil.example/c/7/?x=1"})
    assert answer.status_code == 401
    assert answer.headers["HX-Redirect"] == "/accounts/login/?next=/c/7/%3Fx%3D1"
    assert answer.content == b""


def test_a_page_that_cannot_be_read_leads_back_to_the_beginning(client: Client) -> None:
    answer = client.get("/inbox/mine/", headers=FRAGMENT | {"HX-Current-URL": "http://["})
    assert (answer.status_code, answer.headers["HX-Redirect"]) == (401, "/accounts/login/?next=/")


def test_a_view_shows_what_is_in_it_and_nothing_else(at_work: Client, asked: Conversation, support_number: Number) -> None:
    nobodys = make.conversation(support_number)
    assert ids(at_work.get("/inbox/mine/").text) == [asked.pk]
    assert ids(at_work.get("/inbox/unassigned/").text) == [nobodys.pk]
    assert set(ids(at_work.get("/inbox/all/").text)) == {asked.pk, nobodys.pk}
    assert set(ids(at_work.get("/inbox/team/support/").text)) == {asked.pk, nobodys.pk}


def test_a_row_says_who_what_and_how_many_are_unread(at_work: Client, asked: Conversation) -> None:
    page = at_work.get("/inbox/mine/").text
    assert "Dora Lima" in page
    assert "Where is my order?" in page
    assert re.search(r'id="row-\d+-unread">1<span class="visually-hidden"> unread', page)


def test_what_one_may_not_see_is_in_no_list_and_no_count(at_work: Client, elsewhere: Conversation) -> None:
    page = at_work.get("/inbox/all/").text
    assert ids(page) == []
    assert '<span class="count" data-count="all">0</span>' in page
    assert "billing" not in page.lower()


@pytest.mark.parametrize(
    "address", ["/inbox/nonsense/", "/inbox/team/billing/", "/inbox/team/nonsense/", "/inbox/mine/?before=rubbish"]
)
def test_a_list_that_is_not_there_is_not_found(
    at_work: Client, elsewhere: Conversation, asked: Conversation, address: str
) -> None:
    assert at_work.get(address).status_code == 404


@pytest.mark.parametrize(
    "before", ["~", "x~1", "2027-01-01~1", "2027-13-40T00:00:00Z~1", "2027-01-01T00:00:00Z~x", "2027-01-01T00:00:00Z~" + "9" * 30]
)
def test_a_position_that_is_none_is_not_found(at_work: Client, before: str) -> None:
    assert at_work.get("/inbox/mine/", {"before": before}).status_code == 404


@pytest.mark.parametrize("sort", ["newest", "waiting"])
def test_pages_show_every_conversation_once_in_order(at_work: Client, support_number: Number, sort: str) -> None:
    now = timezone.now()
    for place in range(65):
        # Some share their moment: the position has to tell them apart all the same.
        make.conversation(support_number, at=now - timedelta(minutes=place // 3))
    Conversation.objects.filter(pk__in=list(Conversation.objects.values_list("pk", flat=True)[:20])).update(waiting_since=None)
    seen: list[int] = []
    address = f"/inbox/all/?sort={sort}"
    while address:
        page = at_work.get(address, headers=FRAGMENT).text
        seen += ids(page)
        more = re.search(r'hx-get="([^"]+)"[^>]*hx-trigger="click', page)
        address = more[1].replace("&amp;", "&") if more else ""
    assert len(seen) == len(set(seen)) == 65


def test_waiting_longest_comes_first(at_work: Client, support_number: Number) -> None:
    now = timezone.now()
    late = make.conversation(support_number, at=now)
    early = make.conversation(support_number, at=now - timedelta(hours=2))
    answered = make.conversation(support_number, waiting=False, at=now - timedelta(hours=3))
    assert ids(at_work.get("/inbox/all/?sort=waiting").text) == [early.pk, late.pk, answered.pk]


def test_a_fragment_is_the_rows_alone_and_caches_know_it(at_work: Client, asked: Conversation) -> None:
    answer = at_work.get("/inbox/mine/", headers=FRAGMENT)
    assert ids(answer.text) == [asked.pk]
    assert "<html" not in answer.text
    assert "HX-Request" in answer.headers["Vary"]
    assert "no-store" in answer.headers["Cache-Control"]


def test_without_a_script_the_next_page_is_a_page(at_work: Client, support_number: Number) -> None:
    for _place in range(31):
        make.conversation(support_number)
    first = at_work.get("/inbox/all/").text
    link = re.search(r'id="more"><a class="link" href="([^"]+)"', first)
    assert link
    second = at_work.get(link[1].replace("&amp;", "&")).text
    assert "<html" in second
    assert len(ids(second)) == 1


def test_an_empty_list_says_so_and_where_work_is(at_work: Client, support_number: Number) -> None:
    make.conversation(support_number)
    page = at_work.get("/inbox/mine/").text
    assert "All clear" in page
    assert "1 conversation is waiting for somebody to take it." in page


def test_a_person_without_clearance_is_told_why_nothing_comes(enter: Enter, support_number: Number) -> None:
    page = enter(make.person("Teo Trainee", team=support_number.team, cleared=False)).get("/inbox/mine/").text
    assert "You can read along" in page


def test_a_person_who_sees_no_number_is_told_whom_to_ask(enter: Enter, admin: User) -> None:
    assert "No number to answer on yet" in enter(admin).get("/inbox/mine/").text


def test_the_page_carries_the_seqs_from_which_it_is_kept_up_to_date(at_work: Client, asked: Conversation) -> None:
    Number.objects.filter(pk=asked.number_id).update(seq=41)
    assert f'data-live-seqs="{{&quot;{asked.number_id}&quot;: 41}}"' in at_work.get("/inbox/mine/").text


def test_the_number_of_queries_does_not_depend_on_the_number_of_rows(
    at_work: Client, support_number: Number, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    make.conversation(support_number)
    at_work.get("/inbox/all/")
    with django_assert_max_num_queries(25) as few:
        at_work.get("/inbox/all/")
    for _place in range(28):
        make.conversation(support_number, assignee=make.person())
    with django_assert_max_num_queries(25) as many:
        at_work.get("/inbox/all/")
    assert len(few) == len(many)
