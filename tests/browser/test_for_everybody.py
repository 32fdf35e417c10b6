"""The inbox works without scripts, without a mouse, with a screen reader, in the dark and on a narrow phone."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.browser.people import PROMPTLY, House, message, open_conversation, row_of
from tests.customers import Customer

NewCustomer = Callable[..., Customer]
PASSWORD = "a long enough sentence for a password"
NARROW = {"width": 320, "height": 640}
PAGES = ("/inbox/all/", "/inbox/mine/", "/me/", "/settings/people/", "/settings/numbers/", "/settings/teams/")


def invited(house: House, name: str) -> tuple[str, str]:
    """An address and the invitation's link for somebody new in team Support, who is past their training once they join."""
    admin = house.agent("admin", "/settings/people/")
    email = f"{name.lower().replace(' ', '.')}@demo.example"
    form = admin.locator("form[action='/settings/people/invitations/']")
    if not form.is_visible():
        admin.get_by_text(re.compile("Invite")).first.click()
    form.locator("[name=email]").fill(email)
    form.locator("[name=name]").fill(name)
    form.get_by_label(re.compile("^Agent")).check()
    form.get_by_label("Support").check()
    form.locator("[type=submit]").click()
    link = re.search(r"http[^\s\"<]+/accounts/invitation/[^\s\"<]+/", admin.content())
    assert link is not None, admin.inner_text("body")
    return email, link[0]


def is_trained(house: House, email: str) -> None:
    """As the end of somebody's training would write it down."""
    cleared = (
        "INSERT INTO inbox_clearance (since, reason, person_id) SELECT created_at, 'test', id FROM accounts_user WHERE email = ?"
    )
    assert house.product.write(cleared, email) == 1


def test_without_scripts_one_joins_signs_in_reads_and_answers(house: House, customer: NewCustomer) -> None:
    nils = customer("Nils Noscript")
    nils.writes("Does it work plainly?")
    email, link = invited(house, "Nia Noscript")
    page = house.stranger(java_script_enabled=False)
    page.goto(link)
    for field in page.locator("input[type=password]:visible").all():
        field.fill(PASSWORD)
    page.get_by_role("button", name="Join", exact=True).click()
    expect(page).to_have_url(re.compile("/inbox/mine/$"))
    page.locator("nav.rail summary").click()
    page.get_by_role("button", name="Sign out").click()
    is_trained(house, email)

    page.goto("/inbox/all/")
    page.locator("[name=login]").fill(email)
    page.locator("[name=password]").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    row_of(page, "Nils Noscript").locator("a").click()
    expect(page.locator("h1")).to_have_text("Nils Noscript")
    expect(message(page, "Does it work plainly?")).to_be_visible()
    page.get_by_label("Reply to Nils Noscript").fill("It does.")
    page.get_by_role("button", name="Send to Nils").click()
    expect(message(page, "It does.")).to_be_visible()
    nils.waits_for("It does.")
    page.get_by_role("button", name="Resolve").click()
    expect(page.locator("#thread-head")).to_contain_text("Reopen")


def test_from_signing_in_to_the_answer_by_keyboard_alone(house: House, customer: NewCustomer) -> None:
    kay = customer("Kay Keyboard")
    kay.writes("Which keys do you use?")
    email, link = invited(house, "Kit Keys")
    page = house.stranger()
    page.goto(link)
    for field in page.locator("input[type=password]:visible").all():
        field.focus()
        page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r":\d+/inbox/mine/$"))
    is_trained(house, email)

    page = house.stranger()
    page.goto("/inbox/all/")
    tab_to(page, "[name=login]")
    page.keyboard.type(email)
    tab_to(page, "[name=password]")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r":\d+/inbox/all/$"))
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to conversations"
    walk_to(page, "Kay Keyboard")
    expect(page.locator("h1")).to_have_text("Kay Keyboard", timeout=PROMPTLY)
    page.keyboard.press("r")
    expect(page.get_by_label("Reply to Kay Keyboard")).to_be_focused()
    page.keyboard.type("These very keys.")
    page.keyboard.press("Enter")
    kay.waits_for("These very keys.")


def walk_to(page: Page, name: str) -> None:
    """Press J until somebody's row has the focus."""
    for _ in range(100):
        page.keyboard.press("j")
        if name in str(page.evaluate("document.activeElement.textContent")):
            return
    raise AssertionError(f"J never reaches {name}")


def tab_to(page: Page, selector: str) -> None:
    """Press Tab until this has the focus, as somebody without a mouse does."""
    for _ in range(30):
        if page.evaluate("selector => document.activeElement.matches(selector)", selector):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"Tab never reaches {selector}")


