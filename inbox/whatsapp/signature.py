"""Tells whether a webhook body was really signed by the Meta app that it claims to come from (protocol §2.3)."""

from __future__ import annotations

import hmac
from collections.abc import Sequence
from hashlib import sha256

PREFIX = "sha256="
SHAPE_LENGTH = len(PREFIX) + 64
HEX = frozenset("0123456789abcdef")


def is_genuine(raw: bytes, header: str | None, secrets: Sequence[str]) -> bool:
    """True if ``header`` (``X-Hub-Signature-256``) is the HMAC-SHA256 of the bytes as received under one of ``secrets``.

    Only ``sha256=`` and 64 lowercase hex digits are looked at further. Every secret is tried whether or not an earlier
    one fitted, so that time tells nothing; an empty secret never fits.
    """
    if header is None or len(header) != SHAPE_LENGTH or not header.startswith(PREFIX):
        return False
    claimed = header[len(PREFIX) :]
    if not HEX.issuperset(claimed):
        return False
    given = bytes.fromhex(claimed)
    genuine = False
    for secret in secrets:
        if secret:
            genuine |= hmac.compare_digest(hmac.digest(secret.encode(), raw, sha256), given)
    return genuine


def signature_of(raw: bytes, secret: str) -> str:
    """The header value that Meta would send for these bytes under this secret."""
    return PREFIX + hmac.digest(secret.encode(), raw, sha256).hex()
