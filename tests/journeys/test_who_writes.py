"""Whoever a customer is to WhatsApp, they are one contact with one history here."""

from __future__ import annotations

from collections.abc import Callable

from tests.customers import Customer
from tests.journeys.desk import Desk
from tests.running_product import until

NewCustomer = Callable[..., Customer]


def test_somebody_without_a_phone_number_is_served_like_anybody(customer: NewCustomer, ana: Desk) -> None:
    ida = customer("Ida Nonumber", phone=None, username="ida.n")
    ida.writes("Can you see my number?")
    conversation = ana.finds("Ida Nonumber")
    panel = ana.page(conversation).one("aside", id="details").text
    assert "not shared with us" in panel
    assert ida.bsuid in panel
    ana.replies(conversation, "No, and we need none.")
    ida.waits_for("No, and we need none.")
    ana.waits_for(conversation, "No, and we need none.", status="read")


def test_a_new_phone_number_keeps_the_conversation_and_all_that_was_said(customer: NewCustomer, ana: Desk) -> None:
    mira = customer("Mira Moved")
    mira.writes("My old phone is dying.")
    conversation = ana.finds("Mira Moved")
    assert mira.phone_number is not None
    new = f"4477{int(mira.phone_number[4:]) + 50_000_000}"
    mira.sends("number_change", new_phone=new)
    ana.waits_for(conversation, "changed from")
    mira.writes("This is the new one.")
    assert ana.finds("Mira Moved", "This is the new one.") == conversation
    page = ana.page(conversation)
    assert "My old phone is dying." in page.one("ol", id="messages").text
    copied = [part.attributes["data-copies"] for part in page.where(lambda part: "data-copies" in part.attributes)]
    assert copied == [f"+{new}"]
    ana.replies(conversation, "Welcome on the new phone.")
    mira.waits_for("Welcome on the new phone.")


def test_a_name_written_from_right_to_left_is_kept_apart_from_the_page(customer: NewCustomer, ana: Desk) -> None:
    customer("نور حداد").writes("مرحبا")
    conversation = ana.finds("نور حداد", "مرحبا")
    page = ana.page(conversation)
    assert page.one("h1").one("bdi").text == "نور حداد"
    assert ana.waits_for(conversation, "مرحبا").by_class("bubble__text")[0].attributes["dir"] == "auto"


def test_a_colleague_who_answered_meanwhile_stops_an_unseeing_answer(customer: NewCustomer, ana: Desk, bruno: Desk) -> None:
    dual = customer("Dual Answered")
    dual.writes("Who is quicker?")
    conversation = ana.finds("Dual Answered")
    before = ana.page(conversation)
    bruno.replies(conversation, "I am.")

    answer = ana.submits(before, f"{conversation}replies/", {"text": "No, me."})
    assert answer.status_code == 409
    assert "Bruno Teixeira answered while you were writing" in answer.text
    assert "No, me." in answer.text
    dual.waits_for("I am.")
    assert [message["text"] for message in dual.received] == ["I am."]

    ana.replies(conversation, "No, me.")
    until(lambda: [message["text"] for message in dual.received] == ["I am.", "No, me."], because="both are there, in order")
