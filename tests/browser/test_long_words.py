"""Words and names without a single space never make a page wider than the screen."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.people import PROMPTLY, House, row_of
from tests.customers import Customer

NewCustomer = Callable[..., Customer]
LONG = "Llanfairpwllgwyngyll" * 4  # a profile name has at most 100 characters at the sandbox


def out_of_sight(page: Page) -> list[str]:
    """What of the header and the composer lies beyond the screen's edge."""
    parts = page.locator("#thread-head :is(button, summary, h1), #composer :is(textarea, button, summary, span)")
    seen: list[str] = parts.evaluate_all(
        """parts => parts.filter((part) => part.checkVisibility() && part.getBoundingClientRect().right > innerWidth + 1
            && !part.closest(".visually-hidden, .truncate, details:not([open]) form"))
            .map((part) => part.outerHTML.slice(0, 200))"""
    )
    width: int = page.evaluate("document.scrollingElement.scrollWidth - innerWidth")
    return seen + ([f"{width} px too wide"] if width > 0 else [])


@pytest.mark.parametrize("width", [320, 390, 1000, 1440])
def test_unbroken_names_and_words_stay_on_the_screen(house: House, customer: NewCustomer, width: int) -> None:
    name = f"{LONG}{width}"
    customer(name).writes(LONG * 4)
    agent = house.agent(viewport={"width": width, "height": 800})
    expect(row_of(agent, name)).to_be_visible(timeout=PROMPTLY)
    assert out_of_sight(agent) == []

    agent.goto(house.conversation_of(name))
    agent.locator("#text").fill(LONG * 4)
    assert out_of_sight(agent) == []
    box = agent.locator("#composer").bounding_box()
    assert box is not None
    assert box["x"] + box["width"] <= width

    agent.goto(f"{house.conversation_of(name)}?compose=template")
    for field in agent.locator("#template input.input:not([type=search])").all():
        field.fill(LONG * 4)
    assert out_of_sight(agent) == []


def test_the_menu_of_who_looks_after_it_is_a_panel_with_its_icons(house: House, customer: NewCustomer) -> None:
    customer("Asa Assigned").writes("Who looks after me?")
    agent = house.agent(path=house.conversation_of("Asa Assigned"), viewport={"width": 390, "height": 800})
    agent.locator("#thread-head summary").click()
    menu = agent.locator("#thread-head .menu__panel")
    expect(menu).to_be_visible()
    assert menu.evaluate("panel => getComputedStyle(panel).position") == "absolute"
    expect(menu.locator(".menu__item .icon")).to_be_visible()
