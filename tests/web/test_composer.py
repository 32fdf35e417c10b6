"""The doors by which answers go out."""

from __future__ import annotations

import html
import re
from datetime import timedelta
from typing import TYPE_CHECKING
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from accounts.models import User
from inbox.conversations.models import Conversation, Message
from inbox.whatsapp.errors import explain
from inbox.whatsapp.models import Connection, Template
from tests import make

from .conftest import FRAGMENT, Enter

if TYPE_CHECKING:
    from django.test.client import _MonkeyPatchedWSGIResponse

pytestmark = pytest.mark.django_db

PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de0000000c49444154789c63f8cfc0000003010100c9fe92ef0000000049454e44ae426082"
)


def sent() -> list[Message]:
    return list(Message.objects.filter(direction="out").order_by("pk"))


def reply(
    browser: Client, conversation: Conversation, text: str, *, headers: dict[str, str] = FRAGMENT, **more: object
) -> _MonkeyPatchedWSGIResponse:
    data = {"text": text, "client_token": str(uuid4()), **more}
    return browser.post(f"/c/{conversation.pk}/replies/", data, headers=headers)


def close_window(conversation: Conversation) -> None:
    conversation.window_until = timezone.now() - timedelta(minutes=1)
    conversation.save()


def test_a_script_gets_the_new_bubble(at_work: Client, asked: Conversation) -> None:
    token = uuid4()
    answer = reply(at_work, asked, "It left today.", client_token=token)
    (message,) = sent()
    assert answer.status_code == 201
    assert f'<li class="message message--out message--waiting" id="message-{message.pk}"' in answer.text
    assert f'data-token="{token}"' in answer.text
    assert "It left today." in answer.text


def test_a_plain_form_is_led_back_to_the_thread(at_work: Client, asked: Conversation) -> None:
    answer = reply(at_work, asked, "It left today.", headers={})
    assert (answer.status_code, answer.headers["Location"]) == (303, f"/c/{asked.pk}/")
    assert [message.text for message in sent()] == ["It left today."]


def test_the_same_token_twice_adds_nothing(at_work: Client, asked: Conversation) -> None:
    token = uuid4()
    first = reply(at_work, asked, "Once", client_token=token)
    second = reply(at_work, asked, "Once", client_token=token)
    assert len(sent()) == 1
    assert first.status_code == second.status_code == 201
    assert first.text == second.text


@pytest.mark.parametrize("headers", [FRAGMENT, {}])
@pytest.mark.parametrize(
    ("text", "sentence"), [("   ", "Write something first."), ("x" * 4097, "may be 4096 characters long; it has 4097.")]
)
def test_what_cannot_be_sent_is_refused_with_the_text_kept(
    at_work: Client, asked: Conversation, text: str, sentence: str, headers: dict[str, str]
) -> None:
    answer = reply(at_work, asked, text, headers=headers)
    assert answer.status_code == 422
    assert sentence in answer.text
    assert f">{text}</textarea>" in answer.text
    assert 'id="composer-notice"' in answer.text
    assert sent() == []
    assert ("<html" in answer.text) is (headers == {})


def test_a_token_that_is_none_asks_for_a_reload_with_the_text_kept(at_work: Client, asked: Conversation) -> None:
    answer = reply(at_work, asked, "Hello", client_token="rubbish")
    assert answer.status_code == 422
    assert "Reload the page and send again." in answer.text
    assert ">Hello</textarea>" in answer.text


def test_every_form_of_the_composer_names_a_send_of_its_own(at_work: Client, asked: Conversation) -> None:
    tokens = re.findall(r'name="client_token" value="([^"]+)"', at_work.get(f"/c/{asked.pk}/").text)
    assert len(tokens) == len(set(tokens)) == 3


def test_an_answer_to_an_answer_not_seen_stops_and_shows_it(at_work: Client, asked: Conversation, bruno: User) -> None:
    seen = Message.objects.get().pk
    newer = make.message(asked, "I have it, one moment", direction="out", author=bruno)
    answer = reply(at_work, asked, "Looking into it", seen=seen)
    assert answer.status_code == 409
    assert "I have it, one moment" in answer.text
    assert "Bruno Costa" in answer.text
    assert ">Looking into it</textarea>" in answer.text
    assert f'data-newer="{newer.pk}"' in answer.text
    assert f'name="seen" value="{newer.pk}"' in answer.text
    assert len(sent()) == 1
    assert reply(at_work, asked, "Looking into it", seen=newer.pk).status_code == 201


