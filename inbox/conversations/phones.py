"""Makes the several spellings of one phone number meet, for matching only.

Brazil inserted a ninth digit, Argentina a mobile 9, Mexico once a mobile 1; WhatsApp ids and dialled numbers differ in
them (protocol section 10.1). We match on this key and send to what WhatsApp gave us last.
"""

from __future__ import annotations

import re

NOT_A_DIGIT = re.compile(r"\D")
BRAZIL_OLD_MOBILE = re.compile(r"55(\d{2})([6-9]\d{7})")
ARGENTINA_MOBILE = re.compile(r"549(\d{10})")
MEXICO_MOBILE = re.compile(r"521(\d{10})")


def digits(phone: str) -> str:
    """The phone with nothing but its digits."""
    return NOT_A_DIGIT.sub("", phone)


def matching_key(phone: str) -> str:
    """The one form in which all spellings of this number meet."""
    number = digits(phone)
    if old := BRAZIL_OLD_MOBILE.fullmatch(number):
        return f"55{old[1]}9{old[2]}"
    if mobile := ARGENTINA_MOBILE.fullmatch(number):
        return f"54{mobile[1]}"
    if mobile := MEXICO_MOBILE.fullmatch(number):
        return f"52{mobile[1]}"
    return number
