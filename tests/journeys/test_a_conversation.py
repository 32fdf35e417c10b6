"""A customer asks, an agent answers: over real HTTP, with plain forms, as the manual tells it."""

from __future__ import annotations

from collections.abc import Callable

from tests.customers import Customer
from tests.journeys.desk import Desk
from tests.pages import read
from tests.running_product import Json, until

NewCustomer = Callable[..., Customer]


def test_a_question_comes_in_an_answer_goes_out_and_the_ticks_follow(customer: NewCustomer, ana: Desk) -> None:
    nadia = customer("Nadia Quill")
    nadia.writes("Is the lamp in stock?")
    row = ana.waits_for_row("Nadia Quill", "Is the lamp in stock?", view="unassigned")
    assert "1 unread" in row.text

    conversation = row.one("a").attributes["href"]
    page = ana.page(conversation)
    assert page.one("h1").text == "Nadia Quill"
    assert "Is the lamp in stock?" in page.one("ol", id="messages").text

    ana.replies(conversation, "Yes, three are left.")
    assert nadia.waits_for("Yes, three are left.")["type"] == "text"
    assert "Read" in ana.waits_for(conversation, "Yes, three are left.", status="read").text
    assert ana.waits_for_row("Nadia Quill", "Yes, three are left.", view="waiting-customer")
