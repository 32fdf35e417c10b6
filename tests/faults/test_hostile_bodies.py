"""Bodies that are forged, too large, too deep, broken in one place, or full of strange characters."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from tests.faults.books import kept, one, taken_in
from tests.faults.house import House
from tests.faults.meta import Customer
from tests.faults.waiting import until

MB = 1024 * 1024
RLO, LONE = "\u202e", "\\ud800"


def text_of(house: House, wamid: str) -> str:
    """What the message says, awaited."""
    until(lambda: taken_in(house.books, wamid))
    return str(one(house.books, "SELECT text FROM inbox_message WHERE external_id = %s", wamid))


def counted(house: House, result: str) -> float:
    """How many webhooks the web process says came to this end."""
    found = re.search(rf'parley_webhooks_total{{result="{result}"}} ([0-9.e+]+)', house.ask("/metrics")[1].decode())
    return float(found[1]) if found else 0.0


def quarantined(house: House) -> int:
    """How many items are set aside."""
    return int(one(house.books, "SELECT count(*) FROM inbox_quarantined"))


def test_one_poisoned_item_is_set_aside_and_its_neighbours_come_through(house: House) -> None:
    """F26: among messages, among changes, with a reason for whoever looks after it."""
    who, meta = Customer("Poisoned Batch", "447700980026"), house.meta
    good = [meta.new_id() for _ in range(3)]
    messages: list[Any] = [meta.message(who, good[0], "one"), "poison", {"type": "text"}, meta.message(who, good[1], "two")]
    body = meta.body(
        meta.value(who, messages=messages), {"metadata": 7}, meta.value(who, messages=[meta.message(who, good[2], "three")])
    )
    before = quarantined(house)
    assert meta.post(body, *good).status == 200
    until(lambda: all(taken_in(house.books, wamid) for wamid in good))
    until(lambda: quarantined(house) >= before + 2)
    assert one(house.books, "SELECT count(*) FROM inbox_quarantined WHERE reason = ''") == 0


def test_kinds_and_fields_that_nobody_knows_are_kept_and_shown(house: House) -> None:
    """F27: an unknown kind of message is a visible placeholder, an unknown field is news for the account."""
    who, meta = Customer("Unknown Kinds", "447700980027"), house.meta
    wamid = meta.new_id()
    strange = meta.message(who, wamid, "") | {"type": "hologram", "hologram": {"depth": 3}}
    del strange["text"]
    assert meta.post(meta.body(meta.value(who, messages=[strange])), wamid).status == 200
    news = "SELECT count(*) FROM inbox_accountevent"
    before = one(house.books, news)
    assert meta.post(meta.body({"whatever": 1}, fieldname="teleportation")).status == 200
    until(lambda: taken_in(house.books, wamid))
    assert one(house.books, "SELECT kind FROM inbox_message WHERE external_id = %s", wamid) == "unsupported"
    until(lambda: one(house.books, news) == before + 1)
    assert f'data-message="{one(house.books, "SELECT id FROM inbox_message WHERE external_id = %s", wamid)}"' in house.agent.page(
        f"/c/{house.conversation_of(who)}/"
    )


@pytest.mark.parametrize("how", ["wrong key", "altered body", "no prefix", "empty"])
def test_what_is_not_signed_by_whatsapp_is_refused_counted_and_not_kept(house: House, how: str) -> None:
    """F28: 403, and no trace of the body."""
    _wamid, body = house.meta.says(Customer("Forger", "447700980028"), "let me in")
    right = house.meta.sign(body)
    signature = {"wrong key": "sha256=" + "0" * 64, "altered body": right, "no prefix": right[7:], "empty": ""}[how]
    sent = body.replace(b"let me in", b"let me IN") if how == "altered body" else body
    before = counted(house, "bad_signature")
    assert house.meta.post(sent, signature=signature).status == 403
    assert kept(house.books, sent) == 0
    assert counted(house, "bad_signature") == before + 1


def test_a_body_of_200_megabytes_does_not_make_the_web_process_grow(house: House) -> None:
    """F29: refused, and the next webhook goes through."""
    before = house.web.resident_bytes()
    call = house.meta.begin(b"x" * MB, signature="sha256=" + "0" * 64, length=200 * MB)
    assert house.web.resident_bytes() - before < 50 * MB
    call.hang_up()
    over = b" " * (3 * MB + 1)
    assert house.meta.post(over).status == 413
    assert counted(house, "too_large") >= 1
    wamid, body = house.meta.says(Customer("After The Flood", "447700980029"), "still here?")
    assert house.meta.post(body, wamid).status == 200
    until(lambda: taken_in(house.books, wamid))


@pytest.mark.parametrize(
    "body",
    [
        b"[" * 100_000,
        b"[" * 100_000 + b"]" * 100_000,
        b'{"entry":' * 50_000 + b"1" + b"}" * 50_000,
        b"",
        b"\xff\xfe{}",
        b"null",
        b"{",
    ],
    ids=["open", "closed", "objects", "empty", "bytes", "null", "half"],
)
def test_a_signed_body_that_is_no_webhook_is_kept_set_aside_and_stops_nobody(house: House, body: bytes) -> None:
    """F30: as deep as it likes; validly signed, so 200, and the reason stands beside it."""
    assert house.meta.post(body).status == 200
    wamid, good = house.meta.says(Customer("Behind The Deep", "447700980030"), "behind it")
    assert house.meta.post(good, wamid).status == 200
    until(lambda: taken_in(house.books, wamid))
    assert house.web.is_running
    assert house.worker.is_running


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("nul \\u0000 inside", "nul  inside"),
        (f"half {LONE} of a pair", None),
        ("\\u202eright to left", f"{RLO}right to left"),
        ("\\ud83d\\udc69\\u200d\\ud83d\\ude80", "\U0001f469\u200d\U0001f680"),
        ("<script>alert(1)</script>", "<script>alert(1)</script>"),
        ("x" * 65_536, "x" * 65_536),
    ],
    ids=["nul", "surrogate", "rtl", "emoji", "markup", "long"],
)
def test_strange_text_is_kept_cleaned_and_shown_harmlessly(house: House, said: str, shown: str | None) -> None:
    """F31: nothing that a database or a page cannot hold stays, and nothing else is lost."""
    who = Customer("Strange Writer", "447700980031")
    wamid, body = house.meta.says(who, "PLACEHOLDER")
    assert house.meta.post(body.replace(b"PLACEHOLDER", said.encode()), wamid).status == 200
    text = text_of(house, wamid)
    if shown is not None:
        assert text.replace("\ufffd", "") == shown
    assert text.isprintable() or RLO in text or "\u200d" in text
    page = house.agent.page(f"/c/{house.conversation_of(who)}/")
    assert "<script>alert(1)" not in page


@pytest.mark.parametrize("number", ["9223372036854775807", "1e400", "-1", '"99999999999999999999"', "null", "true"])
def test_impossible_times_lose_no_message(house: House, number: str) -> None:
    """F31: 64 bits and more where a timestamp is expected."""
    who = Customer("Out Of Time", "447700980032")
    wamid = house.meta.new_id()
    message = house.meta.message(who, wamid, "when?") | {"timestamp": "WHEN"}
    body = house.meta.body(house.meta.value(who, messages=[message])).replace(b'"WHEN"', number.encode())
    before = quarantined(house)
    assert house.meta.post(body).status == 200
    until(lambda: taken_in(house.books, wamid) or quarantined(house) == before + 1)
    json.loads(json.dumps(house.agent.page("/inbox/all/")))
