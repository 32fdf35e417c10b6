"""Draws an icon of the Lucide set; always decoration, so always hidden from screen readers."""

from __future__ import annotations

import re
from functools import lru_cache

from django import template
from django.utils.safestring import SafeString
from lucide.templatetags.lucide import lucide

register = template.Library()

SPACE = re.compile(r"\s+")


@register.simple_tag
def icon(name: str, variant: str = "") -> SafeString:
    """The icon ``name``; ``variant`` is one or more of sm, lg, xl, tick, read, failed, … (see components/icon.css).

    Size comes from the class alone. Raises lucide.IconDoesNotExist for a name that the set does not have.
    """
    return drawn(str(name), str(variant))


@lru_cache(maxsize=512)
def drawn(name: str, variant: str) -> SafeString:
    """The SVG, made once per process: parsing it anew for every row of a list would cost more than the row."""
    classes = " ".join(["icon", *(f"icon--{part}" for part in variant.split())])
    svg = lucide(name, size=16, **{"class": classes, "aria_hidden": "true", "focusable": "false"})
    return SafeString(SPACE.sub(" ", svg).replace("> <", "><").strip())
