"""Spellings of one phone number meet."""

from __future__ import annotations

import pytest

from inbox.conversations.phones import matching_key


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("551191234567", "551191234567"),
        ("551181234567", "5511981234567"),  # Brazil before and after the ninth digit
        ("+55 (11) 98123-4567", "551181234567"),
        ("5491123456789", "541123456789"),  # Argentina's mobile 9
        ("5215512345678", "525512345678"),  # Mexico's old mobile 1
        ("447700900123", "+44 7700 900123"),
    ],
)
def test_spellings_of_one_number_meet(one: str, other: str) -> None:
    assert matching_key(one) == matching_key(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("551133334444", "5511933334444"),  # a Brazilian landline has no ninth digit
        ("447700900123", "447700900124"),
        ("5215512345678", "15512345678"),
    ],
)
def test_different_numbers_stay_apart(one: str, other: str) -> None:
    assert matching_key(one) != matching_key(other)
