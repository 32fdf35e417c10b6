"""What cannot be delivered says why, offers the next step, and can be tried again; a broken line is mended by an admin."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
import requests

from tests.customers import Customer
from tests.deployment import ROOT
from tests.journeys.desk import Desk
from tests.running_product import Product, until

NewCustomer = Callable[..., Customer]


def test_a_failed_answer_says_why_and_arrives_when_it_is_tried_again(customer: NewCustomer, ana: Desk) -> None:
    finn = customer("Finn Failing")
    finn.writes("Is anybody there?")
    finn.changes(plan="fail:131000")
    conversation = ana.finds("Finn Failing")
    ana.replies(conversation, "We are here.")
    failed = ana.waits_for(conversation, "We are here.", status="failed")
    assert "Not delivered. WhatsApp had a temporary problem" in failed.by_class("fate__why")[0].text
    assert "131000" in failed.one("details").text
    assert "Not delivered" in ana.waits_for_row("Finn Failing", "Not delivered", view="failed").text

    finn.changes(plan="read")
    page = ana.page(conversation)
    again = page.with_text("button", "Try again")
    assert ana.presses(page, again).status_code == 200
    ana.waits_for(conversation, "We are here.", status="read")
    assert ana.row("Finn Failing", view="failed") is None


def test_who_is_not_on_whatsapp_cannot_be_reached_by_trying_again(customer: NewCustomer, ana: Desk) -> None:
    gus = customer("Gus Gone")
    gus.writes("I will delete WhatsApp now.")
    gus.changes(plan="fail:131026")
    conversation = ana.finds("Gus Gone")
    ana.replies(conversation, "Goodbye")
    failed = ana.waits_for(conversation, "Goodbye", status="failed")
    assert "not on WhatsApp" in failed.text
    assert all("Try again" not in button.text for button in failed.every("button"))

    page = ana.page(conversation)
    ana.presses(page, page.with_text("button", "Set aside"))
    assert ana.row("Gus Gone", view="failed") is None
    assert not ana.waits_for(conversation, "Goodbye", status="failed").by_class("fate")


def test_an_answer_that_came_too_late_offers_a_template(customer: NewCustomer, ana: Desk) -> None:
    wim = customer("Wim Window")
    wim.writes("Still there?")
    wim.changes(plan="fail:131047")
    conversation = ana.finds("Wim Window")
    ana.replies(conversation, "Yes!")
    failed = ana.waits_for(conversation, "Yes!", status="failed")
    assert "24-hour window" in failed.text
    offered = failed.with_text("a", "Send as template").attributes["href"].partition("#")[0]
    assert ana.page(offered).one("", id="composer").attributes["data-mode"] == "template"


def test_an_expired_token_is_told_and_what_waited_goes_out_once_it_is_mended(
    product: Product, customer: NewCustomer, clara: Desk, rui: Desk, billing_line: None
) -> None:
    xena = customer("Xena Expired", number=product.billing)
    xena.writes("What do I owe?")
    conversation = clara.finds("Xena Expired")
    trial = f"/settings/numbers/{product.billing['id']}/trial/"
    with fault(product, "token_expired"):
        clara.replies(conversation, "Nothing at all.")
        until(lambda: "stays queued" in rui.page("/settings/numbers/").text, because="the page of numbers tells of it")
        card = rui.page("/settings/numbers/").one("section", id=f"number-{product.billing['id']}")
        assert "190" in card.one("p", role="alert").text
        assert "Waiting to send" in clara.waits_for(conversation, "Nothing at all.", status="queued").text
        refused = rui.submits(rui.page("/settings/numbers/"), trial)
        assert "stays queued" in refused.text
        assert xena.received == []
    answer = rui.submits(rui.page("/settings/numbers/"), trial)
    assert "works. What waited is being sent." in answer.text
    xena.waits_for("Nothing at all.")
    clara.waits_for(conversation, "Nothing at all.", status="read")


def test_what_could_not_be_taken_in_is_told_and_taken_in_by_replay(
    product: Product, customer: NewCustomer, clara: Desk, rui: Desk, billing_line: None
) -> None:
    rolf = customer("Rolf Replayed", number=product.billing)
    with number_is_unknown(product):
        rolf.writes("Hello from quarantine")
        until(lambda: "could not be taken in" in rui.page("/settings/numbers/").text, because="the page of numbers tells of it")
        assert clara.row("Rolf Replayed") is None
    said = manage(product, "replay", "--list")
    assert "no number of this app has that id" in said
    for _ in range(2):  # the second time adds nothing
        manage(product, "replay")
        conversation = clara.finds("Rolf Replayed", "Hello from quarantine")
        assert len(clara.thread(conversation)) == 1
    assert "could not be taken in" not in rui.page("/settings/numbers/").text


@pytest.fixture
def billing_line(product: Product) -> Iterator[None]:
    """Nobody else disturbs or needs the number of team Billing meanwhile."""
    with product.alone("billing"):
        yield


@contextmanager
def fault(product: Product, name: str) -> Iterator[None]:
    """A fault of the sandbox on the Billing number, switched off again."""
    switch = {"name": name, "number": product.billing["phone_number_id"]}
    requests.post(f"{product.base}/sandbox/faults", json=switch, timeout=30).raise_for_status()
    try:
        yield
    finally:
        requests.post(f"{product.base}/sandbox/faults", json=switch | {"off": True}, timeout=30).raise_for_status()


@contextmanager
def number_is_unknown(product: Product) -> Iterator[None]:
    """As if the Billing number had been connected only now: until then its webhooks find no number."""
    known = product.billing["phone_number_id"]
    renamed = "UPDATE inbox_connection SET phone_number_id = %s WHERE phone_number_id = %s"
    assert product.write(renamed, "not-yet", known) == 1
    try:
        yield
    finally:
        product.write(renamed, known, "not-yet")


def manage(product: Product, *words: str) -> str:
    """What a management command prints."""
    command = [sys.executable, "manage.py", *words]
    done = subprocess.run(command, cwd=ROOT, env=product.env, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stderr
    return done.stdout
