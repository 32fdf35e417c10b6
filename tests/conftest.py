"""The ground under every test: no network, the same state at every start, a clock to hold, and the cast.

Amina (agent) and Bruno (supervisor) are in team Support, Carol (agent) is in team Billing; each team sees its own number.
Dora is a customer who wrote to Support.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
import time_machine
from django.db import connection, transaction
from pytest_django import DjangoDbBlocker

from accounts.models import Team, User
from inbox.audit import checkpoints, guards
from inbox.conversations.models import Contact, Number
from tests import guard, make

NOON = datetime(2027, 3, 2, 12, 0, tzinfo=UTC)  # a Tuesday


@pytest.fixture(scope="session", autouse=True)
def _no_network() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        guard.install(patch)
        yield


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """Lets the test database be emptied between tests: the trail's guards step aside for that moment only."""
    empty = connection.ops.execute_sql_flush

    def empty_without_guards(statements: list[str]) -> None:
        with transaction.atomic():
            guards.remove(connection)
            empty(statements)
            guards.install(connection)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(connection.ops, "execute_sql_flush", empty_without_guards)
        yield


@pytest.fixture(autouse=True)
def _same_start() -> None:
    make.start_over()
    checkpoints.path().unlink(missing_ok=True)


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    """Time stands still at NOON and moves only by ``clock.shift(timedelta or seconds)`` and ``clock.move_to(datetime)``."""
    with time_machine.travel(NOON, tick=False) as traveller:
        yield traveller


@pytest.fixture
def support(db: None) -> Team:
    """The team of Amina and Bruno."""
    return make.team("Support")


@pytest.fixture
def billing(db: None) -> Team:
    """The team of Carol, who must not see what belongs to Support."""
    return make.team("Billing")


@pytest.fixture
def support_number(support: Team) -> Number:
    """The number that team Support sees and answers on."""
    return make.number("Support line", team=support)


@pytest.fixture
def billing_number(billing: Team) -> Number:
    """The number that team Billing sees and answers on."""
    return make.number("Billing line", team=billing)


@pytest.fixture
def amina(support: Team) -> User:
    """An agent of team Support, cleared to answer customers."""
    return make.person("Amina Haddad", role="agent", team=support)


@pytest.fixture
def bruno(support: Team) -> User:
    """The supervisor of team Support, cleared to answer customers."""
    return make.person("Bruno Costa", role="supervisor", team=support)


@pytest.fixture
def carol(billing: Team) -> User:
    """An agent of the other team, cleared to answer customers."""
    return make.person("Carol Reyes", role="agent", team=billing)


@pytest.fixture
def admin(db: None) -> User:
    """An admin, who is in no team."""
    return make.person("Ada Admin", role="admin")


@pytest.fixture
def dora(db: None) -> Contact:
    """A customer with a phone number and a BSUID."""
    return make.contact("Dora Lima", phone="351910000001", bsuid="PT.1000000000000001")
