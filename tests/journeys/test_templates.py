"""What the customer's rules allow: templates when the window is closed, no marketing for those who stopped it."""

from __future__ import annotations

from collections.abc import Callable

from tests.customers import Customer
from tests.journeys.desk import Desk
from tests.pages import Element, read
from tests.running_product import until

NewCustomer = Callable[..., Customer]
LONG_AGO = 25 * 60  # minutes; the window is open for 24 hours


def choose(desk: Desk, conversation: str, name: str, language: str = "en") -> Element:
    """The page on which this template is being filled in."""
    offered = desk.page(f"{conversation}?compose=template").one("ul", id="template-list")
    links = [link for link in offered.every("a") if name in link.text and link.text.endswith(language)]
    assert links, offered.text
    return desk.page(links[0].attributes["href"].partition("#")[0])


def test_a_closed_window_leaves_only_templates_and_an_answer_opens_it_again(customer: NewCustomer, ana: Desk) -> None:
    cleo = customer("Cleo Closed")
    cleo.writes("Any news about my case?", minutes_ago=LONG_AGO)
    conversation = ana.finds("Cleo Closed", "Window closed")
    assert ana.page(conversation).one("", id="composer").attributes["data-mode"] == "template"

    page = choose(ana, conversation, "reopen_conversation")
    name, case = (slot for slot in page.every("input") if "data-slot" in slot.attributes)
    assert name.attributes["value"] == "Cleo"
    answer = ana.submits(page, f"{conversation}templates/", {case.attributes["name"]: "C-118"})
    assert answer.status_code == 200
    shown = cleo.waits_for("news about your request C-118")
    assert "Hello Cleo" in shown["text"]
    ana.waits_for(conversation, "C-118", status="read")

    tapped = shown["buttons"][0]
    cleo.sends("button", button={"payload": tapped["id"], "text": tapped["text"]}, context={"id": shown["id"]})
    ana.waits_for(conversation, "Yes, go on")
    assert ana.page(conversation).one("", id="composer").attributes["data-mode"] == "reply"
    ana.replies(conversation, "So, where were we?")
    cleo.waits_for("So, where were we?")


def test_a_page_from_before_the_window_closed_is_refused_with_the_text_kept(customer: NewCustomer, ana: Desk) -> None:
    older, newer = customer("Pia Past"), customer("Pia Present")
    older.writes("Long ago", minutes_ago=LONG_AGO)
    newer.writes("Just now")
    open_page, closed = ana.page(ana.finds("Pia Present")), ana.finds("Pia Past")
    form = next(form for form in open_page.every("form") if form.attributes.get("id") == "reply")
    form.attributes["action"] = f"{closed}replies/"
    answer = ana.submits(open_page, f"{closed}replies/", {"text": "Too late", "seen": ""})
    assert answer.status_code == 422
    assert "24-hour window has closed" in read(answer.text).one("", id="composer-notice").text
    assert older.received == []


def test_a_field_left_empty_is_named(customer: NewCustomer, ana: Desk) -> None:
    fay = customer("Fay Field")
    fay.writes("Hello?", minutes_ago=LONG_AGO)
    conversation = ana.finds("Fay Field")
    page = choose(ana, conversation, "reopen_conversation")
    answer = ana.submits(page, f"{conversation}templates/", {})
    refused = read(answer.text)
    assert answer.status_code == 422
    wrong = next(slot for slot in refused.every("input") if slot.attributes.get("aria-invalid") == "true")
    assert "case" in wrong.attributes["name"]
    assert refused.one("", id=wrong.attributes["aria-describedby"]).text


def test_templates_that_are_not_approved_say_why_and_are_no_links(customer: NewCustomer, ana: Desk) -> None:
    tom = customer("Tim Template")
    tom.writes("Hello?")
    listed = ana.page(f"{ana.finds('Tim Template')}?compose=template").one("ul", id="template-list")
    said = {item.one("bdi").text: item for item in listed.every("li") if not item.has("a")}
    assert "still reviewing" in said["delivery_survey"].text
    assert "rejected" in said["gift_voucher"].text
    assert "paused" in said["weekend_sale"].text


def test_who_stopped_marketing_gets_none_but_still_gets_what_concerns_them(customer: NewCustomer, ana: Desk) -> None:
    mona = customer("Mona Marketing")
    mona.writes("No more offers please.")
    conversation = ana.finds("Mona Marketing")
    offer = choose(ana, conversation, "autumn_offer")
    mona.sends("user_preferences", value="stop")
    until(lambda: "stopped" in ana.page(f"{conversation}details/").one("aside", id="details").text, because="consent is shown")

    # The page still has the form of before; the server refuses it.
    filled = {slot.attributes["name"]: "1" for slot in offer.every("input") if "data-slot" in slot.attributes}
    answer = ana.submits(offer, f"{conversation}templates/", filled)
    refused = "Mona Marketing stopped marketing messages from this number."
    assert answer.status_code == 422
    assert refused in read(answer.text).one("", id="composer-notice").text
    listed = ana.page(f"{conversation}?compose=template").one("ul", id="template-list")
    assert refused in next(item.text for item in listed.every("li") if "autumn_offer" in item.text)

    page = choose(ana, conversation, "reopen_conversation")
    case = [slot for slot in page.every("input") if "data-slot" in slot.attributes][1]
    ana.submits(page, f"{conversation}templates/", {case.attributes["name"]: "C-7"})
    mona.waits_for("C-7")
    assert len(mona.received) == 1
