"""Fetches a file from WhatsApp into a temporary file, within a number of bytes and seconds."""

from __future__ import annotations

import hashlib
import tempfile
import time
from dataclasses import dataclass
from typing import IO
from urllib.parse import urljoin

import requests

from inbox.whatsapp.errors import BAD_DOWNLOAD, Answer, ForeignHost, LinkExpired, NoFile, NotSent, TooLarge, WireError

from .line import Line
from .transport import ANSWER_BYTES_MOST, ANSWER_SECONDS, ask, chunks, lowered

REDIRECTS_MOST = 3
GONE = {404, 410}
REDIRECTS = {301, 302, 303, 307, 308}


@dataclass(slots=True)
class Download:
    """A fetched file, positioned at its start; closing ``file`` removes it. ``sha256`` in hex, ``size`` in bytes."""

    file: IO[bytes]
    size: int
    sha256: str
    claimed_mime: str


def download(line: Line, url: str, *, limit: int, seconds: float) -> Download:
    """Fetches a file by the link that ``media_url`` gave (protocol section 4).

    Raises ForeignHost, LinkExpired (ask for a new link), TooLarge, NoFile (slow, cut off, server trouble), NotSent, and
    TokenRejected or Throttled where the answer says so. All of ``seconds`` covers redirects and body together.
    """
    deadline = time.monotonic() + seconds
    token = line.token
    for _hop in range(REDIRECTS_MOST + 1):
        if not line.may_fetch_from(url):
            raise ForeignHost(BAD_DOWNLOAD)
        with _open(url, token, min(line.read_seconds, deadline - time.monotonic())) as response:
            if response.status_code in REDIRECTS:
                url = urljoin(url, response.headers.get("location", ""))
                token = ""  # a redirected link is signed by itself; the token goes to the first host only
                continue
            if response.status_code != 200:
                raise _refusal(response)
            return _saved(response, limit, deadline)
    raise NoFile(BAD_DOWNLOAD, details="too many redirects")


def _open(url: str, token: str, read_seconds: float) -> requests.Response:
    if read_seconds <= 0:
        raise NoFile(BAD_DOWNLOAD, "too slow")
    try:
        # Identity: a compressed answer could unfold to any size, and the checksum is that of the plain bytes.
        return ask("GET", url, token=token, headers={"Accept": "*/*", "Accept-Encoding": "identity"}, read_seconds=read_seconds)
    except NotSent:
        raise
    except WireError as error:  # fetching twice does no harm, so an unknown outcome is only a failed one
        raise NoFile(BAD_DOWNLOAD, details=error.details) from None


def _refusal(response: requests.Response) -> WireError:
    if response.status_code in GONE:
        return LinkExpired(BAD_DOWNLOAD, http_status=response.status_code)
    try:
        body = b"".join(chunks(response, ANSWER_BYTES_MOST, ANSWER_SECONDS))
    except WireError:
        body = b""
    error = WireError.of(Answer(response.status_code, lowered(response), body))
    return NoFile(BAD_DOWNLOAD, details=error.details, http_status=response.status_code) if error.sent == "maybe" else error


def _saved(response: requests.Response, limit: int, deadline: float) -> Download:
    announced = response.headers.get("content-length", "")
    if announced.isdecimal() and int(announced) > limit:
        raise TooLarge(BAD_DOWNLOAD)
    digest, size = hashlib.sha256(), 0
    # Not a context manager: the caller gets the open file.
    file: IO[bytes] = tempfile.TemporaryFile(prefix="parley-media-")  # noqa: SIM115 - see above
    try:
        for piece in chunks(response, limit, deadline - time.monotonic()):
            file.write(piece)
            digest.update(piece)
            size += len(piece)
        file.seek(0)
    except WireError as error:
        file.close()
        if error.title == "too large":
            raise TooLarge(BAD_DOWNLOAD) from None
        raise NoFile(BAD_DOWNLOAD, error.title, error.details) from None
    except OSError:
        file.close()
        raise
    return Download(file, size, digest.hexdigest(), response.headers.get("content-type", "")[:127])
