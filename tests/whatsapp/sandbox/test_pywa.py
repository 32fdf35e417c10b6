"""A third-party client sends every kind of message to the sandbox and reads every webhook that the sandbox signs."""

# mypy: disable-error-code="attr-defined,name-defined,arg-type,misc,operator"
# pywa says that it is typed, but exports its names without saying so and types its mixins for a None of their own.

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest
from pywa import WhatsApp, types
from pywa.types.templates import BodyText, HeaderText, QuickReplyButton, Template, TemplateCategory, TemplateLanguage, URLButton

from inbox.whatsapp.sandbox.samples import MIME, sample
from inbox.whatsapp.sandbox.sandbox import Sandbox
from tests.whatsapp.sandbox.callback import Callback
from tests.whatsapp.sandbox.conftest import APP, SECRET, SUPPORT, TOKEN, WABA, Client

AMARA = "447700900123"


@pytest.fixture
def wa(client: Client) -> Iterator[WhatsApp]:
    """A pywa client whose Graph is the sandbox."""
    with httpx.Client(trust_env=False, timeout=15) as session:
        made = WhatsApp(
            phone_id=SUPPORT,
            token=TOKEN,
            session=session,
            app_id=APP,
            app_secret=SECRET,
            waba_id=WABA,
            api_version=25.0,
            server=None,
            verify_token="unused",
        )
        session.base_url = f"{client.base}/sandbox/graph/v25.0"
        client.writes("amara")
        yield made


def wamid(sent: Any) -> str:
    assert sent.id.startswith("wamid.")
    return str(sent.id)


def section() -> types.SectionList:
    row = types.SectionRow(title="09:30", callback_data="slot-0930", description="Tuesday")
    return types.SectionList(button_title="See times", sections=[types.Section(title="Tuesday", rows=[row])])


SENDS: dict[str, Callable[[WhatsApp], Any]] = {
    "text": lambda wa: wa.send_message(AMARA, "Hello https://example.org", preview_url=True),
    "reply": lambda wa: wa.send_message(AMARA, "Hello", reply_to_message_id="wamid.x", tracker="conv=1"),
    "buttons": lambda wa: wa.send_message(
        AMARA, "Fine?", header="Delivery", footer="Kirkgate", buttons=[types.Button("Yes", "yes"), types.Button("No", "no")]
    ),
    "list": lambda wa: wa.send_message(AMARA, "Pick a time", buttons=section()),
    "link": lambda wa: wa.send_message(AMARA, "Your invoice", buttons=types.URLButton("Open", "https://example.org")),
    "image": lambda wa: wa.send_image(AMARA, sample("image"), caption="Front", mime_type="image/jpeg"),
    "video": lambda wa: wa.send_video(AMARA, sample("video"), caption="Clip", mime_type="video/mp4"),
    "document": lambda wa: wa.send_document(AMARA, sample("document"), filename="invoice.pdf", mime_type="application/pdf"),
    "audio": lambda wa: wa.send_audio(AMARA, sample("audio"), mime_type=MIME["audio"]),
    "voice": lambda wa: wa.send_voice(AMARA, sample("audio"), mime_type=MIME["audio"]),
    "sticker": lambda wa: wa.send_sticker(AMARA, sample("sticker"), mime_type="image/webp"),
    "location": lambda wa: wa.send_location(AMARA, 53.8, -1.5, name="Shop", address="1 Kirkgate"),
    "location request": lambda wa: wa.request_location(AMARA, "Where shall we deliver?"),
    "contact request": lambda wa: wa.request_contact_info(AMARA, "May we have your number?"),
    "contact": lambda wa: wa.send_contact(
        AMARA,
        types.Contact(
            name=types.Contact.Name(formatted_name="Noor Haddad", first_name="Noor"),
            phones=[types.Contact.Phone(phone="+447700900456")],
        ),
    ),
    "template": lambda wa: wa.send_template(
        AMARA,
        "order_update",
        TemplateLanguage.ENGLISH,
        params=[
            HeaderText.params("8841"),
            BodyText.params("Amara", "8841", "Tuesday"),
            URLButton.params(url_variable="8841", index=0),
        ],
    ),
    "named template": lambda wa: wa.send_template(
        AMARA,
        "reopen_conversation",
        TemplateLanguage.ENGLISH,
        params=[BodyText.params(first_name="Amara", case="C-1"), QuickReplyButton.params(callback_data="go", index=0)],
    ),
}


@pytest.mark.parametrize("kind", SENDS)
def test_every_kind_is_sent(wa: WhatsApp, kind: str) -> None:
    wamid(SENDS[kind](wa))


def test_reactions_reading_and_typing(wa: WhatsApp, callback: Callback) -> None:
    got = next(callback.messages())["id"]
    wamid(wa.send_reaction(AMARA, "👍", got))
    wamid(wa.remove_reaction(AMARA, got))
    assert wa.mark_message_as_read(got)
    assert wa.indicate_typing(got)


def test_a_person_without_a_number_is_written_to_by_user_id(wa: WhatsApp, client: Client) -> None:
    client.writes("ines")
    wamid(wa.send_message("PT.30417735520861304", "Bom dia"))


def test_numbers_profiles_media_codes_and_blocks(wa: WhatsApp) -> None:
    assert wa.get_business_phone_number().display_phone_number == "+1 555-014-2200"
    assert next(one.id for one in wa.get_business_phone_numbers()) == SUPPORT
    assert wa.update_business_profile(about="Tools")
    assert wa.get_business_profile().about == "Tools"
    assert wa.get_business_account().id == WABA
    media = wa.upload_media(sample("image"), mime_type="image/jpeg", filename="a.jpg")
    url = wa.get_media_url(media.id)
    assert wa.get_media_bytes(url.url) == sample("image")
    assert wa.delete_media(media.id)
    code = wa.create_qr_code("Hello", "SVG")
    assert [one.code for one in wa.get_qr_codes()] == [code.code]
    assert wa.delete_qr_code(code.code)
    assert wa.block_users([AMARA]).added_users
    assert list(wa.get_blocked_users())
    assert wa.unblock_users([AMARA]).removed_users


