"""A customer asks, an agent answers: over real HTTP, with plain forms, as the manual tells it."""

from __future__ import annotations

from collections.abc import Callable

from tests.customers import Customer
from tests.journeys.desk import Desk
from tests.pages import read
from tests.running_product import until

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


def test_a_repeated_form_sends_nothing_twice(customer: NewCustomer, ana: Desk) -> None:
    tess = customer("Tess Again")
    tess.writes("Hello?")
    conversation = ana.finds("Tess Again")
    page = ana.page(conversation)
    for _ in range(2):
        assert ana.submits(page, f"{conversation}replies/", {"text": "Only once"}).status_code == 200
    ana.waits_for(conversation, "Only once", status="read")
    assert [message["text"] for message in tess.received] == ["Only once"]


def test_an_empty_and_a_too_long_answer_are_refused_at_the_field_with_the_text_kept(customer: NewCustomer, ana: Desk) -> None:
    lena = customer("Lena Long")
    lena.writes("Tell me everything.")
    conversation = ana.finds("Lena Long")
    for words in ("", "x" * 4097):
        answer = ana.submits(ana.page(conversation), f"{conversation}replies/", {"text": words})
        page = read(answer.text)
        assert answer.status_code == 422
        assert page.one("textarea", id="text").attributes["aria-invalid"] == "true"
        assert page.one("", id="composer-notice").text
        assert "".join(map(str, page.one("textarea", id="text").inside)) == words
    assert lena.received == []


def test_an_answer_quotes_the_message_it_answers(customer: NewCustomer, ana: Desk) -> None:
    quentin = customer("Quentin Quote")
    quentin.writes("First question")
    quentin.writes("Second question")
    conversation = ana.finds("Quentin Quote", "Second question")
    first = ana.waits_for(conversation, "First question")
    page = ana.page(f"{conversation}?reply_to={first.attributes['data-message']}")
    ana.submits(page, f"{conversation}replies/", {"text": "About the first: yes"})
    assert quentin.waits_for("About the first: yes")["quote"] == "First question"
    assert "First question" in ana.waits_for(conversation, "About the first: yes").by_class("quote")[0].text


def test_buttons_go_out_and_the_tapped_answer_comes_back(customer: NewCustomer, ana: Desk) -> None:
    bela = customer("Bela Button")
    bela.writes("Which colours are there?")
    conversation = ana.finds("Bela Button")
    fields = {"body": "Which one would you like?", "button_1": "Blue", "button_2": "Green"}
    answer = ana.submits(ana.page(conversation), f"{conversation}interactive/", fields)
    assert answer.status_code == 200

    question = bela.waits_for("Which one would you like?")
    assert [button["text"] for button in question["buttons"]] == ["Blue", "Green"]
    tapped = {"type": "button_reply", "button_reply": {"id": question["buttons"][1]["id"], "title": "Green"}}
    bela.sends("interactive", interactive=tapped, context={"id": question["id"]})
    chosen = ana.waits_for(conversation, "Chose")
    assert "Green" in chosen.text
    assert "Which one would you like?" in chosen.by_class("quote")[0].text


def test_reactions_travel_both_ways_and_can_be_taken_back(customer: NewCustomer, ana: Desk) -> None:
    rhea = customer("Rhea Act")
    rhea.writes("The parcel is here!")
    conversation = ana.finds("Rhea Act")
    theirs = ana.waits_for(conversation, "The parcel is here!")

    def press_heart() -> None:
        page = ana.page(f"/messages/{theirs.attributes['data-message']}/")
        heart = next(button for button in page.every("button", name="emoji") if button.text == "❤️")
        assert ana.presses(page, heart).status_code == 200

    press_heart()
    until(lambda: rhea.phone[0]["reaction"] == "❤️", because="the heart is on the phone")
    assert ana.waits_for(conversation, "The parcel is here!").by_class("reaction")[0].text == "❤️"
    press_heart()
    until(lambda: not rhea.phone[0]["reaction"], because="the heart is gone")

    ana.replies(conversation, "Enjoy it")
    rhea.waits_for("Enjoy it")
    rhea.reacts("🙏")
    until(lambda: ana.waits_for(conversation, "Enjoy it").by_class("reaction"), because="the thanks are in the thread")
    assert ana.waits_for(conversation, "Enjoy it").by_class("reaction")[0].text == "🙏"


def test_an_edit_and_a_revocation_show_in_thread_and_row(customer: NewCustomer, ana: Desk) -> None:
    edna = customer("Edna Edit")
    edna.writes("Order 8814")
    conversation = ana.finds("Edna Edit", "Order 8814")
    edna.sends("edit", edit={"original_message_id": "last", "text": "Order 8841"})
    assert "edited" in ana.waits_for(conversation, "Order 8841").text
    assert ana.waits_for_row("Edna Edit", "Order 8841")

    edna.sends("revoke", revoke={"original_message_id": "last"})
    ana.waits_for(conversation, "Edna Edit deleted this message")
    assert "Order 8841" not in ana.page(conversation).text


def test_what_whatsapp_does_not_hand_over_is_a_visible_line(customer: NewCustomer, ana: Desk) -> None:
    uwe = customer("Uwe Unsupported")
    uwe.sends("unsupported", unsupported={"type": "poll_creation"})
    row = ana.waits_for_row("Uwe Unsupported", "Unsupported message")
    assert "WhatsApp did not hand this message over" in ana.page(row.one("a").attributes["href"]).text


def test_a_place_and_a_contact_card_are_shown(customer: NewCustomer, ana: Desk) -> None:
    paco = customer("Paco Place")
    paco.sends("location")
    paco.sends("contacts")
    conversation = ana.finds("Paco Place", "Noor Haddad")
    assert "City Square" in ana.waits_for(conversation, "City Square").text
    assert "Noor Haddad" in ana.waits_for(conversation, "Noor Haddad").text


def test_assigning_resolving_and_reopening_leave_their_lines(customer: NewCustomer, ana: Desk, bruno: Desk) -> None:
    ivy = customer("Ivy Assign")
    ivy.writes("Who helps me?")
    conversation = ana.finds("Ivy Assign")
    page = ana.page(conversation)
    button = page.one("form", action=f"{conversation}assignment/").with_text("button", "Bruno Teixeira")
    ana.submits(page, f"{conversation}assignment/", {"person": button.attributes["value"]})
    assert bruno.waits_for_row("Ivy Assign", view="mine")
    assert ana.row("Ivy Assign", view="unassigned") is None

    bruno.submits(bruno.page(conversation), f"{conversation}closure/")
    assert bruno.row("Ivy Assign", view="mine") is None
    assert bruno.waits_for_row("Ivy Assign", view="resolved")
    bruno.submits(bruno.page(conversation), f"{conversation}reopening/")
    told = [event.text for event in bruno.page(conversation).by_class("event")]
    assert [next(word for word in ("assigned", "resolved", "reopened") if word in line.lower()) for line in told] == [
        "assigned",
        "resolved",
        "reopened",
    ]


def test_a_customer_who_writes_after_the_end_begins_a_new_conversation_with_the_old_one_above(
    customer: NewCustomer, ana: Desk
) -> None:
    nora = customer("Nora Newagain")
    nora.writes("First matter")
    first = ana.finds("Nora Newagain", "First matter")
    ana.submits(ana.page(first), f"{first}closure/")
    nora.writes("Second matter")
    second = ana.finds("Nora Newagain", "Second matter")
    assert second != first
    assert [message.by_class("bubble__text")[0].text for message in ana.thread(second)] == ["First matter", "Second matter"]
