"""Every kind of message becomes an envelope that holds all of it, or a placeholder that says why not."""

from __future__ import annotations

import pytest

from inbox.conversations.envelopes import AccountChanged, Edited, Fault, Person, PersonChanged, Reacted, Revoked, Said, Unreadable

from .table import AMARA, NOT_SUPPORTED, NUMBER, OUR_PHONE, PHONE_ONLY, RECEIVED, WABA, Table, at, media, opened, said

WITHOUT_PHONE = Person(bsuid=AMARA.bsuid, parent_bsuid="GB.ENT.5520861324904177", username="amara.osei", name="Amara Osei")
SAME_BSUID_ONLY = Person(bsuid=AMARA.bsuid, name="Amara Osei")
MOVED = "User Amara Osei changed from 447700900123 to 447700900777"

TEXTS: Table = {
    "message-text": [said("wamid.in.text", "text", "Do you ship to Leeds?")],
    "message-text-without-phone": [said("wamid.in.text-without-phone", "text", "Hello", person=WITHOUT_PHONE)],
    "message-text-bsuid-in-from": [said("wamid.in.text-bsuid-in-from", "text", "Hello", person=SAME_BSUID_ONLY)],
    "message-text-from-ad": [
        said(
            "wamid.in.text-from-ad",
            "text",
            "Is this offer on?",
            referral={
                "source": "ad",
                "source_id": "120200000000001",
                "url": "https://fb.example/offer",
                "headline": "Chat with us",
                "body": "Autumn offer",
                "media": "image",
                "image_url": "https://fb.example/offer.jpg",
                "click_id": "ARAexample",
                "welcome": "Hi, how can we help?",
            },
        )
    ],
    "message-text-reply": [said("wamid.in.text-reply", "text", "Yes, that one", reply_to="wamid.out.1")],
    "message-text-forwarded": [said("wamid.in.text-forwarded", "text", "Look at this", forwarded="once")],
    "message-text-forwarded-often": [said("wamid.in.text-forwarded-often", "text", "Look at this", forwarded="often")],
    "message-text-about-product": [
        said(
            "wamid.in.text-about-product",
            "text",
            "Is it in stock?",
            reply_to="wamid.out.2",
            content={"product": {"catalog": "880011223344", "sku": "SKU-9"}},
        )
    ],
    "message-text-group": [said("wamid.in.text-group", "text", "Hi all", group_key="Y2FwaV9ncm91cDox")],
    "message-text-oddities": [said("wamid.in.text-oddities", "text", "ab שלום 👩\u200d👧 end")],
}

FILES: Table = {
    "message-image": [said("wamid.in.image", "image", "Broken handle", media=media("400", "image/jpeg"))],
    "message-video": [said("wamid.in.video", "video", "clip", media=media("401", "video/mp4"))],
    "message-document": [
        said("wamid.in.document", "document", "PO", media=media("402", "application/pdf", filename="po-118.pdf"))
    ],
    "message-sticker": [said("wamid.in.sticker", "sticker", media=media("403", "image/webp", animated=True))],
    "message-audio": [said("wamid.in.audio", "audio", media=media("405", "audio/mpeg"))],
    "message-voice": [said("wamid.in.voice", "audio", media=media("404", "audio/ogg; codecs=opus", voice=True))],
    "message-voice-legacy": [said("wamid.in.voice-legacy", "audio", media=media("406", "audio/ogg; codecs=opus", voice=True))],
    "message-media-too-large": [
        said(
            "wamid.in.media-too-large",
            "unsupported",
            content={"what": "video", "reason": "error", "code": 131052},
            faults=(Fault(131052, "Media download error", "The file is larger than 100 MB."),),
        )
    ],
}

