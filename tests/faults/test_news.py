"""Webhooks that come twice, late, in the wrong order, or before what they speak of."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor

from tests.faults.books import kept, one, taken_in
from tests.faults.house import House
from tests.faults.meta import Customer
from tests.faults.waiting import until

DAY = 24 * 3600


def all_taken_in(house: House) -> bool:
    """True when no kept webhook waits."""
    return bool(one(house.books, "SELECT count(*) FROM inbox_rawevent WHERE state = 'new'") == 0)


def test_the_same_webhook_a_hundred_times_at_once_is_one_message(house: House) -> None:
    """F21: a hundred times 200, one row, one message."""
    wamid, body = house.meta.says(Customer("Hundredfold", "447700970001"), "once")
    with ThreadPoolExecutor(20) as pool:
        answers = list(pool.map(lambda _: house.meta.post(body, wamid).status, range(100)))
    assert answers == [200] * 100
    until(lambda: taken_in(house.books, wamid) == 1)
    assert kept(house.books, body) == 1
    conversation = house.conversation_of(Customer("Hundredfold", "447700970001"))
    assert one(house.books, "SELECT unread FROM inbox_conversation WHERE id = %s", conversation) == 1


def test_ticks_only_go_forward(house: House) -> None:
    """F22: read, then sent, then delivered, ends as read, with every time known."""
    who, conversation = house.newcomer(plan="none")
    sent = house.agent.reply(conversation, "reported backwards")
    house.until_message(sent, "d.state", "accepted")
    wamid = house.message(sent, "m.external_id")
    for seconds, status in ((3, "read"), (1, "sent"), (2, "delivered")):
        assert house.meta.post(house.meta.status(who, wamid, status, at=time.time() + seconds)).status == 200
        until(lambda: all_taken_in(house))
        assert house.message(sent, "m.status") == "read"
    missing = "CASE WHEN m.sent_at IS NULL OR m.delivered_at IS NULL OR m.read_at IS NULL THEN 1 ELSE 0 END"
    assert house.message(sent, missing) == 0


def test_a_status_that_beats_the_answer_of_its_own_send_is_not_lost(house: House) -> None:
    """F23: WhatsApp reports delivered before it has answered the send."""
    _who, conversation = house.newcomer()
    house.sandbox.fault("slow_answer", milliseconds=1500)
    house.sandbox.fault("status_before_response")
    sent = house.agent.reply(conversation, "faster than its answer")
    house.until_message(sent, "m.status", "delivered")
    assert house.message(sent, "d.state") == "accepted"


def test_a_status_of_a_message_that_nobody_knows_yet_waits_for_it(house: House) -> None:
    """F23: without our token in it, so that only WhatsApp's id can tell."""
    who, conversation = house.newcomer(plan="none")
    house.sandbox.fault("slow_answer", milliseconds=2500)
    sent = house.agent.reply(conversation, "whose id is not known yet")
    early = "SELECT count(*) FROM inbox_earlynews"
    until(lambda: house.sandbox.sent_texts(who), because="WhatsApp has the message")
    (wamid,) = house.sandbox.ids_of(who)
    assert house.meta.post(house.meta.status(who, wamid, "delivered")).status == 200
    until(lambda: one(house.books, early) == 1 or house.message(sent, "m.status") == "delivered")
    house.until_message(sent, "m.status", "delivered")
    assert one(house.books, early) == 0


def test_two_messages_that_overtook_each_other_stand_in_the_order_in_which_they_were_written(house: House) -> None:
    """F24: ordered by WhatsApp's time, both unread, and the list shows the newer one."""
    who = Customer("Overtaken", "447700970024")
    now = time.time()
    for words, ago in (("second", 10), ("first", 60)):
        wamid, body = house.meta.says(who, words, at=now - ago)
        assert house.meta.post(body, wamid).status == 200
        until(lambda: all_taken_in(house))
    conversation = house.conversation_of(who)
    page = house.agent.page(f"/c/{conversation}/")
    thread = page[page.index('class="thread') :] if 'class="thread' in page else page
    assert thread.index("first") < thread.rindex("second")
    ((unread, snippet),) = house.books.rows("SELECT unread, snippet FROM inbox_conversation WHERE id = %s", conversation)
    assert (unread, snippet) == (2, "second")


def test_a_webhook_a_week_late_is_kept_and_opens_no_window(house: House) -> None:
    """F25: the window counts from the customer's own time, so an answer needs a template."""
    who = Customer("A Week Late", "447700970025")
    wamid, body = house.meta.says(who, "hello from last week", at=time.time() - 7 * DAY)
    assert house.meta.post(body, wamid).status == 200
    conversation = house.conversation_of(who)
    page = house.agent.page(f"/c/{conversation}/")
    assert "hello from last week" in page
    assert 'data-mode="template"' in page
    assert 'id="reply"' not in page


def test_a_late_webhook_does_not_shorten_an_open_window(house: House) -> None:
    """F25: nor does it become the newest message of the list."""
    who = Customer("Late Beside New", "447700970026")
    for words, ago in (("today", 60), ("a week ago", 7 * DAY)):
        wamid, body = house.meta.says(who, words, at=time.time() - ago)
        assert house.meta.post(body, wamid).status == 200
        until(lambda: all_taken_in(house))
    conversation = house.conversation_of(who)
    assert 'id="reply"' in house.agent.page(f"/c/{conversation}/")
    assert one(house.books, "SELECT snippet FROM inbox_conversation WHERE id = %s", conversation) == "today"


def test_a_message_that_fails_after_it_was_accepted_alerts_the_agent(house: House) -> None:
    """F39: 200 first, and the failure as a webhook a moment later."""
    _who, conversation = house.newcomer()
    house.sandbox.fault("fail_next", code=131026, mode="async")
    sent = house.agent.reply(conversation, "cannot be delivered")
    house.until_message(sent, "m.status", "failed")
    assert (house.message(sent, "m.error_code"), house.message(sent, "d.state")) == (131026, "accepted")
    assert one(house.books, "SELECT failed FROM inbox_conversation WHERE id = %s", conversation) == 1
    assert f"/c/{conversation}/" in house.agent.page("/inbox/failed/")
    assert 'data-status="failed"' in house.agent.page(f"/c/{conversation}/")
