"""One running product, a browser for each of the demo's people, and customers of one's own."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.customers import Customer, new_customer
from tests.journeys.desk import Desk
from tests.running_product import Product, shared_product

NewCustomer = Callable[..., Customer]


@pytest.fixture(scope="session")
def product(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Iterator[Product]:
    """The default run with its demo, shared by all workers."""
    base = tmp_path_factory.getbasetemp()
    folder = (base if worker_id == "master" else base.parent) / "running-product"
    with shared_product(folder) as running:
        yield running


@pytest.fixture
def customer(product: Product, request: pytest.FixtureRequest) -> NewCustomer:
    """Makes a customer whom no other test meets."""

    def make(name: str, **about: Any) -> Customer:
        return new_customer(product, name, test=request.node.nodeid, **about)

    return make


@pytest.fixture
def ana(product: Product) -> Iterator[Desk]:
    """An agent of team Support."""
    yield from desk(product, "agent")


@pytest.fixture
def bruno(product: Product) -> Iterator[Desk]:
    """Ana's colleague."""
    yield from desk(product, "colleague")


@pytest.fixture
def clara(product: Product) -> Iterator[Desk]:
    """An agent of team Billing, who does not see what is Support's."""
    yield from desk(product, "billing")


@pytest.fixture
def rui(product: Product) -> Iterator[Desk]:
    """The admin."""
    yield from desk(product, "admin")


def desk(product: Product, mailbox: str) -> Iterator[Desk]:
    """A browser in which somebody is signed in, closed at the end."""
    browser = Desk(product, product.sessions[mailbox])
    with browser.http:
        yield browser
