"""Reads a page as a browser without scripts would: its elements, their words, and its forms as they would be sent."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser

EMPTY = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
NOT_SENT = {"submit", "button", "file", "reset", "image"}


@dataclass
class Element:
    """One element with everything in it."""

    tag: str
    attributes: dict[str, str] = field(default_factory=dict)
    inside: list[Element | str] = field(default_factory=list)

    @property
    def text(self) -> str:
        """Its words, with single spaces."""
        return " ".join("".join(self._words()).split())

    def _words(self) -> Iterator[str]:
        for part in self.inside:
            if isinstance(part, str):
                yield part
            elif part.tag not in ("script", "style", "template"):
                yield from part._words()

    def every(self, tag: str = "", **attributes: str) -> Iterator[Element]:
        """All elements inside, in order, with this tag and these attributes (``_`` in a name stands for a hyphen)."""
        wanted = {name.rstrip("_").replace("_", "-"): value for name, value in attributes.items()}
        for part in self.inside:
            if isinstance(part, str):
                continue
            if tag in ("", part.tag) and all(part.attributes.get(name) == value for name, value in wanted.items()):
                yield part
            yield from part.every(tag, **attributes)

    def where(self, fits: Callable[[Element], bool]) -> Iterator[Element]:
        """All elements inside for which this is true."""
        return (part for part in self.every() if fits(part))

    def one(self, tag: str = "", **attributes: str) -> Element:
        """The first such element. Raises AssertionError when there is none."""
        found = next(self.every(tag, **attributes), None)
        assert found is not None, f"no {tag} {attributes} in: {self.text[:2000]}"
        return found

    def has(self, tag: str = "", **attributes: str) -> bool:
        """Whether there is such an element."""
        return next(self.every(tag, **attributes), None) is not None

    def by_class(self, name: str) -> list[Element]:
        """All elements inside with this class."""
        return list(self.where(lambda part: name in part.attributes.get("class", "").split()))

    def with_text(self, tag: str, words: str) -> Element:
        """The innermost first element of this tag that says these words. Raises AssertionError when there is none."""
        found = next((part for part in self.every(tag) if words in part.text), None)
        assert found is not None, f"no {tag} says {words!r} in: {self.text[:3000]}"
        return found


def read(html: str) -> Element:
    """A page as a tree."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return reader.root


def fields_of(page: Element, form: Element) -> dict[str, str]:
    """What a form would send as the page filled it, without its buttons and files."""
    ident = form.attributes.get("id")
    outside = [part for part in page.every() if ident and part.attributes.get("form") == ident]
    sent: dict[str, str] = {}
    for part in [*form.every(), *outside]:
        name = part.attributes.get("name")
        if not name or part.tag not in ("input", "textarea", "select"):
            continue
        if part.tag == "textarea":
            sent[name] = "".join(piece for piece in part.inside if isinstance(piece, str))
        elif part.tag == "select":
            chosen = [option for option in part.every("option") if "selected" in option.attributes] or list(part.every("option"))
            sent[name] = chosen[0].attributes.get("value", chosen[0].text) if chosen else ""
        elif part.attributes.get("type") in ("checkbox", "radio"):
            if "checked" in part.attributes:
                sent[name] = part.attributes.get("value", "on")
        elif part.attributes.get("type") not in NOT_SENT:
            sent[name] = part.attributes.get("value", "")
    return sent


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.root = Element("page")
        self._open = [self.root]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = Element(tag, {name: value or "" for name, value in attrs})
        self._open[-1].inside.append(element)
        if tag not in EMPTY:
            self._open.append(element)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._open[-1].inside.append(Element(tag, {name: value or "" for name, value in attrs}))

    def handle_endtag(self, tag: str) -> None:
        if any(element.tag == tag for element in self._open[1:]):
            while self._open.pop().tag != tag:
                pass

    def handle_data(self, data: str) -> None:
        self._open[-1].inside.append(data)
