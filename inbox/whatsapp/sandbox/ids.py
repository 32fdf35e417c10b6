"""Makes identifiers of the forms Meta uses, and reads phone numbers the ways WhatsApp does."""

from __future__ import annotations

import base64
import hashlib
import re
import secrets
import string

FROM_PERSON, FROM_BUSINESS = 0x12, 0x11
QR_ALPHABET = string.ascii_uppercase + "234567"


def message_id(counterpart: str, direction: int) -> str:
    """A wamid: base64 of a small record holding the other party's digits, a direction byte and a nonce."""
    name = counterpart.encode()[:40]
    nonce = secrets.token_hex(9).upper().encode()
    record = bytes([0x1D, len(name)]) + name + bytes([0x15, 2, 0, direction, 0x18, len(nonce)]) + nonce + b"\0"
    return "wamid." + base64.b64encode(record).decode()


def numeric_id(lead: str) -> str:
    """A 15-digit id beginning with `lead`, as media and templates have."""
    return lead + "".join(secrets.choice(string.digits) for _ in range(15 - len(lead)))


def qr_code() -> str:
    return "".join(secrets.choice(QR_ALPHABET) for _ in range(14))


def new_bsuid(country: str) -> str:
    return f"{country}.{numeric_id('1')}{secrets.randbelow(90) + 10}"


def scoped_bsuid(bsuid: str, portfolio_id: str) -> str:
    """The id of the same person in another portfolio: same country, other digits, always the same."""
    digest = hashlib.sha256(f"{portfolio_id}/{bsuid}".encode()).hexdigest()
    return f"{bsuid.split('.')[0]}.{int(digest[:14], 16)}"


def digits_of(phone: str) -> str:
    return re.sub(r"\D", "", phone)


def phone_key(digits: str) -> str:
    """One key for the forms of one account (section 10.1): Brazil's 9th digit, Argentina's 9, Mexico's 1."""
    if digits.startswith("55") and len(digits) == 13 and digits[4] == "9":
        return digits[:4] + digits[5:]
    if digits.startswith("549") and len(digits) == 13:
        return "54" + digits[3:]
    if digits.startswith("521") and len(digits) == 13:
        return "52" + digits[3:]
    return digits
