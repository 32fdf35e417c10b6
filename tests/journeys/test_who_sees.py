"""What another team may not see does not exist for it, and who has left sees nothing from that moment on."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Origin

from tests.customers import Customer
from tests.journeys.desk import Desk, number_in
from tests.pages import read
from tests.running_product import Product, until

NewCustomer = Callable[..., Customer]
SIGNED_OUT = 4003


@contextmanager
def socket(desk: Desk, origin: str | None = None) -> Iterator[ClientConnection]:
    """The live socket of this browser, from its own pages unless said otherwise."""
    address = desk.base.replace("http", "ws") + "/live/socket/"
    cookie = {"Cookie": f"session={desk.http.cookies.get_dict().get('session', '')}"}
    ours = Origin(desk.base if origin is None else origin) if origin != "" else None
    with connect(address, origin=ours, additional_headers=cookie, proxy=None) as line:
        yield line


def frames(line: ClientConnection, kind: str, *, within: float = 20) -> dict[str, object]:
    """The next frame of this kind."""
    found: dict[str, object] = {}

    def look() -> bool:
        found.update(json.loads(line.recv(timeout=within)))
        return found["type"] == kind

    until(look, within=within, because=f"a frame {kind!r}")
    return found


def test_what_belongs_to_another_team_is_not_there(customer: NewCustomer, ana: Desk, clara: Desk) -> None:
    sid = customer("Sid Secret")
    sid.sends("image", image={"caption": "For Support only"})
    conversation = ana.finds("Sid Secret", "For Support only")
    message = ana.waits_for(conversation, "For Support only").attributes["data-message"]
    mine = ana.page(conversation)

    assert clara.row("Sid Secret") is None
    for path in ("", "composer/", "details/", "header/", f"messages/?before={message}"):
        assert clara.get(conversation + path).status_code == 404
    assert clara.get(f"/messages/{message}/").status_code == 404
    assert clara.get("/inbox/team/support/").status_code == 404
    token = {"csrfmiddlewaretoken": clara.page("/inbox/all/").one("input", name="csrfmiddlewaretoken").attributes["value"]}
    sent = token | {"text": "Hello", "client_token": mine.one("input", name="client_token").attributes["value"]}
    for path in ("replies/", "media/", "templates/", "interactive/", "assignment/", "closure/", "reopening/", "reading/"):
        assert clara.sends(conversation + path, sent).status_code == 404
    for path in ("reactions/", "retry/", "discard/"):
        assert clara.sends(f"/messages/{message}/{path}", sent).status_code == 404
    news = clara.get(f"/live/since/?n1=0&n2=0&open={number_in(conversation)}").json()
    assert "Sid Secret" not in json.dumps(news)
    assert sid.received == []


def test_who_is_in_training_reads_along_and_cannot_answer(product: Product, customer: NewCustomer) -> None:
    theo = Desk(product, product.sessions["trainee"])
    customer("Tara Trained").writes("Who answers me?")
    conversation = theo.finds("Tara Trained")
    composer = theo.page(conversation).one("", id="composer")
    assert composer.attributes["data-mode"] == "none"
    assert "training" in composer.text
    theo.http.close()


def test_strangers_are_led_to_the_sign_in_page_and_scripts_are_told(product: Product) -> None:
    stranger = Desk(product)
    with stranger.http:
        answer = stranger.get("/inbox/all/", allow_redirects=False)
        assert (answer.status_code, answer.headers["Location"]) == (302, "/accounts/login/?next=/inbox/all/")
        assert stranger.get("/live/since/", headers={"HX-Request": "true"}).status_code == 401
        with pytest.raises(InvalidStatus) as refused, socket(stranger):
            pass
        assert refused.value.response.status_code == 403


@pytest.mark.parametrize("origin", ["", "http://evil.example", "null"])
def test_a_socket_from_elsewhere_is_refused(ana: Desk, origin: str) -> None:
    with pytest.raises(InvalidStatus) as refused, socket(ana, origin):
        pass
    assert refused.value.response.status_code == 403


def test_a_socket_hears_of_its_own_customers_only(product: Product, customer: NewCustomer, ana: Desk, clara: Desk) -> None:
    sue = customer("Sue Socket")
    with socket(ana) as line, socket(clara) as elsewhere:
        frames(line, "hello")
        assert frames(elsewhere, "hello")["seqs"] != {}
        sue.writes("Do you hear me?")

        while "Do you hear me?" not in json.dumps(frames(line, "change")):
            pass
        ana.waits_for_row("Sue Socket", "Do you hear me?")
        # What Clara's socket had to tell came before what it is asked for now.
        customer("Bill Line", number=product.billing).writes("Meanwhile at Billing")
        told = ""
        while "Meanwhile at Billing" not in told:
            told += json.dumps(frames(elsewhere, "change"))
        assert "Sue Socket" not in told


def test_who_is_deactivated_loses_pages_and_socket_at_once(product: Product, rui: Desk) -> None:
    newcomer = joined(product, rui)
    with newcomer.http, socket(newcomer) as line:
        frames(line, "hello")
        assert newcomer.get("/inbox/all/", allow_redirects=False).status_code == 200
        person = newcomer.page("/inbox/all/").one("body").attributes["data-person"]
        address = f"/settings/people/{person}/deactivation/"
        assert rui.submits(rui.page(address), address, on=address).status_code == 200
        assert newcomer.get("/inbox/all/", allow_redirects=False).status_code == 302
        assert code_of_closing(line) == SIGNED_OUT


def code_of_closing(line: ClientConnection, *, within: float = 20) -> int:
    """How the server closes this socket, which it has to do soon."""
    try:
        while True:
            line.recv(timeout=within)
    except ConnectionClosed as closed:
        return closed.rcvd.code if closed.rcvd is not None else 0


def joined(product: Product, rui: Desk) -> Desk:
    """Somebody new in team Support, invited by the admin and signed in."""
    email = f"leaver{len(rui.page('/settings/people/').text)}@demo.example"
    page = rui.page("/settings/people/")
    fields = {"email": email, "name": "Lea Leaver", "role": "agent", "teams": "support"}
    answer = rui.submits(page, "/settings/people/invitations/", fields)
    link = next(
        value
        for part in read(answer.text).every()
        for value in [*part.attributes.values(), part.text]
        if value.startswith("http") and "/accounts/invitation/" in value
    )
    newcomer = Desk(product)
    path = link.removeprefix(product.base)
    password = "a long enough sentence for a password"
    names = [
        field.attributes["name"] for field in newcomer.page(path).every("input") if field.attributes.get("type") == "password"
    ]
    welcome = newcomer.submits(newcomer.page(path), path, dict.fromkeys(names, password) | {"name": "Lea Leaver"}, on=path)
    assert welcome.url.endswith("/inbox/mine/"), welcome.text[:3000]
    return newcomer
