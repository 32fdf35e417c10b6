"""What must be true after any fault, once everything runs again.

I1  every webhook that was answered with 200 is stored exactly once, and its message is there exactly once
I2  every message that an agent handed in has a WhatsApp id, or has failed, or is said to be unknown
I3  WhatsApp took at most one message per token
I5  the trail is whole
"""

from __future__ import annotations

from collections import Counter

from tests.faults.books import as_uuid, one
from tests.faults.house import House
from tests.faults.waiting import until

SETTLE = 60.0


def check(house: House) -> None:
    """All of them, each given the time to come true."""
    every_acknowledged_webhook_is_there_once(house)
    every_message_of_ours_has_an_outcome(house)
    nothing_was_sent_twice(house)
    the_trail_is_whole(house)


def every_acknowledged_webhook_is_there_once(house: House) -> None:
    """I1."""
    until(lambda: house.sandbox.undelivered() == 0, within=SETTLE, because="the sandbox has delivered every webhook")
    waiting = "SELECT count(*) FROM inbox_rawevent WHERE state = 'new'"
    until(lambda: one(house.books, waiting) == 0, within=SETTLE, because="no kept webhook waits to be taken in")
    stored = Counter(bytes(digest) for (digest,) in house.books.rows("SELECT digest FROM inbox_rawevent"))
    promised = house.meta.acknowledged.digests | house.sandbox.acknowledged()
    assert {digest.hex() for digest in promised if stored[digest] != 1} == set()
    known = Counter(wamid for (wamid,) in house.books.rows("SELECT external_id FROM inbox_message WHERE direction = 'in'"))
    messages = house.meta.acknowledged.messages | house.sandbox.customers_messages()
    assert {wamid for wamid in messages if known[wamid] != 1} == set()


def every_message_of_ours_has_an_outcome(house: House) -> None:
    """I2."""
    on_its_way = "SELECT count(*) FROM inbox_delivery WHERE state IN ('queued', 'sending')"
    until(lambda: one(house.books, on_its_way) == 0, within=SETTLE, because="no delivery is on its way")
    without = (
        "SELECT m.id, d.state, m.status FROM inbox_message m LEFT JOIN inbox_delivery d ON d.message_id = m.id "
        "WHERE m.direction = 'out' AND m.client_token IS NOT NULL AND NOT "
        "((d.state = 'accepted' AND m.external_id IS NOT NULL) OR (d.state = 'failed' AND m.status = 'failed') "
        "OR (d.state = 'unknown' AND m.status = 'unknown'))"
    )
    assert house.books.rows(without) == []


def nothing_was_sent_twice(house: House) -> None:
    """I3."""
    accepted = house.sandbox.accepted()
    assert {token for token, times in accepted.items() if times > 1} == set()
    settled = house.books.rows("SELECT token FROM inbox_delivery WHERE state = 'accepted'")
    assert {as_uuid(token) for (token,) in settled if as_uuid(token) not in accepted} == set()


def the_trail_is_whole(house: House) -> None:
    """I5."""
    house.console.do("sweep", "--once")
    unsealed = "SELECT count(*) FROM inbox_entry WHERE position IS NULL"
    until(lambda: one(house.books, unsealed) == 0, because="the sweep has sealed every entry")
    said = house.console.run("verify_trail")
    assert said.code == 0, said.text
