"""What a page loads: one style sheet, modules that all resolve, within the budget, under a strict policy."""

from __future__ import annotations

import gzip
import json
import re
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.staticfiles import finders
from django.template import engines
from django.test import Client

from inbox.conversations.models import Conversation
from inbox.lib.styles import files, sheet
from inbox.templatetags.page_parts import modules

STATIC = Path(settings.BASE_DIR) / "static"
IMPORT = re.compile(
    r"""(?:^|\n)\s*(?:import|export)\s[^;]*?from\s+["']([^"']+)["']|(?:^|\n)\s*import\s+["']([^"']+)["']|\bimport\(\s*([^)]*)\)"""
)
KB = 1024
RAW_COLOURS = {
    "tokens.css": "where colours are defined",
    "people.css": "a QR code is black on white in any theme, or phones do not read it",
}


def imports(source: str) -> list[str]:
    return [next(filter(None, found)).strip("\"'") for found in IMPORT.findall(source)]


def ours() -> dict[str, Path]:
    return {name: STATIC / path for name, path in modules().items()}


def test_every_import_of_a_module_is_a_name_of_the_map() -> None:
    known = ours()
    assert "parley/app" in known
    asked = {(name, wanted) for name, path in known.items() for wanted in imports(path.read_text())}
    assert len(asked) > 30
    assert {pair for pair in asked if pair[1] not in known} == set()


def test_every_module_is_reached_from_one_that_a_page_loads() -> None:
    known = ours()
    pages = "".join(path.read_text() for path in (Path(settings.BASE_DIR) / "templates").rglob("*.html"))
    first = re.findall(r"'js/([\w/-]+)\.js'", pages)
    assert "app" in first
    reached: set[str] = set()
    waiting = [f"parley/{name}" for name in first if f"parley/{name}" in known]
    while waiting:
        name = waiting.pop()
        if name not in reached:
            reached.add(name)
            waiting += imports(known[name].read_text())
    assert reached == set(known)


def test_every_name_that_is_imported_is_exported() -> None:
    known = ours()
    missing = []
    for name, path in known.items():
        for names, wanted in re.findall(r'import \{([^}]*)\} from "([^"]+)"', path.read_text()):
            exports = set(re.findall(r"export (?:async )?(?:function|const|class|let) (\w+)", known[wanted].read_text()))
            missing += [
                (name, one) for one in (part.split(" as ")[0].strip() for part in names.split(",")) if one and one not in exports
            ]
    assert missing == []


def test_every_behaviour_a_template_names_is_mounted() -> None:
    table = (STATIC / "js" / "app.js").read_text()
    templates = [path for path in (Path(settings.BASE_DIR) / "templates").rglob("*.html") if "sandbox" not in path.parts]
    named = {
        word
        for path in templates
        for value in re.findall(r'data-behaviour="([^"]+)"', path.read_text())
        for word in value.split()
    }
    assert named
    missing = {name for name in named if f'"{name}":' not in table and not re.search(rf"[{{,]\s*{name}[,\s}}]", table)}
    assert missing == set()


def test_the_map_stands_on_the_page_under_its_nonce(at_work: Client, asked: Conversation) -> None:
    answer = at_work.get("/inbox/mine/")
    found = re.search(r'<script type="importmap" nonce="([^"]+)">(.*?)</script>', answer.text, re.S)
    assert found
    assert json.loads(found[2])["imports"].keys() == modules().keys()
    assert f"'nonce-{found[1]}'" in answer.headers["Content-Security-Policy"]


@pytest.mark.parametrize("address", ["/inbox/mine/", "/c/{pk}/", "/accounts/login/", "/nothing/"])
def test_no_page_needs_more_than_the_policy_allows(at_work: Client, client: Client, asked: Conversation, address: str) -> None:
    page = (client if "login" in address else at_work).get(address.format(pk=asked.pk))
    policy = page.headers["Content-Security-Policy"]
    assert "unsafe" not in policy
    assert not re.search(r'\sstyle="|<style|\son\w+="', page.text)
    for attributes in re.findall(r"<script([^>]*)>", page.text):
        assert "src=" in attributes or "nonce=" in attributes or 'type="application/json"' in attributes


def test_own_modules_stay_small() -> None:
    sizes = {name: len(gzip.compress(path.read_bytes(), mtime=0)) for name, path in ours().items()}
    live = sum(size for name, size in sizes.items() if name.startswith(("parley/live", "parley/models")))
    assert sum(sizes.values()) - live <= 25 * KB
    htmx = finders.find("django_htmx/htmx-4.min.js")
    assert isinstance(htmx, str)
    assert sum(sizes.values()) + len(gzip.compress(Path(htmx).read_bytes(), mtime=0)) <= 60 * KB


def test_the_style_sheet_is_one_small_and_kept_for_ever(client: Client) -> None:
    ours = sheet()
    assert len(ours.packed) <= 40 * KB
    plain = client.get(f"/style/{ours.version}.css")
    packed = client.get(f"/style/{ours.version}.css", headers={"Accept-Encoding": "gzip, br"})
    assert plain.headers["Content-Type"] == "text/css; charset=utf-8"
    assert "immutable" in plain.headers["Cache-Control"]
    assert gzip.decompress(packed.content) == plain.content == ours.plain
    assert packed.headers["Content-Encoding"] == "gzip"
    assert client.get("/style/0000.css").status_code == 404


def test_every_style_is_in_a_layer_and_speaks_in_tokens() -> None:
    assert files()[0].name == "layers.css"
    for path in files()[1:]:
        source = path.read_text()
        outside = re.sub(r"/\*.*?\*/", "", source, flags=re.S).strip()
        assert outside.startswith(("@layer", "@media")), path.name
        assert "!important" not in source, path.name
        if path.name not in RAW_COLOURS:
            assert not re.search(r":[^;{]*(?:#[0-9a-f]{3,8}\b|\brgba?\(|\bhsl|\boklch\()", outside), path.name
            assert not re.search(
                r"\b(?:margin|padding|border)-(?:left|right|top|bottom)\b|\b(?:text-align|float): (?:left|right)\b", outside
            ), path.name


def test_every_template_can_be_read_and_is_short() -> None:
    root = Path(settings.BASE_DIR) / "templates"
    for path in sorted(root.rglob("*.html")):
        engines["django"].get_template(str(path.relative_to(root)))
        if "sandbox" not in path.parts:
            assert len(path.read_text().splitlines()) <= 80, path.name


def test_no_template_trusts_what_somebody_wrote() -> None:
    for path in (Path(settings.BASE_DIR) / "templates").rglob("*.html"):
        assert not re.search(r"\|safe\b|autoescape off|hx-on|<[^>]*\son\w+=", path.read_text()), path.name
