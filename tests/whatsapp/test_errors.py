"""The error catalogue: every code of the protocol page reads sensibly, and any answer becomes an error."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from inbox.whatsapp import errors
from inbox.whatsapp.errors import Answer, Declined, OutcomeUnknown, Throttled, TokenRejected, WireError, explain

# Section 8 of the protocol page, written down a second time on purpose: code lists drift silently.
SECTION_8 = {
    0,
    3,
    10,
    102,
    104,
    190,
    200,
    4,
    17,
    32,
    341,
    613,
    80007,
    130429,
    131048,
    131056,
    131064,
    133016,
    368,
    130497,
    131031,
    131037,
    131042,
    131044,
    131045,
    131057,
    134011,
    33,
    1,
    2,
    100,
    130403,
    130472,
    131000,
    131005,
    131008,
    131009,
    131014,
    131016,
    131020,
    131021,
    131026,
    131030,
    131041,
    131047,
    131049,
    131050,
    131051,
    131052,
    131053,
    131055,
    131059,
    131060,
    131062,
    131063,
    135000,
    137000,
    132000,
    132001,
    132005,
    132007,
    132008,
    132012,
    132015,
    132016,
    132018,
    132068,
    132069,
    134100,
    134101,
    134102,
    2388019,
    2388023,
    2388024,
    2388039,
    2388040,
    2388047,
    2388072,
    2388073,
    2388293,
    2388299,
    200005,
    200006,
    200007,
    133000,
    133004,
    133005,
    133006,
    133008,
    133009,
    133010,
    133015,
    2388012,
    2388091,
    2388093,
    2388103,
    2494100,
    2593107,
    2593108,
    1752041,
    *range(200, 300),
    *range(139000, 139005),
    *range(139100, 139104),
    *range(138000, 138019),
    *range(131201, 131216),
    *range(141000, 141016),
    *range(147001, 147006),
}


def test_the_catalogue_holds_every_code_of_the_protocol_page_and_no_other() -> None:
    assert {code for code in errors.CATALOGUE if code >= 0} == SECTION_8


@pytest.mark.parametrize("code", sorted(errors.CATALOGUE))
def test_every_code_reads_as_one_plain_sentence_with_a_next_step(code: int) -> None:
    told = explain(code, name="Amara")
    assert told.sentence.endswith(".")
    assert "%" not in told.sentence
    assert told.sentence[0].isupper()
    assert told.meaning
    assert told.next_label or told.next_step == "none"
    assert not (told.permanent and told.transient)
    if told.transient:
        assert told.tries > 1
        assert told.wait > timedelta(0)
    if told.effect == "pause":
        assert told.pause > timedelta(0)


@pytest.mark.parametrize(
    ("code", "permanent", "transient", "effect", "step"),
    [
        (131047, True, False, "none", "template"),
        (131026, True, False, "none", "number"),
        (131049, True, False, "none", "wait"),
        (131056, False, True, "none", "wait"),
        (130429, False, True, "none", "wait"),
        (80007, False, True, "pause", "wait"),
        (4, False, True, "pause", "wait"),
        (190, False, False, "reconnect", "reconnect"),
        (0, False, False, "reconnect", "reconnect"),
        (10, True, False, "reconnect", "reconnect"),
        (250, True, False, "reconnect", "reconnect"),
        (368, True, False, "block", "admin"),
        (131031, True, False, "block", "admin"),
        (131042, False, False, "block", "admin"),
        (131057, False, True, "pause", "wait"),
        (131000, False, True, "none", "retry"),
        (1, False, True, "none", "retry"),
        (135000, False, True, "none", "report"),
        (100, True, False, "none", "report"),
        (132000, True, False, "none", "fill"),
        (132001, True, False, "none", "language"),
        (132015, True, False, "none", "pick"),
        (131053, True, False, "none", "reattach"),
        (errors.NO_ANSWER, False, False, "none", "check"),
        (errors.NO_CONNECTION, False, True, "none", "retry"),
    ],
)
def test_what_the_machine_does_about_a_code(code: int, permanent: bool, transient: bool, effect: str, step: str) -> None:
    told = explain(code)
    assert (told.permanent, told.transient, told.effect, told.next_step) == (permanent, transient, effect, step)


def test_the_customer_is_named_where_a_name_is_known() -> None:
    assert explain(131050, name="Maria").sentence == "Maria stopped marketing messages from this number."
    assert explain(131050).sentence == "The customer stopped marketing messages from this number."


@pytest.mark.parametrize(
    ("status", "transient_flag", "transient"),
    [
        (400, None, False),
        (None, None, False),
        (500, None, True),
        (503, None, True),
        (429, None, True),
        (400, True, True),
        (500, False, False),
    ],
)
def test_an_unknown_code_reads_sensibly(status: int | None, transient_flag: bool | None, transient: bool) -> None:
    told = explain(987654, http_status=status, is_transient=transient_flag, detail="Something new")
    assert told.transient is transient
    assert told.permanent is not transient
    assert told.detail == "Something new"
    if not transient:
        assert told.sentence == "WhatsApp refused this (code 987654)."


def fault(code: object, **more: object) -> bytes:
    return json.dumps({"error": {"message": f"(#{code}) Title", "type": "OAuthException", "code": code, **more}}).encode()


@pytest.mark.parametrize(
    ("status", "body", "kind", "code", "details"),
    [
        (400, fault(131047, error_data={"details": "More than 24 hours."}), Declined, 131047, "More than 24 hours."),
        (400, fault(131009, error_data="a plain string"), Declined, 131009, "a plain string"),
        (400, fault(131009), Declined, 131009, ""),
        (400, fault(131009, error_data=["odd"]), Declined, 131009, ""),
        (400, fault("131009", error_data={"details": 5}), Declined, 131009, "5"),
        (400, fault(100, error_subcode=2388024, error_user_msg="It exists."), Declined, 100, "It exists."),
        (400, fault(None), Declined, -400, ""),
        (400, fault(True), Declined, -400, ""),
        (400, b'{"error": "invalid_request"}', Declined, -400, ""),
        (401, fault(190), TokenRejected, 190, ""),
        (403, fault(10), TokenRejected, 10, ""),
        (400, fault(130429), Throttled, 130429, ""),
        (400, fault(131056), Throttled, 131056, ""),
        (429, b"slow down", Throttled, -429, "HTTP 429, no content type"),
        (500, fault(131000), Declined, 131000, ""),
        (503, b"<html>busy</html>", Declined, -503, "HTTP 503, no content type"),
        (500, b"<html>oops</html>", OutcomeUnknown, errors.NO_ANSWER, "HTTP 500, no content type"),
        (502, b"", OutcomeUnknown, errors.NO_ANSWER, "HTTP 502, no content type"),
        (200, b'{"messages": [', OutcomeUnknown, errors.BAD_ANSWER, "HTTP 200, no content type"),
        (200, b"[" * 100_000, OutcomeUnknown, errors.BAD_ANSWER, "HTTP 200, no content type"),
        (200, b"\xff\xfe", OutcomeUnknown, errors.BAD_ANSWER, "HTTP 200, no content type"),
        (302, b"", Declined, -302, "HTTP 302, no content type"),
        (404, b"", Declined, -404, "HTTP 404, no content type"),
    ],
)
def test_any_answer_becomes_an_error(status: int, body: bytes, kind: type[WireError], code: int, details: str) -> None:
    error = WireError.of(Answer(status, {}, body))
    assert type(error) is kind
    assert (error.code, error.details, error.http_status) == (code, details, status)
    assert error.sent == ("maybe" if kind is OutcomeUnknown else "no")


@pytest.mark.parametrize(
    ("status", "permanent"), [(400, True), (404, True), (429, False), (503, False), (500, False), (200, False)]
)
def test_an_answer_without_a_readable_fault_is_judged_by_its_status(status: int, permanent: bool) -> None:
    assert WireError.of(Answer(status, {}, b"<html>")).permanent is permanent


def test_an_error_tells_nothing_but_its_code_when_printed() -> None:
    error = WireError.of(Answer(400, {}, fault(131026, error_data={"details": "+447700900123 is not on WhatsApp"})))
    assert str(error) == "Declined 131026"
    assert "447700900123" not in repr(error)


def test_a_hint_how_long_to_wait_is_kept() -> None:
    assert WireError.of(Answer(429, {"retry-after": "7"}, b"")).retry_after == 7
    assert WireError.of(Answer(429, {"retry-after": "Wed, 21 Oct 2026 07:28:00 GMT"}, b"")).retry_after is None
