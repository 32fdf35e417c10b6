"""What people wrote becomes safe HTML, with WhatsApp's markup and links."""

from __future__ import annotations

import pytest

from inbox.templatetags.message_text import message_text


def link(href: str, words: str = "") -> str:
    return f'<a href="{href}" target="_blank" rel="noopener noreferrer nofollow">{words or href}</a>'


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("", ""),
        ("plain & simple", "plain &amp; simple"),
        ("*bold*", "<strong>bold</strong>"),
        ("_italic_", "<em>italic</em>"),
        ("~gone~", "<s>gone</s>"),
        ("`code`", "<code>code</code>"),
        ("```a\n*b*```", "<code>a\n*b*</code>"),
        ("*bold and _both_*", "<strong>bold and <em>both</em></strong>"),
        ("a *b* c *d*", "a <strong>b</strong> c <strong>d</strong>"),
        ("(*b*), *c*!", "(<strong>b</strong>), <strong>c</strong>!"),
        # Markers hug their text and stay outside of words.
        ("* not bold *", "* not bold *"),
        ("2*3*4", "2*3*4"),
        ("snake_case_name", "snake_case_name"),
        ("*two\nlines*", "*two\nlines*"),
        ("**", "**"),
        ("*open", "*open"),
        # Links.
        ("see https://example.com/a_b_c.", f"see {link('https://example.com/a_b_c')}."),
        ("(https://example.com/x)", f"({link('https://example.com/x')})"),
        ("https://en.wikipedia.org/wiki/X_(Y)", link("https://en.wikipedia.org/wiki/X_(Y)")),
        ("www.example.com", link("https://www.example.com", "www.example.com")),
        ("www.", "www."),
        ("HTTPS://EXAMPLE.COM", link("HTTPS://EXAMPLE.COM")),
        ("*https://example.com*", f"<strong>{link('https://example.com')}</strong>"),
        ("https://example.com/?a=1&b=2", link("https://example.com/?a=1&amp;b=2")),
        ("me@www.example.com", "me@www.example.com"),
        # Never a link.
        ("javascript:alert(1)", "javascript:alert(1)"),
        ("data:text/html,x", "data:text/html,x"),
        ("ftp://example.com", "ftp://example.com"),
    ],
)
def test_text_is_shown_as_whatsapp_shows_it(typed: str, shown: str) -> None:
    assert message_text(typed) == shown


def test_nothing_that_was_typed_becomes_an_element_or_leaves_an_attribute() -> None:
    typed = '*<b onclick=x>* https://example.com/"onmouseover="x `<script>` <https://example.com/\'><img>'
    shown = message_text(typed)
    assert "<b " not in shown
    assert "<script" not in shown
    assert "<img" not in shown
    assert 'href="https://example.com/" target' in shown


def test_markup_nested_deeper_than_anybody_writes_stays_as_typed() -> None:
    assert "<strong>" in message_text("*a _b ~c *d _e_*~_*")


@pytest.mark.parametrize(
    "typed",
    [
        "*" * 20_000,
        "`" * 20_001,
        "_a" * 10_000,
        "~ ~" * 8_000,
        "https://" * 5_000,
        "*a" * 10_000,
        "(" * 10_000 + "www.a.b" + ")" * 10_000,
    ],
)
def test_hostile_repetition_is_read_in_one_go(typed: str) -> None:
    assert len(message_text(typed)) >= len(typed)
