"""Somebody of the house at a browser without scripts: reads pages by plain GET and sends their forms by plain POST."""

from __future__ import annotations

import re
from typing import Any

import requests

from tests.pages import Element, fields_of, read
from tests.running_product import Product, until

PATIENCE = 60
Upload = tuple[str, bytes, str]


class Desk:
    """One signed-in browser."""

    def __init__(self, product: Product, session: str = "") -> None:
        self.base = product.base
        self.http = requests.Session()
        if session:
            self.http.cookies.set("session", session, domain="127.0.0.1")

    def get(self, path: str, **more: Any) -> requests.Response:
        """Any answer to a GET."""
        return self.http.get(self.base + path, timeout=PATIENCE, **more)

    def page(self, path: str) -> Element:
        """A page that is there."""
        answer = self.get(path)
        assert answer.status_code == 200, (path, answer.status_code)
        return read(answer.text)

    def row(self, name: str, view: str = "all") -> Element | None:
        """The row of somebody's conversation in a view, if it is there."""
        path = f"/inbox/{view}/"
        while path:
            page = self.page(path)
            rows = page.one("ul", id="conversations").by_class("row")
            if found := [row for row in rows if name in row.by_class("row__name")[0].text]:
                return found[0]
            path = page.one("li", id="more").one("a").attributes["href"] if page.has("li", id="more") else ""
        return None

    def waits_for_row(self, name: str, words: str = "", view: str = "all") -> Element:
        """The row of somebody's conversation once it is there with these words."""

        def look() -> Element | None:
            row = self.row(name, view)
            return row if row is not None and words in row.text else None

        found = until(look, because=f"{name} is in the list with {words!r}")
        assert found is not None
        return found

    def finds(self, name: str, words: str = "") -> str:
        """The address of somebody's conversation, from its row in the list."""
        return self.waits_for_row(name, words).one("a").attributes["href"]

    def thread(self, path: str) -> list[Element]:
        """The messages of a conversation, oldest first."""
        return self.page(path).one("ol", id="messages").by_class("message")

    def message(self, path: str, words: str) -> Element | None:
        """The newest message with these words, if there is one."""
        return next((message for message in reversed(self.thread(path)) if words in message.text), None)

    def waits_for(self, path: str, words: str, *, status: str = "", within: float = 30) -> Element:
        """A message with these words, once it is there and (if it is ours) has come so far."""

        def look() -> Element | None:
            found = self.message(path, words)
            return found if found is not None and status in ("", found.attributes["data-status"]) else None

        found = until(look, within=within, because=f"{words!r} {status} in {path}")
        assert found is not None
        return found

    def submits(
        self, page: Element, action: str, fields: dict[str, str] | None = None, *, file: Upload | None = None, on: str = ""
    ) -> requests.Response:
        """Send the page's form with this action (or any, for its buttons) filled in by hand; follows where it leads."""
        form = next((form for form in page.every("form") if form.attributes.get("action", on) == action), None)
        assert form is not None, f"no form goes to {action}"
        return self.sends(action, fields_of(page, form) | (fields or {}), file=file)

    def presses(self, page: Element, button: Element, fields: dict[str, str] | None = None) -> requests.Response:
        """Press a button that belongs to the page's form ``form=`` and goes to its own ``formaction=``."""
        form = page.one("form", id=button.attributes["form"])
        sent = fields_of(page, form) | (fields or {})
        if button.attributes.get("name"):
            sent[button.attributes["name"]] = button.attributes["value"]
        return self.sends(button.attributes["formaction"], sent)

    def sends(self, action: str, fields: dict[str, str], *, file: Upload | None = None) -> requests.Response:
        """Post a form as a browser does."""
        files = {"file": file} if file else None
        headers = {"Origin": self.base, "Referer": self.base + "/"}
        return self.http.post(self.base + action, data=fields, files=files, headers=headers, timeout=PATIENCE)

    def replies(self, path: str, words: str) -> Element:
        """Answer in words; gives the page that comes back, which shows the answer."""
        answer = self.submits(self.page(path), f"{path}replies/", {"text": words})
        assert answer.status_code == 200, answer.text[:2000]
        page = read(answer.text)
        assert any(words in message.text for message in page.by_class("message"))
        return page


def number_in(path: str) -> int:
    """The id in ``/c/12/``."""
    found = re.search(r"\d+", path)
    assert found, path
    return int(found[0])
