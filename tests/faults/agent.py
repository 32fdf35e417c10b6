"""An agent in a browser without scripts: signs in by link, reads a conversation's page, posts its forms."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

import requests

DONE = 303  # see the conversation's page
HIDDEN = re.compile(r'<input type="hidden" name="([a-z_]+)" value="([^"]*)"')


class Agent:
    """One signed-in session over real HTTP."""

    def __init__(self, base: str) -> None:
        self.base = base
        self.http = requests.Session()
        self.http.trust_env = False

    def sign_in(self, link: str) -> None:
        """Use a one-time link."""
        answer = self.http.get(link, timeout=30, allow_redirects=False)
        assert answer.status_code in (302, 303), answer.status_code

    def page(self, path: str, within: float = 30.0) -> str:
        """A page, whole."""
        answer = self.http.get(self.base + path, timeout=within)
        assert answer.status_code == 200, (path, answer.status_code)
        return answer.text

    def reply_form(self, conversation: int) -> dict[str, str]:
        """The fields of the composer as the page fills them: proof against forgery, client token, last message seen."""
        form = re.search(r'<form class="composer__form" id="reply".*?</form>', self.page(f"/c/{conversation}/"), re.S)
        assert form, "the page has no reply form"
        return {name: unescape(value) for name, value in HIDDEN.findall(form[0].replace("'", '"'))}

    def post(self, path: str, fields: dict[str, str], **more: Any) -> requests.Response:
        """Post a form as a browser does."""
        headers = {"Referer": self.base + path, "Origin": self.base}
        return self.http.post(self.base + path, data=fields, headers=headers, timeout=40, allow_redirects=False, **more)

    def reply(self, conversation: int, words: str) -> str:
        """Answer a customer; gives the client token of the message that is now on its way."""
        fields = self.reply_form(conversation)
        answer = self.post(f"/c/{conversation}/replies/", fields | {"text": words})
        assert answer.status_code == DONE, (answer.status_code, answer.text[:2000])
        return fields["client_token"]
