"""WhatsApp refuses, stumbles, or takes a message and does not say so."""

from __future__ import annotations

import pytest

from tests.faults.books import as_uuid, one, taken_in
from tests.faults.house import House
from tests.faults.waiting import until

# Gives every connected number its token anew, as ``manage.py connect`` does once a person has typed it.
NEW_TOKEN = """
from accounts.models import Team
from inbox.audit.record import SYSTEM
from inbox.journeys.connect import Wanted, connect, prove
from inbox.whatsapp.models import Connection
from django.conf import settings
row = Connection.objects.select_related("number", "app").order_by("pk").first()
settings.GRAPH_URL = row.graph_url
wanted = Wanted(row.phone_number_id, row.waba_id, row.number.portfolio, row.app.key, row.number.team, row.access_token)
connect(wanted, prove(wanted), by=SYSTEM)
"""


def tries(house: House, client_token: str) -> int:
    """How often WhatsApp was asked to send this message."""
    return len(house.sandbox.calls(as_uuid(house.message(client_token, "d.token"))))


@pytest.mark.parametrize("code", [130429, 131056])
def test_too_fast_is_tried_again_later_and_in_order(house: House, code: int) -> None:
    """F32: what was written later does not overtake what waits."""
    who, conversation = house.newcomer(plan="none")
    house.sandbox.fault("rate_limited", code=code)
    sent = [house.agent.reply(conversation, words) for words in ("one", "two", "three")]
    for token in sent:
        house.until_message(token, "d.state", "accepted")
    assert house.sandbox.sent_texts(who) == ["one", "two", "three"]
    assert [tries(house, token) for token in sent] == [2, 1, 1]


def test_a_page_that_says_unavailable_instead_of_an_answer_is_tried_again(house: House) -> None:
    """F33: HTML with 503; the request was not taken."""
    who, conversation = house.newcomer()
    house.sandbox.fault("server_error", status=503)
    sent = house.agent.reply(conversation, "past the broken page")
    house.until_message(sent, "m.status", "delivered")
    assert house.sandbox.sent_texts(who) == ["past the broken page"]
    assert tries(house, sent) == 2


@pytest.mark.parametrize("status", [500, 502])
def test_a_broken_page_that_may_have_come_after_the_deed_is_unknown(house: House, status: int) -> None:
    """F33: HTML with another 5xx; a gateway may say so after WhatsApp has acted, so a person decides."""
    _who, conversation = house.newcomer()
    house.sandbox.fault("server_error", status=status)
    sent = house.agent.reply(conversation, "behind the broken page")
    house.until_message(sent, "m.status", "unknown")
    assert tries(house, sent) == 1
    assert "retry" in house.agent.page(f"/c/{conversation}/")


def test_a_send_that_is_never_answered_is_unknown_and_holds_up_nobody_else(house: House) -> None:
    """F34: it is not repeated; other conversations go on meanwhile."""
    _who, silent = house.newcomer(plan="none")
    _other, lively = house.newcomer()
    house.sandbox.fault("accept_then_hang", milliseconds=60_000)
    lost = house.agent.reply(silent, "never answered")
    house.until_message(lost, "d.state", "sending")
    until(lambda: tries(house, lost) == 1)
    heard = house.agent.reply(lively, "answered at once")
    house.until_message(heard, "m.status", "delivered")
    assert house.message(lost, "d.state") == "sending"
    house.until_message(lost, "m.status", "unknown", within=60)
    assert tries(house, lost) == 1
    assert 'data-status="unknown"' in house.agent.page(f"/c/{silent}/")


@pytest.mark.parametrize("fault", ["accept_then_reset", "malformed_answer"])
def test_an_answer_that_cannot_be_read_is_unknown_until_a_status_tells(house: House, fault: str) -> None:
    """F35, F36: cut in the middle, or no JSON; the message was taken, and is not sent again."""
    who, conversation = house.newcomer()
    house.sandbox.fault("webhooks_paused", times=None)
    house.sandbox.fault(fault)
    sent = house.agent.reply(conversation, "taken, and not confirmed")
    house.until_message(sent, "m.status", "unknown")
    assert house.message(sent, "d.state") == "unknown"
    assert 'data-status="unknown"' in house.agent.page(f"/c/{conversation}/")
    house.sandbox.clear_faults()
    house.until_message(sent, "m.status", "delivered")
    assert house.message(sent, "d.state") == "accepted"
    assert house.sandbox.sent_texts(who) == ["taken, and not confirmed"]
    assert tries(house, sent) == 1


def test_an_expired_token_holds_everything_until_there_is_a_new_one(house: House) -> None:
    """F37: the number is marked, people see why, nothing fails, and it all goes out once the token is there."""
    who, conversation = house.newcomer()
    house.sandbox.fault("token_expired", times=None)
    first = house.agent.reply(conversation, "held")
    state = "SELECT state FROM inbox_connection ORDER BY id LIMIT 1"
    until(lambda: one(house.books, state) == "reconnect")
    second = house.agent.reply(conversation, "held as well")
    asked = tries(house, first)
    house.sandbox.clear_faults()
    assert [house.message(token, "d.state") for token in (first, second)] == ["queued", "queued"]
    assert tries(house, first) == asked
    assert tries(house, second) == 0
    house.console.do("shell", "--no-imports", "-c", NEW_TOKEN)
    assert one(house.books, state) == "ready"
    for token in (first, second):
        house.until_message(token, "m.status", "delivered")
    assert house.sandbox.sent_texts(who) == ["held", "held as well"]


def test_a_window_that_closed_meanwhile_fails_at_once_and_offers_a_template(house: House) -> None:
    """F38: trying again would not help, so nobody does."""
    who, conversation = house.newcomer()
    house.sandbox.fault("window_closed", mode="sync")
    sent = house.agent.reply(conversation, "too late")
    house.until_message(sent, "m.status", "failed")
    assert (house.message(sent, "m.error_code"), house.message(sent, "d.state")) == (131047, "failed")
    page = house.agent.page(f"/c/{conversation}/")
    assert 'data-status="failed"' in page
    assert "compose=template" in page
    assert tries(house, sent) == 1
    assert house.sandbox.sent_texts(who) == []


def test_a_file_that_comes_byte_by_byte_holds_up_no_message(house: House) -> None:
    """F34's sibling: what waits for the world outside has a queue of its own, so that people's messages do not wait behind it."""
    who, _conversation = house.newcomer()
    house.sandbox.fault("media_trickle", milliseconds=4)
    picture = house.sandbox.sends_a_picture(who)
    until(lambda: not house.sandbox.faults(), because="the picture is on its way")
    words = house.sandbox.writes(who, "did you get it?")
    until(lambda: taken_in(house.books, words) == 1)
    state = "SELECT a.state FROM inbox_attachment a JOIN inbox_message m ON m.id = a.message_id WHERE m.external_id = %s"
    assert one(house.books, state, picture) == "waiting"
    until(lambda: one(house.books, state, picture) == "ready", because="it has come after all")
