"""Moments as people write them, in the zone that is active."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.utils import timezone

from inbox.templatetags.times import left, moment
from tests.conftest import NOON


@pytest.mark.parametrize(
    ("span", "words"),
    [
        (timedelta(seconds=30), "0 m"),
        (timedelta(minutes=12, seconds=59), "12 m"),
        (timedelta(hours=1), "1 h"),
        (timedelta(hours=3, minutes=12), "3 h 12 m"),
        (timedelta(days=1), "1 d"),
        (timedelta(days=2, hours=5, minutes=59), "2 d 5 h"),
    ],
)
def test_a_span_has_at_most_two_units(clock: time_machine.Traveller, span: timedelta, words: str) -> None:
    assert left(NOON + span) == left(NOON - span) == words


@pytest.mark.parametrize(
    ("at", "form", "words"),
    [
        (NOON, "clock", "12:00"),
        (NOON, "list", "12:00"),
        (NOON - timedelta(days=1), "list", "Mon"),
        (NOON - timedelta(days=6), "list", "Wed"),
        (NOON - timedelta(days=7), "list", "23 Feb"),
        (NOON - timedelta(days=400), "list", "26 Jan 2026"),
        (NOON, "day", "Today, Tuesday 2 March"),
        (NOON - timedelta(days=1), "day", "Yesterday, Monday 1 March"),
        (NOON - timedelta(days=5), "day", "Thursday 25 February"),
        (NOON - timedelta(days=400), "day", "Monday 26 January 2026"),
        (NOON, "full", "2 Mar 2027, 12:00"),
    ],
)
def test_a_moment_is_written_as_short_as_its_place_allows(
    clock: time_machine.Traveller, at: datetime, form: str, words: str
) -> None:
    assert moment(at, form) == f'<time datetime="{at.isoformat()}" data-time="{form}">{words}</time>'


def test_the_viewers_zone_decides_what_day_it_is(clock: time_machine.Traveller) -> None:
    late = datetime(2027, 3, 2, 23, 30, tzinfo=UTC)
    with timezone.override("Asia/Tokyo"):
        assert ">08:30<" in moment(late)
        assert "Wednesday 3 March" in moment(late, "day")


def test_no_moment_is_nothing() -> None:
    assert moment(None, "left") == ""
