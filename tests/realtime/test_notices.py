"""Notices: packed, merged, and refused when they are something else."""

from __future__ import annotations

import pytest

from inbox.realtime.notices import Notice, merge, pack, unpack


def test_what_is_packed_comes_out_again() -> None:
    notices = [Notice(1, 5, 42, (7, 8), 4), Notice(2, 1, 43, (), 1)]
    assert unpack(pack(notices)) == notices


@pytest.mark.parametrize("text", ["", "{}", "[[1, 2]]", '[["1", 2, 3, 4]]', "[1]", "null", "[[1, 2, 3, null]]"])
def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"notice|JSON|Expecting"):
        unpack(text)


def test_one_conversation_is_told_once_and_all_share_the_span() -> None:
    merged = merge([Notice(1, 5, 42, (7,), 5), Notice(1, 6, 43, (9,), 6), Notice(1, 7, 42, (8, 7), 7)])
    assert merged == [Notice(1, 7, 42, (7, 8), 5), Notice(1, 7, 43, (9,), 5)]


def test_numbers_are_kept_apart() -> None:
    assert merge([Notice(2, 3, 43, (), 3), Notice(1, 5, 42, (), 5)]) == [Notice(1, 5, 42, (), 5), Notice(2, 3, 43, (), 3)]


def test_a_missing_seq_stays_a_gap() -> None:
    merged = merge([Notice(1, 5, 42, (7,), 5), Notice(1, 7, 42, (8,), 7)])
    assert merged == [Notice(1, 5, 42, (7,), 5), Notice(1, 7, 42, (8,), 7)]
