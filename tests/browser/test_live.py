"""Pages stay true by themselves: nothing moves under the pointer, and whoever was away ends up where a fresh page is."""

from __future__ import annotations

import re
from collections.abc import Callable
from itertools import zip_longest

from playwright.sync_api import Page, expect

from tests.browser.people import PROMPTLY, House, Line, message, open_conversation, row_of, tick
from tests.customers import Customer
from tests.running_product import until

NewCustomer = Callable[..., Customer]
# What differs between two equal pages: forged-form tokens, spans that tick, which row is lit, what a script has noted.
UNSTEADY = (
    re.compile(r"<time [^>]*>[^<]*</time>"),
    re.compile(r' (?:aria-current|data-tone|style|tabindex|class|data-leaves)(?:="[^"]*")?'),
    re.compile(r'<li class="divider[^"]*"[^>]*>.*?</li>', re.S),
    re.compile(r"\s+"),
)


def steady(html: str) -> str:
    """A list's or thread's HTML without what may differ."""
    html = UNSTEADY[2].sub("", html)
    for pattern in (*UNSTEADY[:2], UNSTEADY[3]):
        html = pattern.sub("", html)
    return html


def shown(page: Page, selector: str) -> list[tuple[str, str]]:
    """Rows or thread lines of a page, by id, in their order."""
    found: list[list[str]] = page.locator(selector).evaluate_all("parts => parts.map(part => [part.id, part.outerHTML])")
    return [(ident, steady(html)) for ident, html in found]


def differences(page: Page, fresh: Page) -> list[tuple[object, object]]:
    """Where thread and list differ; of a list only as many rows as both pages have loaded."""
    threads = zip_longest(shown(page, "#messages > [data-at]"), shown(fresh, "#messages > [data-at]"))
    lists = zip(shown(page, "#conversations > .row"), shown(fresh, "#conversations > .row"), strict=False)
    return [(ours, theirs) for ours, theirs in (*threads, *lists) if ours != theirs]


def test_a_page_that_was_offline_catches_up_and_equals_a_fresh_one(house: House, customer: NewCustomer) -> None:
    away, other = customer("Abe Away"), customer("Ben Besides")
    away.writes("Before the tunnel")
    other.writes("Another matter")
    browser = house.browser_of("agent")
    line = Line(browser)
    page, colleague = browser.new_page(), house.agent("colleague")
    page.goto("/inbox/all/")
    open_conversation(page, "Abe Away")
    open_conversation(colleague, "Abe Away")
    page.get_by_label("Reply to Abe Away").fill("A thought that must not be lost")

    line.cut()
    away.writes("In the tunnel")
    expect(message(colleague, "In the tunnel")).to_be_visible(timeout=PROMPTLY)
    reply = colleague.get_by_label("Reply to Abe Away")
    reply.fill("I have you.")
    reply.press("Enter")
    expect(tick(colleague, "I have you.")).to_have_text("Read", timeout=PROMPTLY)
    other.sends("edit", edit={"original_message_id": "last", "text": "Another matter, corrected"})
    expect(row_of(colleague, "Ben Besides")).to_contain_text("corrected", timeout=PROMPTLY)
    customer("Cem Came").writes("I am new here")
    expect(row_of(colleague, "Cem Came")).to_be_visible(timeout=PROMPTLY)
    expect(message(page, "In the tunnel")).to_have_count(0)

    line.mend()
    expect(message(page, "I have you.")).to_be_visible(timeout=30_000)
    expect(row_of(page, "Cem Came")).to_be_visible(timeout=30_000)
    fresh = browser.new_page()
    fresh.goto(page.url)

    until(lambda: not differences(page, fresh), within=20, because="list and thread equal a fresh page's")
    expect(page.get_by_label("Reply to Abe Away")).to_have_value("A thought that must not be lost")
    house.overlooks("ERR_INTERNET_DISCONNECTED")


def test_nothing_moves_under_the_pointer_and_news_wait_behind_a_pill(house: House, customer: NewCustomer) -> None:
    still, mover = customer("Una Under"), customer("Mel Mover")
    mover.writes("I was first")
    still.writes("I was second")
    agent = house.agent()
    expect(row_of(agent, "Una Under")).to_be_visible(timeout=PROMPTLY)
    expect(row_of(agent, "Mel Mover")).to_be_visible(timeout=PROMPTLY)
    places = agent.locator("#conversations .row__name")
    before = places.all_inner_texts()

    row_of(agent, "Una Under").hover()
    mover.writes("And now I am last")
    expect(row_of(agent, "Mel Mover")).to_contain_text("And now I am last", timeout=PROMPTLY)
    for _ in range(4):  # a hand that rests is never quite still
        agent.mouse.move(*agent_point(agent, "Una Under"))
        assert places.all_inner_texts() == before
    pill = agent.locator("[data-live-pill]")
    expect(pill).to_be_visible(timeout=PROMPTLY)
    expect(pill).to_have_text(re.compile(r"1 new"))
    pill.click()
    expect(places.first).to_have_text("Mel Mover", timeout=PROMPTLY)
    expect(pill).to_be_hidden()


