"""World files, and what is still known after the sandbox was stopped and started."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from inbox.whatsapp.sandbox.sandbox import Sandbox
from inbox.whatsapp.sandbox.world import World, load, save
from tests.whatsapp.sandbox.callback import Callback
from tests.whatsapp.sandbox.conftest import SUPPORT, Client


def test_a_world_survives_its_file(world: World, tmp_path: Path) -> None:
    path = tmp_path / "world.json"
    save(world, path)
    assert load(path) == world
    assert path.stat().st_mode & 0o077 == 0


def test_unknown_keys_of_a_world_are_ignored(world: World, tmp_path: Path) -> None:
    path = tmp_path / "world.json"
    save(world, path)
    raw = json.loads(path.read_text())
    raw["news"] = raw["people"][0]["news"] = 1
    path.write_text(json.dumps(raw))
    assert load(path) == world


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"data_file": "x", "apps": [{"id": "1"}]}'])
def test_a_file_that_is_no_world_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "world.json"
    path.write_text(text)
    with pytest.raises(ValueError, match=r"."):
        load(path)


def test_the_demo_has_people_and_templates_of_many_kinds(world: World) -> None:
    people = world.people
    assert len(people) >= 14
    assert {"en", "pt_BR", "es"} == {person.language for person in people}
    assert sum(person.phone is None for person in people) >= 2
    assert any(not person.reachable for person in people)
    templates = world.portfolios[0].wabas[0].templates
    assert {"APPROVED", "PENDING", "REJECTED", "PAUSED"} == {template.status for template in templates}
    assert {"UTILITY", "MARKETING"} == {template.category for template in templates}
    assert {"POSITIONAL", "NAMED"} == {template.parameter_format for template in templates}


def test_everything_is_still_known_after_a_restart(world: World, callback: Callback, serve: Callable[[Sandbox], str]) -> None:
    first = Sandbox(world)
    client = Client(serve(first))
    client.writes("amara")
    client.fault("no_statuses", number=SUPPORT)
    client.script("POST", "people/amara", json={"network": "slow"})
    wamid = client.send(biz_opaque_callback_data="t").json()["messages"][0]["id"]
    assert first.agenda.wait_idle(15)
    first.agenda.stop()

    second = Client(serve(Sandbox(world)))
    shown = second.script("GET", "people/amara/messages").json()["messages"]
    assert shown[0]["from"] == "person"
    assert second.script("GET", "calls", params={"opaque": "t"}).json()["calls"][0]["message_id"] == wamid
    assert second.script("GET", "faults").json()["active"][0]["name"] == "no_statuses"
    assert second.script("GET", "people").json()["people"][7]["network"] == "slow"


def test_statuses_that_were_promised_come_after_a_restart(
    world: World, callback: Callback, serve: Callable[[Sandbox], str]
) -> None:
    first = Sandbox(world)
    first.clock.run_at(0.01)
    client = Client(serve(first))
    client.writes("noor")
    wamid = client.send(to="+447700900456").json()["messages"][0]["id"]
    first.agenda.stop()
    assert all("statuses" not in change["value"] for post in callback.left() for change in post.changes)

    second = Client(serve(Sandbox(world)))
    second.script("POST", "clock", json={"advance_seconds": 3600})
    found = callback.statuses()
    assert {next(found)["id"] for _ in range(3)} == {wamid}


@pytest.mark.parametrize(
    "asked",
    [
        {"advance_seconds": 1e308},
        {"advance_seconds": -1e308},
        {"advance_seconds": 10**400},
        {"advance_seconds": "nan"},
        {"advance_seconds": "inf"},
        {"advance_seconds": 367 * 86400},
        {"speed": "nan"},
        {"speed": "inf"},
    ],
)
def test_a_clock_that_would_break_is_not_set(client: Client, sandbox: Sandbox, asked: dict[str, object]) -> None:
    before = client.script("GET", "clock").json()
    assert client.script("POST", "clock", json=asked).status_code == 400
    assert client.script("GET", "clock").json() == before


def test_the_clock_goes_a_year_ahead_in_all_and_no_further(client: Client) -> None:
    assert client.script("POST", "clock", json={"advance_seconds": 366 * 86400}).json()["ahead_seconds"] == 366 * 86400
    assert client.script("POST", "clock", json={"advance_seconds": 1}).status_code == 400


@pytest.mark.parametrize(
    ("ahead", "speed"), [(1e308, 1e308), (float("inf"), float("inf")), (float("nan"), float("nan")), (-5, 0)]
)
def test_a_stored_clock_that_is_broken_is_mended(world: World, ahead: float, speed: float) -> None:
    broken = Sandbox(world)
    broken.store.remember("clock.ahead", ahead)
    broken.store.remember("clock.speed", speed)
    broken.store.close()
    mended = Sandbox(world)
    assert 0 <= mended.clock.ahead <= 366 * 86400
    assert 0.01 <= mended.clock.speed <= 10000
    assert 0 <= mended.clock.outside(1e308) <= 4102444800
    mended.store.close()