def test_templates_are_listed_created_and_deleted(wa: WhatsApp, callback: Callback) -> None:
    assert {one.name for one in wa.get_templates()} >= {"order_update", "reopen_conversation"}
    made = wa.create_template(
        Template(
            name="parcel_here",
            category=TemplateCategory.UTILITY,
            language=TemplateLanguage.ENGLISH,
            components=[BodyText("Hello {{name}}, it is here.", name="Amara")],
        )
    )
    assert next(callback.changes("message_template_status_update"))["message_template_id"] == int(made.id)
    assert wa.get_template(made.id).name == "parcel_here"
    assert wa.delete_template(template_name="parcel_here")


INCOMING: list[tuple[dict[str, Any], str]] = [
    ({"text": "Hello"}, "Message"),
    ({"type": "image", "image": {"caption": "Look"}}, "Message"),
    ({"type": "audio"}, "Message"),
    ({"type": "video"}, "Message"),
    ({"type": "document"}, "Message"),
    ({"type": "sticker"}, "Message"),
    ({"type": "location"}, "Message"),
    ({"type": "contacts"}, "Message"),
    (
        {
            "type": "order",
            "order": {
                "catalog_id": "8",
                "product_items": [{"product_retailer_id": "S", "quantity": 2, "item_price": 4.5, "currency": "GBP"}],
            },
        },
        "Message",
    ),
    ({"type": "unsupported"}, "Message"),
    ({"type": "reaction", "reaction": {"message_id": "wamid.x", "emoji": "👍"}}, "Message"),
    (
        {
            "type": "interactive",
            "interactive": {"type": "button_reply", "button_reply": {"id": "yes", "title": "Yes"}},
            "context": {"id": "wamid.x"},
        },
        "CallbackButton",
    ),
    (
        {
            "type": "interactive",
            "interactive": {"type": "list_reply", "list_reply": {"id": "a", "title": "A", "description": "B"}},
            "context": {"id": "wamid.x"},
        },
        "CallbackSelection",
    ),
    ({"type": "button", "button": {"payload": "P", "text": "T"}, "context": {"id": "wamid.x"}}, "CallbackButton"),
    ({"type": "user_preferences", "value": "stop"}, "UserMarketingPreferences"),
    ({"type": "edit", "edit": {"text": "Hi"}}, "EditedMessage"),
    ({"type": "revoke"}, "DeletedMessage"),
]


@pytest.fixture
def parsed(wa: WhatsApp) -> list[str]:
    """The names of the types pywa turned updates into, in order."""
    found: list[str] = []
    hooks = [
        wa.on_message,
        wa.on_callback_button,
        wa.on_callback_selection,
        wa.on_message_status,
        wa.on_template_status_update,
        wa.on_user_marketing_preferences,
        wa.on_phone_number_change,
        wa.on_edited_message,
        wa.on_deleted_message,
    ]
    for hook in hooks:
        hook(lambda _wa, update: found.append(type(update).__name__))
    return found


def hand_over(wa: WhatsApp, callback: Callback) -> None:
    post = callback.next()
    assert wa.webhook_update_validator(post.body, post.headers["X-Hub-Signature-256"]) is None
    assert wa.webhook_update_handler(post.body)[1] == 200


@pytest.mark.parametrize(
    ("message", "expected"), INCOMING, ids=[f"{one.get('type', 'text')}-{number}" for number, (one, _) in enumerate(INCOMING)]
)
def test_every_webhook_of_a_person_is_read(
    wa: WhatsApp, client: Client, callback: Callback, parsed: list[str], message: dict[str, Any], expected: str
) -> None:
    hand_over(wa, callback)
    parsed.clear()
    client.writes("amara", message)
    hand_over(wa, callback)
    assert parsed == [expected]


def test_every_status_and_a_number_change_is_read(
    wa: WhatsApp, client: Client, callback: Callback, parsed: list[str], sandbox: Sandbox
) -> None:
    client.script("POST", "people/amara", json={"script": "silent"})
    hand_over(wa, callback)
    parsed.clear()
    sandbox.clock.run_at(5)  # slow enough for one webhook each
    wa.send_message(AMARA, "Hello")
    for _ in range(3):
        hand_over(wa, callback)
    assert parsed == ["MessageStatus"] * 3
    client.writes("amara", {"type": "number_change", "new_phone": "447700900777"})
    while len(parsed) < 4:
        hand_over(wa, callback)  # the user_id_update beside it is a field that pywa does not read
    assert parsed[3:] == ["PhoneNumberChange"]


def test_a_failed_status_is_read_once_it_has_the_contact_that_whatsapp_leaves_out(
    wa: WhatsApp, client: Client, callback: Callback, parsed: list[str]
) -> None:
    """pywa 4.5 wants `contacts` in every status; WhatsApp leaves it out of failed ones (protocol reference, section 2.9)."""
    hand_over(wa, callback)
    parsed.clear()
    wa.send_message("447700900124", "Hello")
    whole = callback.next().json
    value = whole["entry"][0]["changes"][0]["value"]
    assert "contacts" not in value
    value["contacts"] = [{"profile": {"name": "Tom"}, "wa_id": "447700900124", "user_id": "GB.1"}]
    assert wa.webhook_update_handler(json.dumps(whole).encode())[1] == 200
    assert parsed == ["MessageStatus"]
