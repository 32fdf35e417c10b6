"""Bodies that are no webhooks, and webhooks with anything anywhere in them, are survived; valid neighbours come through."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inbox.conversations.envelopes import Envelope, Said, Unreadable
from inbox.whatsapp.normalise import UnreadableBody, envelopes, read_body

from .table import PAYLOADS, RECEIVED

Path = tuple[str | int, ...]
BODIES: list[dict[str, Any]] = [json.loads(path.read_bytes()) for path in sorted(PAYLOADS.glob("*.json"))]
NEIGHBOUR = json.loads((PAYLOADS / "message-text.json").read_bytes())["entry"][0]
ANYTHING = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text()
    | st.sampled_from(["\x00", "\ud800", "1e999", "9" * 400, -1, 10**400, 2**63, "wamid." + "x" * 300]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)


def paths(value: Any, path: Path = ()) -> Iterator[Path]:
    """Every place in a JSON value."""
    yield path
    for key, inner in value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ():
        yield from paths(inner, (*path, key))


def put(body: Any, path: Path, value: Any) -> Any:
    """A copy of the body with something else at one place."""
    if not path:
        return value
    changed = copy.deepcopy(body)
    inner = changed
    for key in path[:-1]:
        inner = inner[key]
    inner[path[-1]] = value
    return changed


def opened(body: Any, received_at: datetime = RECEIVED) -> list[Envelope]:
    """The envelopes of a body."""
    return list(envelopes(body, received_at))


def text_body(text: str, **message: Any) -> bytes:
    """A body with one text message."""
    entry = copy.deepcopy(NEIGHBOUR)
    entry["changes"][0]["value"]["messages"][0] |= {"text": {"body": text}, **message}
    return json.dumps({"entry": [entry]}).encode()


@given(data=st.data())
def test_anything_anywhere_in_an_entry_is_survived_and_its_neighbour_comes_through(data: st.DataObject) -> None:
    entry = data.draw(st.sampled_from(BODIES))["entry"][0]
    changed = put(entry, data.draw(st.sampled_from(list(paths(entry)))), data.draw(ANYTHING))
    found = opened({"object": "whatsapp_business_account", "entry": [changed, NEIGHBOUR]})
    assert found[-1] == opened({"entry": [NEIGHBOUR]})[-1]
    assert len(found) > 1
    for envelope in found:
        assert envelope.at.tzinfo is not None
        assert envelope.at <= RECEIVED + timedelta(minutes=5)


@given(data=st.data())
def test_anything_beside_a_message_in_its_batch_never_costs_the_message(data: st.DataObject) -> None:
    value = copy.deepcopy(NEIGHBOUR["changes"][0]["value"])
    good = value["messages"][0]
    other = data.draw(st.sampled_from(BODIES))["entry"][0]["changes"][0]["value"]
    bad = next((items[0] for key, items in other.items() if isinstance(items, list) and items and key != "contacts"), good)
    value["messages"] = [put(bad, data.draw(st.sampled_from(list(paths(bad)))), data.draw(ANYTHING)), good]
    found = opened({"entry": [{"id": "1", "changes": [{"field": "messages", "value": value}]}]})
    assert len(found) == 2
    assert isinstance(found[1], Said)
    assert found[1].text == "Do you ship to Leeds?"


@given(data=st.data())
def test_every_envelope_can_be_stored_as_json_and_utf8_without_nul(data: st.DataObject) -> None:
    entry = data.draw(st.sampled_from(BODIES))["entry"][0]
    changed = put(entry, data.draw(st.sampled_from(list(paths(entry)))), data.draw(ANYTHING))
    for envelope in opened({"entry": [changed]}):
        for name in envelope.__dataclass_fields__:
            if name not in ("raw", "where"):
                stored = json.dumps(getattr(envelope, name), ensure_ascii=False, allow_nan=False, default=str)
                assert "\\u0000" not in stored
                stored.encode()


@given(raw=st.binary(max_size=200))
def test_any_bytes_are_read_or_refused_with_a_reason(raw: bytes) -> None:
    try:
        told: object = read_body(raw)
    except UnreadableBody as refusal:
        told = refusal.reason
    assert isinstance(told, dict | str)


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (b"\xff\xfe", "not JSON"),
        ('{"a": "é"}'.encode("utf-16"), "not JSON"),
        (b"", "not JSON"),
        (b"[]", "not an object"),
        (b'{"a":' * 200_000, "nested too deep"),
        (b"[" * 200_000, "nested too deep"),
    ],
)
def test_what_is_no_webhook_is_refused_with_a_reason(raw: bytes, reason: str) -> None:
    with pytest.raises(UnreadableBody, match=reason):
        read_body(raw)


@pytest.mark.parametrize(
    "poison",
    [
        '"text": {"body": ' + '{"a":' * 40 + "1" + "}" * 40 + "}",
        '"text": {"body": ' + "9" * 5000 + "}",
        '"text": {"body": "caf\udce9"}',
    ],
    ids=["deep", "long number", "not UTF-8"],
)
def test_what_is_wrong_in_one_item_costs_its_neighbour_nothing(poison: str) -> None:
    good = text_body("the good one").decode()
    item = '{"from": "447700900123", "id": "wamid.bad", "timestamp": "1763800001", "type": "text", ' + poison + "}"
    raw = good.replace('"messages": [', f'"messages": [{item}, ', 1).encode(errors="surrogateescape")
    found = list(envelopes(read_body(raw), RECEIVED))
    assert "the good one" in [envelope.text for envelope in found if isinstance(envelope, Said)]
    assert len(found) == 2


@pytest.mark.parametrize(
    "body", [{}, {"entry": None}, {"entry": []}, {"entry": {}}, {"entry": [3]}, {"entry": [{"changes": [{}]}]}]
)
def test_a_body_that_says_nothing_says_that_at_least(body: dict[str, Any]) -> None:
    (found,) = opened(body)
    assert isinstance(found, Unreadable)


def test_a_batch_of_a_thousand_gives_a_thousand() -> None:
    value = copy.deepcopy(NEIGHBOUR["changes"][0]["value"])
    value["messages"] = [{**value["messages"][0], "id": f"wamid.{index}"} for index in range(1000)]
    found = opened({"entry": [{"id": "1", "changes": [{"field": "messages", "value": value}]}]})
    assert [envelope.external_id for envelope in found if isinstance(envelope, Said)] == [
        f"wamid.{index}" for index in range(1000)
    ]


def test_a_text_of_65_kilobytes_stays_whole() -> None:
    (found,) = opened(read_body(text_body("ü" * 65_536)))
    assert isinstance(found, Said)
    assert found.text == "ü" * 65_536


def test_nul_and_lone_surrogates_go_while_joiners_and_directions_stay() -> None:
    (found,) = opened(read_body(text_body("a\x00b \ud83d שלום\u200d\u202e 👩\u200d👧")))
    assert isinstance(found, Said)
    assert found.text == "ab \ufffd שלום\u200d\u202e 👩\u200d👧"


@pytest.mark.parametrize(
    ("timestamp", "at"),
    [
        ("1763800001", datetime(2025, 11, 22, 8, 26, 41, tzinfo=UTC)),
        (1763800001, datetime(2025, 11, 22, 8, 26, 41, tzinfo=UTC)),
        (1763800001000, datetime(2025, 11, 22, 8, 26, 41, tzinfo=UTC)),
        ("4000000000", RECEIVED),
        (int(RECEIVED.timestamp()) + 60, RECEIVED + timedelta(seconds=60)),
        ("-5", RECEIVED),
        ("soon", RECEIVED),
        (None, RECEIVED),
        (True, RECEIVED),
        ([1763800001], RECEIVED),
        (10**400, RECEIVED),
    ],
)
def test_times_are_read_in_every_form_and_impossible_ones_become_the_time_of_receipt(timestamp: object, at: datetime) -> None:
    (found,) = opened(read_body(text_body("x", timestamp=timestamp)))
    assert found.at == at


@pytest.mark.parametrize(
    "sha256",
    [
        "n4bQgYhMfWWaL+qgxVrQFaO/TxsrC4Is0V1sFbDwCgg=",
        "n4bQgYhMfWWaL-qgxVrQFaO_TxsrC4Is0V1sFbDwCgg",
        "9F86D081884C7D659A2FEAA0C55AD015A3BF4F1B2B0B822CD15D6C15B0F00A08",
    ],
)
def test_a_hash_is_lowercase_hex_whatever_form_it_came_in(sha256: str) -> None:
    (found,) = opened(read_body(text_body("", type="image", image={"id": 7, "sha256": sha256})))
    assert isinstance(found, Said)
    assert found.media is not None
    assert found.media.remote_id == "7"
    assert found.media.sha256 == "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"


def test_a_message_without_a_sender_belongs_to_the_only_contact() -> None:
    body = read_body(text_body("hi", **{"from": None, "from_user_id": None}))
    (found,) = opened(body)
    assert isinstance(found, Said)
    assert found.person.bsuid == "GB.90417735520861324"
