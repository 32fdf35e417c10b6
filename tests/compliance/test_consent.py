"""The ledger only grows, and its newest line is in force."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from inbox.audit.models import Entry
from inbox.audit.record import WIRE
from inbox.compliance.consent import decide, has_stopped_marketing
from inbox.compliance.models import Consent
from inbox.conversations.models import Contact, Number

pytestmark = pytest.mark.django_db
T0 = datetime(2026, 11, 1, 12, tzinfo=UTC)
STOPPED, GIVEN = Consent.Decision.STOPPED, Consent.Decision.GIVEN


def decided(contact: Contact, number: Number, decision: str, at: datetime) -> Consent | None:
    return decide(contact, number, Consent.Purpose.MARKETING, decision, at=at, source="whatsapp", by=WIRE)


def test_a_stop_is_in_force_on_its_number_only(dora: Contact, support_number: Number, billing_number: Number) -> None:
    decided(dora, support_number, STOPPED, T0)
    assert has_stopped_marketing(dora, support_number)
    assert not has_stopped_marketing(dora, billing_number)


def test_a_repeated_stop_adds_no_line_and_no_entry(dora: Contact, support_number: Number) -> None:
    decided(dora, support_number, STOPPED, T0)
    assert decided(dora, support_number, STOPPED, T0) is None
    assert (Consent.objects.count(), Entry.objects.filter(code="consent.stopped").count()) == (1, 1)


@pytest.mark.parametrize("late_first", [True, False])
def test_the_latest_decision_counts_in_whatever_order_it_came(dora: Contact, support_number: Number, late_first: bool) -> None:
    lines = [(STOPPED, T0), (GIVEN, T0 + timedelta(hours=1))]
    for decision, at in sorted(lines, key=lambda line: line[1], reverse=late_first):
        decided(dora, support_number, decision, at)
    assert has_stopped_marketing(dora, support_number) is None
