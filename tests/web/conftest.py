"""Two people at their browsers, with work in front of them."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from accounts.models import User
from inbox.conversations.models import Contact, Conversation, Number
from tests import make

Enter = Callable[[User], Client]
FRAGMENT = {"HX-Request": "true"}


@pytest.fixture
def enter() -> Enter:
    """A browser in which somebody is signed in."""

    def signed_in(person: User) -> Client:
        browser = Client()
        browser.force_login(person, backend="allauth.account.auth_backends.AuthenticationBackend")
        return browser

    return signed_in


@pytest.fixture
def at_work(enter: Enter, amina: User) -> Client:
    """Amina's browser."""
    return enter(amina)


@pytest.fixture
def asked(support_number: Number, dora: Contact, amina: User) -> Conversation:
    """Dora has asked something on the Support line, and Amina looks after it."""
    made = make.conversation(support_number, dora, waiting=False, assignee=amina)
    make.message(made, "Where is my order?")
    return made


@pytest.fixture
def elsewhere(billing_number: Number) -> Conversation:
    """A conversation of Billing, which Amina may not know of."""
    return make.conversation(billing_number)
