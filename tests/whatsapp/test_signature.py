"""Only Meta's own signature over the very bytes opens the door."""

from __future__ import annotations

import pytest

from inbox.whatsapp.signature import is_genuine, signature_of

BODY = b'{"text":"caf\\u00e9 \\/ \xc3\xa9"}'
GOOD = signature_of(BODY, "app-secret")


def test_the_signature_is_the_hmac_of_rfc_4231() -> None:
    expected = "sha256=5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
    assert signature_of(b"what do ya want for nothing?", "Jefe") == expected
    assert is_genuine(b"what do ya want for nothing?", expected, ["Jefe"])


@pytest.mark.parametrize("secrets", [["app-secret"], ["new", "app-secret"], ["app-secret", "new"], ["", "app-secret"]])
def test_any_of_the_secrets_will_do(secrets: list[str]) -> None:
    assert is_genuine(BODY, GOOD, secrets)


@pytest.mark.parametrize("secrets", [[], [""], ["other"], ["app-secret "]])
def test_no_other_secret_will_do_and_an_empty_one_never(secrets: list[str]) -> None:
    assert not is_genuine(BODY, GOOD, secrets)
    assert not is_genuine(BODY, signature_of(BODY, ""), [""])


@pytest.mark.parametrize(
    "header",
    [
        None,
        "",
        "sha256=",
        GOOD.removeprefix("sha256="),
        GOOD.upper(),
        "sha256=" + GOOD.removeprefix("sha256=").upper(),
        GOOD.replace("sha256=", "sha1=00"),
        GOOD + "00",
        GOOD[:-1],
        GOOD[:-1] + " ",
        GOOD[:-1] + "٠",
        " " + GOOD[:-1],
        "sha256=" + "é" * 64,
        "sha256=" + "0" * 64,
    ],
)
def test_a_header_of_any_other_shape_is_refused(header: str | None) -> None:
    assert not is_genuine(BODY, header, ["app-secret"])


def test_one_changed_byte_is_noticed() -> None:
    assert not is_genuine(BODY + b" ", GOOD, ["app-secret"])
    assert not is_genuine(BODY.replace(b"\\/", b"/"), GOOD, ["app-secret"])
