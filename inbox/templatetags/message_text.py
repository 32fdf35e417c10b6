"""Shows what people wrote: escaped, with safe links and WhatsApp's own markup (*bold* _italic_ ~strike~ `code`)."""

from __future__ import annotations

import re
from collections.abc import Iterator

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

register = template.Library()

# Markup nested deeper than this is shown as it was typed; nobody writes it by hand.
DEPTH = 4
# Markers hug their text and do not fire inside words, so 2*3*4 and snake_case_names stay as they are.
TOKEN = re.compile(
    r"```(?P<block>[^`]+)```"
    r"|`(?P<code>[^`\n]+)`"
    r"|(?P<url>(?<![\w@])(?:https?://|www\.)[^\s<>\"]+)"
    r"|(?<![\w*])\*(?P<bold>(?=[^\s*])[^*\n]*(?<=[^\s*]))\*(?![\w*])"
    r"|(?<![\w_])_(?P<italic>(?=[^\s_])[^_\n]*(?<=[^\s_]))_(?![\w_])"
    r"|(?<![\w~])~(?P<strike>(?=[^\s~])[^~\n]*(?<=[^\s~]))~(?![\w~])",
    re.IGNORECASE,
)
TAGS = {"bold": "strong", "italic": "em", "strike": "s"}
CODE = {"block": "code", "code": "code"}
TRAILING = ".,;:!?'*_~`]}»”’"


@register.filter
def message_text(text: str | None) -> SafeString:
    """Safe HTML of a message's text. Line breaks stay as they are (the style sheet keeps them)."""
    return together(marked_up(str(text or ""), DEPTH))


def marked_up(text: str, depth: int) -> Iterator[SafeString | str]:
    """The pieces of a text, each safe or still to be escaped."""
    end = 0
    for found in TOKEN.finditer(text):
        yield text[end : found.start()]
        kind, inner = found.lastgroup or "", found[found.lastgroup or 0]
        if kind == "url":
            yield from link(inner)
        elif kind in CODE:
            yield format_html("<code>{}</code>", inner)
        elif depth:
            tag = TAGS[kind]
            yield format_html("<{}>{}</{}>", tag, together(marked_up(inner, depth - 1)), tag)
        else:
            yield found[0]
        end = found.end()
    yield text[end:]


def link(address: str) -> Iterator[SafeString | str]:
    """A link that tells the other side nothing about us, and the punctuation that followed it."""
    clean = address.rstrip(TRAILING)
    if clean.endswith(")") and "(" not in clean:
        clean = clean.rstrip(")").rstrip(TRAILING)
    href = clean if "://" in clean else f"https://{clean}"
    if len(clean) < len("www.a"):
        yield address
    else:
        yield format_html('<a href="{}" target="_blank" rel="noopener noreferrer nofollow">{}</a>', href, clean)
        yield address[len(clean) :]


def together(pieces: Iterator[SafeString | str]) -> SafeString:
    """One safe string; what is not safe yet is escaped."""
    return format_html_join("", "{}", ((piece,) for piece in pieces))
