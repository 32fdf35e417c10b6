"""The voice: after commit, once per transaction, never raising."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import redis
from django.db import transaction
from pytest_django import DjangoCaptureOnCommitCallbacks, Settings

from inbox.lib import redis_line
from inbox.realtime import push, topics
from inbox.realtime.notices import Notice, unpack
from tests import redis_servers

everybody_sees = pytest.mark.django_db(transaction=True)


class Ear:
    """Hears what is published."""

    def __init__(self, url: str) -> None:
        self.client = redis.Redis.from_url(url)
        self.subscription: Any = self.client.pubsub(ignore_subscribe_messages=True)
        self.subscription.subscribe(topics.notices())
        self.subscription.get_message(timeout=5)

    def heard(self) -> list[list[Notice]]:
        """Everything published so far, one list per publishing."""
        self.client.publish(topics.notices(), "[]")
        heard: list[list[Notice]] = []
        while True:
            message = self.subscription.get_message(timeout=5)
            if message is not None:
                notices = unpack(message["data"])
                if not notices:
                    return heard
                heard.append(notices)

    def close(self) -> None:
        self.subscription.close()
        self.client.close()


@pytest.fixture(params=redis_servers.KINDS)
def ear(request: pytest.FixtureRequest, settings: Settings) -> Iterator[Ear]:
    with redis_servers.serving(request.param) as url:
        redis_servers.use(settings, url)
        made = Ear(url)
        yield made
        made.close()


@everybody_sees
def test_nothing_is_said_before_the_commit(ear: Ear) -> None:
    with transaction.atomic():
        push.tell(1, 5, conversation_id=42)
        assert ear.heard() == []
    assert ear.heard() == [[Notice(1, 5, 42, (), 5)]]


@everybody_sees
def test_without_a_transaction_it_is_said_at_once(ear: Ear) -> None:
    push.tell(1, 5, conversation_id=42, message_ids=[7])
    assert ear.heard() == [[Notice(1, 5, 42, (7,), 5)]]


@everybody_sees
def test_a_rollback_is_not_spoken_of(ear: Ear) -> None:
    with transaction.atomic():
        push.tell(1, 5, conversation_id=42)
        transaction.set_rollback(True)
    with transaction.atomic():
        push.tell(1, 5, conversation_id=43)
    assert ear.heard() == [[Notice(1, 5, 43, (), 5)]]


@everybody_sees
def test_a_transaction_speaks_once_and_once_per_conversation(ear: Ear) -> None:
    with transaction.atomic():
        push.tell(1, 5, conversation_id=42, message_ids=[7])
        with transaction.atomic():
            push.tell(1, 6, conversation_id=43)
        with transaction.atomic():
            push.tell(1, 7, conversation_id=42, message_ids=[8])
    assert ear.heard() == [[Notice(1, 7, 42, (7, 8), 5), Notice(1, 7, 43, (), 5)]]


@everybody_sees
def test_a_savepoint_that_was_undone_is_not_spoken_of(ear: Ear) -> None:
    with transaction.atomic():
        with transaction.atomic():
            push.tell(1, 5, conversation_id=41)
            transaction.set_rollback(True)
        push.tell(1, 5, conversation_id=42)
        with transaction.atomic():
            push.tell(1, 6, conversation_id=43)
            transaction.set_rollback(True)
    assert ear.heard() == [[Notice(1, 5, 42, (), 5)]]


@pytest.mark.django_db
def test_what_is_told_after_captured_hooks_ran_is_told_too(
    ear: Ear, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    for seq in (5, 6):
        with django_capture_on_commit_callbacks(execute=True):
            push.tell(1, seq, conversation_id=42)
    assert ear.heard() == [[Notice(1, 5, 42, (), 5)], [Notice(1, 6, 42, (), 6)]]


@everybody_sees
def test_a_notice_holds_ids_only(ear: Ear) -> None:
    push.tell(1, 5, conversation_id=42, message_ids=range(1000))
    [[notice]] = ear.heard()
    assert len(notice.m) == push.MESSAGES


@everybody_sees
def test_a_redis_that_is_away_is_counted_and_not_raised() -> None:
    before = push.NOTICES_LOST.labels("change")._value.get()
    control = push.NOTICES_LOST.labels("access.changed")._value.get()
    push.tell(1, 5, conversation_id=42)
    push.to_person(3, push.ACCESS_CHANGED)
    assert push.NOTICES_LOST.labels("change")._value.get() == before + 1
    assert push.NOTICES_LOST.labels("access.changed")._value.get() == control + 1


@everybody_sees
def test_a_redis_that_is_away_is_complained_of_once_a_minute(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(redis_line, "_complained", {})
    for _ in range(5):
        push.tell(1, 5, conversation_id=42)
    assert [record.getMessage() for record in caplog.records] == ["notice lost: ConnectionError"]


@everybody_sees
def test_only_known_words_of_control_are_sent() -> None:
    with pytest.raises(ValueError, match="websocket"):
        push.to_person(3, "websocket.close")


def test_installations_on_one_server_do_not_hear_each_other(settings: Settings) -> None:
    ours = topics.notices(), topics.person(3)
    topics._installation.cache_clear()
    settings.SECRET_KEY = "another installation's"
    assert not {topics.notices(), topics.person(3)} & set(ours)
    topics._installation.cache_clear()
