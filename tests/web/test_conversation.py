"""The doors to one conversation: reading it, and what is done with it."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django.fixtures import DjangoAssertNumQueries

from accounts.models import User
from inbox.audit.models import Entry
from inbox.conversations.models import Conversation, Message, Reaction
from tests import make

from .conftest import FRAGMENT, Enter

pytestmark = pytest.mark.django_db


def messages(html: str) -> list[int]:
    return [int(found) for found in re.findall(r'id="message-(\d+)" data-message', html)]


def test_the_whole_page_has_list_thread_composer_and_contact(at_work: Client, asked: Conversation) -> None:
    page = at_work.get(f"/c/{asked.pk}/").text
    for part in ('id="list"', 'id="messages"', 'id="composer"', 'id="details"', '<main class="thread"', "<h1", "<aside"):
        assert part in page
    assert "+351 910 000 001" in page
    assert page.count("<h1") == 1


def test_a_fragment_is_the_desk_alone(at_work: Client, asked: Conversation) -> None:
    answer = at_work.get(f"/c/{asked.pk}/", headers=FRAGMENT)
    assert answer.text.lstrip().startswith('<div class="desk desk--open" id="desk"')
    assert 'id="list"' not in answer.text


@pytest.mark.parametrize("path", ["", "messages/?before=1", "composer/", "header/", "details/"])
def test_what_one_may_not_see_is_not_found(at_work: Client, elsewhere: Conversation, path: str) -> None:
    for headers in ({}, FRAGMENT):
        there = at_work.get(f"/c/{elsewhere.pk}/{path}", headers=headers)
        nowhere = at_work.get(f"/c/999999/{path}", headers=headers)
        assert there.status_code == nowhere.status_code == 404
        assert there.text == nowhere.text


@pytest.mark.parametrize(
    "deed", ["replies", "media", "templates", "interactive", "assignment", "closure", "reopening", "reading"]
)
def test_nothing_can_be_done_with_what_one_may_not_see(at_work: Client, elsewhere: Conversation, deed: str) -> None:
    before = Entry.objects.count()
    assert at_work.post(f"/c/{elsewhere.pk}/{deed}/", {"text": "x", "person": ""}).status_code == 404
    elsewhere.refresh_from_db()
    assert elsewhere.is_open
    assert Entry.objects.count() == before


@pytest.mark.parametrize("deed", ["", "reactions/", "retry/", "discard/"])
def test_a_message_that_one_may_not_see_is_not_found(at_work: Client, elsewhere: Conversation, deed: str) -> None:
    message = Message.objects.get(conversation=elsewhere)
    answer = at_work.post(f"/messages/{message.pk}/{deed}", {"emoji": "👍"}) if deed else at_work.get(f"/messages/{message.pk}/")
    assert answer.status_code == 404


@pytest.mark.parametrize("deed", ["closure", "reopening", "reading", "assignment", "replies"])
def test_a_deed_is_never_done_by_a_link(at_work: Client, asked: Conversation, deed: str) -> None:
    assert at_work.get(f"/c/{asked.pk}/{deed}/").status_code == 405


def test_a_deed_needs_the_pages_token(amina: User, asked: Conversation) -> None:
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(amina, backend="allauth.account.auth_backends.AuthenticationBackend")
    assert browser.post(f"/c/{asked.pk}/closure/").status_code == 403


def test_reading_leaves_an_entry(at_work: Client, asked: Conversation, amina: User) -> None:
    at_work.get(f"/c/{asked.pk}/")
    entry = Entry.objects.get(code="conversation.viewed")
    assert (entry.actor_id, entry.target_kind, entry.target_id) == (amina.pk, "conversation", asked.pk)


def test_a_long_thread_comes_in_pages_without_a_gap_or_a_repeat(at_work: Client, asked: Conversation) -> None:
    now = timezone.now()
    for place in range(95):
        make.message(asked, at=now + timedelta(seconds=place // 4))
    page = at_work.get(f"/c/{asked.pk}/", headers=FRAGMENT).text
    seen = messages(page)
    assert len(seen) == 40
    while more := re.search(r'id="earlier"><a [^>]*hx-get="([^"]+)"', page):
        page = at_work.get(more[1], headers=FRAGMENT).text
        seen = messages(page) + seen
    assert len(seen) == len(set(seen)) == 96
    assert seen == list(Message.objects.order_by("said_at", "pk").values_list("pk", flat=True))


def test_earlier_messages_of_another_thread_are_not_found(at_work: Client, asked: Conversation) -> None:
    other = make.message(make.conversation(asked.number))
    for before in (other.pk, "x", "", "9" * 30):
        assert at_work.get(f"/c/{asked.pk}/messages/", {"before": before}).status_code == 404


def test_the_thread_says_what_was_done_between_the_messages(at_work: Client, asked: Conversation, bruno: User) -> None:
    at_work.post(f"/c/{asked.pk}/assignment/", {"person": bruno.pk})
    assert "Amina Haddad assigned the conversation to Bruno Costa" in at_work.get(f"/c/{asked.pk}/").text


def test_new_messages_have_a_line_above_them(at_work: Client, asked: Conversation) -> None:
    make.message(asked, "Hello?")
    page = at_work.get(f"/c/{asked.pk}/").text
    assert "2 new messages" in page
    assert page.index("data-unread") < page.index("Where is my order?", page.index('id="messages"'))


def test_resolving_answers_a_form_with_the_page_and_a_script_with_the_header(at_work: Client, asked: Conversation) -> None:
    answer = at_work.post(f"/c/{asked.pk}/closure/")
    assert (answer.status_code, answer.headers["Location"]) == (303, f"/c/{asked.pk}/")
    asked.refresh_from_db()
    assert not asked.is_open
    answer = at_work.post(f"/c/{asked.pk}/reopening/", headers=FRAGMENT)
    assert answer.status_code == 200
    assert answer.text.lstrip().startswith('<header class="thread__head" id="thread-head"')
    assert "Resolve" in answer.text
    asked.refresh_from_db()
    assert asked.is_open


def test_after_resolving_a_script_goes_on_to_the_next(at_work: Client, asked: Conversation) -> None:
    events = at_work.post(f"/c/{asked.pk}/closure/", headers=FRAGMENT).headers["HX-Trigger"]
    assert f'"parley:onward": {{"from": {asked.pk}}}' in events
    assert events.isascii()


def test_reopening_while_another_is_open_leads_there(at_work: Client, asked: Conversation) -> None:
    at_work.post(f"/c/{asked.pk}/closure/")
    newer = make.conversation(asked.number, asked.contact)
    answer = at_work.post(f"/c/{asked.pk}/reopening/")
    assert answer.headers["Location"] == f"/c/{newer.pk}/"


def test_assigning_to_somebody_who_cannot_answer_is_refused_in_words(at_work: Client, asked: Conversation, carol: User) -> None:
    answer = at_work.post(f"/c/{asked.pk}/assignment/", {"person": carol.pk}, headers=FRAGMENT)
    assert answer.status_code == 422
    assert "cannot answer on this number" in answer.headers["HX-Trigger"]
    asked.refresh_from_db()
    assert asked.assignee is not None
    assert asked.assignee.name == "Amina Haddad"


def test_reading_to_the_end_clears_the_unread_figure(at_work: Client, asked: Conversation) -> None:
    assert at_work.post(f"/c/{asked.pk}/reading/", headers=FRAGMENT).status_code == 204
    asked.refresh_from_db()
    assert asked.unread == 0


def test_a_failed_message_says_why_and_offers_the_way_on(at_work: Client, asked: Conversation) -> None:
    failed = make.message(asked, "Too late", direction="out", status="failed", error_code=131047)
    page = at_work.get(f"/c/{asked.pk}/").text
    assert "Not delivered. The 24-hour window had closed." in page
    assert "Send as template" in page
    assert f'formaction="/messages/{failed.pk}/discard/"' in page
    assert "Code 131047" in page


def test_a_message_nobody_confirmed_is_never_called_failed(at_work: Client, asked: Conversation) -> None:
    make.message(asked, "Hm", direction="out", status="unknown")
    page = at_work.get(f"/c/{asked.pk}/").text
    assert "It may have arrived: check before sending it again." in page
    assert "Not delivered" not in page


def test_a_deleted_message_shows_that_it_is_gone_and_not_its_words(at_work: Client, asked: Conversation) -> None:
    gone = make.message(asked, "My secret", revoked_at=timezone.now())
    make.message(asked, "And now?", reply_to=gone)
    thread = at_work.get(f"/c/{asked.pk}/", headers=FRAGMENT).text
    assert "Dora Lima deleted this message" in thread
    assert "My secret" not in thread


def test_the_bubble_is_the_same_alone_and_in_the_thread(at_work: Client, asked: Conversation) -> None:
    message = Message.objects.get()
    Reaction.objects.create(
        number=asked.number, message=message, target_external_id=str(message.external_id), emoji="🙏", said_at=timezone.now()
    )
    alone = at_work.get(f"/messages/{message.pk}/", headers=FRAGMENT).text
    assert alone.strip() in at_work.get(f"/c/{asked.pk}/").text


def test_without_a_script_a_message_has_a_page_of_what_can_be_done_with_it(at_work: Client, asked: Conversation) -> None:
    page = at_work.get(f"/messages/{Message.objects.get().pk}/").text
    assert 'formaction="/messages/' in page
    assert f"/c/{asked.pk}/?reply_to=" in page


def test_a_reaction_goes_on_and_the_same_once_more_takes_it_away(at_work: Client, asked: Conversation) -> None:
    message = Message.objects.get()
    answer = at_work.post(f"/messages/{message.pk}/reactions/", {"emoji": "👍"}, headers=FRAGMENT)
    assert answer.status_code == 200
    assert '<span class="reaction">👍</span>' in answer.text
    answer = at_work.post(f"/messages/{message.pk}/reactions/", {"emoji": "👍"}, headers=FRAGMENT)
    assert "reaction" not in answer.text
    assert (
        at_work.post(f"/messages/{message.pk}/reactions/", {"emoji": "👍"}).headers["Location"]
        == f"/c/{asked.pk}/#message-{message.pk}"
    )


def test_reading_along_offers_no_way_to_write(enter: Enter, asked: Conversation) -> None:
    trainee = make.person("Teo Trainee", team=asked.number.team, cleared=False)
    page = enter(trainee).get(f"/c/{asked.pk}/").text
    assert '<textarea class="composer__text"' not in page
    assert "once your training is finished" in page


def test_the_number_of_queries_does_not_grow_with_the_thread(
    at_work: Client, asked: Conversation, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    make.connection(asked.number)
    make.template()
    address = f"/c/{asked.pk}/"
    at_work.get(address)
    with django_assert_max_num_queries(25) as few:
        at_work.get(address)
    first = Message.objects.get()
    for _place in range(38):
        make.message(asked, reply_to=first, direction="out", author=make.person())
    with django_assert_max_num_queries(25) as many:
        at_work.get(address)
    assert len(many) == len(few)