def test_keys_answer_resolve_and_go_on(house: House, customer: NewCustomer) -> None:
    key, other = customer("Kim Keyed"), customer("Lou Later")
    other.writes("I wait")
    key.writes("Answer me by key")
    agent = house.agent()
    expect(row_of(agent, "Kim Keyed")).to_be_visible(timeout=PROMPTLY)
    row_of(agent, "Kim Keyed").locator("a").focus()
    agent.keyboard.press("Enter")
    expect(agent.locator("h1")).to_have_text("Kim Keyed")
    agent.keyboard.press("r")
    expect(agent.get_by_label("Reply to Kim Keyed")).to_be_focused()
    agent.keyboard.type("By key")
    agent.keyboard.press("Shift+Enter")
    agent.keyboard.type("and in two lines")
    agent.keyboard.press("Enter")
    assert key.waits_for("By key")["text"] == "By key\nand in two lines"
    agent.keyboard.press("Escape")
    agent.keyboard.press("e")
    expect(agent.locator("h1")).not_to_have_text("Kim Keyed", timeout=PROMPTLY)
    agent.keyboard.press("?")
    expect(agent.get_by_role("dialog", name="Keyboard")).to_be_visible()
    agent.keyboard.press("Escape")
    expect(agent.get_by_role("dialog", name="Keyboard")).to_be_hidden()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_wrong(house: House, customer: NewCustomer, scheme: str) -> None:
    ada = customer(f"Ada {scheme.title()}")
    ada.writes("Can everybody read this?")
    page = house.agent("admin", "/inbox/all/", color_scheme=scheme, reduced_motion="reduce")
    expect(row_of(page, ada.name)).to_be_visible(timeout=PROMPTLY)
    open_conversation(page, ada.name)
    found = {f"{ada.name}'s conversation": violations(page)}
    page.goto(f"{page.url}?compose=template")
    found["its template form"] = violations(page)
    for path in PAGES:
        page.goto(path)
        found[path] = violations(page)
    stranger = house.stranger(color_scheme=scheme)
    stranger.goto("/accounts/login/")
    found["sign-in"] = violations(stranger)
    assert {where: problems for where, problems in found.items() if problems} == {}


def violations(page: Page) -> list[str]:
    """What axe-core objects to on a page, and what it does not look at: one h1, landmarks, no doubled ids."""
    found = Axe().run(page).response["violations"]
    problems = [f"{one['id']}: {[node['html'][:160] for node in one['nodes'][:3]]}" for one in found]
    for selector in ("h1", "main"):
        if (count := page.locator(selector).count()) != 1:
            problems.append(f"{count} × {selector}")
    ids = page.locator("[id]").evaluate_all("parts => parts.map(part => part.id)")
    problems += [f"id {ident} twice" for ident in {ident for ident in ids if ids.count(ident) > 1}]
    return problems


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_on_a_narrow_phone_nothing_sticks_out_and_one_can_answer(house: House, customer: NewCustomer, scheme: str) -> None:
    pip = customer(f"Pip {scheme.title()} Pocket")
    pip.writes("averyveryverylongwordwithoutanybreakthatmightpushthepagewiderthanthescreen " * 3)
    page = house.agent(viewport=NARROW, color_scheme=scheme)
    expect(row_of(page, pip.name)).to_be_visible(timeout=PROMPTLY)
    assert sticks_out(page) == []
    row_of(page, pip.name).locator("a").click()
    expect(page.locator("h1")).to_have_text(pip.name, timeout=PROMPTLY)
    assert sticks_out(page) == []
    page.get_by_label(f"Reply to {pip.name}").fill("From my pocket")
    page.get_by_role("button", name=re.compile("^Send( to Pip)?$")).click()
    pip.waits_for("From my pocket")
    paper = page.locator("#composer").evaluate("part => getComputedStyle(part).backgroundColor")
    lightness = re.match(r"oklch\(([\d.]+)", paper)
    assert lightness is not None, paper
    assert (float(lightness[1]) > 0.5) == (scheme == "light")
    page.go_back()
    expect(row_of(page, pip.name)).to_be_visible()
    admin = house.agent("admin", "/me/", viewport=NARROW, color_scheme=scheme)
    for path in PAGES:
        admin.goto(path)
        assert sticks_out(admin) == [], path
    stranger = house.stranger(viewport=NARROW, color_scheme=scheme)
    stranger.goto("/accounts/login/")
    assert sticks_out(stranger) == []


def sticks_out(page: Page) -> list[str]:
    """What makes a page wider than its window, if anything does."""
    return list(
        page.evaluate(
            """() => document.documentElement.scrollWidth <= innerWidth ? [] :
            [...document.body.querySelectorAll("*")].filter((part) => part.getBoundingClientRect().right > innerWidth + 1)
            .map((part) => part.outerHTML.slice(0, 120))"""
        )
    )