STRUCTURED: Table = {
    "message-location": [
        said(
            "wamid.in.location",
            "location",
            content={
                "latitude": 53.7997,
                "longitude": -1.5492,
                "name": "City Square",
                "address": "Leeds LS1",
                "url": "https://example.org",
            },
        )
    ],
    "message-contacts": [
        said(
            "wamid.in.contacts",
            "contacts",
            "Noor Haddad",
            content={
                "people": [
                    {
                        "name": "Noor Haddad",
                        "first_name": "Noor",
                        "last_name": "Haddad",
                        "phones": [{"phone": "+44 7700 900456", "whatsapp": "447700900456", "type": "CELL"}],
                        "emails": [{"email": "noor@example.org", "type": "WORK"}],
                        "company": "Haddad Ltd",
                        "department": "Ops",
                        "title": "Lead",
                        "addresses": [
                            {"street": "1 Kirkgate", "city": "Leeds", "zip": "LS1", "country": "United Kingdom", "type": "WORK"}
                        ],
                        "urls": [{"url": "https://example.org", "type": "WORK"}],
                        "birthday": "1990-02-03",
                        "origin": "other",
                    },
                    {"phones": [{"phone": "+44 7700 900789"}]},
                ]
            },
        )
    ],
    "message-contacts-requested": [
        said(
            "wamid.in.contacts-requested",
            "contacts",
            "Amara",
            person=SAME_BSUID_ONLY,
            content={
                "people": [
                    {
                        "name": "Amara",
                        "first_name": "Amara",
                        "phones": [{"phone": "+44 7700 900123", "whatsapp": "447700900123"}],
                        "origin": "contact_request",
                    }
                ]
            },
        )
    ],
    "message-order": [
        said(
            "wamid.in.order",
            "order",
            "No onions",
            content={
                "items": [
                    {"sku": "SKU-9", "quantity": 2, "price": 4.5, "currency": "GBP"},
                    {"sku": "SKU-10", "quantity": 1, "price": 12.0, "currency": "GBP"},
                ],
                "catalog": "880011223344",
                "currency": "GBP",
            },
        )
    ],
}

ANSWERS: Table = {
    "message-interactive-button": [
        said(
            "wamid.in.interactive-button",
            "interactive",
            "Confirm",
            reply_to="wamid.out.3",
            content={"reply": "button", "id": "confirm:118", "title": "Confirm"},
        )
    ],
    "message-interactive-list": [
        said(
            "wamid.in.interactive-list",
            "interactive",
            "09:30",
            content={"reply": "list", "id": "slot-0930", "title": "09:30", "description": "Tue 24 Nov"},
        )
    ],
    "message-interactive-form": [
        said(
            "wamid.in.interactive-form",
            "interactive",
            "Sent",
            content={"reply": "form", "name": "flow", "answers": {"flow_token": "tk-118", "rating": "4"}},
        )
    ],
    "message-interactive-form-of-anything": [
        said(
            "wamid.in.interactive-form-of-anything",
            "interactive",
            "Sent",
            content={"reply": "form", "name": "flow", "answers": {"value": [1, "two"]}},
        )
    ],
    "message-interactive-address": [
        said(
            "wamid.in.interactive-address",
            "interactive",
            "12 Kirkgate, Leeds",
            content={"reply": "address", "name": "address_message", "answers": {"values": {"city": "Leeds"}}},
        )
    ],
    "message-interactive-call-permission": [
        said(
            "wamid.in.interactive-call-permission",
            "interactive",
            content={
                "reply": "call_permission",
                "response": "accept",
                "expires_at": "2025-11-29T07:06:40+00:00",
                "source": "user_action",
            },
        )
    ],
    "message-interactive-broken": [
        said("wamid.in.interactive-broken", "unsupported", content={"what": "interactive", "reason": "malformed"}),
        AccountChanged(
            NUMBER,
            RECEIVED,
            WABA,
            "errors",
            "131000",
            "warning",
            OUR_PHONE,
            {"code": 131000, "title": "Unsupported webhook payload"},
        ),
    ],
    "message-button": [
        said("wamid.in.button", "button", "Unsubscribe", reply_to="wamid.out.4", content={"payload": "STOP_PROMOS"})
    ],
}

AMENDED: Table = {
    "message-reaction": [Reacted(NUMBER, at(1), "wamid.in.reaction", AMARA, "wamid.out.5", "👍")],
    "message-reaction-removed": [Reacted(NUMBER, at(1), "wamid.in.reaction-removed", AMARA, "wamid.out.5", "")],
    "message-edit": [Edited(NUMBER, at(1), "wamid.in.edit", AMARA, "wamid.in.text", "Do you ship to York?")],
    "message-edit-caption": [
        Edited(NUMBER, at(1), "wamid.in.edit-caption", AMARA, "wamid.in.image", "Broken lid", media("407", "image/jpeg"))
    ],
    "message-revoke": [Revoked(NUMBER, at(1), "wamid.in.revoke", AMARA, "wamid.in.text")],
}

