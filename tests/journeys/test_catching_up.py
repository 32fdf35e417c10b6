"""What a page is told it has missed equals what a fresh page shows."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from tests.customers import Customer
from tests.journeys.desk import Desk, number_in
from tests.pages import Element, read

NewCustomer = Callable[..., Customer]


def same(told: str, shown: Element) -> bool:
    """Whether a piece of HTML is this element; spans like "23 h 59 m" may have ticked in between."""
    (piece,) = (part for part in read(told).inside if isinstance(part, Element))
    for time in [*piece.every("time"), *shown.every("time")]:
        time.inside = []
    return piece == shown


def seqs_of(page: Element) -> dict[str, int]:
    """How far a page says it is, by number."""
    found: dict[str, int] = json.loads(page.one("body").attributes["data-live-seqs"])
    return found


def missed(desk: Desk, seqs: dict[str, int], conversation: str) -> dict[str, Any]:
    """What the server says a page has missed that was at these seqs with this conversation open."""
    query = {f"n{number}": str(seq) for number, seq in seqs.items()} | {"open": str(number_in(conversation))}
    answer = desk.get("/live/since/", params=query)
    assert answer.status_code == 200
    found: dict[str, Any] = answer.json()
    return found


def test_what_was_missed_equals_a_fresh_page(customer: NewCustomer, ana: Desk, bruno: Desk) -> None:
    kim = customer("Kim Missed")
    kim.writes("Before you left")
    conversation = ana.finds("Kim Missed")
    before = seqs_of(ana.page(conversation))

    kim.writes("While you were away")
    bruno.waits_for(conversation, "While you were away")
    bruno.replies(conversation, "Bruno answered")
    bruno.waits_for(conversation, "Bruno answered", status="read")
    form = bruno.page(conversation).one("form", action=f"{conversation}assignment/")
    to_ana = form.with_text("button", "Ana Ribeiro").attributes["value"]
    bruno.submits(bruno.page(conversation), f"{conversation}assignment/", {"person": to_ana})

    news = missed(ana, before, conversation)
    fresh = ana.page(conversation)
    listed = ana.page("/inbox/all/").one("li", id=f"conversation-{number_in(conversation)}")
    change = next(change for change in news["changes"] if change["c"] == number_in(conversation))
    assert same(change["row"]["html"], listed)
    assert f"assignee:{to_ana}" in change["keys"]
    lines = [part.attributes["id"] for part in fresh.one("ol", id="messages").every("li") if "data-at" in part.attributes]
    assert sorted(line["id"] for line in change["lines"]) == sorted(lines[1:])
    for line in change["lines"]:
        assert same(line["html"], fresh.one("li", id=line["id"]))
    assert {"While you were away", "Bruno answered"} <= {text.text for text in fresh.by_class("bubble__text")}


def test_nothing_is_told_twice_to_a_page_that_is_up_to_date(customer: NewCustomer, ana: Desk) -> None:
    leo = customer("Leo Level")
    leo.writes("That is all.")
    conversation = ana.finds("Leo Level")
    news = missed(ana, missed(ana, seqs_of(ana.page(conversation)), conversation)["seqs"], conversation)
    assert [change for change in news["changes"] if change["c"] == number_in(conversation)] == []
