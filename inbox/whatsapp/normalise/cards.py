"""Reads the people that a customer shares as contact cards; every part of a card may be missing (protocol §2.8.5)."""

from __future__ import annotations

from .reading import Json, inner, inners, text, without_empty

MOST_PEOPLE = 260  # WhatsApp lets share 257 at once
LONG = 500


def people_of(message: Json) -> list[Json]:
    """The cards of a message, in our words; see the table in the package's docstring."""
    return [card for card in map(_card, inners(message, "contacts")[:MOST_PEOPLE]) if card]


def _card(contact: Json) -> Json:
    name = inner(contact, "name")
    org = inner(contact, "org")
    shown = (
        text(name, "formatted_name", LONG) or " ".join(filter(None, (text(name, "first_name"), text(name, "last_name"))))[:LONG]
    )
    return without_empty(
        name=shown,
        first_name=text(name, "first_name", LONG),
        last_name=text(name, "last_name", LONG),
        phones=[
            line
            for phone in inners(contact, "phones")
            if (
                line := without_empty(
                    phone=text(phone, "phone", 40), whatsapp=text(phone, "wa_id", 40), type=text(phone, "type", 20)
                )
            )
        ],
        emails=[
            line
            for email in inners(contact, "emails")
            if (line := without_empty(email=text(email, "email", LONG), type=text(email, "type", 20)))
        ],
        company=text(org, "company", LONG),
        department=text(org, "department", LONG),
        title=text(org, "title", LONG),
        addresses=[line for address in inners(contact, "addresses") if (line := _address(address))],
        urls=[
            line
            for url in inners(contact, "urls")
            if (line := without_empty(url=text(url, "url", 2000), type=text(url, "type", 20)))
        ],
        birthday=text(contact, "birthday", 20),
        origin=text(contact, "origin", 40),
    )


def _address(address: Json) -> Json:
    return without_empty(
        street=text(address, "street", LONG),
        city=text(address, "city", LONG),
        state=text(address, "state", LONG),
        zip=text(address, "zip", 40),
        country=text(address, "country", LONG),
        type=text(address, "type", 20),
    )
