"""Static files, as a browser gets them."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from inbox.lib.staticfiles import StaticFiles
from tests.asgi import ask

SCRIPT = b"export const answer = 42\n" * 40


@pytest.fixture
def files(tmp_path: Path) -> StaticFiles:
    (tmp_path / "js").mkdir()
    (tmp_path / "js" / "app.js").write_bytes(SCRIPT)
    (tmp_path / "js" / "app.0123456789ab.js").write_bytes(SCRIPT)
    (tmp_path / "js" / "app.0123456789ab.js.gz").write_bytes(gzip.compress(SCRIPT))
    return StaticFiles(tmp_path, "/static/")


async def test_a_hashed_name_may_be_kept_for_ever_and_a_plain_one_for_a_minute(files: StaticFiles) -> None:
    hashed = await ask(files, "/static/js/app.0123456789ab.js")
    plain = await ask(files, "/static/js/app.js")
    assert hashed.headers["cache-control"] == "max-age=315360000, public, immutable"
    assert plain.headers["cache-control"] == "max-age=60, public"
    assert (hashed.status, hashed.body, plain.body) == (200, SCRIPT, SCRIPT)
    assert hashed.headers["content-type"].startswith("text/javascript")
    assert hashed.headers["x-content-type-options"] == "nosniff"


async def test_the_compressed_variant_goes_to_those_who_take_it(files: StaticFiles) -> None:
    answer = await ask(files, "/static/js/app.0123456789ab.js", headers={"accept-encoding": "gzip, br"})
    assert answer.headers["content-encoding"] == "gzip"
    assert gzip.decompress(answer.body) == SCRIPT


async def test_who_has_it_already_is_told_so(files: StaticFiles) -> None:
    first = await ask(files, "/static/js/app.js")
    again = await ask(files, "/static/js/app.js", headers={"if-none-match": first.headers["etag"]})
    assert (again.status, again.body) == (304, b"")


async def test_a_part_of_a_file(files: StaticFiles) -> None:
    answer = await ask(files, "/static/js/app.js", headers={"range": "bytes=0-5"})
    assert (answer.status, answer.body) == (206, b"export")


@pytest.mark.parametrize("path", ["/static/js/none.js", "/static/js/", "/static/../secret", "/static/js/app.0123456789ab.js.gz"])
async def test_nothing_else_is_handed_out(files: StaticFiles, path: str) -> None:
    assert (await ask(files, path)).status == 404


async def test_files_are_only_read(files: StaticFiles) -> None:
    assert (await ask(files, "/static/js/app.js", method="POST")).status == 405
    head = await ask(files, "/static/js/app.js", method="HEAD")
    assert (head.status, head.body, head.headers["content-length"]) == (200, b"", str(len(SCRIPT)))


async def test_a_clone_without_collected_files_still_starts(tmp_path: Path) -> None:
    assert (await ask(StaticFiles(tmp_path / "none", "/static/"), "/static/a.js")).status == 404
