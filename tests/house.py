"""What the tests of the house look at: its files, its rooms and the floors they are on."""

from __future__ import annotations

import ast
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PRODUCT = ("accounts", "inbox")


def files(*patterns: str, under: tuple[str, ...] = PRODUCT) -> list[Path]:
    """The files of the house that match, without migrations, as paths from its root."""
    found = (path for top in under for pattern in patterns for path in (ROOT / top).rglob(pattern))
    return sorted(path.relative_to(ROOT) for path in found if "migrations" not in path.parts)


@cache
def tree(path: Path) -> ast.Module:
    """A Python file as its syntax tree."""
    return ast.parse((ROOT / path).read_text(), str(path))


def text(path: Path) -> str:
    """A file as it is written."""
    return (ROOT / path).read_text()


def functions(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    """Every function and method of a Python file."""
    return (node for node in ast.walk(tree(path)) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))


@cache
def floors() -> dict[str, int]:
    """The floor of each room (0 is the lowest), from the contract that import-linter keeps."""
    contracts = tomllib.loads(text(Path("pyproject.toml")))["tool"]["importlinter"]["contracts"]
    (layers,) = (contract["layers"] for contract in contracts if contract["id"] == "floors")
    return {
        room.strip(" ()"): floor for floor, rooms in enumerate(reversed(layers)) for room in rooms.replace(":", "|").split("|")
    }


def room(module: str) -> str:
    """The room that a module belongs to, or "" for one outside the rooms."""
    return next((name for name in floors() if module == name or module.startswith(f"{name}.")), "")
