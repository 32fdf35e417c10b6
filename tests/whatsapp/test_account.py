"""What WhatsApp says about an account holds its numbers back or frees them, the newest word last."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from inbox.audit.models import Entry
from inbox.conversations.envelopes import AccountChanged
from inbox.whatsapp import account
from inbox.whatsapp.models import AccountEvent, Connection
from tests import make

pytestmark = pytest.mark.django_db
T0 = datetime(2026, 11, 1, 12, tzinfo=UTC)


def ban(state: str, at: datetime = T0) -> AccountChanged:
    return AccountChanged("", at, make.WABA, "account_update", "DISABLED_UPDATE", data={"ban_info": {"waba_ban_state": state}})


@pytest.fixture
def connection() -> Connection:
    return make.connection(make.number())


def state_after(connection: Connection, *news: AccountChanged) -> str:
    for each in news:
        account.keep(each)
    connection.refresh_from_db()
    return connection.state


def test_a_ban_blocks_and_a_reinstatement_frees_each_with_an_entry(connection: Connection) -> None:
    assert state_after(connection, ban("DISABLE")) == "blocked"
    assert state_after(connection, ban("REINSTATE", T0 + timedelta(hours=1))) == "ready"
    assert Entry.objects.filter(code="connection.state_changed").count() == 2


def test_an_older_ban_does_not_undo_a_reinstatement(connection: Connection) -> None:
    assert state_after(connection, ban("DISABLE"), ban("REINSTATE", T0 + timedelta(hours=2))) == "ready"
    assert state_after(connection, ban("DISABLE", T0 + timedelta(hours=1))) == "ready"


def test_the_same_news_twice_is_one_row(connection: Connection) -> None:
    account.keep(ban("DISABLE"))
    assert account.keep(ban("DISABLE")) is None
    assert AccountEvent.objects.count() == 1
