"""A sender dies, or is stopped, with a message of ours in hand."""

from __future__ import annotations

from tests.faults.books import LONG_AGO, as_uuid
from tests.faults.house import House
from tests.faults.waiting import until


def token_of(house: House, client_token: str) -> str:
    """The token that travels with this message."""
    return as_uuid(house.message(client_token, "d.token"))


def lease_runs_out(house: House, client_token: str, state: str = "sending") -> None:
    """The seconds that a dead sender's lease still has pass at once."""
    changed = "UPDATE inbox_delivery SET lease_until = %s WHERE id = %s AND state = %s"
    assert house.books.write(changed, LONG_AGO, house.message(client_token, "d.id"), state) == 1


def test_a_sender_killed_before_it_sends_lets_the_next_send_once(house: House) -> None:
    """F5: claimed, and nothing has left us; the row is what such a death leaves."""
    _who, conversation = house.newcomer()
    house.sender.kill()
    sent = house.agent.reply(conversation, "claimed and never sent")
    claimed = "UPDATE inbox_delivery SET state = 'sending', lease_until = %s, handed_over = %s WHERE id = %s"
    house.books.write(claimed, LONG_AGO, False, house.message(sent, "d.id"))
    house.restart("sender")
    house.until_message(sent, "m.status", "delivered")
    assert len(house.sandbox.calls(token_of(house, sent))) == 1


def test_a_sender_killed_after_it_sent_leaves_an_unknown_that_a_status_settles(house: House) -> None:
    """F6: WhatsApp has it and nobody heard the answer; it is not sent again, and the status webhook tells."""
    _who, conversation = house.newcomer()
    house.sandbox.fault("accept_then_hang")
    house.sandbox.fault("webhooks_paused", times=None)
    sent = house.agent.reply(conversation, "sent, but did it arrive?")
    token = token_of(house, sent)
    until(lambda: token in house.sandbox.accepted(), because="WhatsApp has the message")
    house.sender.kill()
    house.restart("sender")
    lease_runs_out(house, sent)
    house.until_message(sent, "m.status", "unknown")
    house.sandbox.clear_faults()
    house.until_message(sent, "m.status", "delivered")
    assert house.message(sent, "d.state") == "accepted"
    assert len(house.sandbox.calls(token)) == 1


def test_two_senders_share_the_outbox_and_one_may_die(house: House) -> None:
    """F7: what one holds the other leaves alone; order within each conversation is kept."""
    other = house.another("sender")
    threads = [house.newcomer(plan="none") for _ in range(3)]
    tokens = []
    for n in range(4):
        tokens += [house.agent.reply(conversation, f"line {n}") for _who, conversation in threads]
    other.kill()
    house.books.write("UPDATE inbox_delivery SET lease_until = %s WHERE state = 'sending'", LONG_AGO)
    for token in tokens:
        house.until_message(token, "d.state", "accepted", "unknown")
    for who, _conversation in threads:
        assert house.sandbox.sent_texts(who) == [f"line {n}" for n in range(4)]


def test_a_sender_told_to_stop_waits_for_the_answer_of_what_it_sent(house: House) -> None:
    """F9: within its grace."""
    _who, conversation = house.newcomer(plan="none")
    house.sandbox.fault("slow_answer", milliseconds=2000)
    sent = house.agent.reply(conversation, "answered slowly")
    house.until_message(sent, "d.state", "sending")
    house.sender.tell_to_stop()
    assert house.sender.ended(within=20) == 0
    assert house.message(sent, "d.state") == "accepted"
    assert len(house.sandbox.calls(token_of(house, sent))) == 1
