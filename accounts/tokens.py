"""Tokens for one-time ways in: the link carries the token, the database only its digest."""

from __future__ import annotations

import hashlib
import secrets

TOKEN_BYTES = 32  # 256 bits: cannot be guessed, so the digest needs no salt and no slow hash


def fresh_token() -> tuple[str, str]:
    """A new token and its digest."""
    token = secrets.token_urlsafe(TOKEN_BYTES)
    return token, digest_of(token)


def digest_of(token: str) -> str:
    """What is stored and searched for (SHA-256, hexadecimal)."""
    return hashlib.sha256(token.encode()).hexdigest()