def agent_point(page: Page, name: str) -> tuple[float, float]:
    """A point within somebody's row."""
    box = row_of(page, name).bounding_box()
    assert box is not None
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def test_the_composer_turns_into_the_template_form_when_the_window_closes(house: House, customer: NewCustomer) -> None:
    tea = customer("Tea Timely")
    tea.writes("Quick, a day has passed!", minutes_ago=24 * 60 - 0.17)
    agent = house.agent(path=house.conversation_of("Tea Timely"))
    composer = agent.locator("#composer")
    expect(composer).to_have_attribute("data-mode", "reply", timeout=PROMPTLY)
    agent.get_by_label("Reply to Tea Timely").fill("I am nearly done")
    expect(composer).to_have_attribute("data-mode", "template", timeout=40_000)
    expect(composer).to_contain_text("Only approved templates can be sent now.")
    panel = agent.locator("#details-window")
    expect(panel).to_contain_text("Closed", timeout=PROMPTLY)

    tea.writes("I am here again.")
    expect(composer).to_have_attribute("data-mode", "reply", timeout=PROMPTLY)
    expect(agent.get_by_label("Reply to Tea Timely")).to_have_value("I am nearly done")
    expect(panel).to_contain_text("Closes", timeout=PROMPTLY)
    expect(panel).not_to_contain_text("Closed")


def test_a_refused_question_shows_why_and_a_mended_one_takes_that_away(house: House, customer: NewCustomer) -> None:
    customer("Quin Questioned").writes("Which one is it?")
    agent = house.agent(path=house.conversation_of("Quin Questioned"))
    menu = agent.locator("#composer details:has(#button_1)")
    menu.locator("summary").click()
    menu.locator("#body").fill("Tea or coffee?")
    menu.locator("#button_1").fill("Tea")
    menu.locator("[name=button_2]").fill("Tea")
    menu.get_by_role("button", name="Send question").click()
    notice = agent.locator("#composer-notice")
    expect(notice).to_be_visible(timeout=PROMPTLY)
    expect(menu.locator("form")).to_be_hidden()

    menu.locator("summary").click()
    expect(menu.locator("#body")).to_have_value("Tea or coffee?")
    menu.locator("[name=button_2]").fill("Coffee")
    menu.get_by_role("button", name="Send question").click()
    expect(message(agent, "Tea or coffee?")).to_be_visible(timeout=PROMPTLY)
    expect(notice).to_have_count(0)
    expect(menu.locator("form")).to_be_hidden()
    house.overlooks("Failed to load resource")


def test_a_page_whose_session_is_over_asks_anew_at_once(house: House) -> None:
    browser = house.browser_of("agent")
    line = Line(browser)
    page = browser.new_page()
    page.goto("/inbox/all/")
    expect(page.locator("#conversations .row").first).to_be_visible()
    until(lambda: page.title() and line.is_open, because="the page listens")
    with page.expect_navigation(url="**/inbox/all/", timeout=PROMPTLY):
        line.end(4003)


def test_a_failed_answer_shows_its_reason_and_goes_out_when_tried_again(house: House, customer: NewCustomer) -> None:
    fay = customer("Fay Fallible")
    fay.writes("Are you there?")
    fay.changes(plan="fail:131000")
    agent = house.agent()
    open_conversation(agent, "Fay Fallible")
    reply = agent.get_by_label("Reply to Fay Fallible")
    reply.fill("Here I am.")
    reply.press("Enter")
    failed = message(agent, "Here I am.")
    expect(failed.locator(".fate")).to_contain_text("WhatsApp had a temporary problem", timeout=PROMPTLY)
    expect(row_of(agent, "Fay Fallible")).to_contain_text("Not delivered", timeout=PROMPTLY)

    fay.changes(plan="read")
    failed.get_by_role("button", name="Try again").click()
    expect(tick(agent, "Here I am.")).to_have_text("Read", timeout=PROMPTLY)
    expect(failed.locator(".fate")).to_have_count(0)
    expect(row_of(agent, "Fay Fallible")).not_to_contain_text("Not delivered", timeout=PROMPTLY)


def test_a_thread_read_above_its_end_is_left_where_it_is(house: House, customer: NewCustomer) -> None:
    sol = customer("Sol Scrolled")
    for n in range(30):
        sol.writes(f"Line {n} of a long story", minutes_ago=29 - n)
    agent = house.agent()
    expect(row_of(agent, "Sol Scrolled")).to_contain_text("Line 29", timeout=PROMPTLY)
    open_conversation(agent, "Sol Scrolled")
    expect(message(agent, "Line 29 of")).to_be_visible()
    scroll = agent.locator("[data-live-thread-scroll]")
    scroll.evaluate("box => { box.scrollTop = 0 }")
    sol.writes("The end of the story")
    pill = agent.locator("[data-live-thread-pill]")
    expect(pill).to_have_text("1 new message", timeout=PROMPTLY)
    assert scroll.evaluate("box => box.scrollTop") < 50
    pill.click()
    expect(message(agent, "The end of the story")).to_be_in_viewport()
    expect(pill).to_be_hidden()