def test_a_closed_window_keeps_the_text_and_offers_the_template_form(at_work: Client, asked: Conversation) -> None:
    page = at_work.get(f"/c/{asked.pk}/").text
    assert '<textarea class="composer__text"' in page
    close_window(asked)
    answer = reply(at_work, asked, "Too late")
    assert answer.status_code == 422
    assert "The 24-hour window has closed" in answer.text
    assert sent() == []


def test_the_composer_is_the_template_form_once_the_window_is_closed(at_work: Client, asked: Conversation) -> None:
    make.connection(asked.number)
    make.template("order_update")
    close_window(asked)
    fragment = at_work.get(f"/c/{asked.pk}/composer/", headers=FRAGMENT).text
    assert 'data-mode="template"' in fragment
    assert 'data-closed="yes"' in fragment
    assert "order_update" in fragment
    assert '<textarea class="composer__text"' not in at_work.get(f"/c/{asked.pk}/").text


def test_line_ends_are_single_as_they_were_typed(at_work: Client, asked: Conversation) -> None:
    assert reply(at_work, asked, "One\r\nand two").status_code == 201
    assert sent()[0].text == "One\nand two"


def test_a_reply_can_quote(at_work: Client, asked: Conversation) -> None:
    quoted = Message.objects.get()
    page = at_work.get(f"/c/{asked.pk}/?reply_to={quoted.pk}").text
    assert f'name="reply_to" value="{quoted.pk}"' in page
    answer = reply(at_work, asked, "This one", reply_to=quoted.pk)
    assert f'<a class="quote" href="#message-{quoted.pk}">' in answer.text


def test_somebody_who_may_only_read_is_refused_in_words(enter: Enter, asked: Conversation) -> None:
    trainee = make.person("Teo Trainee", team=asked.number.team, cleared=False)
    answer = reply(enter(trainee), asked, "Hello")
    assert answer.status_code == 403
    assert "once your training is finished" in answer.text
    assert sent() == []


@pytest.fixture
def order_update(asked: Conversation) -> Template:
    """A template with one field, on the number's account."""
    make.connection(asked.number)
    return make.template("order_update", body="Hello {{1}}, your order is ready.")


def by_template(browser: Client, conversation: Conversation, template: int, **fields: str) -> _MonkeyPatchedWSGIResponse:
    data = {
        "template": template,
        "client_token": str(uuid4()),
        **{f"field:{key.replace('_', '.')}": value for key, value in fields.items()},
    }
    return browser.post(f"/c/{conversation.pk}/templates/", data, headers=FRAGMENT)


def test_a_template_goes_out_with_its_fields_filled_in(at_work: Client, asked: Conversation, order_update: Template) -> None:
    close_window(asked)
    answer = by_template(at_work, asked, order_update.pk, body_1="Dora")
    assert answer.status_code == 201
    assert "Hello Dora, your order is ready." in answer.text
    assert "order_update" in answer.text


def test_a_field_left_empty_says_so_at_the_field_and_keeps_the_rest(at_work: Client, asked: Conversation) -> None:
    make.connection(asked.number)
    template = make.template(
        "two", body="Hello {{1}}, see {{2}}.", components=[{"type": "BODY", "text": "Hello {{1}}, see {{2}}."}]
    )
    answer = by_template(at_work, asked, template.pk, body_1="Dora", body_2="")
    assert answer.status_code == 422
    assert 'value="Dora"' in answer.text
    assert re.search(r'name="field:body.2"[^>]*aria-invalid="true" aria-describedby="slot-2-error"', answer.text)
    assert 'id="slot-2-error"' in answer.text


def test_a_template_of_another_account_cannot_be_sent(at_work: Client, asked: Conversation, order_update: Template) -> None:
    foreign = make.template("foreign", waba_id="waba-9")
    answer = by_template(at_work, asked, foreign.pk, body_1="Dora")
    assert answer.status_code == 422
    assert sent() == []