PLACEHOLDERS: Table = {
    "message-unsupported-poll": [
        said(
            "wamid.in.unsupported-poll",
            "unsupported",
            content={"what": "poll_creation", "reason": "not_supported", "code": 131051},
            faults=(NOT_SUPPORTED,),
        )
    ],
    "message-unsupported-unavailable": [
        said(
            "wamid.in.unsupported-unavailable",
            "unsupported",
            content={"reason": "not_supported", "code": 131060},
            faults=(Fault(131060, "This message is currently unavailable.", "Ask the customer to send it again."),),
        )
    ],
    "message-unknown-type": [
        said("wamid.in.unknown-type", "unsupported", content={"what": "hologram", "reason": "unknown_type"})
    ],
    "message-ephemeral": [
        said(
            "wamid.in.ephemeral",
            "unsupported",
            content={"what": "ephemeral", "reason": "unknown_type", "code": 131051},
            faults=(NOT_SUPPORTED,),
        )
    ],
}

SYSTEM: Table = {
    "message-welcome": [said("wamid.in.welcome", "system", content={"event": "welcome"})],
    "message-system-new-phone": [
        PersonChanged(NUMBER, at(1), "wamid.in.system-new-phone", "phone", PHONE_ONLY, Person(phone="447700900777"), MOVED)
    ],
    "message-system-new-phone-old-form": [
        PersonChanged(
            NUMBER,
            at(1),
            "wamid.in.system-new-phone-old-form",
            "phone",
            PHONE_ONLY,
            Person(phone="447700900777"),
            "Amara changed number",
        )
    ],
    "message-system-new-bsuid": [
        PersonChanged(
            NUMBER,
            at(1),
            "wamid.in.system-new-bsuid",
            "bsuid",
            PHONE_ONLY,
            Person(bsuid="GB.11823366450970011", parent_bsuid="GB.ENT.1182336645097001", phone="447700900777"),
            "User Amara Osei changed id",
        )
    ],
    "message-system-new-identity": [
        PersonChanged(
            NUMBER,
            at(1),
            "wamid.in.system-new-identity",
            "identity",
            PHONE_ONLY,
            Person(identity_hash="Zk3pQ9v1T0M="),
            "User identity changed",
        )
    ],
    "message-system-other": [
        said("wamid.in.system-other", "system", "The icon changed", person=PHONE_ONLY, content={"event": "group_icon_changed"})
    ],
}

TABLE: Table = TEXTS | FILES | STRUCTURED | ANSWERS | AMENDED | PLACEHOLDERS | SYSTEM


@pytest.mark.parametrize("name", TABLE)
def test_each_kind_of_message_becomes_its_envelopes(name: str) -> None:
    assert opened(name) == TABLE[name]


def test_a_bad_item_is_set_aside_with_its_place_and_its_neighbours_go_on() -> None:
    found = opened("batch-of-everything")
    places = {envelope.where: envelope.reason for envelope in found if isinstance(envelope, Unreadable)}
    assert places == {
        "entry[0].changes[0].value.messages[1]": "not an object",
        "entry[0].changes[0].value.messages[3]": "neither phone number nor user id",
        "entry[0].changes[0].value.messages[4]": "no id",
        "entry[0].changes[0].value.statuses[1]": "no status",
        "entry[0].changes[1].value.messages[0]": "no phone_number_id in metadata",
    }
    kept = [getattr(envelope, "external_id", "") for envelope in found if not isinstance(envelope, Unreadable)]
    assert kept == ["wamid.in.b1", "wamid.in.b2", "wamid.in.b3", "wamid.out.9", ""]


def test_contacts_are_matched_by_id_and_not_by_their_place() -> None:
    found = {
        envelope.external_id: envelope.person.name for envelope in opened("batch-of-everything") if isinstance(envelope, Said)
    }
    assert found == {"wamid.in.b1": "Amara Osei", "wamid.in.b2": "Zoë", "wamid.in.b3": "Amara Osei"}
