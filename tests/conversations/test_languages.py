"""A new contact is offered the language of their country first."""

from __future__ import annotations

import pytest

from inbox.conversations.languages import guess


@pytest.mark.parametrize(
    ("bsuid", "phone", "language"),
    [
        ("BR.6041", "", "pt_BR"),
        ("", "5511981234567", "pt_BR"),
        ("", "5491123456789", "es"),
        ("MX.1", "447700900123", "es"),
        ("", "447700900123", "en"),
        ("", "12025550110", "en"),
        ("AE.4", "", ""),
        ("", "not a phone", ""),
        ("", "", ""),
    ],
)
def test_the_country_tells_the_language_where_it_can(bsuid: str, phone: str, language: str) -> None:
    assert guess(bsuid, phone) == language
