"""The web process dies or is stopped at the worst moment."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import requests

from tests.faults.agent import DONE
from tests.faults.books import kept, taken_in
from tests.faults.house import House
from tests.faults.meta import Customer
from tests.faults.waiting import until

RAW, MESSAGES = "inbox_rawevent", "inbox_message"


def test_a_web_process_killed_before_the_commit_has_not_said_yes(house: House) -> None:
    """F1: no 200 without the row; what WhatsApp then sends again is there once."""
    wamid, body = house.meta.says(Customer("Killed Before", "447700920001"), "before the commit")
    with house.books.hold(RAW):
        call = house.meta.begin(body)
        until(lambda: house.ask("/healthz")[0] == 200, because="what came before this question has been read")
        house.web.kill()
    assert call.answer() is None
    # PostgreSQL may finish a statement whose client has died; what is kept unpromised does no harm.
    assert house.is_on_postgres or kept(house.books, body) == 0
    house.restart("web")
    assert house.meta.post(body, wamid).status == 200
    until(lambda: taken_in(house.books, wamid) == 1)
    assert kept(house.books, body) == 1


def test_a_web_process_killed_after_the_commit_makes_a_repeat_that_adds_nothing(house: House) -> None:
    """F2: kept, but the 200 was never read; the repeat is answered 200 and changes nothing."""
    wamid, body = house.meta.says(Customer("Killed After", "447700920002"), "after the commit")
    call = house.meta.begin(body)
    until(lambda: kept(house.books, body) == 1, because="the body is kept")
    house.web.kill()
    call.hang_up()
    house.restart("web")
    assert house.meta.post(body, wamid).status == 200
    until(lambda: taken_in(house.books, wamid) == 1)
    assert kept(house.books, body) == 1


def test_a_reply_cut_off_by_a_stop_of_the_web_process_is_one_message_after_a_second_try(house: House) -> None:
    """F3: the page posts the same form again, with the token that it has from the start."""
    _who, conversation = house.newcomer()
    fields = house.agent.reply_form(conversation) | {"text": "sent while the server stops"}
    path = f"/c/{conversation}/replies/"
    with ThreadPoolExecutor(1) as pool, house.books.hold(MESSAGES, "inbox_number"):
        posting = pool.submit(house.agent.post, path, fields)
        until(lambda: house.ask("/healthz")[0] == 200, because="what came before this question has been read")
        house.web.tell_to_stop()
        until(lambda: house.ask("/healthz")[0] == 0, because="the web process takes no more calls")
        house.web.kill()
        assert isinstance(posting.exception(), requests.ConnectionError)
    house.restart("web")
    assert house.agent.post(path, fields).status_code == DONE
    assert house.message(fields["client_token"], "count(*)") == 1
    house.until_message(fields["client_token"], "m.status", "delivered")


def test_a_web_process_told_to_stop_in_the_middle_of_a_request_ends(house: House) -> None:
    """F3: nobody has to kill it."""
    _who, conversation = house.newcomer()
    fields = house.agent.reply_form(conversation) | {"text": "sent while the server stops"}
    with ThreadPoolExecutor(1) as pool, house.books.hold(MESSAGES, "inbox_number"):
        posting = pool.submit(house.agent.post, f"/c/{conversation}/replies/", fields)
        until(lambda: house.ask("/healthz")[0] == 200, because="what came before this question has been read")
        house.web.tell_to_stop()
        assert isinstance(posting.exception(), requests.ConnectionError)
    assert house.web.ended(within=6) == 0
