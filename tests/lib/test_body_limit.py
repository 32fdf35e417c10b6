"""Bodies that are too large."""

from __future__ import annotations

from typing import Any

import pytest

from inbox.lib.body_limit import BodyLimit
from tests.asgi import Message, ask


async def reads_all(scope: Message, receive: Any, send: Any) -> None:
    size, more = 0, True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            return
        size, more = size + len(message["body"]), message["more_body"]
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": str(size).encode()})


limited = BodyLimit(reads_all, lambda path: 100 if path == "/upload/" else 10)


async def test_a_body_announced_as_too_large_is_refused_unread() -> None:
    answer = await ask(limited, "/", method="POST", headers={"content-length": "11"}, body=[b"x" * 11])
    assert (answer.status, answer.read) == (413, 0)
    assert answer.headers["connection"] == "close"


@pytest.mark.parametrize(("length", "status"), [("9" * 5000, 413), ("1" + "0" * 18, 413), ("0" * 5000 + "5", 200)])
async def test_an_announcement_of_thousands_of_digits_is_read(length: str, status: int) -> None:
    answer = await ask(limited, "/", method="POST", headers={"content-length": length}, body=[b"x" * 5])
    assert answer.status == status


async def test_a_body_that_fits_passes() -> None:
    answer = await ask(limited, "/", method="POST", headers={"content-length": "10"}, body=[b"x" * 10])
    assert (answer.status, answer.body) == (200, b"10")


async def test_a_body_that_does_not_say_its_length_is_cut_off() -> None:
    answer = await ask(limited, "/", method="POST", headers={"transfer-encoding": "chunked"}, body=[b"x" * 6] * 100)
    assert answer.status == 413
    assert answer.read <= 3


@pytest.mark.parametrize(("path", "status"), [("/upload/", 200), ("/other/", 413)])
async def test_each_path_has_its_own_limit(path: str, status: int) -> None:
    assert (await ask(limited, path, method="POST", body=[b"x" * 50])).status == status
