"""Names what a page loads: the one style sheet, and the map from bare module names to hashed files."""

from __future__ import annotations

import json
from pathlib import Path

from django import template
from django.conf import settings
from django.template import Context
from django.templatetags.static import static
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from inbox.lib.styles import sheet

register = template.Library()

ELSEWHERE = {"sandbox"}  # programs of their own, which load their scripts themselves


def modules() -> dict[str, str]:
    """Every module of ours by its bare name (``parley/behaviours/composer``), with its path under ``static/``."""
    root = Path(settings.BASE_DIR) / "static"
    found = sorted((root / "js").rglob("*.js"))
    return {
        "parley/" + path.relative_to(root / "js").with_suffix("").as_posix(): path.relative_to(root).as_posix()
        for path in found
        if path.relative_to(root / "js").parts[0] not in ELSEWHERE
    }


@register.simple_tag(takes_context=True)
def import_map(context: Context) -> SafeString:
    """The import map, with this response's nonce; nothing where there is no request to have one (the 500 page)."""
    # The nonce is made when it is first read as text; until then it counts as empty.
    nonce = str(getattr(context.get("request"), "csp_nonce", ""))
    if not nonce:
        return SafeString("")
    # "<" could end the element early; in JSON it may be written as an escape.
    names = json.dumps({"imports": {name: static(path) for name, path in modules().items()}}).replace("<", "\\u003c")
    return format_html('<script type="importmap" nonce="{}">{}</script>', nonce, SafeString(names))


@register.simple_tag
def style_sheet() -> str:
    """The address of everything in ``static/css``, joined; it changes when a style does."""
    return reverse("style_sheet", args=[sheet().version])
