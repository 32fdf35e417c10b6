"""Catching up: everything that changed, nothing that one may not see, in a fixed number of queries."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from inbox.conversations.models import Conversation, Message, Number
from inbox.conversations.sequence import announce
from inbox.web import live
from tests import make

pytestmark = pytest.mark.django_db


@pytest.fixture
def ask(client: Client, amina: User) -> Any:
    """Amina's page asks what happened."""
    client.force_login(amina)

    def since(**query: int | str) -> dict[str, Any]:
        answer = client.get("/live/since/", query, headers={"HX-Request": "true"})
        assert answer.status_code == 200, answer.content
        assert "no-store" in answer["Cache-Control"]
        found: dict[str, Any] = answer.json()
        return found

    return since


def changed(number: Number, **columns: Any) -> Conversation:
    """A conversation with a message, announced."""
    conversation = make.conversation(number, **columns)
    tell(conversation, conversation.messages.get())
    return conversation


def tell(conversation: Conversation, *messages: Message) -> None:
    """Stamp a change."""
    with transaction.atomic():
        announce(conversation, messages)


def test_a_page_that_is_up_to_date_hears_nothing_new(ask: Any, support_number: Number) -> None:
    changed(support_number)
    answer = ask(**{f"n{support_number.pk}": 1})
    assert answer["seqs"] == {str(support_number.pk): 1}
    assert answer["changes"] == []
    assert answer["reload"] is False
    assert answer["counts"]["unassigned"] == 1


def test_what_changed_after_the_pages_seq_comes_as_it_is_now(ask: Any, support_number: Number) -> None:
    changed(support_number)
    conversation = changed(support_number)
    tell(conversation)
    [change] = ask(**{f"n{support_number.pk}": 1})["changes"]
    assert (change["n"], change["s"], change["c"]) == (support_number.pk, 3, conversation.pk)
    assert f'id="conversation-{conversation.pk}"' in change["row"]["html"]
    assert "unassigned" in change["keys"]


def test_the_open_thread_gets_its_changed_messages_and_others_do_not(ask: Any, support_number: Number) -> None:
    shown, other = changed(support_number), changed(support_number)
    message = make.message(shown, "Still there?")
    tell(shown, message)
    answer = ask(**{f"n{support_number.pk}": 2, "open": shown.pk})
    [change] = answer["changes"]
    assert [line["id"] for line in change["lines"]] == [f"message-{message.pk}"]
    [unseen] = ask(**{f"n{support_number.pk}": 2, "open": other.pk})["changes"]
    assert unseen["lines"] == []


def test_a_thread_shows_what_changed_in_the_contacts_other_conversations(ask: Any, support_number: Number) -> None:
    resolved = changed(support_number, state="resolved")
    message = make.message(make.conversation(support_number, resolved.contact, waiting=False), "Me again")
    tell(message.conversation, message)
    changes = {change["c"]: change for change in ask(**{f"n{support_number.pk}": 1, "open": resolved.pk})["changes"]}
    assert [line["id"] for line in changes[resolved.pk]["lines"]] == [f"message-{message.pk}"]


def test_what_one_may_not_see_is_answered_as_if_it_did_not_exist(
    ask: Any, support_number: Number, billing_number: Number
) -> None:
    foreign = changed(billing_number)
    assert ask(**{f"n{billing_number.pk}": 0, "open": foreign.pk}) == ask(n987654=0, open=987654)


@pytest.mark.parametrize(
    "query", [{"n1": "x"}, {"nx": 1}, {"n": 1}, {"open": "x"}, {"n1": -1}, {"open": "9" * 40}, {"n" + "9" * 40: 1}, {"n1": "²"}]
)
def test_nonsense_is_passed_over(ask: Any, support_number: Number, query: dict[str, Any]) -> None:
    assert ask(**query)["changes"] == []


def test_who_missed_too_much_is_told_to_reload(ask: Any, support_number: Number, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "MOST_CONVERSATIONS", 2)
    for _ in range(3):
        changed(support_number)
    answer = ask(**{f"n{support_number.pk}": 0})
    assert answer["reload"] is True
    assert answer["changes"] == []
    assert ask(**{f"n{support_number.pk}": 1})["reload"] is False


def test_who_is_ahead_of_the_database_is_told_to_reload(ask: Any, support_number: Number) -> None:
    assert ask(**{f"n{support_number.pk}": 5})["reload"] is True


def test_strangers_are_told_to_sign_in(client: Client, db: None) -> None:
    for address in ("/live/since/", "/live/counts/"):
        assert client.get(address, headers={"HX-Request": "true"}).status_code == 401
        assert client.post(address, headers={"HX-Request": "true"}).status_code == 405


def test_counts_come_by_view(client: Client, amina: User, support_number: Number, billing_number: Number) -> None:
    changed(support_number)
    changed(billing_number)
    client.force_login(amina)
    assert client.get("/live/counts/").json()["counts"]["all"] == 1


def test_many_changes_cost_as_many_queries_as_few(client: Client, amina: User, support_number: Number) -> None:
    client.force_login(amina)
    shown = changed(support_number)
    query = {f"n{support_number.pk}": 0, "open": shown.pk}

    def queries() -> int:
        with CaptureQueriesContext(connection) as counted:
            client.get("/live/since/", query)
        return len(counted)

    client.get("/live/since/", query)
    few = queries()
    for _ in range(12):
        changed(support_number)
    for _ in range(5):
        tell(shown, make.message(shown))
    assert queries() == few
