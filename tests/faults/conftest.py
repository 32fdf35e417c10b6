"""One house for all tests of faults; each test finds it whole, leaves it mended, and what must hold is checked after it."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from pathlib import Path

import pytest

from tests.faults import invariants
from tests.faults.house import House, standing

LAST_LINES = 40


@pytest.fixture(scope="session")
def _house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    with standing(tmp_path_factory.mktemp("house")) as house:
        yield house


@pytest.fixture
def house(_house: House) -> Iterator[House]:
    """Everything runs. Whatever the test did to it is mended afterwards, and then every promise must have been kept."""
    try:
        yield _house
    finally:
        _house.mend()
    invariants.check(_house)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Shows what the processes said last when a test has failed."""
    report = yield
    house = getattr(item, "funcargs", {}).get("house")
    if report.failed and house is not None:
        for log in sorted(house.folder.glob("*.log")):
            report.sections.append((log.name, tail(log)))
    return report


def tail(log: Path) -> str:
    """The last lines of a file."""
    return "\n".join(log.read_text(errors="replace").splitlines()[-LAST_LINES:])