def test_what_is_typed_is_a_piece_of_the_preview(at_work: Client, asked: Conversation, order_update: Template) -> None:
    page = at_work.get(f"/c/{asked.pk}/composer/?template={order_update.pk}", headers=FRAGMENT).text
    assert re.search(r'Hello <span class="slot slot--empty" data-slot-of="body.1">[^<]+</span>, your order is ready\.', page)


def test_a_file_goes_out_with_its_caption(at_work: Client, asked: Conversation) -> None:
    data = {"file": SimpleUploadedFile("box.png", PNG, "image/png"), "caption": "The box", "client_token": str(uuid4())}
    answer = at_work.post(f"/c/{asked.pk}/media/", data, headers=FRAGMENT)
    assert answer.status_code == 201, answer.text
    (message,) = sent()
    assert (message.kind, message.text) == ("image", "The box")


def test_a_file_that_is_missing_empty_or_dangerous_is_refused_with_the_caption_kept(at_work: Client, asked: Conversation) -> None:
    for file in (
        None,
        SimpleUploadedFile("x.png", b"", "image/png"),
        SimpleUploadedFile("run.exe", b"MZ\x90\x00" + b"x" * 200, "image/png"),
    ):
        data = {"caption": "My words", "client_token": str(uuid4())} | ({"file": file} if file else {})
        answer = at_work.post(f"/c/{asked.pk}/media/", data, headers=FRAGMENT)
        assert answer.status_code == 422
        assert 'id="composer-notice"' in answer.text
        assert ">My words</textarea>" in answer.text
    assert sent() == []


def test_a_question_goes_out_with_its_buttons(at_work: Client, asked: Conversation) -> None:
    data = {"body": "Which one?", "button_1": "Red", "button_3": "Blue", "client_token": str(uuid4())}
    answer = at_work.post(f"/c/{asked.pk}/interactive/", data, headers=FRAGMENT)
    assert answer.status_code == 201, answer.text
    assert "<bdi>Red</bdi>" in answer.text
    (message,) = sent()
    assert [choice["title"] for choice in message.content["choices"]] == ["Red", "Blue"]


@pytest.mark.parametrize("wrong", [{"body": ""}, {"button_1": ""}, {"button_1": "x" * 21}, {"button_2": "Red"}])
def test_a_question_that_whatsapp_would_not_take_is_refused_with_everything_kept(
    at_work: Client, asked: Conversation, wrong: dict[str, str]
) -> None:
    data = {"body": "Which one?", "button_1": "Red", "client_token": str(uuid4())} | wrong
    answer = at_work.post(f"/c/{asked.pk}/interactive/", data, headers=FRAGMENT)
    assert answer.status_code == 422
    assert 'id="composer-notice"' in answer.text
    for word in filter(None, (data["body"], data["button_1"])):
        assert word in answer.text
    assert sent() == []


def test_trying_again_puts_a_failed_message_back_on_its_way(at_work: Client, asked: Conversation) -> None:
    failed = make.message(asked, "Hello", direction="out", status="failed", error_code=131000)
    answer = at_work.post(f"/messages/{failed.pk}/retry/", headers=FRAGMENT)
    assert answer.status_code == 200
    assert "message--waiting" in answer.text
    answer = at_work.post(f"/messages/{failed.pk}/retry/", headers=FRAGMENT)
    assert answer.status_code == 422
    assert "already on its way" in answer.headers["HX-Trigger"]


def test_setting_a_failure_aside_takes_its_remedies_away(at_work: Client, asked: Conversation) -> None:
    failed = make.message(asked, "Hello", direction="out", status="failed", error_code=131026)
    assert "fate" in at_work.get(f"/messages/{failed.pk}/", headers=FRAGMENT).text
    assert "fate" not in at_work.post(f"/messages/{failed.pk}/discard/", headers=FRAGMENT).text


def test_whoever_writes_learns_that_sending_is_held_back(at_work: Client, asked: Conversation) -> None:
    connection = make.connection(asked.number)
    assert "data-held-back" not in at_work.get(f"/c/{asked.pk}/").text
    Connection.objects.filter(pk=connection.pk).update(state="reconnect", state_code=190)
    answer = at_work.get(f"/c/{asked.pk}/composer/", headers=FRAGMENT).text
    assert "Sending is held back on this number:" in answer
    assert str(explain(190).sentence) in html.unescape(answer)
    assert "What you write stays queued." in answer
