"""Tells who an item is from or for: its own fields, completed by the one entry of ``contacts`` that has the same id."""

from __future__ import annotations

from collections.abc import Sequence

from inbox.conversations.envelopes import Person

from .reading import Json, inner, text

LONGEST_NAME = 200
LONGEST_KEY = 160
LONGEST_PHONE = 20  # digits; real ones end at 15
LONGEST_HASH = 128


class Persons:
    """The people that one change tells of. They are matched by id, never by their place in the list (protocol §10.16)."""

    def __init__(self, contacts: Sequence[Json]) -> None:
        self._all = [_contact(contact) for contact in contacts]
        self._by_bsuid = {person.bsuid: person for person in self._all if person.bsuid}
        self._by_phone = {person.phone: person for person in self._all if person.phone}

    def find(self, address: str, *, bsuid: str = "", parent_bsuid: str = "") -> Person:
        """The person with this phone number or wa_id, BSUID or both; an address with a letter or a dot is a BSUID itself."""
        phone, own_bsuid = address_of(address)
        bsuid = bsuid[:LONGEST_KEY] or own_bsuid
        told = self._by_bsuid.get(bsuid) or self._by_phone.get(phone) or Person()
        return Person(
            bsuid=bsuid or told.bsuid,
            parent_bsuid=parent_bsuid[:LONGEST_KEY] or told.parent_bsuid,
            phone=phone or told.phone,
            username=told.username,
            name=told.name,
            identity_hash=told.identity_hash,
        )

    def only(self) -> Person:
        """The one person told of, when there is exactly one; nobody otherwise."""
        return self._all[0] if len(self._all) == 1 else Person()


def address_of(address: str) -> tuple[str, str]:
    """Splits what may be a phone number or a BSUID into (digits, BSUID); one of them is ""."""
    address = address.strip()
    if "." in address or any(letter.isalpha() for letter in address):
        return "", address[:LONGEST_KEY]
    digits = "".join(digit for digit in address if digit.isascii() and digit.isdigit())
    return (digits, "") if len(digits) <= LONGEST_PHONE else ("", "")


def _contact(contact: Json) -> Person:
    profile = inner(contact, "profile")
    phone, bsuid = address_of(text(contact, "wa_id"))
    return Person(
        bsuid=text(contact, "user_id", LONGEST_KEY) or bsuid,
        parent_bsuid=text(contact, "parent_user_id", LONGEST_KEY),
        phone=phone,
        username=text(profile, "username", LONGEST_KEY) or text(contact, "username", LONGEST_KEY),
        name=text(profile, "name").strip()[:LONGEST_NAME],
        identity_hash=text(contact, "identity_key_hash", LONGEST_HASH),
    )
