"""Columns of many rows are written in one go, and only those."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from inbox.conversations.models import Message
from inbox.lib.columns import save_columns
from tests import make

pytestmark = pytest.mark.django_db


def test_the_named_columns_of_all_rows_are_written_and_no_others() -> None:
    conversation = make.conversation(waiting=False)
    messages = [make.message(conversation, "before") for _ in range(3)]
    read_at = datetime(2027, 1, 1, tzinfo=UTC)
    for place, message in enumerate(messages):
        message.pricing, message.read_at, message.reply_to, message.text = {"place": place}, read_at, messages[0], "after"
    save_columns(messages, ["pricing", "read_at", "reply_to"])
    found = Message.objects.order_by("pk").values_list("pricing", "read_at", "reply_to", "text")
    assert list(found) == [({"place": place}, read_at, messages[0].pk, "before") for place in range(3)]
