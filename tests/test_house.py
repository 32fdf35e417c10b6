"""The rules of the house that no other tool keeps. An exception stands in a list here, with its reason."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator
from io import StringIO
from pathlib import Path

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db.models import Model
from django.db.models.fields.related import RelatedField

from tests.house import PRODUCT, ROOT, files, floors, functions, room, text, tree

ALL = (*PRODUCT, "tests", "templates", "static")
BENCH = Path("inbox/management/commands/_bench")
FILE_LINES = 300
FUNCTION_LINES = 40

LONG_FILES = {
    Path("inbox/settings.py"): "all configuration in one file, most of it one name per line",
}
LONG_FUNCTIONS = {
    (Path("inbox/whatsapp/sandbox/control_http.py"), "control_routes"): "a table of routes",
    (Path("inbox/whatsapp/sandbox/management.py"), "_samples"): "a table of sample webhooks, one per field",
    (Path("tests/whatsapp/openapi.py"), "_depart"): "the list of departures from Meta's document, each with its reason",
}
HIDDEN_IMPORTS = {
    (Path("accounts/apps.py"), "ready"): "Django's own place for it: models exist only once the apps are loaded",
    (BENCH / "fan_servers.py", "bare"): "a yardstick from the development packages, which production lacks",
}

FORBIDDEN_NAMES = {"utils", "services", "helpers", "common", "constants", "misc", "manager", "managers"}
META_KEYS = {"wa_id", "entry", "changes", "messaging_product"}
# The bench plays Meta towards the product, as the sandbox does.
META_IS_SPOKEN_IN = {Path("inbox/whatsapp"), BENCH}
REASONLESS = re.compile(r"#\s*(?:noqa(?::\s*[A-Z0-9, ]+)?|type:\s*ignore(?:\[[a-z, -]+\])?|nosec|pragma: no cover)\s*$", re.M)


def names(found: Iterable[tuple[Path, str]]) -> list[str]:
    return sorted(f"{path}: {name}" for path, name in found)


def relations() -> Iterator[tuple[str, str, str]]:
    """Every relation between rows as (name, room of its model, room of what it points to)."""
    for model in apps.get_models():
        for field in model._meta.get_fields():
            if isinstance(field, RelatedField) and isinstance(field.related_model, type):
                yield f"{model.__name__}.{field.name}", room(model.__module__), home(field.related_model)


def home(model: type[Model]) -> str:
    return room(model.__module__)


def test_foreign_keys_point_downward() -> None:
    inside = [(name, owner, target) for name, owner, target in relations() if owner and target]
    assert len(inside) > 30
    upward = [name for name, owner, target in inside if owner != target and floors()[target] >= floors()[owner]]
    assert upward == []


def test_the_trail_points_at_nobody() -> None:
    assert [name for name, owner, _ in relations() if owner == "inbox.audit"] == []


@pytest.mark.django_db
def test_every_change_of_a_row_has_its_migration() -> None:
    out = StringIO()
    try:
        call_command("makemigrations", "--check", "--dry-run", stdout=out)
    except SystemExit:
        pytest.fail(out.getvalue())


def test_no_import_hides_in_a_function() -> None:
    hidden = {
        (path, function.name)
        for path in files("*.py")
        for function in functions(path)
        if any(isinstance(node, ast.Import | ast.ImportFrom) for node in ast.walk(function))
    }
    assert names(hidden) == names(HIDDEN_IMPORTS)


def test_files_are_short() -> None:
    """A file of tests may be longer: there is one per module, and it is read a test at a time."""
    every = [path for path in files("*.py", "*.js", "*.css", "*.html", under=ALL) if not path.name.startswith("test_")]
    length = {path: len(text(path).splitlines()) for path in every}
    assert length
    long = {path: lines for path, lines in length.items() if lines > FILE_LINES}
    assert {path: lines for path, lines in long.items() if path not in LONG_FILES} == {}
    assert LONG_FILES.keys() == long.keys()


def test_functions_are_short() -> None:
    long = {
        (path, function.name): lines
        for path in files("*.py", under=(*PRODUCT, "tests"))
        for function in functions(path)
        if (lines := (function.end_lineno or 0) - function.lineno + 1) > FUNCTION_LINES
    }
    assert names(long) == names(LONG_FUNCTIONS)


def test_every_module_says_what_happens_there() -> None:
    silent = [
        str(path) for path in files("*.py", under=(*PRODUCT, "tests")) if text(path).strip() and not ast.get_docstring(tree(path))
    ]
    assert silent == []


def test_files_are_named_by_what_happens_in_them() -> None:
    python = files("*.py", under=(*PRODUCT, "tests"))
    assert [str(path) for path in python if FORBIDDEN_NAMES & {path.stem, path.parent.name}] == []


def test_metas_words_stay_in_the_wire() -> None:
    elsewhere = [path for path in files("*.py") if not META_IS_SPOKEN_IN.intersection(path.parents)]
    assert len(elsewhere) > 100
    assert [str(path) for path in elsewhere if set(meta_keys(tree(path)))] == []


def meta_keys(module: ast.Module) -> Iterator[str]:
    """The keys of Meta's that are looked up in something, or written into a dictionary."""
    for node in ast.walk(module):
        match node:
            case ast.Subscript(slice=ast.Constant(value=str() as key)) if key in META_KEYS:
                yield key
            case ast.Call(func=ast.Attribute(attr="get"), args=[ast.Constant(value=str() as key), *_]) if key in META_KEYS:
                yield key
            case ast.Dict(keys=keys):
                # "entry" and "changes" are our own words too: a line of the trail, and what a page has missed.
                ours = {"entry", "changes"}
                yield from (key.value for key in keys if isinstance(key, ast.Constant) and key.value in META_KEYS - ours)


def test_nothing_is_left_to_do() -> None:
    marks = re.compile(r"\b(TODO|FIXME|XXX|HACK)\b")
    own = Path(__file__).relative_to(ROOT)
    open_ends = [
        str(path) for path in files("*.py", "*.js", "*.css", "*.html", under=ALL) if marks.search(text(path)) and path != own
    ]
    assert open_ends == []


def test_every_silenced_check_has_a_reason() -> None:
    silenced = [
        f"{path}: {match.group().strip()}"
        for path in files("*.py", under=(*PRODUCT, "tests"))
        for match in REASONLESS.finditer(text(path))
    ]
    assert silenced == []
