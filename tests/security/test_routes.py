"""Whoever asks for any address gets in, is sent to the sign-in page, or finds nothing there; no address is forgotten."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.conf import settings
from django.db import transaction
from django.db.models import Model
from django.shortcuts import resolve_url
from django.test import Client
from django.urls import resolve, reverse
from guardian.shortcuts import assign_perm

from accounts.models import Invitation, User
from inbox.audit.models import Entry
from inbox.conversations.models import Attachment, Conversation, Message, Number, Reaction
from inbox.replies.models import Delivery

from .routes import PEOPLE, ROUTES, For, Words, World, build, mounted, nothing, person

WATCHED: tuple[type[Model], ...] = (Conversation, Message, Attachment, Reaction, Delivery, Invitation, Entry)
REFUSED = {401, 403, 404}
CSRF = "c" * 32
Answer = Any  # the test client's answers have no public type
# What has to be chosen, besides the address, before anything is found at all.
FORMS: dict[str, Callable[[World], Words]] = {"team_members": lambda world: {"person": person(world)["pk"]}}


@pytest.fixture
def cast(amina: User, bruno: User, carol: User, admin: User) -> dict[str, User]:
    return {"amina": amina, "bruno": bruno, "carol": carol, "admin": admin}


@pytest.fixture
def world(support_number: Number, billing_number: Number, amina: User) -> World:
    return build(support_number, amina)


def browser(cast: dict[str, User], who: str) -> Client:
    client = Client(enforce_csrf_checks=True, raise_request_exception=True)
    if who != "anonymous":
        client.force_login(cast[who])
    client.cookies[settings.CSRF_COOKIE_NAME] = CSRF
    return client


def ask(client: Client, address: str, form: dict[str, Any] | None = None) -> dict[str, Answer]:
    """What comes back for a GET and for a POST with its token."""
    answers = {"GET": client.get(address), "POST": client.post(address, form, headers={"X-CSRFToken": CSRF})}
    for answer in answers.values():
        if answer.streaming:
            b"".join(answer)  # the file behind it is closed at its end
    return answers


def address_of(name: str, words: Words) -> str:
    path = {key: value for key, value in words.items() if key != "?"}
    return f"{reverse(name, kwargs=path)}?{words.get('?', '')}"


def asks_to_sign_in(answer: Answer) -> bool:
    return answer.status_code == 401 or is_sent_to_sign_in(answer)


def is_sent_to_sign_in(answer: Answer) -> bool:
    return answer.status_code in {302, 303} and answer["Location"].startswith(resolve_url(settings.LOGIN_URL))


def lets_in(answer: Answer) -> bool:
    assert answer.status_code != 500  # 503 is how an instance says that it is not ready
    return not (answer.status_code in REFUSED | {405} or is_sent_to_sign_in(answer))


def state() -> dict[str, list[dict[str, Any]]]:
    return {model.__name__: list(model._default_manager.order_by("pk").values()) for model in WATCHED}


def test_every_address_is_listed_and_every_listed_one_is_mounted() -> None:
    named = {name for _, name in mounted() if name}
    assert sorted(named - ROUTES.keys()) == []
    assert sorted(ROUTES.keys() - named) == []


def test_an_address_without_a_name_only_closes_another() -> None:
    for pattern, name in mounted():
        if not name:
            assert any(other == pattern and ROUTES[title][0] is For.NOBODY for other, title in mounted() if title), pattern


@pytest.mark.parametrize("name", ROUTES)
def test_each_address_lets_in_whom_it_should(name: str, cast: dict[str, User], world: World) -> None:
    audience, words = ROUTES[name]
    address, form = address_of(name, words(world)), FORMS.get(name, nothing)
    for who in PEOPLE:
        before = state()
        with transaction.atomic():
            answers = ask(browser(cast, who), address, form(world))
            after = state()
            transaction.set_rollback(True)
        outcome = who, {method: answer.status_code for method, answer in answers.items()}
        if who in audience.value:
            assert any(lets_in(answer) for answer in answers.values()), outcome
        elif who == "anonymous" and audience is not For.NOBODY:
            assert all(asks_to_sign_in(answer) or answer.status_code == 405 for answer in answers.values()), outcome
            assert any(asks_to_sign_in(answer) for answer in answers.values()), outcome
        else:
            assert not any(lets_in(answer) for answer in answers.values()), outcome
            assert any(answer.status_code in REFUSED for answer in answers.values()), outcome
        assert who in audience.value or after == before, outcome


@pytest.mark.parametrize("name", [name for name, (audience, _) in ROUTES.items() if audience is For.SUPPORT])
def test_what_one_may_not_see_looks_like_what_does_not_exist(name: str, cast: dict[str, User], world: World) -> None:
    words = ROUTES[name][1](world)
    gone = {"pk": 10**9} if "pk" in words else {"slug": "no-such-team"}
    carol = browser(cast, "carol")
    foreign, missing = (ask(carol, address_of(name, found)) for found in (words, gone))
    for method in foreign:
        assert foreign[method].status_code == missing[method].status_code
        assert foreign[method].content == missing[method].content


def test_nothing_is_done_without_the_token_of_the_page(cast: dict[str, User], world: World) -> None:
    before = state()
    outcome = {}
    for name, (audience, words) in ROUTES.items():
        who = next((somebody for somebody in PEOPLE[1:] if somebody in audience.value), "amina")
        outcome[name] = browser(cast, who).post(address_of(name, words(world))).status_code
    assert {name: code for name, code in outcome.items() if code not in {403, 404, 405}} == {}
    assert [name for name, code in outcome.items() if code == 403 and ROUTES[name][0] is For.SUPPORT]
    assert state() == before


def test_somebody_deactivated_is_a_stranger_at_once(cast: dict[str, User], world: World) -> None:
    client = browser(cast, "amina")
    address = reverse("conversation", kwargs=ROUTES["conversation"][1](world))
    assert client.get(address).status_code == 200
    User.objects.filter(pk=cast["amina"].pk).update(is_active=False)
    assert is_sent_to_sign_in(client.get(address))


def test_managing_numbers_is_managing_those_one_sees(cast: dict[str, User], world: World) -> None:
    address = address_of("number_trial", ROUTES["number_trial"][1](world))
    assert not lets_in(ask(browser(cast, "admin"), address)["POST"])
    assign_perm("view_number", cast["admin"], world.message.number)
    assert lets_in(ask(browser(cast, "admin"), address)["POST"])


def test_addresses_lead_where_their_names_say(world: World) -> None:
    for name, (_, words) in ROUTES.items():
        if ROUTES[name][0] is not For.NOBODY:
            assert resolve(address_of(name, words(world)).partition("?")[0]).url_name == name
