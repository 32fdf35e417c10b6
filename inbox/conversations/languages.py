"""Guesses which of our languages to offer a new contact first, from the country that WhatsApp's id or phone number tells."""

from __future__ import annotations

import phonenumbers
from phonenumbers import NumberParseException

SPANISH = frozenset(
    ["AR", "BO", "CL", "CO", "CR", "CU", "DO", "EC", "ES", "GQ", "GT", "HN", "MX", "NI", "PA", "PE", "PR", "PY", "SV", "UY", "VE"]
)
PORTUGUESE = {"BR": "pt_BR", "PT": "pt_PT", "AO": "pt_PT", "MZ": "pt_PT", "CV": "pt_PT"}
ENGLISH = frozenset(["AU", "CA", "GB", "GH", "IE", "IN", "JM", "KE", "NG", "NZ", "US", "ZA"])


def guess(bsuid: str, phone: str) -> str:
    """A language code as templates write it (pt_BR, es, en), or "" where the country tells nothing."""
    country = bsuid[:2] if "." in bsuid else country_of(phone)
    if country in SPANISH:
        return "es"
    if country in ENGLISH:
        return "en"
    return PORTUGUESE.get(country, "")


def country_of(phone: str) -> str:
    """The ISO country of a phone number in digits, or ""."""
    try:
        number = phonenumbers.parse(f"+{phone}")
    except NumberParseException:
        return ""
    # Numbers kept for fiction or just issued have no region of their own; their country code still has a main one.
    return phonenumbers.region_code_for_number(number) or phonenumbers.region_code_for_country_code(number.country_code or 0)
