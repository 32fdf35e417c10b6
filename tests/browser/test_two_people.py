"""Two people at once, each at a real browser: a customer with a phone, an agent with the inbox, a colleague beside."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import expect

from tests.browser.people import PROMPTLY, House, deafen, message, open_conversation, row_of, tick
from tests.customers import Customer

NewCustomer = Callable[..., Customer]


def test_customer_and_agent_talk_and_nobody_reloads(house: House, customer: NewCustomer) -> None:
    gina = customer("Gina Greatday")
    phone = house.phone(gina)
    agent = house.agent()
    agent.evaluate("window.untouched = true")

    phone.get_by_label("Message", exact=True).fill("Do you repair lamps?")
    phone.get_by_role("button", name="Send", exact=True).click()
    expect(row_of(agent, "Gina Greatday")).to_contain_text("Do you repair lamps?", timeout=PROMPTLY)
    open_conversation(agent, "Gina Greatday")
    expect(message(agent, "Do you repair lamps?")).to_be_visible()

    reply = agent.get_by_label("Reply to Gina Greatday")
    reply.fill("We do, on Tuesdays.")
    reply.press("Enter")
    expect(message(agent, "We do, on Tuesdays.")).to_have_count(1)
    expect(reply).to_have_value("")
    expect(phone.locator("#thread")).to_contain_text("We do, on Tuesdays.", timeout=PROMPTLY)
    expect(tick(agent, "We do, on Tuesdays.")).to_have_text("Read", timeout=PROMPTLY)

    phone.get_by_label("Message", exact=True).fill("Then see you on Tuesday!")
    phone.get_by_role("button", name="Send", exact=True).click()
    expect(message(agent, "Then see you on Tuesday!")).to_be_visible(timeout=PROMPTLY)
    expect(message(agent, "We do, on Tuesdays.")).to_have_count(1)
    assert agent.evaluate("window.untouched")


def test_a_colleague_sees_assignment_row_and_counts_change(house: House, customer: NewCustomer) -> None:
    hana = customer("Hana Handed")
    hana.writes("Who looks after me?")
    agent, colleague = house.agent("agent", "/inbox/all/"), house.agent("colleague", "/inbox/mine/")
    open_conversation(agent, "Hana Handed")
    mine = colleague.locator(".views [data-count=mine]")
    before = int(mine.inner_text())

    agent.locator("#thread-head summary").click()
    agent.get_by_role("button", name="Bruno Teixeira").click()
    expect(agent.locator("#thread-head")).to_contain_text("Bruno Teixeira", timeout=PROMPTLY)
    expect(row_of(colleague, "Hana Handed")).to_be_visible(timeout=PROMPTLY)
    expect(mine).to_have_text(str(before + 1), timeout=PROMPTLY)
    assert colleague.title().startswith(f"({before + 1}) ")
    open_conversation(colleague, "Hana Handed")
    expect(colleague.locator("#messages .event")).to_contain_text("Bruno Teixeira")

    hana.writes("Hello, Bruno!")
    expect(row_of(colleague, "Hana Handed")).to_contain_text("Hello, Bruno!", timeout=PROMPTLY)
    colleague.get_by_role("button", name="Resolve").click()
    expect(agent.locator("#thread-head")).to_contain_text("Reopen", timeout=PROMPTLY)
    expect(mine).to_have_text(str(before), timeout=PROMPTLY)


def test_an_answer_of_a_colleague_that_was_not_seen_keeps_the_text(house: House, customer: NewCustomer) -> None:
    jon = customer("Jon Contested")
    jon.writes("Who is quicker?")
    browser = house.browser_of("agent")
    deafen(browser)
    agent, colleague = browser.new_page(), house.agent("colleague")
    agent.goto("/inbox/all/")
    open_conversation(colleague, "Jon Contested")
    open_conversation(agent, "Jon Contested")
    reply = colleague.get_by_label("Reply to Jon Contested")
    reply.fill("Bruno was.")
    reply.press("Enter")
    expect(tick(colleague, "Bruno was.")).to_have_text("Read", timeout=PROMPTLY)

    mine = agent.get_by_label("Reply to Jon Contested")
    mine.fill("I was!")
    mine.press("Enter")
    notice = agent.locator("#composer-notice")
    expect(notice).to_contain_text("Bruno Teixeira answered while you were writing", timeout=PROMPTLY)
    expect(notice).to_contain_text("Bruno was.")
    expect(mine).to_have_value("I was!")
    assert [said["text"] for said in jon.received] == ["Bruno was."]

    mine.press("Enter")
    expect(notice).to_have_count(0)
    assert jon.waits_for("I was!")
    house.expects("409")
