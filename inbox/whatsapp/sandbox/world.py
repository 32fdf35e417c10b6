"""Reads and writes the world file, and describes the demo's world."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict, fields
from pathlib import Path
from typing import Any, TypeVar

from inbox.whatsapp.sandbox.demo_people import DEMO_PEOPLE
from inbox.whatsapp.sandbox.demo_templates import DEMO_TEMPLATES
from inbox.whatsapp.sandbox.shapes import (
    App,
    Json,
    Number,
    Person,
    Portfolio,
    Template,
    Token,
    Waba,
    World,
)

__all__ = [
    "App",
    "Number",
    "Person",
    "Portfolio",
    "Template",
    "Token",
    "Waba",
    "World",
    "demo_world",
    "load",
    "save",
]

Shape = TypeVar("Shape")


def load(path: str | Path) -> World:
    """Takes the path of a world file, gives the world. Unknown keys are ignored.

    Raises OSError when it cannot be read, ValueError when it is not a world.
    """
    raw = json.loads(Path(path).read_text(encoding="utf-8"))
    if not isinstance(raw, dict) or not raw.get("data_file"):
        raise ValueError("A world file is a JSON object with a data_file.")
    try:
        return World(
            data_file=str(raw["data_file"]),
            apps=_each(raw.get("apps"), lambda item: _fill(App, item)),
            portfolios=_each(raw.get("portfolios"), _portfolio),
            tokens=_each(raw.get("tokens"), lambda item: _fill(Token, item)),
            people=_each(raw.get("people"), lambda item: _fill(Person, item)),
        )
    except (TypeError, KeyError) as problem:
        raise ValueError(f"The world file lacks something: {problem}") from problem


def save(world: World, path: str | Path) -> None:
    """Writes the world to the path, readable by its owner only (it holds secrets)."""
    target = Path(path)
    target.touch(mode=0o600, exist_ok=True)
    target.write_text(json.dumps(asdict(world), indent=1, ensure_ascii=False), encoding="utf-8")


def demo_world(
    *,
    data_file: str | Path,
    callback_url: str,
    verify_token: str,
    app_secret: str,
    access_token: str,
    old_app_secret: str | None = None,
) -> World:
    """The demo: one app, one portfolio, one WABA with a Support and a Billing number, and its people.

    The caller brings every secret; the ids are invented and the same in every demo.
    """
    app = App(
        id="880120034005600",
        name="Kirkgate & Aurora inbox",
        secret=app_secret,
        old_secret=old_app_secret,
        callback_url=callback_url,
        verify_token=verify_token,
    )
    waba = Waba(
        id="201555000111222",
        name="Kirkgate & Aurora",
        app_ids=(app.id,),
        numbers=(
            Number("309876500012345", "+1 555-014-2200", "Kirkgate & Aurora"),
            Number("309876500012346", "+1 555-014-2201", "Kirkgate & Aurora Billing"),
        ),
        templates=DEMO_TEMPLATES,
    )
    return World(
        data_file=str(data_file),
        apps=(app,),
        portfolios=(Portfolio("410077001200341", "Kirkgate & Aurora Group", (waba,)),),
        tokens=(Token(access_token, app.id, (waba.id,)),),
        people=DEMO_PEOPLE,
    )


def _portfolio(raw: Json) -> Portfolio:
    return Portfolio(str(raw["id"]), str(raw["name"]), _each(raw.get("wabas"), _waba))


def _waba(raw: Json) -> Waba:
    return Waba(
        id=str(raw["id"]),
        name=str(raw["name"]),
        app_ids=tuple(str(app_id) for app_id in raw.get("app_ids", ())),
        numbers=_each(raw.get("numbers"), lambda item: _fill(Number, item)),
        templates=_each(raw.get("templates"), lambda item: _fill(Template, item)),
    )


def _each(items: Any, build: Callable[[Json], Shape]) -> tuple[Shape, ...]:
    return tuple(build(item) for item in items or ())


def _fill(shape: Callable[..., Shape], raw: Json) -> Shape:
    known = {entry.name for entry in fields(shape)}  # type: ignore[arg-type]  # always one of the dataclasses
    values = {key: tuple(value) if isinstance(value, list) else value for key, value in raw.items() if key in known}
    return shape(**values)
