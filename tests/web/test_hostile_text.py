"""Nothing that a customer, a colleague or WhatsApp writes becomes part of a page's structure."""

from __future__ import annotations

from html.parser import HTMLParser
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone

from accounts.models import User
from inbox.conversations.models import Conversation, Message, Reaction
from inbox.web.fragments import Audience, change
from inbox.whatsapp.models import Template
from tests import make

from .conftest import FRAGMENT
from .hostile import PAYLOADS

pytestmark = pytest.mark.django_db

HARMLESS = "harmless words"


class Structure(HTMLParser):
    """The elements of a page with the names of their attributes, and every address and script in it."""

    def __init__(self) -> None:
        super().__init__()
        self.elements: list[tuple[str, tuple[str, ...]]] = []
        self.addresses: list[str] = []
        self.scripts: list[str] = []
        self.is_script = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, tuple(name for name, _value in attrs)))
        self.addresses += [
            value or "" for name, value in attrs if name in {"href", "src", "action", "formaction", "hx-get", "hx-post"}
        ]
        self.is_script = tag == "script"

    def handle_endtag(self, tag: str) -> None:
        self.is_script = False

    def handle_data(self, data: str) -> None:
        if self.is_script:
            self.scripts.append(data)


def structure(html: str) -> Structure:
    found = Structure()
    found.feed(html)
    return found


def contents(words: str) -> dict[str, list[dict[str, Any]]]:
    """What messages of each kind hold when everything in them says ``words``."""
    preview = {"header": words, "footer": words, "buttons": [{"text": words, "url": words}]}
    return {
        "interactive": [
            {"reply": "form", "answers": {words: words}, "description": words},
            {"type": "buttons", "header": words, "footer": words, "choices": [{"id": "1", "title": words}]},
        ],
        "template": [{"name": words, "language": words[:60], "preview": preview}],
        "contacts": [{"people": [{"name": words, "phones": [{"phone": words}]}]}],
        "location": [{"latitude": 1.5, "longitude": 2.5, "name": words, "address": words}],
        "order": [{"items": [{"sku": words, "quantity": 1, "price": 2, "currency": "BRL"}]}],
        "unsupported": [{}],
        "system": [{}],
    }


def thread_saying(words: str, conversation: Conversation, amina: User) -> None:
    """Every place of a thread that somebody else fills says ``words``."""
    conversation.contact.name = words
    conversation.contact.save()
    quoted = make.message(conversation, words)
    make.message(conversation, words, reply_to=quoted, direction="out", author=amina)
    make.message(conversation, words, direction="out", status="failed", error_code=999999, error_detail=words)
    for kind, several in contents(words).items():
        for content in several:
            ours = kind == "template" or "choices" in content
            make.message(conversation, words, kind=kind, content=content, direction="out" if ours else "in")
    for kind, columns in (
        ("document", {"state": "ready", "file": "x", "filename": words, "mime": words[:60], "size": 5}),
        ("image", {"state": "failed", "reason": words}),
        ("image", {"state": "ready", "file": "x", "mime": "image/png", "width": 5, "height": 5}),
    ):
        make.attachment(make.message(conversation, words, kind=kind), **columns)
    Reaction.objects.create(
        number=conversation.number,
        message=quoted,
        target_external_id=str(quoted.external_id),
        emoji=words[:32],
        said_at=timezone.now(),
    )
    make.template(words, language=words[:16], components=components(words))


def components(words: str) -> list[dict[str, Any]]:
    """A template that says ``words`` in each of its parts."""
    return [
        {"type": "HEADER", "format": "TEXT", "text": words},
        {"type": "BODY", "text": f"{words} {{{{1}}}}"},
        {"type": "FOOTER", "text": words},
        {"type": "BUTTONS", "buttons": [{"type": "QUICK_REPLY", "text": words}]},
    ]


def pages(browser: Client, conversation: Conversation) -> dict[str, Structure]:
    """Every page and fragment that shows what was written."""
    message = Message.objects.order_by("pk").first()
    assert message is not None
    words, address = message.text, f"/c/{conversation.pk}/"
    question = {"body": words, "button_1": words, "button_2": words, "client_token": "x"}
    drawn = change(conversation.pk, list(Message.objects.values_list("pk", flat=True)), Audience("en", "UTC"))
    assert drawn is not None
    html = {
        "page": browser.get(address).text,
        "template form": browser.get(f"{address}composer/?compose=template", headers=FRAGMENT).text,
        "reply form": browser.get(f"{address}composer/?reply_to={message.pk}", headers=FRAGMENT).text,
        "message": browser.get(f"/messages/{message.pk}/", headers=FRAGMENT).text,
        "refused": browser.post(f"{address}replies/", {"text": words, "client_token": words}, headers=FRAGMENT).text,
        "refused question": browser.post(f"{address}interactive/", question, headers=FRAGMENT).text,
        "fragments": drawn["row"]["html"] + "".join(line["html"] for line in drawn["lines"]),
    }
    assert all(settings.SECRET_KEY not in page for page in html.values())
    return {name: structure(page) for name, page in html.items()}


def shape(found: Structure) -> list[tuple[str, tuple[str, ...]]]:
    """Elements without the links and emphasis that a message's text may hold."""
    link = ("a", ("href", "target", "rel"))
    return sorted(element for element in found.elements if element != link and element[0] not in {"strong", "em", "s", "code"})


def forget(conversation: Conversation) -> None:
    """An empty thread again."""
    for message in Message.objects.all():
        message.delete()
    Template.objects.all().delete()
    conversation.unread = 0
    conversation.save()


def test_a_page_has_the_same_structure_whatever_was_written(at_work: Client, asked: Conversation, amina: User) -> None:
    make.connection(asked.number)
    forget(asked)
    thread_saying(HARMLESS, asked, amina)
    harmless = {name: shape(found) for name, found in pages(at_work, asked).items()}
    assert all(len(elements) > 10 for elements in harmless.values())
    for payload in PAYLOADS:
        forget(asked)
        thread_saying(payload, asked, amina)
        for name, found in pages(at_work, asked).items():
            assert shape(found) == harmless[name], (payload, name)
            assert not [
                there for there in found.addresses if there.lower().lstrip().startswith(("javascript:", "data:", "//"))
            ], (payload, name)
            assert not [script for script in found.scripts if "alert(1)" in script], (payload, name)
