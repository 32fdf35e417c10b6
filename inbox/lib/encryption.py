"""Keeps secrets unreadable in the database: a text field encrypted with keys from ``FIELD_KEYS``, apart from SECRET_KEY."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper


class UnreadableSecret(Exception):
    """A stored secret cannot be read with any of the keys in FIELD_KEYS."""


@lru_cache(maxsize=8)
def _box(keys: tuple[str, ...]) -> MultiFernet:
    return MultiFernet([Fernet(key) for key in keys])


def encrypt(text: str) -> str:
    """The text under the first of ``FIELD_KEYS``."""
    return _box(tuple(settings.FIELD_KEYS)).encrypt(text.encode()).decode()


def decrypt(token: str) -> str:
    """The text of a token made by ``encrypt`` under any of ``FIELD_KEYS``; raises UnreadableSecret."""
    try:
        return _box(tuple(settings.FIELD_KEYS)).decrypt(token.encode()).decode()
    except InvalidToken as error:
        raise UnreadableSecret("FIELD_KEYS holds no key for a stored secret; add the earlier key back at the end.") from error


if TYPE_CHECKING:
    Text = models.TextField[str, str]
else:
    Text = models.TextField  # Django's own class takes no type arguments


class EncryptedTextField(Text):
    """Text that is stored encrypted; the empty string stays empty."""

    def get_prep_value(self, value: Any) -> Any:
        """Encrypt on the way to the database."""
        plain = super().get_prep_value(value)
        return encrypt(plain) if plain else plain

    def from_db_value(self, value: str | None, expression: Any, connection: BaseDatabaseWrapper) -> str | None:
        """Decrypt on the way back."""
        return decrypt(value) if value else value
