"""A real Chromium with real pages of a running product; whatever a page complains of fails the test that opened it."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.browser.people import House
from tests.customers import Customer, new_customer
from tests.running_product import Product, shared_product

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
NewCustomer = Callable[..., Customer]


@pytest.fixture(scope="session")
def product(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Iterator[Product]:
    """The default run with its demo, shared by all workers."""
    base = tmp_path_factory.getbasetemp()
    folder = (base if worker_id == "master" else base.parent) / "running-product"
    with shared_product(folder) as running:
        yield running


@pytest.fixture(scope="module")
def chromium(product: Product) -> Iterator[Browser]:
    """The browser of a module: playwright occupies the thread's event loop, which other modules need back."""
    if CHROMIUM is None:
        pytest.skip("no Chromium is installed here, so nothing is tested in a browser")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        yield browser
        browser.close()


@pytest.fixture
def house(chromium: Browser, product: Product) -> Iterator[House]:
    """Opens pages for the people of the house and for customers. In the end no page may have complained."""
    house = House(chromium, product)
    try:
        yield house
    finally:
        house.close()
    assert house.complaints == []


@pytest.fixture
def customer(product: Product, request: pytest.FixtureRequest) -> NewCustomer:
    """Makes a customer whom no other test meets."""

    def make(name: str, **about: Any) -> Customer:
        return new_customer(product, name, test=request.node.nodeid, **about)

    return make
