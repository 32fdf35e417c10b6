"""What is promised in words is true: every setting and command is in the README, every declared deed is done somewhere."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from inbox.audit.codes import Code
from tests.house import files, text, tree

SETTINGS = Path("inbox/settings.py")
READERS = {"text", "flag", "number", "words", "secret"}

# Deeds that are declared for what later issues bring.
RESERVED = {
    Code.NUMBER_REVOKED: "the screen on which rights on numbers are given and taken",
    Code.TRAIL_VIEWED: "the screen on which the trail is read",
}
# Who else may look at the environment, and why.
OTHER_READERS = {
    Path("inbox/management/preflight.py"): "asks what was chosen before settings filled in what was not",
}
# The bench measures with environments of its own making.
BENCH = Path("inbox/management/commands/_bench")
# What one process of ours tells another; nobody sets these by hand.
BETWEEN_PROCESSES = {"BENCH_APP_SECRET"}
ENVIRONMENT = re.compile(r"""(?:environ\.get\(|getenv\(|environ\[)["'](\w+)["'](?!\]\s*=)""")


def read_settings() -> set[str]:
    """The names of all environment variables that the product reads."""
    elsewhere = {name for path in files("*.py") for name in ENVIRONMENT.findall(text(path))}
    return (elsewhere - BETWEEN_PROCESSES) | {
        node.args[0].value
        for node in ast.walk(tree(SETTINGS))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id in READERS
        and isinstance(node.args[0], ast.Constant)
        and isinstance(node.args[0].value, str)
    }


def described_settings() -> list[str]:
    """The names in the first column of the README's settings table, in order."""
    section = re.search(r"^## Settings\n(.*?)(?=^## |\Z)", text(Path("README.md")), re.M | re.S)
    assert section, 'README.md has no section "Settings"'
    rows = re.findall(r"^\|([^|]*)\|", section[1], re.M)
    return [name for cell in rows for name in re.findall(r"`([A-Z][A-Z0-9_]+)`", cell)]


def test_the_readme_describes_every_setting_once_and_no_other() -> None:
    described = described_settings()
    assert sorted(described) == sorted(set(described))
    assert sorted(described) == sorted(read_settings())


def test_settings_are_read_in_one_place() -> None:
    readers = [path for path in files("*.py") if BENCH not in path.parents and ENVIRONMENT.search(text(path))]
    assert sorted(map(str, readers)) == sorted(map(str, OTHER_READERS))


def test_the_readme_names_every_command() -> None:
    readme = text(Path("README.md"))
    commands = [path.stem for path in files("*.py") if path.parent.name == "commands" and not path.stem.startswith("_")]
    assert "verify_trail" in commands
    assert [name for name in commands if not re.search(rf"manage\.py {name}\b", readme)] == []


@pytest.fixture(scope="module")
def done() -> set[str]:
    """The names of all deeds that the product's code speaks of."""
    return {
        node.attr
        for path in files("*.py")
        if path != Path("inbox/audit/codes.py")
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "Code"
    }


def test_every_declared_deed_is_done_somewhere(done: set[str]) -> None:
    assert sorted(code.name for code in Code if code.name not in done and code not in RESERVED) == []
    assert [code.name for code in RESERVED if code.name in done] == []


def test_every_deed_that_is_done_is_declared(done: set[str]) -> None:
    assert done - {code.name for code in Code} - {"of"} == set()


def test_codes_are_written_alike() -> None:
    assert [code.value for code in Code if not re.fullmatch(r"[a-z]+\.[a-z_]+", code.value)] == []
    assert [code for code in Code if code.name != code.value.replace(".", "_").upper()] == []
